//! Words that address somebody else than those who get them: 〇〇株式会社 御中 or 〇〇様 at the head of the
//! text, in the name of a file, or at the head of a file. Who belongs where is learnt from the names beside
//! addresses and from earlier salutations.
//!
//! It is silent where it is not sure: where the organisation has been written to less than twice, where a
//! recipient's name is not known, in the domains of providers, in quoted text, inside the organisation.

use guard::{Check, Finding, Sentence};

use super::outgoing::{Outgoing, first_of};
use crate::mail::Mailbox;
use crate::names::{Addressed, Name, addressed, are_different, organisation};
use crate::policy::Salutation;
use crate::{Address, Disposition, Gate};

pub(super) const fn check<'a>() -> Check<Outgoing<'a>> {
    Check { id: Salutation::ID, examine }
}

/// The first lines of a text in which somebody can be addressed.
const LINES: usize = 8;
/// The same in a file, where a letterhead comes before.
const LINES_OF_FILES: usize = 15;
/// What begins the text itself.
const BEGINNINGS: &[&str] =
    &["お世話", "いつも", "平素", "拝啓", "前略", "こんにちは", "おはよう", "はじめまして"];

fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {
    let outsiders: Vec<&Address> = seen.outsiders().into_iter().collect();
    if outsiders.is_empty() {
        return Vec::new();
    }
    let (organisations, people) = of_text(seen.own_words());
    let mut told: Vec<(&str, String, String)> = organisations
        .into_iter()
        .map(|(organisation, written)| ("text", organisation, written))
        .collect();
    for attachment in seen.attachments() {
        let words = attachment.name.split(['_', '-', ' ', '\u{3000}', '.', '【', '】']);
        let named = words.filter_map(|word| Some((word.to_owned(), body(word)?)));
        let texts = attachment.contents.texts.iter().flat_map(|text| {
            let lines = text.text.lines().filter(|line| !line.trim().is_empty());
            let cells = lines.take(LINES_OF_FILES).flat_map(|line| line.split('\t')).map(str::trim);
            cells.filter_map(|cell| Some((cell.to_owned(), body(cell)?)))
        });
        let all = named.chain(texts);
        told.extend(all.map(|(written, body)| (attachment.name.as_str(), body, written)));
    }
    let mut findings: Vec<_> = Vec::new();
    for (at, (place, organisation, written)) in told.iter().enumerate() {
        let is_new = told[..at].iter().all(|(_, before, _)| before != organisation);
        if is_new && is_elsewhere(seen, &outsiders, organisation) {
            findings.push(elsewhere(seen, &outsiders, place, written));
        }
    }
    if findings.is_empty() && !seen.is_answer() {
        findings.extend(another_person(seen, &people));
    }
    findings
}

/// Whom a text addresses at its head: organisations with the line that names each, and people.
pub(super) fn of_text(words: &str) -> (Vec<(String, String)>, Vec<Addressed>) {
    // The subject comes first.
    let lines = words.lines().skip(1).map(str::trim).filter(|line| !line.is_empty());
    let block: Vec<&str> = lines
        .take_while(|line| {
            !line.contains('。') && !BEGINNINGS.iter().any(|begins| line.starts_with(begins))
        })
        .take(LINES)
        .collect();
    let found: Vec<Option<Addressed>> = block.iter().map(|line| addressed(line)).collect();
    let Some(last) = found.iter().rposition(Option::is_some) else { return Default::default() };
    // The organisation may stand on the lines above the one that says 様.
    let organisations = block[..=last].iter().zip(&found).filter_map(|(line, found)| {
        let named = found.as_ref().and_then(|found| found.organisation.clone());
        let above = || organisation(line, false);
        Some((named.or_else(above)?, (*line).to_owned()))
    });
    let organisations = organisations.collect();
    (organisations, found.into_iter().flatten().filter(|found| found.person.is_some()).collect())
}

/// The organisation to which a file is made out, by a word of its name or a cell of its text.
fn body(words: &str) -> Option<String> {
    let is_short = words.chars().count() <= 40;
    (is_short && ["御中", "様"].iter().any(|end| words.ends_with(end)))
        .then(|| organisation(words, true))?
}

/// Whether an organisation is known to get its mail elsewhere than at the domains of all these.
fn is_elsewhere(seen: &Outgoing<'_>, outsiders: &[&Address], organisation: &str) -> bool {
    let known = seen.learnt.domains_of(organisation);
    let fits = |address: &&Address| {
        let there = address.domain();
        seen.learnt.is_shared(there)
            || known.iter().any(|domain| there.is_within(domain) || domain.is_within(there))
    };
    let is_own = known.iter().any(|domain| seen.directory().is_own_domain(domain));
    !known.is_empty() && !is_own && !outsiders.iter().any(fits)
}

fn elsewhere(
    seen: &Outgoing<'_>,
    outsiders: &[&Address],
    place: &str,
    written: &str,
) -> Finding<Disposition> {
    let to = first_of(outsiders.iter().map(ToString::to_string));
    let says = Sentence::new(
        format!("「{written}」宛てのものが、{to} に届きます。"),
        format!("What is addressed to \"{written}\" would reach {to}."),
    );
    Finding::new(Salutation::ID, says, seen.policy.checks.salutation.rule.then)
        .citing(place, written)
        .citing("RCPT TO", to)
        .offering(Disposition::behind(Gate::AskApprover))
}

/// A text that addresses somebody whom the sender knows, and goes to people of other names.
fn another_person(seen: &Outgoing<'_>, people: &[Addressed]) -> Option<Finding<Disposition>> {
    let recipients = || seen.envelope.to.iter().map(|to| &to.address);
    let names: Vec<Name> =
        recipients().map(|address| name_of(seen, address)).collect::<Option<_>>()?;
    let greeted = || people.iter().filter_map(|one| Some((one, one.person.as_ref()?)));
    let fits = |greeted: &Name| names.iter().any(|name| !are_different(greeted, name));
    if names.is_empty() || greeted().any(|(_, name)| fits(name)) {
        return None;
    }
    let (one, meant) =
        greeted().find_map(|(one, name)| Some((one, seen.learnt.contact_named(name)?)))?;
    if recipients().any(|address| *address == meant) {
        return None;
    }
    let (written, to) = (&one.written, first_of(recipients().map(ToString::to_string)));
    let says = Sentence::new(
        format!("「{written}」宛ての文面が、{meant} ではなく {to} に届きます。"),
        format!("What is addressed to \"{written}\" would reach {to}, and not {meant}."),
    );
    let finding = Finding::new(Salutation::ID, says, seen.policy.checks.salutation.rule.then)
        .citing("text", written.as_str())
        .citing("RCPT TO", to);
    Some(finding.offering(Disposition::behind(Gate::AskApprover)))
}

/// The name of a recipient, where it is surely known: as the header shows it, as the directory has it, or
/// as mails before had it in full.
fn name_of(seen: &Outgoing<'_>, address: &Address) -> Option<Name> {
    let shown = |one: &&Mailbox| one.address == *address && one.at.field.is_destination();
    let mut read = seen.mail.mailboxes().read.iter().filter(shown);
    let shown = read.find_map(|one| Name::of_display(one.name.as_deref()?));
    let listed = || {
        let person = seen.directory().person(address)?;
        person.names.iter().find_map(|name| Name::of_display(name))
    };
    shown.or_else(listed).or_else(|| seen.learnt.full_name(address).cloned())
}
