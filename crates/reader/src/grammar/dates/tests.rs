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

