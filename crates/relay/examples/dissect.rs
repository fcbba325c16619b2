//! Takes every mail of a folder apart, checks that nothing is lost by it, and prints who stands in it:
//! one line a file, addresses after tabs. `dissect.py` beside it holds that against two other parsers.
//! It does not know whose mails these are.
//!
//! `cargo run -p relay --example dissect FOLDER >found.tsv`

use std::collections::BTreeMap;
use std::path::Path;

use relay::mail::{Mail, MailLimits};
use relay::rewrite::{IndividualCopies, without_bcc};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: dissect FOLDER")?;
    let mut paths: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    let mut tally = BTreeMap::new();
    for path in paths {
        let bytes = std::fs::read(&path)?;
        dissect(&path, &bytes, &mut tally);
    }
    for (what, count) in tally {
        eprintln!("{count:6} {what}");
    }
    Ok(())
}

fn dissect(path: &Path, bytes: &[u8], tally: &mut BTreeMap<String, usize>) {
    let mut count = |what: String| *tally.entry(what).or_default() += 1;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    count("mails".into());
    let mail = match Mail::parse(bytes, &MailLimits::default()) {
        Ok(mail) => mail,
        Err(error) => {
            count(format!("held: {error}"));
            return println!("{name}\t! {error}");
        }
    };
    check(&mail);
    let people = mail.mailboxes();
    for unparsed in &people.unparsed {
        count(format!("unparsed, {}: {}", unparsed.at.field.name(), unparsed.because));
        eprintln!(
            "{name}: {}: {:?}: {}",
            unparsed.at.field.name(),
            unparsed.words,
            unparsed.because
        );
    }
    if people.unparsed.iter().any(|unparsed| unparsed.at.field.is_destination()) {
        count("mails with something unparsed in To, Cc or Bcc".into());
    }
    for oddity in mail.oddities() {
        count(format!("odd: {}", oddity.kind));
    }
    let found: Vec<String> = people
        .read
        .iter()
        .map(|mailbox| format!("{}={}", mailbox.at.field.name(), mailbox.address.key()))
        .collect();
    let parts = mail.parts().len();
    let texts = mail.parts().map(|(_, part)| mail.part_text(part).map_or(0, |text| text.len()));
    println!("{name}\t{parts}\t{}\t{}", texts.sum::<usize>().min(1), found.join("\t"));
}

/// Every byte of the header is in a field, and what a copy does not change is as it was.
fn check(mail: &Mail<'_>) {
    let header = mail.header();
    let mut end = header.mbox_line.as_ref().map_or(0, |line| line.end);
    for field in &header.fields {
        assert_eq!(field.whole.start, end, "a gap before a field");
        end = field.whole.end;
    }
    assert_eq!(end, header.end, "bytes after the last field");
    let recipients: Vec<_> = mail.mailboxes().read.iter().map(|m| m.address.clone()).collect();
    let copies = IndividualCopies::of(mail, &recipients);
    for recipient in recipients.iter().take(3) {
        let copy = copies.copy_for(recipient);
        assert!(copy.ends_with(mail.body()), "the body was changed");
        let again = Mail::parse(&copy, &MailLimits::default()).expect("a copy that parses");
        let kept = |mail: &Mail<'_>, copy: bool| -> Vec<Vec<u8>> {
            let removed: Vec<&str> = copies.removed().collect();
            let fields = mail.header().fields.iter().filter(|field| {
                let name = mail.name_of(field);
                !name.eq_ignore_ascii_case("to")
                    && !(name.eq_ignore_ascii_case("cc"))
                    && (copy || !removed.contains(&name))
            });
            fields.map(|field| mail.bytes()[field.whole.clone()].to_vec()).collect()
        };
        let after = kept(&again, true);
        assert!(kept(mail, false).iter().all(|field| after.contains(field)), "a field was changed");
        assert_eq!(
            after.len()
                + copies
                    .removed()
                    .filter(|n| !n.eq_ignore_ascii_case("cc") && !n.eq_ignore_ascii_case("to"))
                    .count(),
            kept(mail, true).len()
        );
        let to = again.mailboxes().read.iter().filter(|m| m.at.field.is_destination());
        assert!(to.map(|m| &m.address).eq([recipient]), "another recipient is seen");
    }
    assert!(without_bcc(mail).is_none_or(|copy| copy.ends_with(mail.body())));
}
