//! A mail goes to somebody for whom it was not meant, or the right people get the wrong file.

use case::{Category, DataKind};
use jiff::Zoned;
use toml::Table;

use super::office::{self, COLLEAGUE, OFFICE, PARTNER, PARTNER_DOMAIN, SENDER};
use super::{Kind, people, within};
use crate::Source;
use crate::cite::is_denied;
use crate::fixtures;
use crate::people::Invented;
use crate::scenario::{
    About, Action, After, Answer, Cleanup, Expectation, Fixture, MOST_PEOPLE, Mutant, Person,
    Probe, Scenario, SentMail, Step, VERSION, Weakness, World,
};

/// The kind.
pub(super) const KIND: Kind = Kind {
    id: "misdirected-mail",
    control: "relay",
    categories: &[Category::MisdirectedMail],
    derive,
};

/// Lines of the file, where a case does not say.
const ROWS: u32 = 50;
/// Who gets what was not meant for them.
const STRANGER: &str = "stranger";
/// The file.
const LIST: &str = "list";
/// The relay has run for some months: it has learnt who writes to whom.
const EARLIER_MAILS: u32 = 600;
/// The password goes out so long after the file, and the right mail after that.
const PASSWORD_AFTER: After = After::minutes(1);
const AGAIN_AFTER: After = After::minutes(30);

/// How it went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// Somebody outside has the family name of the colleague who was meant.
    Namesake,
    /// The domain is one slip away from the one that was meant.
    Lookalike,
    /// The right person, the wrong file.
    WrongFile,
}

impl Slip {
    const fn name(self) -> &'static str {
        match self {
            Self::Namesake => "namesake",
            Self::Lookalike => "lookalike-domain",
            Self::WrongFile => "wrong-file",
        }
    }
}

/// What a scenario of this kind depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misdirection {
    /// How.
    pub slip: Slip,
    /// Lines of the file that went with it; none where nothing was attached.
    pub rows: Option<u32>,
    /// What each line holds.
    pub columns: Vec<DataKind>,
    /// Whether the file was locked and its password sent after it.
    pub has_password: bool,
}

/// Words for how it went wrong.
const WRONG_FILE: &[&str] = &[
    "誤ったファイル", "別のファイル", "異なるファイル", "違うファイル", "誤って添付", "誤った添付",
    "ファイルの取り違え", "ファイルを取り違え", "添付ファイルを間違", "添付すべきでない",
    "添付ファイルの誤り", "添付誤り", "本来添付", "別の資料を添付", "誤った資料",
];
/// Whether a clause tells that something else was attached: 別の顧問先の名簿を添付. Where 別の says whom it went to,
/// it is no other file.
fn is_other_file(clause: &str) -> bool {
    let files = ["ファイル", "資料", "データ", "名簿", "書類", "リスト"];
    let other = ["別の", "異なる", "違う", "誤った"].iter().any(|word| {
        clause.match_indices(word).any(|(at, _)| {
            let after = &clause[at + word.len()..];
            let file = files.iter().filter_map(|file| after.find(file)).min();
            file.is_some_and(|end| !after[..end].contains(['に', 'へ', '宛']))
        })
    });
    other && clause.contains("添付")
}

const NAMESAKE: &[&str] =
    &["同姓", "同じ姓", "同じ苗字", "同名", "似た名前", "名前が似", "名字が同じ", "同じ名字"];
const LOOKALIKE: &[&str] = &[
    "ドメイン", "スペル", "入力ミス", "入力誤り", "誤入力", "入力を誤", "打ち間違", "タイプミス",
    "gmai.com", "アドレスの誤り", "アドレスを誤", "アドレスに誤り",
];
const ATTACHED: &[&str] = &["添付", "ファイル", "リスト", "名簿", "一覧"];

/// Whether a clause tells that the password of the file was sent too.
fn is_password_sent(clause: &str) -> bool {
    clause.split('、').any(|part| {
        let after = part.split_once("パスワード").map(|(_, after)| after);
        let is_sent = |after: &str| {
            ["送", "通知", "連絡", "伝え", "知らせ"].iter().any(|word| after.contains(word))
        };
        after.is_some_and(|after| is_sent(after) && !is_denied(after))
    })
}

fn derive(source: &Source<'_>) -> Scenario {
    let (world, mut about) = office::office(source, Answer::Look);
    let told = [
        (Slip::WrongFile, source.says(WRONG_FILE).or_else(|| source.tells(is_other_file))),
        (Slip::Namesake, source.says(NAMESAKE)),
        (Slip::Lookalike, source.says(LOOKALIKE)),
    ];
    let told = told.into_iter().find_map(|(slip, cite)| Some((slip, cite?)));
    let (slip, cite) = told.map_or((Slip::Namesake, None), |(slip, cite)| (slip, Some(cite)));
    about.settle("slip", slip.name(), cite.as_ref());
    let attached = source.says(ATTACHED);
    let counted = people(source, &[]);
    let rows = (attached.is_some() || slip == Slip::WrongFile).then(|| {
        let rows = counted.as_ref().map_or(ROWS, |(count, _)| {
            u32::try_from(*count).unwrap_or(u32::MAX).clamp(1, MOST_PEOPLE)
        });
        about.settle("list.rows", rows.to_string(), counted.as_ref().map(|(_, cite)| cite));
        rows
    });
    match &attached {
        Some(cite) => about.settle("list", "attached", Some(cite)),
        None if rows.is_none() => about.settle("list", "nothing is attached", None),
        None => {}
    }
    let password = rows.and_then(|_| source.clause(is_password_sent));
    if let Some(cite) = &password {
        about.settle("list.password", "sent after it", Some(cite));
    }
    let kinds: Vec<DataKind> = source.facts.data_kinds.iter().map(|kind| kind.value).collect();
    for kind in &source.facts.data_kinds {
        about.settle("list.columns", kind.value.name(), Some(&kind.cite));
    }
    let columns = fixtures::columns(&kinds);
    if rows.is_some() && kinds.is_empty() {
        let assumed: Vec<&str> = columns.iter().map(|kind| kind.name()).collect();
        about.settle("list.columns", assumed.join(", "), None);
    }
    if password.is_some() {
        about.settle("list.password.after", PASSWORD_AFTER.to_string(), None);
    }
    Misdirection { slip, rows, columns, has_password: password.is_some() }.scenario(world, about)
}

impl Misdirection {
    /// The scenario in a world of which nothing else is known.
    pub fn by_itself(self, begins: Zoned) -> Scenario {
        let name = "見本工業株式会社".to_owned();
        self.scenario(office::world(begins, name, Answer::Look), About::default())
    }

    /// Whom it was meant for.
    const fn meant(&self) -> &'static str {
        match self.slip {
            Slip::Namesake => COLLEAGUE,
            Slip::Lookalike | Slip::WrongFile => PARTNER,
        }
    }

    /// Who gets it.
    const fn got(&self) -> &'static str {
        match self.slip {
            Slip::Namesake | Slip::Lookalike => STRANGER,
            Slip::WrongFile => PARTNER,
        }
    }

    fn scenario(self, mut world: World, mut about: About) -> Scenario {
        world.earlier_mails = EARLIER_MAILS;
        about.settle("world.earlier_mails", EARLIER_MAILS.to_string(), None);
        if let Some(stranger) = self.stranger(&world) {
            world.people.push(stranger);
        }
        let password = self.has_password.then(|| format!("Pw-{:04}", world.seed % 10_000));
        if let Some(rows) = self.rows {
            let may_have = match self.slip {
                Slip::Lookalike => vec![PARTNER.to_owned()],
                Slip::Namesake | Slip::WrongFile => Vec::new(),
            };
            let mut list = Fixture {
                id: LIST.to_owned(),
                file: "一覧.csv".to_owned(),
                rows,
                columns: self.columns.clone(),
                may_have,
                password: password.clone(),
                sha256: None,
            };
            list.sha256 = Some(fixtures::sha256(&list, world.seed));
            world.fixtures.push(list);
        }
        let expect = self.expectations();
        let fails: Vec<String> =
            expect.iter().filter(|it| it.was.is_some()).map(|it| it.id.clone()).collect();
        let mutants = self.weaknesses().into_iter().map(|(id, weakness)| Mutant {
            id: id.to_owned(),
            weakness,
            fails: fails.clone(),
        });
        Scenario {
            version: VERSION,
            kind: KIND.id.to_owned(),
            case: about,
            steps: self.steps(&world, password.as_deref()),
            world,
            baseline: vec![Expectation::none("everyday-mail-arrives", Probe::OrdinaryMailStopped)],
            expect,
            forbid: vec![Expectation::none("the-right-one-gets-it", Probe::RightfulWithoutMail)],
            mutants: mutants.collect(),
            cleanup: Cleanup::default(),
        }
    }

    /// Somebody outside whom a hurried hand takes for the one who is meant.
    fn stranger(&self, world: &World) -> Option<Person> {
        let meant = world.person(self.meant())?;
        let mut stranger = Person {
            id: STRANGER.to_owned(),
            approves: false,
            domain: Some("other-kogyo.example".to_owned()),
            ..meant.clone()
        };
        match self.slip {
            Slip::Namesake => {
                let given = Invented::of(world.seed, OFFICE + 9).name();
                let given = given.split_once(' ').map_or("", |(_, given)| given);
                let family = meant.name.split(' ').next().unwrap_or_default();
                stranger.name = format!("{family} {given}");
            }
            // Two letters changed places.
            Slip::Lookalike => stranger.domain = Some(PARTNER_DOMAIN.replace("er-", "re-")),
            Slip::WrongFile => return None,
        }
        Some(stranger)
    }

    fn steps(&self, world: &World, password: Option<&str>) -> Vec<Step> {
        let (meant, got) = (self.meant(), self.got());
        let called = world.person(meant).map_or("", |person| person.name.as_str());
        let called = called.split(' ').next().unwrap_or_default();
        let list = if self.rows.is_some() { vec![LIST.to_owned()] } else { Vec::new() };
        let mail = |to: &str, subject: &str, text: String| SentMail {
            from: SENDER.to_owned(),
            to: vec![to.to_owned()],
            subject: subject.to_owned(),
            text,
            ..SentMail::default()
        };
        let step =
            |id: &str, at, mail| Step { id: id.to_owned(), at, action: Action::SendMail(mail) };
        let text = if list.is_empty() {
            format!("{called}様\r\n\r\n先日の件、次のとおり決まりました。")
        } else {
            format!("{called}様\r\n\r\n一覧を添付します。ご確認ください。")
        };
        let mistaken = SentMail {
            attach: list.clone(),
            is_mistaken: true,
            ..mail(got, "一覧の共有", text.clone())
        };
        let mut steps = vec![step("mail", After::default(), mistaken)];
        if let Some(password) = password {
            let text = format!("先ほどのファイルのパスワードは {password} です。");
            let second =
                SentMail { is_mistaken: true, ..mail(got, "パスワードのお知らせ", text) };
            steps.push(step("password", PASSWORD_AFTER, second));
        }
        let again = SentMail {
            // The right file is not the wrong one, and goes by itself.
            attach: if self.slip == Slip::Namesake { list } else { Vec::new() },
            meant_for: vec![meant.to_owned()],
            ..mail(meant, "Re: 一覧の共有", format!("{called}様\r\n\r\n改めてお送りします。"))
        };
        steps.push(step("again", AGAIN_AFTER, again));
        steps
    }

    fn expectations(&self) -> Vec<Expectation> {
        let prevented = |id: &str, probe| Expectation::prevented(id, KIND.control, probe, 1);
        let mut all = Vec::new();
        if self.slip != Slip::WrongFile {
            all.push(prevented("no-stranger-gets-it", Probe::StrangersReached));
        }
        if self.rows.is_some() {
            all.push(prevented("the-file-stays", Probe::FilesWithStrangers));
        }
        if self.has_password {
            all.push(prevented("the-password-stays", Probe::PasswordsWithStrangers));
        }
        all.push(Expectation::detected("somebody-is-told", KIND.control));
        all
    }

    /// Each takes away what stops it under the default policy.
    fn weaknesses(&self) -> Vec<(&'static str, Weakness)> {
        let mut off = Table::new();
        off.insert("mode".to_owned(), "off".into());
        let checks = CONCERNED.iter().map(|check| ((*check).to_owned(), off.clone().into()));
        let blind = within(&["checks"], checks.collect());
        let mut all = vec![
            ("removed", Weakness::Removed),
            ("checks-off", Weakness::Policy(blind)),
            ("unlearnt", Weakness::Unlearnt),
            ("everybody-lets-go", Weakness::EverybodyLetsGo),
        ];
        // Where the file itself is what the control stops at, learning makes no difference.
        let stops_at_file =
            !self.has_password && self.rows.is_some_and(|rows| rows > PERSONAL_DATA);
        all.retain(|(id, _)| *id != "unlearnt" || !stops_at_file);
        all
    }
}

/// Data on more people than this is asked about by the default policy, if it can be read.
const PERSONAL_DATA: u32 = 20;
/// The checks that can stop a mail of this kind.
const CONCERNED: &[&str] = &[
    "familiar-stranger", "unusual-recipient", "salutation", "attachment-to-stranger",
    "personal-data", "encrypted-attachment", "password-mail", "forgotten-attachment",
];
