//! The policy that a scenario is run under, as written: the default, or somebody's own; with what a mutant
//! puts over it. It does not know what a check does.

use relay::net::PolicyFile;
use relay::{Address, Policy, PolicyError};
use toml::Table;

/// The domain of an organisation that has none.
const NOBODY: &str = "example.invalid";

/// A policy as its file has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WrittenPolicy {
    /// The file; the default where there is none.
    pub written: Option<String>,
    /// The file of people that it names.
    pub people: Option<String>,
}

impl From<PolicyFile> for WrittenPolicy {
    fn from(read: PolicyFile) -> Self {
        Self { written: Some(read.written), people: read.people }
    }
}

impl WrittenPolicy {
    /// Whether it is somebody's own.
    pub const fn is_own(&self) -> bool {
        self.written.is_some()
    }

    /// Their own policy with something put over it.
    pub fn changed(&self, over: &Table) -> Result<Policy, PolicyError> {
        self.with(over, NOBODY, &[])
    }

    /// Every setting, those that it leaves out as the default has them.
    pub(crate) fn settings(&self) -> Table {
        // What cannot be read was refused before anything was run under it.
        let mut table: Table = relay::policy::DEFAULT.parse().unwrap_or_default();
        let own = self.written.as_deref().unwrap_or_default().parse().unwrap_or_default();
        lay_over(&mut table, &own);
        table
    }

    /// The policy with something put over it. Without one of their own, the organisation and its approvers
    /// are those of the world.
    pub(crate) fn with(
        &self,
        over: &Table,
        domain: &str,
        approvers: &[Address],
    ) -> Result<Policy, PolicyError> {
        let mut table = match &self.written {
            // It is read as it stands first, so that what is wrong has its line.
            Some(written) => {
                Policy::parse(written)?;
                written.parse::<Table>().unwrap_or_default()
            }
            None => of_world(domain, approvers),
        };
        lay_over(&mut table, over);
        let mut policy = Policy::parse(&table.to_string())?;
        if let Some(people) = &self.people {
            policy.add_people(people)?;
        }
        Ok(policy)
    }
}

fn of_world(domain: &str, approvers: &[Address]) -> Table {
    let approvers = approvers.iter().map(|address| address.to_string().into());
    let mut organisation = Table::new();
    organisation.insert("domains".to_owned(), vec![domain].into());
    organisation.insert("approvers".to_owned(), toml::Value::Array(approvers.collect()));
    let mut table = Table::new();
    table.insert("organisation".to_owned(), organisation.into());
    table
}

/// Puts one table over another: tables are merged, everything else is replaced.
pub fn lay_over(under: &mut Table, over: &Table) {
    for (key, value) in over {
        match (under.get_mut(key), value) {
            (Some(toml::Value::Table(under)), toml::Value::Table(over)) => lay_over(under, over),
            _ => drop(under.insert(key.clone(), value.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_over_wins_and_the_rest_stays() {
        let over: Table = "[checks.exposed-recipients]\nmore-than-addresses = 395".parse().unwrap();
        let own = WrittenPolicy {
            written: Some(
                "[organisation]\ndomains = [\"city.example\"]\n[checks.exposed-recipients]\nthen = \"refuse\""
                    .to_owned(),
            ),
            people: None,
        };
        let policy = own.with(&over, "unused.example", &[]).unwrap();
        let check = &policy.checks.exposed_recipients;
        assert_eq!(check.more_than_addresses, 395);
        assert_eq!(check.rule.then, relay::Disposition::behind(relay::Gate::Refuse));
        assert!(policy.directory.is_own(&Address::parse("a@city.example").unwrap()));
    }

    #[test]
    fn a_wrong_policy_has_its_line() {
        let own = WrittenPolicy { written: Some("\n[organisation]\n".to_owned()), people: None };
        assert_eq!(own.with(&Table::new(), "city.example", &[]).unwrap_err().line, 1);
    }
}
