//! Files on an organisation's servers are encrypted by somebody who asks for money.

use case::Category;
use jiff::Zoned;
use toml::Table;

use super::{Kind, about, begins, noticed_after};
use crate::Source;
use crate::cite::Cite;
use crate::scenario::{
    About, Action, After, Cleanup, EncryptedFiles, Expectation, Must, Mutant, Organisation, Probe,
    Scenario, Step, VERSION, Weakness, World,
};

/// The kind.
pub(super) const KIND: Kind =
    Kind { id: "ransomware", control: "fileguard", categories: &[Category::Ransomware], derive };

/// How many files lie on the server that stands for all: no case says how many there were.
const SO_MANY: u32 = 40;
/// More than these are not to be altered before it stops.
const MOST: u64 = 10;
/// What is left of the accident with the control: no control on the server itself can tell it from saving
/// before a few files were altered.
const FEW: &str = "ten-files-at-most";
/// What must come back.
const LOST: &str = "nothing-lost";

/// Words for all servers, or those of a service.
const ALL: &[&str] = &[
    "サーバー全て", "サーバ全て", "サーバーすべて", "サーバすべて", "全てのサーバ",
    "すべてのサーバ", "全サーバ", "サーバー全台", "サーバ全台", "複数のサーバ", "サーバー群",
    "サーバ群", "all servers",
];
/// Words for encryption.
const WORDS: &[&str] = &["暗号化", "encrypted", "ランサムウェア", "ransomware"];

/// What a scenario of this kind depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// How many files there are.
    pub files: u32,
}

fn derive(source: &Source<'_>) -> Scenario {
    let mut about = about(source);
    let begins = begins(source, &mut about);
    noticed_after(source, &mut about);
    let name = about.organisation.clone().unwrap_or_else(|| "見本市役所".to_owned());
    let says = |words: &[&str]| source.says(words);
    let encrypted: Option<Cite> = says(WORDS);
    about.settle("what", "files on servers", encrypted.as_ref());
    let servers = says(ALL);
    let which = if servers.is_some() { "all, or a group of them" } else { "one" };
    about.settle("servers", which, servers.as_ref());
    about.settle("servers in the sandbox", "one stands for each: every one runs a guard", None);
    about.settle("files", format!("{SO_MANY}, made up, in forty formats"), None);
    about.settle("how", "written over in place, one after the other, by openssl", None);
    about.settle("rights", "the attacker does not end the guard first", None);
    Encryption { files: SO_MANY }.scenario(world(begins, name), about)
}

fn world(begins: Zoned, name: String) -> World {
    World {
        seed: 2023,
        begins,
        organisation: Organisation { name, domain: "office.example".to_owned() },
        people: Vec::new(),
        groups: Vec::new(),
        relations: Vec::new(),
        earlier_mails: 0,
        fixtures: Vec::new(),
    }
}

impl Encryption {
    /// The scenario in a world of which nothing else is known.
    pub fn by_itself(self, begins: Zoned) -> Scenario {
        self.scenario(world(begins, "見本市役所".to_owned()), About::default())
    }

    fn scenario(self, world: World, about: About) -> Scenario {
        let count = u64::from(self.files);
        let limited = |id: &str, probe: Probe, most: u64| Expectation {
            must: Must::Limit,
            at_most: Some(most),
            ..Expectation::prevented(id, KIND.control, probe, count)
        };
        let mutant = |id: &str, weakness: Weakness, fails: &[&str]| Mutant {
            id: id.to_owned(),
            weakness,
            fails: fails.iter().map(|id| (*id).to_owned()).collect(),
        };
        Scenario {
            version: VERSION,
            kind: KIND.id.to_owned(),
            case: about,
            world,
            steps: vec![Step {
                id: "encryption".to_owned(),
                at: After::default(),
                action: Action::EncryptFiles(EncryptedFiles { files: self.files }),
            }],
            baseline: vec![Expectation::none("everyday-work-goes-on", Probe::OrdinaryWorkStopped)],
            expect: vec![
                limited(FEW, Probe::FilesEncrypted, MOST),
                limited(LOST, Probe::FilesLost, 0),
                Expectation::detected("somebody-is-told", KIND.control),
            ],
            forbid: Vec::new(),
            mutants: vec![
                mutant("removed", Weakness::Removed, &[FEW, LOST]),
                mutant("checks-off", Weakness::Policy(checks_off()), &[FEW, LOST]),
                mutant("only-told", Weakness::Policy(only_told()), &[FEW]),
            ],
            cleanup: Cleanup::default(),
        }
    }
}

/// A guard that finds nothing.
fn checks_off() -> Table {
    toml::toml! {
        [checks]
        encoded-output = "off"
        lost-type = "off"
        noise-written = "off"
        rate = "off"
    }
}

/// A guard that tells people and stops nobody.
fn only_told() -> Table {
    toml::toml! { answer = "alarm" }
}
