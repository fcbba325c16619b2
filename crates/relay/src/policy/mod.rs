//! The policy of a relay as a value: what is the organisation's own, and what is done about what the
//! checks find. The commented default is `default.toml`. It does not know how a check finds anything.

mod read;

use guard::{CheckId, Mode};
use serde::Deserialize;

pub(crate) use read::Places;
pub use read::PolicyError;

use crate::{Directory, Disposition};

/// The default policy, with a comment on every line; what a policy leaves out is as here.
pub const DEFAULT: &str = include_str!("default.toml");

/// What a relay is told to do.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Who belongs to the organisation.
    pub directory: Directory,
    /// A file of people, as the policy names it; whoever reads the policy reads it too.
    pub people_file: Option<String>,
    /// How long a sender can cancel a mail to outsiders.
    pub cancel_window_s: u32,
    /// After this, mail that waits for a word is given back.
    pub give_back_after_h: u32,
    /// So long can files be fetched that are given out by link.
    pub links_expire_days: u32,
    /// So long the record has a mail.
    pub record_days: u32,
    /// What each check is told.
    pub checks: Checks,
}

/// What is done about what a check finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Whether it binds.
    pub mode: Mode,
    /// What is done.
    pub then: Disposition,
}

macro_rules! checks {
    ($( $(#[doc = $doc:literal])+ $field:ident: $type:ident = $id:literal { $( $(#[doc = $of:literal])+ $key:ident: $value:ty ),* $(,)? } )+) => {
        /// What each check is told, by its name with underscores.
        #[derive(Clone, Debug)]
        pub struct Checks {
            $( $(#[doc = $doc])+ pub $field: $type, )+
        }

        $(
            $(#[doc = $doc])+
            #[derive(Clone, Debug, PartialEq)]
            pub struct $type {
                /// What is done about what it finds.
                pub rule: Rule,
                $( $(#[doc = $of])+ pub $key: $value, )*
            }

            impl $type {
                /// The name of the check.
                pub const ID: CheckId = CheckId($id);
            }
        )+

        impl Checks {
            /// The name of every check that a policy speaks of.
            pub const IDS: &[CheckId] = &[$( $type::ID ),+];

            /// Those by which files go by link where they bind.
            pub fn that_link(&self) -> impl Iterator<Item = CheckId> {
                let links = |id: &CheckId| {
                    self.rule(*id)
                        .is_some_and(|rule| rule.mode == Mode::Enforce && rule.then.links)
                };
                Self::IDS.iter().copied().filter(links)
            }

            /// What is done about what a check finds; `None` for a check that no policy speaks of.
            pub fn rule(&self, check: CheckId) -> Option<Rule> {
                match check.0 {
                    $( $id => Some(self.$field.rule), )+
                    _ => None,
                }
            }
        }

        /// The same as a policy file has it: what is left out is `None`.
        mod partial {
            use super::*;

            #[derive(Default, Deserialize)]
            #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
            pub(super) struct Checks {
                $( pub(super) $field: $type, )+
            }

            $(
                #[derive(Default, Deserialize)]
                #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
                pub(super) struct $type {
                    mode: Option<Mode>,
                    then: Option<read::Then>,
                    $( $key: Option<$value>, )*
                }
            )+

            impl Checks {
                /// What stands here, and where nothing does, what stands in `rest`.
                pub(super) fn over(self, rest: &super::Checks) -> super::Checks {
                    super::Checks {
                        $( $field: super::$type {
                            rule: Rule {
                                mode: self.$field.mode.unwrap_or(rest.$field.rule.mode),
                                then: self.$field.then.map_or(rest.$field.rule.then, |then| then.0),
                            },
                            $( $key: self.$field.$key.unwrap_or_else(|| rest.$field.$key.clone()), )*
                        }, )+
                    }
                }

                /// What stands here, which must be everything.
                pub(super) fn whole(self) -> Option<super::Checks> {
                    Some(super::Checks {
                        $( $field: super::$type {
                            rule: Rule {
                                mode: self.$field.mode?,
                                then: self.$field.then?.0,
                            },
                            $( $key: self.$field.$key?, )*
                        }, )+
                    })
                }
            }
        }
    };
}

checks! {
    /// Something that the relay cannot read as those who get the mail will.
    unreadable: Unreadable = "unreadable" {}
    /// More outsiders than this can see each other.
    exposed_recipients: ExposedRecipients = "exposed-recipients" {
        /// Addresses of outsiders in To and Cc.
        more_than_addresses: usize,
        /// Domains of outsiders in To and Cc.
        more_than_domains: usize,
        /// Addresses of outsiders in To and Cc of an answer.
        in_answers: usize,
    }
    /// An outsider who looks like somebody known.
    familiar_stranger: FamiliarStranger = "familiar-stranger" {}
    /// Somebody who does not fit, as far as was learnt.
    unusual_recipient: UnusualRecipient = "unusual-recipient" {
        /// How many of a hundred usual mails may be asked about.
        alarms_per_hundred: f64,
        /// It says nothing before it has learnt from so many.
        learning_mails: usize,
    }
    /// Its words address somebody else.
    salutation: Salutation = "salutation" {}
    /// Something is attached for somebody new.
    attachment_to_stranger: AttachmentToStranger = "attachment-to-stranger" {}
    /// Data on people is attached for an outsider.
    personal_data: PersonalData = "personal-data" {
        /// People of whom something is attached.
        more_than_people: usize,
    }
    /// Something is attached that cannot be looked into.
    encrypted_attachment: EncryptedAttachment = "encrypted-attachment" {}
    /// It carries the password of a mail that has not gone out.
    password_mail: PasswordMail = "password-mail" {
        /// For so long after the other mail was stopped.
        window_minutes: u32,
    }
    /// It speaks of an attachment that is not there.
    forgotten_attachment: ForgottenAttachment = "forgotten-attachment" {}
    /// Many get it, and nobody else has looked at it.
    bulk: Bulk = "bulk" {
        /// People who get it.
        more_than_recipients: usize,
    }
    /// It says itself that it stays inside.
    internal_mark: InternalMark = "internal-mark" {
        /// What says so, in any width and case.
        words: Vec<String>,
    }
}
