//! What must hold for an outgoing mail of any bytes: its header is all in fields, its parts lie within
//! each other, what a change does not name stays as it was, and no copy shows another recipient. It
//! does not know how inputs are made.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use relay::mail::{Mail, MailLimits, Role};
use relay::rewrite::{Edits, Folded, IndividualCopies, replace_parts, without_bcc};

/// Small enough that every limit is met.
const LIMITS: MailLimits = MailLimits {
    bytes: 1 << 20,
    header_bytes: 128 << 10,
    fields: 500,
    addresses: 500,
    depth: 10,
    parts: 100,
    text_bytes: 1 << 20,
};

/// A mail as it is handed in.
///
/// # Panics
/// Where something does not hold, like every target.
pub fn outgoing(data: &[u8]) -> u64 {
    let mut state = DefaultHasher::new();
    match Mail::parse(data, &LIMITS) {
        Err(error) => error.to_string().len().hash(&mut state),
        Ok(mail) => {
            check_places(&mail);
            check_changes(&mail);
            check_copies(&mail);
            let people = mail.mailboxes();
            let counts = [people.read.len(), people.unparsed.len(), people.groups.len()];
            (counts, mail.parts().len(), mail.oddities().len()).hash(&mut state);
        }
    }
    state.finish()
}

fn check_places(mail: &Mail<'_>) {
    let header = mail.header();
    let mut end = header.mbox_line.as_ref().map_or(0, |line| line.end);
    for field in &header.fields {
        assert_eq!(field.whole.start, end, "a gap before a field");
        assert!(field.name.end <= field.value.start && field.value.end <= field.whole.end);
        end = field.whole.end;
    }
    assert_eq!(end, header.end, "bytes that are in no field");
    let people = mail.mailboxes();
    let places = people.read.iter().map(|m| &m.at).chain(people.unparsed.iter().map(|u| &u.at));
    for at in places.chain(people.groups.iter().map(|group| &group.at)) {
        let value = &header.fields[at.index].value;
        assert!(value.start <= at.range.start && at.range.end <= value.end, "outside its field");
    }
    for (_, part) in mail.parts() {
        assert!(part.range.start <= part.header.end && part.body.end <= part.range.end);
        if let Some(parent) = part.parent {
            let parent = &mail.part(parent).expect("the part that holds it").range;
            assert!(parent.start <= part.range.start && part.range.end <= parent.end, "outside");
        }
        assert_eq!(mail.content(part).len(), mail.content_len(part), "another length");
        if part.role == Role::Text {
            // An error is an answer too.
            let _ = mail.part_text(part);
        }
    }
}

fn check_changes(mail: &Mail<'_>) {
    assert_eq!(Edits::new(mail).mail(), mail.bytes(), "no change changes something");
    let mut edits = Edits::new(mail);
    let subject = mail.subject().unwrap_or_default();
    edits.add_first(&Folded::text("X-First", &subject));
    edits.add_last(&Folded::text("X-Last", &subject));
    let changed = edits.mail();
    let rest = mail.bytes().len() - mail.header().end;
    assert!(changed.ends_with(&mail.bytes()[mail.header().end..]), "the rest was changed");
    if let Ok(again) = Mail::parse(&changed, &MailLimits::default()) {
        assert_eq!(again.header().fields.len(), mail.header().fields.len() + 2);
        assert_eq!(changed.len() - again.header().end, rest, "a field ends the header");
    }
    let files = mail.parts().filter(|(_, part)| part.role == Role::Attachment);
    let files: Vec<_> = files.map(|(_, part)| (part, "text")).collect();
    let replaced = replace_parts(mail, &files);
    assert!(
        Mail::parse(&replaced, &MailLimits::default()).is_ok(),
        "no mail with its files replaced"
    );
    if let Some(copy) = without_bcc(mail) {
        assert!(copy.ends_with(mail.body()), "the body was changed");
    }
}

fn check_copies(mail: &Mail<'_>) {
    let people = mail.mailboxes().read.iter().filter(|m| m.at.field.is_destination());
    let recipients: Vec<_> = people.map(|mailbox| mailbox.address.clone()).collect();
    let copies = IndividualCopies::of(mail, &recipients);
    for recipient in recipients.iter().take(3) {
        let copy = copies.copy_for(recipient);
        assert!(copy.ends_with(mail.body()), "the body was changed");
        let copy = Mail::parse(&copy, &MailLimits::default()).expect("a copy that parses");
        let seen = copy.mailboxes().read.iter().filter(|m| m.at.field.is_destination());
        assert!(seen.map(|m| &m.address).eq([recipient]), "another recipient is seen");
        assert!(!copy.mailboxes().unparsed.iter().any(|u| u.at.field.is_destination()));
    }
}
