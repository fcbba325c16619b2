//! A policy out of its file. What is wrong is told with its line and what to do about it. It opens no
//! file: a file of people comes in as text.

use std::collections::{BTreeMap, HashSet};
use std::str::FromStr;

use guard::{CheckId, Mode};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny};
use toml::Spanned;

use super::{Checks, DEFAULT, Policy, partial};
use crate::{Address, Directory, Disposition, Domain, Gate, Person};

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct PolicyError {
    /// From 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// What is done, as a policy writes it: one word or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Then(pub(super) Disposition);

#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for Then {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = match Words::deserialize(deserializer)? {
            Words::One(word) => vec![word],
            Words::Many(words) => words,
        };
        let mut then = Disposition::DELIVER;
        for word in &words {
            match word.as_str() {
                "wait" => then.gate = then.gate.max(Gate::Wait),
                "ask-sender" => then.gate = then.gate.max(Gate::AskSender),
                "ask-approver" => then.gate = then.gate.max(Gate::AskApprover),
                "refuse" => then.gate = then.gate.max(Gate::Refuse),
                "individual-copies" => then.individual_copies = true,
                "links" => then.links = true,
                other => {
                    return Err(D::Error::custom(format!(
                        "{other:?} is nothing that can be done; it may be \"wait\", \"ask-sender\", \
                         \"ask-approver\", \"refuse\", \"individual-copies\" or \"links\""
                    )));
                }
            }
        }
        if words.is_empty() {
            return Err(D::Error::custom(
                "nothing is to be done; a check that only records has mode = \"monitor\"",
            ));
        }
        Ok(Self(then))
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    organisation: Organisation,
    groups: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    people: People,
    checks: partial::Checks,
    /// How the relay runs: see [`Settings`](crate::Settings).
    #[serde(rename = "relay")]
    _relay: IgnoredAny,
    #[serde(rename = "accounts")]
    _accounts: IgnoredAny,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Organisation {
    domains: Option<Spanned<Vec<Spanned<String>>>>,
    approvers: Vec<Spanned<String>>,
    people: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct People {
    cancel_window_seconds: Option<u32>,
    give_back_after_hours: Option<u32>,
    links_expire_days: Option<Spanned<u32>>,
    record_days: Option<Spanned<u32>>,
}

impl Default for Policy {
    fn default() -> Self {
        let file: File = toml::from_str(DEFAULT).expect("the default policy is sound");
        let places = Places(DEFAULT);
        Self {
            directory: directory(&places, &file).expect("the default policy is sound"),
            people_file: None,
            cancel_window_s: file.people.cancel_window_seconds.unwrap_or_default(),
            give_back_after_h: file.people.give_back_after_hours.unwrap_or_default(),
            links_expire_days: days(file.people.links_expire_days.as_ref()).unwrap_or_default(),
            record_days: days(file.people.record_days.as_ref()).unwrap_or_default(),
            checks: file.checks.whole().expect("the default policy leaves nothing out"),
        }
    }
}

impl Policy {
    /// Reads a policy. What it leaves out is as in [`DEFAULT`], but the domains: whose mail it is must
    /// be said.
    pub fn parse(written: &str) -> Result<Self, PolicyError> {
        let places = Places(written);
        let file: File = toml::from_str(written).map_err(|error| places.of_toml(&error))?;
        let rest = Self::default();
        let checks = Checks::clone(&rest.checks);
        let domains = file.organisation.domains.as_ref();
        if domains.is_none_or(|domains| domains.get_ref().is_empty()) {
            let at = domains.map_or(0, |domains| domains.span().start);
            let message = "nothing says whose mail it is; write [organisation] with \
                           domains = [\"example.jp\"], with your own";
            return Err(places.wrong(at, message.to_owned()));
        }
        let policy = Self {
            directory: directory(&places, &file)?,
            people_file: file.organisation.people.clone(),
            cancel_window_s: file.people.cancel_window_seconds.unwrap_or(rest.cancel_window_s),
            give_back_after_h: file.people.give_back_after_hours.unwrap_or(rest.give_back_after_h),
            links_expire_days: days(file.people.links_expire_days.as_ref())
                .unwrap_or(rest.links_expire_days),
            record_days: days(file.people.record_days.as_ref()).unwrap_or(rest.record_days),
            checks: file.checks.over(&checks),
        };
        policy.can_wait().map_err(|id| {
            let at = written.find(&format!("[checks.{id}]")).unwrap_or(0);
            let message = format!(
                "{id} says then = \"wait\", but nothing waits while cancel-window-seconds is 0; set it \
                 in [people], 300 for five minutes, or choose another word"
            );
            places.wrong(at, message)
        })?;
        let (files, record) = (&file.people.links_expire_days, &file.people.record_days);
        for (what, days, most) in [("files by link", files, 366), ("the record", record, 36_500)] {
            if let Some(days) = days.as_ref().filter(|days| !(1..=most).contains(days.get_ref())) {
                let message = format!("{what} for {} days; it may be 1 to {most}", days.get_ref());
                return Err(places.wrong(days.span().start, message));
            }
        }
        let alarms = policy.checks.unusual_recipient.alarms_per_hundred;
        if !(0.0..=100.0).contains(&alarms) {
            let at = written.find("alarms-per-hundred").unwrap_or(0);
            let message = format!("{alarms} alarms per hundred mails; it may be 0 to 100");
            return Err(places.wrong(at, message));
        }
        Ok(policy)
    }

    /// `Err` names a check that has mail wait for the end of a window that is not there.
    fn can_wait(&self) -> Result<(), CheckId> {
        let is_waiting = |id: &&CheckId| {
            self.checks
                .rule(**id)
                .is_some_and(|rule| rule.mode == Mode::Enforce && rule.then.gate == Gate::Wait)
        };
        match Checks::IDS.iter().find(is_waiting) {
            Some(id) if self.cancel_window_s == 0 => Err(*id),
            _ => Ok(()),
        }
    }

    /// Adds the people of a CSV file with the columns `address`, `names`, `aliases`, `approvers`.
    pub fn add_people(&mut self, csv: &str) -> Result<(), PolicyError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv.as_bytes());
        let headers = reader.headers().map_err(|error| of_csv(&error))?.clone();
        let column = |name: &str| headers.iter().position(|header| header.trim() == name);
        let Some(address) = column("address") else {
            let message = "the first line names no column address; it should be \
                           address,names,aliases,approvers";
            return Err(PolicyError { line: 1, message: message.to_owned() });
        };
        let mut seen = HashSet::new();
        for record in reader.records() {
            let record = record.map_err(|error| of_csv(&error))?;
            let line = record.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
            let wrong = |message: String| PolicyError { line, message };
            let list = |name: &str| {
                let value = column(name).and_then(|at| record.get(at)).unwrap_or_default();
                value.split(';').map(str::trim).filter(|value| !value.is_empty())
            };
            let addresses = |name: &str| {
                list(name)
                    .map(|written| {
                        Address::parse(written).map_err(|e| wrong(no_address(written, e)))
                    })
                    .collect::<Result<Vec<_>, _>>()
            };
            let written = record.get(address).unwrap_or_default().trim();
            let person = Person {
                address: Address::parse(written).map_err(|e| wrong(no_address(written, e)))?,
                names: list("names").map(str::to_owned).collect(),
                aliases: addresses("aliases")?,
                approvers: addresses("approvers")?,
            };
            for address in std::iter::once(&person.address).chain(&person.aliases) {
                if !seen.insert(address.clone()) {
                    let message = format!("{address} stands twice; an address is one person's");
                    return Err(wrong(message));
                }
            }
            self.directory.add_person(person);
        }
        Ok(())
    }
}

fn days(written: Option<&Spanned<u32>>) -> Option<u32> {
    written.map(|days| *days.get_ref())
}

fn of_csv(error: &csv::Error) -> PolicyError {
    let line = error.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
    PolicyError { line, message: error.to_string() }
}

fn no_address(written: &str, error: crate::AddressError) -> String {
    format!("{written:?} is no address of mail: {error}")
}

fn directory(places: &Places<'_>, file: &File) -> Result<Directory, PolicyError> {
    let of = &file.organisation;
    let domains = of.domains.iter().flat_map(Spanned::get_ref);
    let domains = domains
        .map(|written| places.parsed::<Domain>(written, "is no domain; write it like example.jp"));
    let mut directory = Directory::new(domains.collect::<Result<Vec<_>, _>>()?);
    let addresses = |written: &[Spanned<String>]| {
        let address = "is no address of mail; write it like mori@example.jp";
        written.iter().map(|one| places.parsed(one, address)).collect::<Result<Vec<_>, _>>()
    };
    directory.set_approvers(addresses(&of.approvers)?);
    for (address, members) in &file.groups {
        let message = "is no address of mail; a group has one";
        directory.add_group(places.parsed(address, message)?, addresses(members)?);
    }
    Ok(directory)
}

/// A text whose lines are counted.
pub(crate) struct Places<'a>(pub(crate) &'a str);

impl Places<'_> {
    pub(crate) fn of_toml(&self, error: &toml::de::Error) -> PolicyError {
        let at = error.span().map_or(0, |span| span.start);
        // As people call what programs call by its type.
        let whole = ["u8", "u16", "u32", "u64", "usize"].map(|name| (name, "a whole number"));
        let names = whole.into_iter().chain([("f32", "a number"), ("f64", "a number")]);
        let message = names.fold(error.message().trim().to_owned(), |message, (name, said)| {
            match message.strip_suffix(&format!("expected {name}")) {
                Some(rest) => format!("{rest}expected {said}"),
                None => message,
            }
        });
        self.wrong(at, message)
    }

    pub(crate) fn wrong(&self, at: usize, message: String) -> PolicyError {
        let before = self.0.get(..at.min(self.0.len())).unwrap_or_default();
        PolicyError { line: before.matches('\n').count() + 1, message }
    }

    pub(crate) fn parsed<T: FromStr>(
        &self,
        written: &Spanned<String>,
        no: &str,
    ) -> Result<T, PolicyError> {
        let value = written.get_ref();
        value.parse().map_err(|_| self.wrong(written.span().start, format!("{value:?} {no}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, line: usize, says: &str) {
        let error = Policy::parse(written).map(|_| ()).unwrap_err();
        assert!(error.line == line && error.message.contains(says), "{error}");
    }

    const OWN: &str = "[organisation]\ndomains = [\"city.example.jp\"]\n";

    #[test]
    fn the_default_is_whole() {
        let policy = Policy::default();
        assert_eq!(policy.checks.exposed_recipients.more_than_addresses, 9);
        assert_eq!(policy.checks.exposed_recipients.rule.then, Disposition::INDIVIDUAL_COPIES);
        for id in Checks::IDS {
            assert!(policy.checks.rule(*id).is_some(), "{id}");
            assert!(DEFAULT.contains(&format!("[checks.{id}]")), "{id}");
        }
    }

    #[test]
    fn what_is_left_out_is_as_in_the_default() {
        let policy = Policy::parse(&format!(
            "{OWN}[checks.bulk]\nmode = \"monitor\"\nthen = [\"ask-approver\", \"individual-copies\"]\n\
             [checks.encrypted-attachment]\nmode = \"enforce\"\nthen = \"links\"\n"
        ));
        let policy = policy.unwrap();
        assert_eq!(policy.checks.encrypted_attachment.rule.then, Disposition::LINKS);
        assert!(policy.checks.that_link().eq([crate::policy::EncryptedAttachment::ID]));
        assert_eq!((policy.links_expire_days, policy.record_days), (14, 1_095));
        let bulk = policy.checks.bulk;
        assert_eq!(bulk.rule.mode, Mode::Monitor);
        assert_eq!(bulk.rule.then.gate, Gate::AskApprover);
        assert!(bulk.rule.then.individual_copies);
        assert_eq!(bulk.more_than_recipients, 50);
        assert_eq!(policy.checks.exposed_recipients, Policy::default().checks.exposed_recipients);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        check("", 1, "whose mail");
        check("[organisation]\ndomains = []\n", 2, "whose mail");
        check("[organisation]\ndomains = [\"exa mple.jp\"]\n", 2, "no domain");
        check(&format!("{OWN}approvers = [\"mori\"]\n"), 3, "no address of mail");
        check(&format!("{OWN}\n[cheks.bulk]\n"), 4, "unknown field");
        check(&format!("{OWN}[checks.bulk]\nmore-than = 3\n"), 4, "more-than-recipients");
        check(&format!("{OWN}[checks.bulk]\nmode = \"enforced\"\n"), 4, "enforce");
        check(&format!("{OWN}[checks.bulk]\nthen = \"hold\"\n"), 4, "ask-approver");
        check(&format!("{OWN}[checks.bulk]\nthen = []\n"), 4, "monitor");
        check(&format!("{OWN}[people]\nlinks-expire-days = 0\n"), 4, "1 to 366");
        check(&format!("{OWN}[people]\nrecord-days = 36501\n"), 4, "1 to 36500");
        check(&format!("{OWN}[people]\nrecord-days = \"9\"\n"), 4, "expected a whole number");
        check(
            &format!("{OWN}[checks.unusual-recipient]\nalarms-per-hundred = -1.0\n"),
            4,
            "0 to 100",
        );
        check(&format!("{OWN}[checks.bulk\n"), 3, "");
        check(&format!("{OWN}[checks.bulk]\nthen = \"wait\"\n"), 3, "nothing waits");
        let window =
            format!("{OWN}[checks.bulk]\nthen = \"wait\"\n[people]\ncancel-window-seconds = 9\n");
        assert!(Policy::parse(&window).is_ok());
    }

    #[test]
    fn people_come_from_a_table() {
        let mut policy = Policy::parse(OWN).unwrap();
        let csv = "address,names,aliases,approvers\n\
                   mori@city.example.jp,森 一郎; もり いちろう,kacho@city.example.jp,\n\
                   sato@city.example.jp,佐藤 花,,kacho@city.example.jp\n";
        policy.add_people(csv).unwrap();
        let sato = Address::parse("sato@city.example.jp").unwrap();
        let mori = Address::parse("kacho@city.example.jp").unwrap();
        assert_eq!(policy.directory.approvers_of(&sato), [&mori]);
        assert_eq!(policy.directory.person(&mori).unwrap().names, ["森 一郎", "もり いちろう"]);

        let twice = "address,names\na@example.jp,A\nA@example.jp,B\n";
        assert_eq!(policy.add_people(twice).unwrap_err().line, 3);
        assert!(policy.add_people("mail\na@example.jp\n").unwrap_err().message.contains("column"));
    }
}
