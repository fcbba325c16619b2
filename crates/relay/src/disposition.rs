//! What the relay can do with a mail. One disposition is for the whole mail: all recipients or none.
//! It does not know why.

use guard::Action;
use serde::{Deserialize, Serialize};

/// What has to happen before a mail goes out, the least first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Nothing.
    #[default]
    Open,
    /// It waits a while, in which its sender can still cancel it.
    Wait,
    /// Its sender must say that it is meant so.
    AskSender,
    /// Somebody else must say so.
    AskApprover,
    /// It never goes out.
    Refuse,
}

/// What is done with a mail: what has to happen first, and in what form it then goes out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Disposition {
    /// What has to happen first.
    pub gate: Gate,
    /// Each recipient gets a copy with only their own address in it.
    pub individual_copies: bool,
    /// Each file gives way to a link, by which those who get the mail fetch it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub links: bool,
}

impl Disposition {
    /// Out as it is.
    pub const DELIVER: Self = Self { gate: Gate::Open, individual_copies: false, links: false };
    /// Out at once, each recipient by themselves.
    pub const INDIVIDUAL_COPIES: Self = Self { individual_copies: true, ..Self::DELIVER };
    /// Out at once, links in the place of its files.
    pub const LINKS: Self = Self { links: true, ..Self::DELIVER };

    /// Behind a gate, otherwise as it is.
    pub const fn behind(gate: Gate) -> Self {
        Self { gate, ..Self::DELIVER }
    }
}

impl Action for Disposition {
    fn and(&self, other: &Self) -> Self {
        Self {
            gate: self.gate.max(other.gate),
            individual_copies: self.individual_copies || other.individual_copies,
            links: self.links || other.links,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_dispositions_are_both_satisfied() {
        let both = Disposition::INDIVIDUAL_COPIES.and(&Disposition::behind(Gate::AskApprover));
        let both = both.and(&Disposition::LINKS);
        assert!(both.individual_copies && both.links);
        assert_eq!(both.gate, Gate::AskApprover);
        assert_eq!(both.and(&Disposition::behind(Gate::Wait)), both);
    }

    #[test]
    fn what_was_kept_before_there_were_links_is_read() {
        let kept = r#"{"gate":"ask-sender","individual_copies":false}"#;
        let read: Disposition = serde_json::from_str(kept).unwrap();
        assert_eq!(read, Disposition::behind(Gate::AskSender));
        assert_eq!(serde_json::to_string(&read).unwrap(), kept);
        let links = serde_json::to_string(&Disposition::LINKS).unwrap();
        assert_eq!(serde_json::from_str::<Disposition>(&links).unwrap(), Disposition::LINKS);
    }
}
