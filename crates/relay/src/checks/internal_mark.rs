//! Words that say that something stays inside, in a mail to outsiders: in the subject, the text, the
//! names of files, or the files themselves.

use guard::{Check, Finding, Sentence};
use text::Folded;

use super::Outgoing;
use crate::policy::InternalMark;
use crate::{Disposition, Gate};

pub(super) const fn check<'a>() -> Check<Outgoing<'a>> {
    Check { id: InternalMark::ID, examine }
}

fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {
    if seen.outsiders().is_empty() {
        return Vec::new();
    }
    let rule = &seen.policy.checks.internal_mark;
    let marks: Vec<(&str, String)> =
        rule.words.iter().map(|word| (word.as_str(), folded(word))).collect();
    let mut places = vec![("text", folded(seen.own_words()))];
    for attachment in seen.attachments() {
        places.push((attachment.name.as_str(), folded(&attachment.name)));
        for text in &attachment.contents.texts {
            places.push((text.path.as_str(), folded(&text.text)));
        }
    }
    let mut findings = Vec::new();
    for (word, mark) in marks.iter().filter(|(_, mark)| !mark.is_empty()) {
        if let Some((place, _)) = places.iter().find(|(_, text)| text.contains(mark)) {
            let says = Sentence::new(
                format!("「{word}」とあるものが社外に出ます。"),
                format!("Something marked \"{word}\" would leave the organisation."),
            );
            let finding =
                Finding::new(InternalMark::ID, says, rule.rule.then).citing(*place, *word);
            findings.push(finding.offering(Disposition::behind(Gate::AskApprover)));
        }
    }
    findings
}

fn folded(words: &str) -> String {
    Folded::new(words).text().to_lowercase()
}
