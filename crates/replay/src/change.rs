//! A change of a policy under which a case would not happen, and what the change would cost. It does not know
//! how it was found.

use guard::Sentence;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

/// The table of a policy with its checks.
const CHECKS: &str = "checks";

/// A setting of a check, as it is and as it would be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// The check.
    pub check: String,
    /// The setting.
    pub key: String,
    /// What the policy says now.
    pub from: Value,
    /// What it would say.
    pub to: Value,
}

/// What a policy stops on past mail, where nobody was to be stopped: false alarms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarms {
    /// Mails that wait for somebody, or are refused.
    pub stopped: u64,
    /// Mails that go out at once, each recipient with a copy of their own.
    pub copies: u64,
}

/// What a change costs on past mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// How many mails were judged.
    pub mails: u64,
    /// Under the policy as it is.
    pub now: Alarms,
    /// Under the policy with the change.
    pub then: Alarms,
}

impl Price {
    /// How many more mails would be stopped, and how many more split; less than none where it is fewer.
    pub fn more(&self) -> (i64, i64) {
        let more = |now: u64, then: u64| {
            i64::try_from(i128::from(then) - i128::from(now)).unwrap_or(i64::MAX)
        };
        (more(self.now.stopped, self.then.stopped), more(self.now.copies, self.then.copies))
    }

    /// For people.
    pub fn told(&self) -> Sentence {
        let (mails, (stopped, copies)) = (self.mails, self.more());
        Sentence::new(
            format!("過去のメール {mails} 通で、止まる {stopped:+} 通、個別配送 {copies:+} 通"),
            format!(
                "of {mails} past mails, {stopped:+} stopped, {copies:+} sent as individual copies"
            ),
        )
    }
}

/// As few settings as it takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// What would be changed.
    pub settings: Vec<Setting>,
    /// What it would cost, where past mail was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
}

impl Change {
    /// What is put over the policy.
    pub fn table(&self) -> Table {
        let mut checks = Table::new();
        for setting in &self.settings {
            let check = checks.entry(setting.check.clone()).or_insert_with(|| Table::new().into());
            if let Value::Table(check) = check {
                check.insert(setting.key.clone(), setting.to.clone());
            }
        }
        let mut table = Table::new();
        table.insert(CHECKS.to_owned(), checks.into());
        table
    }

    /// For people, in one line: `exposed-recipients: more-than-addresses 60 → 39`.
    pub fn told(&self) -> String {
        let each = self.settings.iter().map(|setting| {
            let Setting { check, key, from, to } = setting;
            format!("{check}: {key} {from} → {to}")
        });
        each.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_what_is_put_over_a_policy() {
        let setting = |key: &str, from: Value, to: Value| Setting {
            check: "personal-data".to_owned(),
            key: key.to_owned(),
            from,
            to,
        };
        let settings = vec![
            setting("mode", "monitor".into(), "enforce".into()),
            setting("more-than-people", 20.into(), 4.into()),
        ];
        let change = Change { settings, price: None };
        let table: Table =
            "[checks.personal-data]\nmode = \"enforce\"\nmore-than-people = 4".parse().unwrap();
        assert_eq!(change.table(), table);
        assert_eq!(
            change.told(),
            "personal-data: mode \"monitor\" → \"enforce\", personal-data: more-than-people 20 → 4"
        );
    }
}
