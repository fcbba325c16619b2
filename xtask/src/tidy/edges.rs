//! Rule: a crate uses only what the table allows it to. Data goes forward; a room never calls back
//! into the one before it. A new edge is a line here, in a commit of its own with its reason.

use super::{Finding, House};

/// Crate, and the crates of the workspace that it may use.
const ALLOWED: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("case", &["text"]),
    ("formats", &["case", "text"]),
    ("reader", &["case", "text"]),
    ("ledger", &[]),
    ("book", &["case", "ledger", "text"]),
    ("exchange", &["case", "text"]),
    ("guard", &[]),
    ("response", &["case", "text"]),
    // Attachments are counted in their text, whatever format they are in.
    ("relay", &["formats", "guard", "ledger", "text"]),
    ("fileguard", &["guard", "ledger"]),
    ("replay", &["case", "fileguard", "guard", "relay", "text"]),
    (
        "web",
        &[
            "book", "case", "exchange", "formats", "guard", "reader", "relay", "replay",
            "response", "text",
        ],
    ),
    (
        "jikenbo",
        &[
            "book", "case", "exchange", "fileguard", "formats", "reader", "relay", "replay",
            "response", "text", "web",
        ],
    ),
    ("testkit", &["case", "formats", "reader", "text"]),
    ("xtask", &[]),
    // It is not shipped, and needs both ends of a mail's way as the tests do.
    ("bench", &["book", "case", "formats", "reader", "relay", "testkit", "text"]),
    ("fuzz-driver", &["case", "exchange", "formats", "ledger", "reader", "relay", "text"]),
];

/// Further edges that tests and examples may use.
const FOR_TESTS: &[(&str, &[&str])] = &[
    // Books are tested with real readings.
    ("book", &["formats", "reader"]),
    // Cases are replayed from their texts.
    ("replay", &["formats", "reader"]),
    // What is drafted must read back to the same facts.
    ("response", &["reader"]),
];

/// Crates that tests alone may use.
const DEV_ONLY: &[&str] = &["testkit", "insta", "proptest"];

/// Foreign crates that only some may use, for what they would drag into a room.
const RESERVED: &[(&str, &[&str])] = &[("anyhow", &["jikenbo", "xtask"])];

/// What the crates use against the table.
pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in &house.packages.members {
        let place = member.manifest.as_str();
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == member.name) else {
            let message = format!(
                "crate {} is not in the table of edges (xtask/src/tidy/edges.rs)",
                member.name
            );
            findings.push(Finding::new(place, message));
            continue;
        };
        for need in &member.needs {
            let name = need.name.as_str();
            if DEV_ONLY.contains(&name) {
                if !need.dev && member.name != "testkit" && !allowed.contains(&name) {
                    findings.push(Finding::new(place, format!("{name} is for tests only")));
                }
            } else if need.dev && for_tests(&member.name).contains(&name) {
                // Listed, and not in what is shipped.
            } else if house.packages.is_member(name) && !allowed.contains(&name) {
                let message = format!("{} may not use {name}; it may use {allowed:?}", member.name);
                findings.push(Finding::new(place, message));
            }
            let reserved = RESERVED.iter().find(|(foreign, _)| *foreign == name);
            if let Some((_, holders)) =
                reserved.filter(|(_, to)| !to.contains(&member.name.as_str()))
            {
                findings.push(Finding::new(place, format!("{name} is for {holders:?} only")));
            }
        }
    }
    findings
}

/// What tests and examples of a crate may use beside what it may use itself.
fn for_tests(name: &str) -> &'static [&'static str] {
    FOR_TESTS.iter().find(|(member, _)| *member == name).map_or(&[], |(_, needs)| needs)
}

#[cfg(test)]
mod tests {
    use super::super::{Packages, Tree};
    use super::*;

    fn found(members: &[(&str, &[&str])]) -> Vec<String> {
        let house = House { tree: Tree::default(), packages: Packages::sample(members, &[]) };
        check(&house).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_datas_way_is_allowed() {
        assert_eq!(
            found(&[
                ("text", &["memchr"]),
                ("case", &["text", "testkit (dev)"]),
                ("testkit", &["insta"])
            ]),
            [""; 0]
        );
    }

    #[test]
    fn going_back_is_not() {
        let found = found(&[("text", &["case"]), ("case", &["text"])]);
        assert_eq!(found, ["crates/text/Cargo.toml: text may not use case; it may use []"]);
    }

    #[test]
    fn an_edge_for_tests_is_none_for_what_is_shipped() {
        assert_eq!(found(&[("book", &["reader (dev)"]), ("reader", &[])]), [""; 0]);
        let found = found(&[("book", &["reader"]), ("reader", &[])]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn test_crates_anyhow_and_unknown_crates_are_named() {
        let found = found(&[("reader", &["testkit", "anyhow"]), ("testkit", &[]), ("attic", &[])]);
        assert_eq!(found.len(), 3, "{found:?}");
    }
}
