//! The text speaks of a file, and there is none.

use guard::{Check, Finding, Sentence};

use super::Outgoing;
use crate::Disposition;
use crate::policy::ForgottenAttachment;

pub(super) const fn check<'a>() -> Check<Outgoing<'a>> {
    Check { id: ForgottenAttachment::ID, examine }
}

/// What speaks of a file that comes with the mail. They are searched in lower case.
const SPEAKS: &[&str] = &[
    "添付させて", "添付して", "添付いたし", "添付致し", "添付しま", "添付します", "添付しました",
    "添付ファイル", "添付の通り", "添付のとおり", "添付資料", "添付にて", "添付をご", "添付を御",
    "別添の", "別添ファイル", "ファイルをお送り", "ファイルを送り", "attached is", "attached are",
    "please find attached", "i have attached", "i've attached", "i attach", "see attached",
    "see the attached", "the attached file", "attached file",
];
/// What says that there is none, or that it comes another way.
const NOT: &[&str] = &[
    "添付なし", "添付はありません", "添付ファイルはありません", "添付ファイルなし", "添付せず",
    "添付できません", "添付を忘れ", "添付漏れ", "先ほどの添付", "先程の添付", "前回の添付",
    "先日の添付", "昨日の添付", "先ほどお送り", "先程お送り", "先日お送り", "別メールで",
    "別途お送り", "後ほど", "いただいた添付", "頂いた添付", "を確認しました", "を確認いたしました",
    "拝見", "拝受", "開かない", "受け取りました", "no attachment", "not attached",
    "without attachment",
];

fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {
    if seen.has_files() {
        return Vec::new();
    }
    let words = seen.own_words().to_lowercase();
    let speaks = words.split(['。', '\n']).find(|sentence| {
        SPEAKS.iter().any(|words| sentence.contains(words))
            && !NOT.iter().any(|words| sentence.contains(words))
    });
    let Some(sentence) = speaks else { return Vec::new() };
    let says = Sentence::new(
        "本文は添付ファイルに触れていますが、何も添付されていません。",
        "The text speaks of a file, and none is attached.",
    );
    let then = seen.policy.checks.forgotten_attachment.rule.then;
    vec![Finding::new(ForgottenAttachment::ID, says, then).citing("text", sentence.trim())]
}
