//! Rule: a Rust file aims at 300 lines without its tests and fails above 600. It does not measure
//! functions: clippy does (`too-many-lines-threshold` in `clippy.toml`).

use super::source::tests_start;
use super::{Finding, House};

/// A file with more lines fails.
const MOST: usize = 600;
/// A file with more lines before its tests is worth a look.
const AIM: usize = 300;

/// The files that are too long.
pub(super) fn check(house: &House) -> Vec<Finding> {
    let sized = house.tree.ending(".rs").filter_map(|(path, text)| {
        let lines = text.lines().count();
        let code = tests_start(text).map_or(lines, |start| start - 1);
        if lines > MOST {
            Some(Finding::new(path, format!("{lines} lines; the most is {MOST}")))
        } else if code > AIM && !path.contains("/tests/") {
            Some(Finding::advice(path, format!("{code} lines without its tests; aim at {AIM}")))
        } else {
            None
        }
    });
    sized.collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Packages, Tree};
    use super::*;

    fn found(text: &str) -> Vec<Finding> {
        check(&House { tree: Tree::sample(&[("a.rs", text)]), packages: Packages::default() })
    }

    #[test]
    fn long_files_fail_and_longish_ones_are_named() {
        assert_eq!(found(&"\n".repeat(300)), []);
        assert!(found(&"\n".repeat(301))[0].advice);
        assert!(!found(&"\n".repeat(601))[0].advice);
    }

    #[test]
    fn tests_do_not_count_towards_the_aim() {
        let text =
            format!("{}#[cfg(test)]\nmod tests {{}}\n{}", "\n".repeat(290), "\n".repeat(200));
        assert_eq!(found(&text), []);
    }
}
