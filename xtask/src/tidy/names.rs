//! Rule: a file, folder or crate is named after what it is. Names that fit everything gather
//! everything, so they are not used.

use super::{Finding, House};

/// Names that say nothing.
const EMPTY_NAMES: &[&str] =
    &["common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"];

/// The paths with such a name in them, also as a part of one (`date_utils.rs`).
pub(super) fn check(house: &House) -> Vec<Finding> {
    let named = house.tree.paths().filter_map(|path| {
        let mut words = path.split(['/', '.', '_', '-']);
        let empty = words.find(|word| EMPTY_NAMES.contains(&word.to_lowercase().as_str()))?;
        Some(Finding::new(path, format!("{empty:?} says nothing: name it after what it is")))
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Packages, Tree};
    use super::*;

    #[test]
    fn names_that_say_nothing_are_found() {
        let tree = Tree::sample(&[
            ("crates/reader/src/utils/mod.rs", ""),
            ("crates/reader/src/date_helpers.rs", ""),
            ("crates/common/Cargo.toml", ""),
            ("crates/reader/src/commonplace.rs", ""),
        ]);
        assert_eq!(check(&House { tree, packages: Packages::default() }).len(), 3);
    }
}
