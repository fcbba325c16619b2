//! A mail that carries the password of another one, which has not gone out: it waits for the same word,
//! and where the other was stopped, somebody is asked. It is no use to stop a file that went to the wrong
//! person if the password follows it, or if a second try with the password gets through.
//!
//! It knows passwords by what is written before them, not by their looks, and it never shows one.

use guard::{Check, Finding, Sentence};
use text::Folded;

use super::outgoing::{Outgoing, first_of};
use super::recent::{Recent, Stands};
use crate::judge::Waiting;
use crate::policy::PasswordMail;
use crate::{Address, Disposition, Gate};

pub(super) const fn check<'a>() -> Check<Outgoing<'a>> {
    Check { id: PasswordMail::ID, examine }
}

/// What a password is called, folded, in lower case.
const CALLED: &[&str] = &[
    "パスワード", "ぱすわーど", "パスコード", "パスフレーズ", "暗証番号", "解凍キー", "復号キー",
    "開封キー", "password", "passphrase", "passcode", "passwd", "pwd", "pw", "pass",
];
/// Of these, what stands for other things too, and needs a sign between it and the password.
const SHORT: &[&str] = &["pass", "pwd", "pw"];
/// What says that the password is given here.
const GIVES: &[&str] = &[
    "お送りします", "お送り致します", "お送りいたします", "お送りさせて", "送ります", "送付します",
    "送付いたします", "送付致します", "お知らせします", "お知らせいたします", "お知らせ致します",
    "のお知らせ", "ご連絡します", "ご連絡いたします", "ご連絡致します", "連絡します",
    "お伝えします", "お伝えいたします", "以下", "下記", "次のとおり", "次の通り", "こちらです",
    "です", "as follows", "is below", "below is", "here is", "here's", "sending you",
];
/// What says that it comes in a later mail.
const LATER: &[&str] = &[
    "別途", "別メール", "別の", "別便", "後ほど", "のちほど", "後程", "追って", "この後", "改めて",
    "次のメール", "separate", "later", "in another", "follow",
];
/// What says that the other mail was the earlier one.
const BEFORE: &[&str] = &[
    "先ほど", "先程", "さきほど", "先の", "先に", "前のメール", "直前", "お送りした", "送付した",
    "送った", "earlier", "previous", "just sent", "i sent", "last mail", "last email",
];
/// What is said of passwords in general.
const GENERAL: &[&str] = &[
    "変更", "忘れ", "再設定", "リセット", "期限", "設定して", "入力して", "使い回", "不要", "なし",
    "ありません", "文字以上", "reset", "change", "expire", "forgot", "no password", "without",
];
/// So many lines after the word, the password may stand alone on its line.
const LINES_AFTER: usize = 6;
/// The shortest and longest password that is seen as one.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=64;

fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {
    let Some((first, words)) = first(seen) else { return Vec::new() };
    let told = &seen.policy.checks.password_mail;
    let shared = first_of(shared(seen, first).iter().map(ToString::to_string));
    let subject = &first.subject;
    let (says, action) = match first.stands {
        Stands::Waits(waiting) => (
            Sentence::new(
                format!("保留中のメール「{subject}」のパスワードが、{shared} に先に届きます。"),
                format!(
                    "The password of \"{subject}\", which still waits, would reach {shared} first."
                ),
            ),
            Disposition::behind(gate_of(waiting)),
        ),
        Stands::Stopped => (
            Sentence::new(
                format!("取り消されたメール「{subject}」のパスワードが、{shared} に届きます。"),
                format!("The password of \"{subject}\", which was stopped, would reach {shared}."),
            ),
            told.rule.then,
        ),
    };
    let finding = Finding::new(PasswordMail::ID, says, action)
        .citing("text", words)
        .citing("mail", first.id.to_string())
        .offering(Disposition::behind(Gate::Refuse));
    vec![finding]
}

/// What a second mail waits for together with the first.
const fn gate_of(waiting: Waiting) -> Gate {
    match waiting {
        Waiting::Window => Gate::Wait,
        Waiting::Sender => Gate::AskSender,
        Waiting::Approver => Gate::AskApprover,
    }
}

/// The mail whose password this one carries, and the words that say so: of those that wait, and of those
/// that were stopped within the policy's window, one with files before others, and the latest.
pub(crate) fn first<'s>(seen: &'s Outgoing<'_>) -> Option<(&'s Recent, String)> {
    let window_s = i64::from(seen.policy.checks.password_mail.window_minutes) * 60;
    let may_be = |recent: &&Recent| {
        let is_in_time = matches!(recent.stands, Stands::Waits(_))
            || seen.now.duration_since(recent.since).as_secs() <= window_s;
        is_in_time && !shared(seen, recent).is_empty()
    };
    let all = seen.recent.iter().filter(may_be);
    let first = all.max_by_key(|recent| (recent.has_files, recent.since, recent.id))?;
    carried(seen.own_words()).map(|words| (first, words))
}

/// Who was to get the first mail, and gets this one.
fn shared<'s>(seen: &'s Outgoing<'_>, first: &'s Recent) -> Vec<&'s Address> {
    let directory = seen.directory();
    let members =
        |to: &'s Address| directory.members(to).map_or(std::slice::from_ref(to), |all| all);
    let before: std::collections::BTreeSet<&Address> = first.to.iter().flat_map(members).collect();
    let now = seen.envelope.to.iter().flat_map(|to| members(&to.address));
    let mut shared: Vec<&Address> = now.filter(|to| before.contains(to)).collect();
    shared.sort_unstable();
    shared.dedup();
    shared
}

/// The words by which a text gives a password, without it.
fn carried(words: &str) -> Option<String> {
    let lines: Vec<String> =
        words.lines().map(|line| Folded::new(line).text().trim().to_lowercase()).collect();
    let mut named = None;
    for (at, line) in lines.iter().enumerate() {
        for sentence in line.split_inclusive('。') {
            let Some((name, rest)) = called(sentence) else { continue };
            if let Some(value) = value(name, rest) {
                let masked = sentence.replace(value, "…");
                return Some(shortened(&masked));
            }
            let has = |of: &[&str]| of.iter().any(|words| sentence.contains(words));
            if has(GENERAL) || (has(LATER) && !has(BEFORE)) {
                continue;
            }
            let alone = lines[at + 1..].iter().filter(|line| !line.is_empty()).take(LINES_AFTER);
            if has(GIVES) || alone.map(String::as_str).any(is_alone) {
                named = named.or_else(|| Some(shortened(sentence)));
            }
        }
    }
    named
}

fn shortened(words: &str) -> String {
    words.trim().chars().take(80).collect()
}

/// What a password is called in a sentence, and what follows the word.
fn called(sentence: &str) -> Option<(&'static str, &str)> {
    CALLED.iter().find_map(|name| {
        let is_word = |at: &usize| {
            let (before, after) = (&sentence[..*at], &sentence[at + name.len()..]);
            let is_letter = |c: char| c.is_ascii_alphanumeric();
            !name.is_ascii() || !(before.ends_with(is_letter) || after.starts_with(is_letter))
        };
        let at = sentence.match_indices(name).map(|(at, _)| at).find(is_word)?;
        Some((*name, &sentence[at + name.len()..]))
    })
}

/// The password that follows its name: `: abc123`, `は「abc123」です`, `is abc123`.
fn value<'s>(name: &str, rest: &'s str) -> Option<&'s str> {
    let start = rest.trim_start_matches(|c: char| " \t:=は→」』】)]\"'「『【([*".contains(c));
    let start = start.strip_prefix("is ").unwrap_or(start);
    let sign = &rest[..rest.len() - start.len()];
    let is_marked = sign.contains([':', '=', '→', '「', '『', '【', '"']);
    if SHORT.contains(&name) && !is_marked && !sign.contains('は') {
        return None;
    }
    let end = start.find(|c: char| !c.is_ascii_graphic()).unwrap_or(start.len());
    let value = start[..end].trim_end_matches(['"', '\'', ')', ']', ',', '.', '*']);
    let after = start[end..].trim_start_matches([' ', '」', '』', '】']);
    let ends = ["です", "でございます", "になります", "となります", "と", "。", "を", "で開"];
    let is_said = !sign.is_empty()
        && value.contains(|c: char| !c.is_ascii_alphabetic())
        && (after.is_empty() || ends.iter().any(|end| after.starts_with(end)));
    let is_value = LENGTHS.contains(&value.len()) && !value.contains("://") && !value.contains('@');
    (is_value && (is_marked || is_said)).then_some(value)
}

/// Whether a line is a password by itself.
fn is_alone(line: &str) -> bool {
    LENGTHS.contains(&line.len())
        && line.bytes().all(|b| b.is_ascii_graphic())
        && line.bytes().any(|b| b.is_ascii_alphanumeric())
        && line.bytes().any(|b| !b.is_ascii_alphabetic())
        && !line.contains('@')
        && !line.contains("://")
        && !line.starts_with("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a text says of a password that it gives.
    #[track_caller]
    fn check(words: &str, expected: Option<&str>) {
        assert_eq!(carried(words).as_deref(), expected, "{words}");
    }

    #[test]
    fn a_password_is_known_by_what_stands_before_it() {
        check("解凍パスワード:Ab12cd34", Some("解凍パスワード:…"));
        check("ＰＷ：secret", Some("pw:…"));
        check("PASS = 8f!kd", Some("pass = …"));
        check("パスワードは「tokyo2031」です。", Some("パスワードは「…」です。"));
        check("パスワードは tokyo2031 です", Some("パスワードは…です"));
        check("The password is tokyo-2031", Some("the password is …"));
        check("zipﾊﾟｽﾜｰﾄﾞ: x1y2z3", Some("zipパスワード: …"));
    }

    #[test]
    fn a_password_may_stand_on_a_line_of_its_own() {
        check("先ほどのファイルのパスワード\n\n  k3-Hx90", Some("先ほどのファイルのパスワード"));
        check("パスワード\nよろしくお願いします。", None);
    }

    #[test]
    fn it_may_be_announced() {
        let line = "添付ファイルのパスワードをお送りします。";
        check(line, Some(line));
        let line = "先ほど別メールでお送りしたファイルのパスワードをお知らせいたします。";
        check(line, Some(line));
        check(
            "Here is the password for the file I sent earlier",
            Some("here is the password for the file i sent earlier"),
        );
    }

    #[test]
    fn speaking_of_passwords_gives_none() {
        check("資料を送付します。パスワードは別メールでお送りします。", None);
        check("The password will follow in a separate mail.", None);
        check("パスワードの変更をお願いします。期限は下記です。", None);
        check("パスワードは2031年4月に変わりました", None);
        check("Please bypass 1234 and compass: abcd", None);
        check("パスワード: https://login.example.jp/", None);
    }
}
