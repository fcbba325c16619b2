//! Rule: no `unsafe`, no bare `allow`, nothing left to be done. An exception to a lint is an
//! `expect` with its reason, which fails when it is no longer needed.

use super::source::{Token, tokens};
use super::{Finding, House};

/// Macros that mark what is not done.
const UNDONE: &[&str] = &["dbg", "todo", "unimplemented"];

/// Such tokens in any Rust file.
pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.tree.ending(".rs") {
        match tokens(text) {
            Ok(tokens) => findings.extend(in_tokens(path, &tokens)),
            Err(error) => findings.push(Finding::new(path, format!("is no Rust: {error}"))),
        }
    }
    findings
}

fn in_tokens(path: &str, tokens: &[Token]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    for (at, token) in tokens.iter().enumerate() {
        let place = format!("{path}:{}", token.line);
        let word = token.text.as_str();
        if word == "unsafe" {
            findings.push(Finding::new(place, "unsafe is forbidden"));
        } else if word == "allow" && text(at + 1) == "(" && at > 0 && text(at - 1) == "[" {
            findings.push(Finding::new(place, "a bare allow: use #[expect(…, reason = \"…\")]"));
        } else if UNDONE.contains(&word) && text(at + 1) == "!" && text(at + 2) != "=" {
            findings.push(Finding::new(place, format!("{word}! does not stay")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::{Packages, Tree};
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let tree = Tree::sample(&[("a.rs", text)]);
        check(&House { tree, packages: Packages::default() })
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn each_is_found_with_its_line() {
        assert_eq!(found("fn f() {\n    unsafe { g() }\n}"), ["a.rs:2: unsafe is forbidden"]);
        assert_eq!(found("#![allow(missing_docs)]").len(), 1);
        assert_eq!(found("#[allow(dead_code)]\nfn f() {}").len(), 1);
        assert_eq!(found("fn f() { todo!() }\nfn g() { dbg!(1); unimplemented!() }").len(), 3);
    }

    #[test]
    fn an_expectation_and_plain_words_pass() {
        assert_eq!(
            found("#[expect(dead_code, reason = \"shown\")]\nfn allow(x: u8) { let todo = x; }"),
            [""; 0]
        );
        assert_eq!(found("// todo!() and unsafe\nfn f() -> &'static str { \"dbg!\" }"), [""; 0]);
    }

    #[test]
    fn what_is_no_rust_is_named() {
        assert_eq!(found("fn f( {").len(), 1);
    }
}
