//! The house rules. One rule is one file with its tests, and one line in [`RULES`]. A rule sees the
//! [`Tree`] and says what it finds; it changes nothing and prints nothing.

mod dependencies;
mod edges;
mod forbidden;
mod glossary;
mod licences;
mod names;
mod opening;
mod packages;
mod paths;
mod pure;
mod sizes;
mod source;
mod tree;

use std::fmt;
use std::path::Path;

use anyhow::bail;

pub(crate) use packages::Packages;
pub(crate) use tree::Tree;

/// What a rule may look at.
pub(crate) struct House {
    /// The files.
    pub(crate) tree: Tree,
    /// What cargo knows of the workspace and its dependencies.
    pub(crate) packages: Packages,
}

/// Something against a rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    place: String,
    message: String,
    /// Said, but no failure.
    advice: bool,
}

impl Finding {
    /// Something that must be mended; `place` is a path, with the line where there is one.
    pub(crate) fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into(), advice: false }
    }

    /// Something worth a look.
    pub(crate) fn advice(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { advice: true, ..Self::new(place, message) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// A rule's check.
type Check = fn(&House) -> Vec<Finding>;

/// Every rule with its name.
const RULES: &[(&str, Check)] = &[
    ("dependencies", dependencies::check),
    ("edges", edges::check),
    ("forbidden", forbidden::check),
    ("glossary", glossary::check),
    ("licences", licences::check),
    ("names", names::check),
    ("opening", opening::check),
    ("paths", paths::check),
    ("pure", pure::check),
    ("sizes", sizes::check),
];

/// Runs every rule and prints what it finds.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let house = House { tree: Tree::of(root)?, packages: Packages::of(root)? };
    let mut failures = 0;
    for (name, check) in RULES {
        for finding in check(&house) {
            let kind = if finding.advice { "advice" } else { "tidy" };
            println!("{kind}[{name}] {finding}");
            failures += usize::from(!finding.advice);
        }
    }
    if failures > 0 {
        bail!("{failures} against the house rules");
    }
    println!("tidy: {} rules, {} files, nothing against them", RULES.len(), house.tree.len());
    Ok(())
}
