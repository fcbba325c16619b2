//! Rule: every package that is built with ours has a licence from the list in `deny.toml`. It does
//! not know advisories: those need a database from the network (`cargo deny check advisories`).

use super::{Finding, House};

/// The file that cargo-deny reads too, so that there is one list.
const LIST: &str = "deny.toml";

/// The packages whose licence is not allowed.
pub(super) fn check(house: &House) -> Vec<Finding> {
    let allowed = allowed(house.tree.text(LIST).unwrap_or_default());
    if allowed.is_empty() {
        return vec![Finding::new(LIST, "has no list `allow` under [licenses]")];
    }
    let foreign = house.packages.foreign.iter();
    foreign
        .filter(|package| !is_allowed(&package.licence, &allowed))
        .map(|package| {
            let message = format!(
                "{} {} is under {:?}, which the list does not allow",
                package.name, package.version, package.licence
            );
            Finding::new(LIST, message)
        })
        .collect()
}

/// The strings of `allow = […]` in the section `[licenses]`.
fn allowed(deny: &str) -> Vec<&str> {
    let section = deny.split_once("[licenses]").map_or("", |(_, rest)| rest);
    let section = section.split("\n[").next().unwrap_or_default();
    let list = section.split_once("allow = [").map_or("", |(_, rest)| rest);
    let list = list.split(']').next().unwrap_or_default();
    list.lines()
        .map(|line| line.split('#').next().unwrap_or_default())
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .collect()
}

/// Whether an SPDX expression can be met with the allowed licences. The old `MIT/Apache-2.0` is
/// read as a choice.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Expression { words: &words, at: 0, allowed };
    reader.choice() == Some(true) && reader.at == words.len()
}

/// A reader of SPDX expressions; `None` is one that cannot be read.
struct Expression<'a> {
    words: &'a [&'a str],
    at: usize,
    allowed: &'a [&'a str],
}

impl Expression<'_> {
    fn choice(&mut self) -> Option<bool> {
        let mut met = self.all()?;
        while self.took("OR") {
            met |= self.all()?;
        }
        Some(met)
    }

    fn all(&mut self) -> Option<bool> {
        let mut met = self.one()?;
        while self.took("AND") {
            met &= self.one()?;
        }
        Some(met)
    }

    fn one(&mut self) -> Option<bool> {
        if self.took("(") {
            let met = self.choice()?;
            return self.took(")").then_some(met);
        }
        let name = *self.words.get(self.at)?;
        if matches!(name, "AND" | "OR" | "WITH" | ")") {
            return None;
        }
        self.at += 1;
        if self.took("WITH") {
            let exception = *self.words.get(self.at)?;
            self.at += 1;
            return Some(self.allowed.contains(&format!("{name} WITH {exception}").as_str()));
        }
        Some(self.allowed.contains(&name))
    }

    fn took(&mut self, word: &str) -> bool {
        let is_next = self.words.get(self.at) == Some(&word);
        self.at += usize::from(is_next);
        is_next
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Packages, Tree};
    use super::*;

    const DENY: &str = "[licenses]\nallow = [\n  \"MIT\", # usual\n  \"Apache-2.0\",\n]\n\n[bans]\nallow = [\"GPL-3.0\"]\n";

    #[test]
    fn the_list_is_the_one_under_licenses() {
        assert_eq!(allowed(DENY), ["MIT", "Apache-2.0"]);
    }

    #[test]
    fn expressions_are_read() {
        let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"];
        for good in [
            "MIT", "MIT/GPL-3.0", "Unlicense OR MIT", "(GPL-3.0 OR MIT) AND Apache-2.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(is_allowed(good, &allowed), "{good}");
        }
        for bad in [
            "", "AGPL-3.0", "MIT AND AGPL-3.0", "(MIT", "MIT OR", "MIT WITH Other-exception",
            "MIT Apache-2.0",
        ] {
            assert!(!is_allowed(bad, &allowed), "{bad}");
        }
    }

    #[test]
    fn a_package_under_another_licence_is_named() {
        let packages = Packages::sample(&[], &[("good", "MIT"), ("bad", "AGPL-3.0-only")]);
        let found = check(&House { tree: Tree::sample(&[(LIST, DENY)]), packages });
        assert_eq!(found.len(), 1);
        assert!(found[0].message.starts_with("bad 1.0.0"), "{found:?}");
    }

    #[test]
    fn no_list_is_a_finding() {
        assert_eq!(check(&House { tree: Tree::default(), packages: Packages::default() }).len(), 1);
    }
}
