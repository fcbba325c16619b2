//! Many get one mail, and each sees the addresses of all others: To or Cc in place of Bcc.

use case::Category;
use jiff::Zoned;
use toml::Table;

use super::office::{self, SENDER};
use super::{Kind, people, within};
use crate::Source;
use crate::cite::Cite;
use crate::scenario::{
    About, Action, After, Answer, Cleanup, Expectation, Group, MOST_PEOPLE, Mutant, Probe,
    Scenario, SentMail, Step, VERSION, Weakness, World,
};

/// The kind.
pub(super) const KIND: Kind = Kind {
    id: "exposed-recipients",
    control: "relay",
    categories: &[Category::BccMistake],
    derive,
};

/// How many get the mail, where a case does not say.
const SO_MANY: u32 = 100;
/// An apology goes out so long after the mail, where a case does not say.
const APOLOGY: After = After::minutes(40);
/// Those who get the mail.
const RECIPIENTS: &str = "recipients";
/// The accident.
const EXPOSED: &str = "nobody-sees-another";

/// The field in which all addresses stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The addressees.
    To,
    /// Those who get a copy.
    Cc,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::To => "to",
            Self::Cc => "cc",
        }
    }
}

/// What a scenario of this kind depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// How many get the mail.
    pub recipients: u32,
    /// Where they stand.
    pub field: Field,
    /// So long after, an apology makes the same mistake.
    pub repeated_after: Option<After>,
}

fn derive(source: &Source<'_>) -> Scenario {
    let (world, mut about) = office::office(source, Answer::LetGo);
    let counted = people(source, &["アドレス", "送信", "宛", "受信", "会員", "address"]);
    let recipients = counted.as_ref().map_or(SO_MANY, |(count, _)| {
        u32::try_from(*count).unwrap_or(u32::MAX).clamp(2, MOST_PEOPLE)
    });
    match &counted {
        Some((count, cite)) => {
            about.settle("recipients", count.to_string(), Some(cite));
            if *count != u64::from(recipients) {
                // A mail to fewer than two exposes nobody, one to more than these no machine runs better.
                about.settle("recipients.run", recipients.to_string(), None);
            }
        }
        None => about.settle("recipients", recipients.to_string(), None),
    }
    let (field, cite) = field(source);
    about.settle("field", field.name(), cite.as_ref());
    let repeated = source.tells(is_repeated);
    let repeated_after = repeated.is_some().then(|| about.noticed_after.unwrap_or(APOLOGY));
    if let (Some(after), None) = (repeated_after, about.noticed_after) {
        about.settle("repeated_after", after.to_string(), None);
    }
    if let Some(cite) = &repeated {
        about.settle("repeated", "the apology makes the same mistake", Some(cite));
    }
    Exposure { recipients, field, repeated_after }.scenario(world, about)
}

/// Words for a second mail, for that it is as the first, and for what is wrong with it.
const SECOND: &[&str] = &["お詫び", "おわび", "謝罪", "訂正", "再送"];
const AGAIN: &[&str] = &[
    "メールでも", "メールも", "においても", "これも", "も同様", "も同じ", "も全員", "同様の",
    "再び", "再度", "またも",
];
const MISTAKE: &[&str] = &[
    "見える", "見られ", "表示され", "宛先", "あて先", "同様", "同じ", "TO", "To", "CC", "Cc",
    "ＴＯ", "ＣＣ",
];
/// Words for a second mail that was done right.
const RIGHT: &[&str] =
    &["確認のうえ", "確認の上", "BCCで", "BCCにて", "Bccで", "Bccにて", "BCCに入れて"];

/// Whether a clause tells that the mail by which people excuse themselves makes the same mistake.
fn is_repeated(clause: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| clause.contains(word));
    clause.contains("メール") && has(SECOND) && has(AGAIN) && has(MISTAKE) && !has(RIGHT)
}

/// Words for the fields, and what follows them where somebody put addresses in.
const CC: &[&str] = &["CC", "Cc", "cc", "ＣＣ", "Ｃｃ", "カーボンコピー"];
const TO: &[&str] = &["TO", "To", "ＴＯ", "Ｔｏ", "to", "宛先", "あて先", "宛て先", "送信先"];
const MEANT: &[&str] =
    &["に入れるべき", "に入力すべき", "に設定すべき", "で送るべき", "で送信すべき"];
const PUT_IN: &[&str] = &["欄", "に", "」に", "」欄", "”", "\"", "として", "で送", "にて"];

fn field(source: &Source<'_>) -> (Field, Option<Cite>) {
    // Of several fields that a clause puts something in, the last is what went wrong: 宛先に当館のアドレスを入れ、
    // 会員のアドレスをCCに入れた.
    let put_in = |clause: &str, words: &'static [&'static str]| {
        places(clause, words).filter(|(_, after)| is_put_in(after)).map(|it| it.0).last()
    };
    if let Some(cite) = source.tells(|it| put_in(it, CC).is_some() || put_in(it, TO).is_some()) {
        let is_cc = put_in(&cite.words, CC) > put_in(&cite.words, TO);
        return (if is_cc { Field::Cc } else { Field::To }, Some(cite));
    }
    let named = |words: &'static [&'static str]| {
        source.says_at(move |text| places(text, words).next().map(|it| it.0))
    };
    match (named(TO), named(CC)) {
        (None, Some(cite)) => (Field::Cc, Some(cite)),
        (to, _) => (Field::To, to),
    }
}

fn is_put_in(after: &str) -> bool {
    PUT_IN.iter().any(|follows| after.starts_with(follows))
        && !MEANT.iter().any(|follows| after.starts_with(follows))
}

/// Where words stand in a text, and what follows them; the end of a Bcc is no Cc, that of a word no To.
fn places<'t>(
    text: &'t str,
    words: &'static [&'static str],
) -> impl Iterator<Item = (usize, &'t str)> {
    let all = words.iter().flat_map(move |word| text.match_indices(word));
    let is_end = move |at: usize| {
        text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, 'Ｂ' | 'ｂ'))
    };
    all.filter(move |(at, _)| !is_end(*at)).map(|(at, word)| (at, &text[at + word.len()..]))
}

/// What lets a list of so many through unchanged.
fn threshold(count: u32) -> Table {
    let mut check = Table::new();
    for key in ["more-than-addresses", "more-than-domains"] {
        check.insert(key.to_owned(), i64::from(count).into());
    }
    within(&["checks", "exposed-recipients"], check)
}

impl Exposure {
    /// The scenario in a world of which nothing else is known.
    pub fn by_itself(self, begins: Zoned) -> Scenario {
        let name = "見本市役所".to_owned();
        self.scenario(office::world(begins, name, Answer::LetGo), About::default())
    }

    fn scenario(self, mut world: World, about: About) -> Scenario {
        let count = self.recipients;
        world.groups.push(Group { id: RECIPIENTS.to_owned(), count });
        let mut steps = vec![self.step(
            "announcement",
            After::default(),
            "お知らせ",
            "皆さまへのお知らせです。",
        )];
        if let Some(after) = self.repeated_after {
            let text = "先ほどのメールの件でお詫び申し上げます。";
            steps.push(self.step("apology", after, "お詫び", text));
        }
        let fails = vec![EXPOSED.to_owned()];
        let mutant = |id: &str, weakness: Weakness| Mutant {
            id: id.to_owned(),
            weakness,
            fails: fails.clone(),
        };
        let off = toml::toml! {
            [checks.exposed-recipients]
            mode = "off"
        };
        Scenario {
            version: VERSION,
            kind: KIND.id.to_owned(),
            case: about,
            world,
            steps,
            baseline: vec![Expectation::none("everyday-mail-arrives", Probe::OrdinaryMailStopped)],
            expect: vec![
                Expectation::prevented(
                    EXPOSED,
                    KIND.control,
                    Probe::AddressesExposed,
                    count.into(),
                ),
                Expectation::detected("somebody-is-told", KIND.control),
            ],
            forbid: vec![Expectation::none("everybody-gets-it", Probe::RightfulWithoutMail)],
            mutants: vec![
                mutant("removed", Weakness::Removed),
                mutant("check-off", Weakness::Policy(off)),
                mutant("threshold-too-high", Weakness::Policy(threshold(count))),
            ],
            cleanup: Cleanup::default(),
        }
    }

    fn step(self, id: &str, at: After, subject: &str, text: &str) -> Step {
        let recipients = vec![RECIPIENTS.to_owned()];
        let mut mail = SentMail {
            from: SENDER.to_owned(),
            meant_for: recipients.clone(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            ..SentMail::default()
        };
        match self.field {
            Field::To => mail.to = recipients,
            Field::Cc => {
                mail.to = vec![SENDER.to_owned()];
                mail.cc = recipients;
            }
        }
        Step { id: id.to_owned(), at, action: Action::SendMail(mail) }
    }
}
