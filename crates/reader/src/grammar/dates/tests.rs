//! Every style as a row: the text, and each mention as `its words=what they say`.

use std::fmt::Write as _;

use super::*;

/// `Y2023M6D5T6:00` with `@` before what counts from the date before and `!` before what counts
/// from the disclosure.
fn point(partial: &Partial) -> String {
    let mut out = String::new();
    match partial.year {
        Some(Year::Absolute(year)) => write!(out, "Y{year}"),
        Some(Year::FromAnchor(by)) => write!(out, "Y@{by}"),
        Some(Year::FromDisclosure(by)) => write!(out, "Y!{by}"),
        None => Ok(()),
    }
    .unwrap();
    for (name, field) in [("M", partial.month), ("D", partial.day)] {
        match field {
            Some(Field::Number(number)) => write!(out, "{name}{number}"),
            Some(Field::FromAnchor(by)) => write!(out, "{name}@{by}"),
            Some(Field::FromDisclosure(by)) => write!(out, "{name}!{by}"),
            None => Ok(()),
        }
        .unwrap();
    }
    if let Some((hour, minute)) = partial.time {
        write!(out, "T{hour}:{minute:02}").unwrap();
    }
    if let Some(minutes) = partial.offset_minutes {
        write!(out, "{minutes:+}").unwrap();
    }
    if let (Some(part), None) = (partial.part, partial.time) {
        write!(out, " {part:?}").unwrap();
    }
    if partial.vague != Vague::None {
        write!(out, " {:?}", partial.vague).unwrap();
    }
    if let Some(mark) = partial.weekday {
        write!(out, " {}", &format!("{:?}", mark.weekday)[..3]).unwrap();
    }
    out
}

pub(super) fn show(mention: &Mention, folded: &str) -> String {
    let mut out = format!("{}={}", mention.range.of(folded), point(&mention.from));
    if let Some(to) = &mention.to {
        write!(out, " .. {}", point(to)).unwrap();
    }
    let flags = [
        (mention.ongoing, " ongoing"),
        (mention.until, " until"),
        (mention.as_of, " as_of"),
        (mention.dated, " dated"),
        (mention.hours, " hours"),
    ];
    for (_, name) in flags.iter().filter(|(is, _)| *is) {
        out.push_str(name);
    }
    out
}

#[test]
fn print() {
    let Ok(path) = std::env::var("PRINT") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    for entry in text.split("【セキュリティ事件簿") {
    let folded = text::Folded::new(entry);
    let mentions = scan(folded.text());
    let context = Context { disclosed: mentions.first().and_then(|m| match (m.from.year, m.from.month, m.from.day) { (Some(Year::Absolute(y)), Some(Field::Number(m)), Some(Field::Number(d))) => case::Moment::day(y,m,d), _ => None }), book_year: Some(2023) };
    let resolved = resolve(&mentions, folded.text(), &context);
    println!("---");
    for (i, mention) in mentions.iter().enumerate() {
        let r = resolved.iter().find(|r| r.mention == i);
        println!("{} => {}", show(mention, folded.text()), r.map_or("none".into(), |r| format!("{}{} {} {} {:?}", r.when.from, r.when.to.map_or(String::new(), |t| format!("..{t}")), if r.when.approx {"approx"} else {""}, if r.range_reversed {"REV"} else {""}, r.weekday_conflict.map(|e| e.of(folded.text())))));
    }
    }
}
