//! Rule: a path named in the documentation exists, so that no page tells of files that have moved.
//! A path is what stands in backticks and begins with a folder or names a file of the repository's
//! kinds; other words in backticks are not judged.

use super::{Finding, House, Tree};

/// Endings that make a word without a folder a file's name.
const ENDINGS: &[&str] = &[".md", ".rs", ".toml", ".tsv", ".snap"];

/// The paths that lead nowhere.
pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (document, text) in house.tree.ending(".md") {
        // A literate case quotes what releases say; the changelog tells of what was.
        if document.contains("/cases/") || document == "CHANGELOG.md" {
            continue;
        }
        for (line, code) in inline_code(text) {
            if is_path(&house.tree, code) && !exists(&house.tree, document, code) {
                findings.push(Finding::new(
                    format!("{document}:{line}"),
                    format!("`{code}` does not exist"),
                ));
            }
        }
    }
    findings
}

/// What stands in backticks outside fenced blocks, with its line.
fn inline_code(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            found.extend(line.split('`').skip(1).step_by(2).map(|code| (at + 1, code)));
        }
    }
    found
}

fn is_path(tree: &Tree, code: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/*".contains(c);
    // Upper-case folders are place-holders; `../` leads out of the repository.
    if !code.chars().all(plain) || code.starts_with("..") || code.contains("NAME") {
        return false;
    }
    match code.trim_start_matches("./").split_once('/') {
        Some((top, _)) => {
            top != "target"
                && tree
                    .paths()
                    .any(|path| path.strip_prefix(top).is_some_and(|rest| rest.starts_with('/')))
        }
        None => ENDINGS.iter().any(|end| code.len() > end.len() && code.ends_with(end)),
    }
}

/// Whether it leads to a file or a folder, from the root or from the document's own folder; a bare
/// file name may lie anywhere.
fn exists(tree: &Tree, document: &str, code: &str) -> bool {
    let code = code.trim_start_matches("./").trim_end_matches('/');
    let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = format!("{folder}/{code}");
    tree.paths().any(|path| {
        leads_to(path, code)
            || leads_to(path, beside.trim_start_matches('/'))
            || !code.contains('/') && path.rsplit('/').next().is_some_and(|name| fits(name, code))
    })
}

/// Whether `path` is, or lies below, what `named` names; `*` stands for a part of one name.
fn leads_to(path: &str, named: &str) -> bool {
    let mut parts = path.split('/');
    named.split('/').all(|name| name == "**" || parts.next().is_some_and(|part| fits(part, name)))
}

fn fits(part: &str, name: &str) -> bool {
    match name.split_once('*') {
        Some((start, end)) => part.starts_with(start) && part.ends_with(end),
        None => part == name,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Packages;
    use super::*;

    fn found(page: &str) -> Vec<String> {
        let tree = Tree::sample(&[
            ("docs/page.md", page),
            ("docs/other.md", ""),
            ("crates/text/src/fold.rs", ""),
            ("crates/text/src/radicals.tsv", ""),
        ]);
        check(&House { tree, packages: Packages::default() })
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_path_that_leads_nowhere_is_found() {
        assert_eq!(
            found("See\n`crates/text/src/gone.rs`."),
            ["docs/page.md:2: `crates/text/src/gone.rs` does not exist"]
        );
        assert_eq!(found("`gone.md` and `crates/texts/` and `crates/*/gone.rs`").len(), 3);
    }

    #[test]
    fn paths_that_lead_somewhere_pass() {
        assert_eq!(
            found(
                "`crates/text/` `crates/*/src/fold.rs` `other.md` `fold.rs` `crates/text/src/*.tsv`"
            ),
            [""; 0]
        );
    }

    #[test]
    fn what_is_no_path_is_not_judged() {
        assert_eq!(
            found(
                "`application/pdf` `../shared/seed` `Cited<T>` `--jobs` `target/release/jikenbo`"
            ),
            [""; 0]
        );
        assert_eq!(found("```\ncrates/gone `crates/gone`\n```"), [""; 0]);
    }
}
