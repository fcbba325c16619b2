//! Organisations as letters address them: `株式会社山田商事 御中`, `(株)山田商事 営業部 佐藤様`, "Yamada
//! Trading Co., Ltd.". It knows legal forms, not organisations, and not to whom a mail goes.

use unicode_normalization::UnicodeNormalization;

use super::{Name, without_honorific};

/// Legal forms of Japan, in compatibility form: ㈱ is (株).
const FORMS: &[&str] = &[
    "株式会社", "有限会社", "合同会社", "合資会社", "合名会社", "(株)", "(有)", "(同)", "相互会社",
    "一般社団法人", "公益社団法人", "一般財団法人", "公益財団法人", "特定非営利活動法人",
    "npo法人", "学校法人", "医療法人社団", "医療法人財団", "医療法人", "社会福祉法人", "宗教法人",
    "国立大学法人", "公立大学法人", "独立行政法人", "地方独立行政法人", "税理士法人", "弁護士法人",
    "監査法人",
];
/// The same of elsewhere, as words.
const FORMS_ABROAD: &[&str] = &[
    "inc", "corp", "corporation", "co", "ltd", "limited", "llc", "llp", "gmbh", "kk", "k.k", "plc",
];
/// What ends the name of a body without a legal form.
const BODIES: &[&str] = &[
    "市役所", "区役所", "町役場", "村役場", "県庁", "都庁", "府庁", "道庁", "大学", "病院", "銀行",
    "信用金庫", "協会", "組合", "連合会", "商工会議所", "商工会", "教育委員会",
];
/// Titles behind a family name.
const TITLES: &[&str] = &[
    "代表取締役社長", "代表取締役", "取締役", "理事長", "支店長", "事務局長", "部長", "次長",
    "課長", "係長", "主任", "所長", "店長", "社長", "会長", "専務", "常務", "教授", "マネージャー",
    "先生",
];
/// Who is addressed where nobody is named.
const NOBODY: &[&str] = &[
    "担当", "皆", "みな", "お客", "各位", "会員", "関係者", "保護者", "参加者", "受講者", "応募者",
    "利用者", "全", "someone", "all", "team", "everyone", "everybody", "sir", "madam", "customer",
    "customers", "friends", "folks", "colleagues", "members", "both", "there", "support", "sales",
];

/// Whom a line addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressed {
    /// The line.
    pub written: String,
    /// The organisation without its legal form, in one spelling.
    pub organisation: Option<String>,
    /// The person.
    pub person: Option<Name>,
}

/// Whom a line of a salutation addresses, be it nobody by name; `None` where it is none.
///
/// ```
/// let line = relay::names::addressed("株式会社山田商事 営業部 佐藤様").unwrap();
/// assert_eq!(line.organisation.as_deref(), Some("山田商事"));
/// assert_eq!(line.person.unwrap().family(), "佐藤");
/// ```
pub fn addressed(line: &str) -> Option<Addressed> {
    let folded: String = line.nfkc().collect();
    let folded = folded.trim();
    if folded.chars().count() > LONGEST_LINE || folded.contains('。') {
        return None;
    }
    if let Some(rest) = dear(folded) {
        return Some(addressed_abroad(rest, folded));
    }
    let to_body = folded.ends_with("御中");
    let bare = folded.trim_end_matches(['、', ',', '!']);
    let to_all = bare.ends_with("各位");
    let to_person = ["様", "さま", "殿", "先生"].iter().any(|end| bare.ends_with(end));
    (to_body || to_person || to_all).then(|| Addressed {
        written: folded.to_owned(),
        organisation: organisation(folded, to_body),
        person: to_person.then(|| person(bare)).flatten(),
    })
}

/// A longer line is a sentence.
const LONGEST_LINE: usize = 60;

/// What follows "Dear", or another greeting that names somebody.
fn dear(line: &str) -> Option<&str> {
    let rest =
        ["Dear ", "dear ", "DEAR ", "Hi ", "Hello "].iter().find_map(|g| line.strip_prefix(g))?;
    rest.trim_end().strip_suffix([',', ':', '-', '!', '.']).or(Some(rest)).map(str::trim)
}

fn addressed_abroad(rest: &str, line: &str) -> Addressed {
    let words: Vec<&str> = rest
        .split_whitespace()
        .map(|word| word.trim_end_matches("-san").trim_end_matches("-sama"))
        .filter(|word| {
            let bare = word.trim_end_matches('.').to_ascii_lowercase();
            !["mr", "ms", "mrs", "dr", "prof", "san", "sama", "professor"].contains(&bare.as_str())
        })
        .collect();
    let is_name = |word: &&str| {
        word.starts_with(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '.'))
            && !NOBODY.contains(&word.to_lowercase().as_str())
    };
    let is_named = (1..=3).contains(&words.len()) && words.iter().all(is_name);
    let person = is_named.then(|| Name::of_display(&words.join(" "))).flatten();
    Addressed { written: line.to_owned(), organisation: None, person }
}

/// The organisation that a line names by its legal form or its kind, or where the whole line is to a body.
pub fn organisation(line: &str, is_to_body: bool) -> Option<String> {
    let folded: String = line.nfkc().collect::<String>().to_lowercase();
    let words: Vec<&str> = folded.split_whitespace().map(without_honorific).collect();
    let form = |word: &str| FORMS.iter().find(|form| word.contains(**form)).copied();
    for (at, word) in words.iter().enumerate() {
        let Some(form) = form(word) else { continue };
        let rest = word.replace(form, "");
        let name = if rest.is_empty() {
            // 株式会社 山田商事, or 山田商事 株式会社.
            words.get(at + 1).or_else(|| at.checked_sub(1).and_then(|at| words.get(at)))
        } else {
            None
        };
        return key(name.map_or(rest.as_str(), |name| *name));
    }
    let is_abroad = |word: &&&str| FORMS_ABROAD.contains(&word.trim_matches(['.', ',']));
    if let Some(at) = words.iter().position(|word| is_abroad(&word)) {
        return key(&words[..at].concat());
    }
    let body = words.iter().find(|word| BODIES.iter().any(|body| word.ends_with(body)));
    match (body, is_to_body) {
        (Some(body), _) => key(body),
        (None, true) => words.first().and_then(|word| key(word)),
        (None, false) => None,
    }
}

/// A name of an organisation in one spelling: letters and digits alone.
fn key(name: &str) -> Option<String> {
    let key: String = without_honorific(name)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let is_nobody = NOBODY.iter().any(|nobody| key.contains(nobody) && !nobody.is_ascii());
    (key.chars().count() >= 2 && !is_nobody).then_some(key)
}

/// The person whom a line addresses by name.
fn person(line: &str) -> Option<Name> {
    let last = line.split(['、', ',', '/', '・']).next()?.trim();
    let bare = without_honorific(last).trim_end();
    if NOBODY.iter().any(|nobody| !nobody.is_ascii() && bare.ends_with(nobody)) {
        return None;
    }
    // The organisation and the department come before; what is left is the name with a title.
    let words: Vec<&str> = bare
        .split_whitespace()
        .map(|word| TITLES.iter().find_map(|title| word.strip_suffix(title)).unwrap_or(word))
        .filter(|word| !word.is_empty() && organisation(word, false).is_none())
        .collect();
    let name = match words.as_slice() {
        [.., family, given] if given.chars().count() <= 3 && family.chars().count() <= 4 => {
            format!("{family} {given}")
        }
        [.., only] => (*only).to_owned(),
        [] => return None,
    };
    let is_nobody = NOBODY.iter().any(|nobody| !nobody.is_ascii() && name.contains(nobody));
    if is_nobody || name.chars().count() > 12 { None } else { Name::of_display(&name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The organisation and the family name that a line addresses.
    #[track_caller]
    fn check(line: &str, expected: Option<(&str, &str)>) {
        let found = addressed(line);
        let found = found.as_ref().map(|found| {
            let family = found.person.as_ref().map_or("", Name::family);
            (found.organisation.as_deref().unwrap_or_default(), family)
        });
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn organisations_are_known_by_their_form() {
        check("株式会社山田商事 御中", Some(("山田商事", "")));
        check("㈱山田商事　御中", Some(("山田商事", "")));
        check("株式会社 山田商事 営業部 御中", Some(("山田商事", "")));
        check("山田商事株式会社 佐藤様", Some(("山田商事", "佐藤")));
        check("Ｙａｍａｄａ商事(有) 佐藤部長様", Some(("yamada商事", "佐藤")));
        check("北町市役所 総務課 御中", Some(("北町市役所", "")));
        check("山田商事 御中", Some(("山田商事", "")));
        check("ヤマダ・トレーディング株式会社 御中", Some(("ヤマダトレーディング", "")));
    }

    #[test]
    fn people_are_known_by_how_they_are_addressed() {
        check("佐藤様", Some(("", "佐藤")));
        check("佐藤 花子 様", Some(("", "佐藤")));
        check("営業部 佐藤課長様", Some(("", "佐藤")));
        check("佐藤様、鈴木様", Some(("", "佐藤")));
        check("Dear Mr. Sato,", Some(("", "sato")));
        check("Dear Watanabe-san,", Some(("", "watanabe")));
    }

    #[test]
    fn nobody_is_nobody() {
        for line in [
            "ご担当者様", "お客様", "会員の皆様", "関係者各位", "Dear all,",
            "Dear customer support team,",
        ] {
            check(line, Some(("", "")));
        }
        check("先日は株式会社山田商事の佐藤様にお越しいただきました。", None);
        check("いつもお世話になっております", None);
        check("", None);
    }
}
