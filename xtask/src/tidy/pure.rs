//! Rule: every crate takes the workspace's lints, and each pure room has the clippy.toml that bans
//! I/O. Clippy itself finds the calls; this rule only sees that it is told to.

use super::{Finding, House};

/// The ban; clippy takes the nearest clippy.toml, so each pure room needs its own copy.
const BAN: &str = "xtask/pure.clippy.toml";
/// The rooms without I/O.
const PURE: &[&str] =
    &["case", "exchange", "formats", "guard", "ledger", "reader", "response", "text"];

/// The crates that are not told.
pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    let ban = house.tree.text(BAN);
    for member in &house.packages.members {
        let manifest = house.tree.text(&member.manifest).unwrap_or_default();
        if !manifest.contains("[lints]\nworkspace = true") {
            findings.push(Finding::new(&member.manifest, "does not take the workspace's lints"));
        }
        let own = member.manifest.replace("Cargo.toml", "clippy.toml");
        if PURE.contains(&member.name.as_str()) && (ban.is_none() || house.tree.text(&own) != ban) {
            findings.push(Finding::new(own, format!("is no copy of {BAN}")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::{Packages, Tree};
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let packages = Packages::sample(&[("text", &[])], &[]);
        check(&House { tree: Tree::sample(files), packages })
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    const MANIFEST: (&str, &str) = ("crates/text/Cargo.toml", "[lints]\nworkspace = true\n");

    #[test]
    fn a_pure_room_with_the_ban_and_the_lints_passes() {
        assert_eq!(found(&[MANIFEST, (BAN, "ban"), ("crates/text/clippy.toml", "ban")]), [""; 0]);
    }

    #[test]
    fn a_missing_or_changed_ban_and_missing_lints_are_named() {
        assert_eq!(found(&[MANIFEST, (BAN, "ban")]).len(), 1);
        assert_eq!(found(&[MANIFEST, (BAN, "ban"), ("crates/text/clippy.toml", "none")]).len(), 1);
        assert_eq!(found(&[MANIFEST]).len(), 1);
        assert_eq!(found(&[(BAN, "ban"), ("crates/text/clippy.toml", "ban")]).len(), 1);
    }
}
