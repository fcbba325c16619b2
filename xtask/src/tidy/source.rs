//! Rust source as tokens, so that a rule finds words where the compiler sees them and not in
//! comments or strings. It does not parse: it knows no items and no expressions.

use proc_macro2::{Delimiter, LexError, TokenStream, TokenTree};

/// One token, with the line on which it starts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// As written; a group gives its opening and its closing delimiter.
    pub(crate) text: String,
    /// Counted from 1.
    pub(crate) line: usize,
}

/// The tokens of `source`, groups opened up.
pub(crate) fn tokens(source: &str) -> Result<Vec<Token>, LexError> {
    let mut flat = Vec::new();
    flatten(source.parse()?, &mut flat);
    Ok(flat)
}

fn flatten(stream: TokenStream, flat: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                flat.push(Token { text: open.to_owned(), line });
                let end = group.span_close().start().line;
                flatten(group.stream(), flat);
                flat.push(Token { text: close.to_owned(), line: end });
            }
            other => flat.push(Token { text: other.to_string(), line }),
        }
    }
}

/// The line on which the tests of a file begin (`#[cfg(test)]` followed by `mod`), if they do.
pub(crate) fn tests_start(source: &str) -> Option<usize> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    lines
        .windows(2)
        .position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod "))
        .map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_comments_and_strings_are_no_tokens() {
        let source = "//! unsafe\nfn f() {\n    g(\"unsafe\"); // unsafe\n    h!()\n}\n";
        let found = tokens(source).unwrap();
        assert!(found.iter().all(|token| token.text != "unsafe"));
        assert_eq!(found.iter().find(|token| token.text == "h").unwrap().line, 4);
    }

    #[test]
    fn the_tests_of_a_file_are_found() {
        assert_eq!(tests_start("fn f() {}\n\n#[cfg(test)]\nmod tests {}\n"), Some(3));
        assert_eq!(tests_start("#[cfg(test)]\nfn f() {}\n"), None);
    }
}
