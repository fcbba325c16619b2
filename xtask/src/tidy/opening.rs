//! Rule: every Rust file opens with `//!`: what it is, and what it deliberately does not know. It
//! cannot judge whether the words are true.

use super::{Finding, House};

/// The files that open otherwise.
pub(super) fn check(house: &House) -> Vec<Finding> {
    house
        .tree
        .ending(".rs")
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| {
            Finding::new(path, "does not open with //!: say what it is and what it does not know")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Packages, Tree};
    use super::*;

    #[test]
    fn a_file_without_an_opening_is_named() {
        let tree = Tree::sample(&[("a.rs", "//! Dates.\n"), ("b.rs", "// Dates.\n"), ("c.md", "")]);
        let found = check(&House { tree, packages: Packages::default() });
        assert_eq!(found.iter().map(|f| f.place.as_str()).collect::<Vec<_>>(), ["b.rs"]);
    }
}
