//! Rule: `docs/dependencies.md` has one line for each direct dependency, with the licence that it
//! states and a reason, and none for what is no dependency. It does not judge the reason.

use std::collections::BTreeSet;

use super::{Finding, House};

const PAGE: &str = "docs/dependencies.md";

/// What is missing, too many, or says the wrong licence.
pub(super) fn check(house: &House) -> Vec<Finding> {
    let page = house.tree.text(PAGE).unwrap_or_default();
    let rows: Vec<Row<'_>> = page.lines().filter_map(row).collect();
    let needed: BTreeSet<&str> = house
        .packages
        .members
        .iter()
        .flat_map(|member| &member.needs)
        .map(|need| need.name.as_str())
        .filter(|name| !house.packages.is_member(name))
        .collect();

    let mut findings = Vec::new();
    for name in &needed {
        let licence = licence(house, name);
        match rows.iter().filter(|row| row.name == *name).collect::<Vec<_>>().as_slice() {
            [] => findings.push(Finding::new(PAGE, format!("add | `{name}` | {licence} | why |"))),
            [row] => {
                if row.licence != licence {
                    findings.push(Finding::new(
                        PAGE,
                        format!("`{name}` is under {licence:?}, not {:?}", row.licence),
                    ));
                }
                if row.reason.len() < 10 {
                    findings.push(Finding::new(PAGE, format!("`{name}` has no reason")));
                }
            }
            _ => findings.push(Finding::new(PAGE, format!("`{name}` has several lines"))),
        }
    }
    for row in rows.iter().filter(|row| !needed.contains(row.name)) {
        findings.push(Finding::new(PAGE, format!("`{}` is no direct dependency", row.name)));
    }
    findings
}

/// One line: | `name` | licence | reason |
struct Row<'a> {
    name: &'a str,
    licence: &'a str,
    reason: &'a str,
}

fn row(line: &str) -> Option<Row<'_>> {
    let cells: Vec<&str> =
        line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
    let [name, licence, reason] = cells.as_slice() else { return None };
    let name = name.strip_prefix('`')?.strip_suffix('`')?;
    Some(Row { name, licence, reason })
}

/// The licence of the newest version in the lock file, as its authors state it.
fn licence<'a>(house: &'a House, name: &str) -> &'a str {
    let mut versions = house.packages.foreign.iter().filter(|package| package.name == name);
    versions.next_back().map_or("", |package| package.licence.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::{Packages, Tree};
    use super::*;

    fn found(page: &str) -> Vec<String> {
        let packages = Packages::sample(
            &[("text", &["memchr", "proptest (dev)"]), ("case", &["text"])],
            &[("memchr", "MIT"), ("proptest", "MIT OR Apache-2.0")],
        );
        let tree = Tree::sample(&[(PAGE, page)]);
        check(&House { tree, packages }).iter().map(|finding| finding.message.clone()).collect()
    }

    const MEMCHR: &str = "| `memchr` | MIT | finds bytes fast |\n";
    const PROPTEST: &str = "| `proptest` | MIT OR Apache-2.0 | property tests |\n";

    #[test]
    fn a_line_for_each_is_what_is_wanted() {
        assert_eq!(
            found(&format!("| name | licence | why |\n|-|-|-|\n{MEMCHR}{PROPTEST}")),
            [""; 0]
        );
    }

    #[test]
    fn a_missing_line_is_spelled_out() {
        assert_eq!(found(MEMCHR), ["add | `proptest` | MIT OR Apache-2.0 | why |"]);
    }

    #[test]
    fn wrong_and_needless_lines_are_named() {
        assert_eq!(found(&format!("{MEMCHR}{MEMCHR}{PROPTEST}")), ["`memchr` has several lines"]);
        assert_eq!(
            found(&format!("{MEMCHR}{PROPTEST}| `rand` | MIT | dice for games |\n")),
            ["`rand` is no direct dependency"]
        );
        assert_eq!(found(&format!("{PROPTEST}| `memchr` | BSD-3-Clause | |\n")).len(), 2);
    }
}
