//! The heading of a story in a digest, and names that only 、 parts from a title. It does not know
//! where the stories of a page begin.

use case::Moment;

use super::{Header, absolute_day, split_name, trim};
use crate::grammar::Extent;
use crate::grammar::dates::{Field, Mention};
use crate::lexicon::{OrganisationWord, Value, Vocabulary};
use crate::page::Page;
use crate::segment::counted;
use crate::words::{any_of, letters};

/// No organisation's name has more characters.
const LONGEST_NAME: usize = 30;

/// No label of an entry has more characters.
const LONGEST_SORT: usize = 8;

/// `■organisation title 10月18日`, `■title - organisation`.
pub(super) fn heading(page: &Page<'_>, line: Extent) -> Header {
    let text = page.text();
    let frame = letters!("■□●◆◇▼▽▲△★☆◎○◯()[]【】《》〔〕<>〈〉:・、 #");
    let first = page.lines.first().map_or(line.start, |line| line.body);
    let mut head = Extent { start: first, end: line.end };
    let of_day = |mention: &Mention| absolute_day(mention).or_else(|| day_in(page, mention));
    // A time can begin in what stands before the heading on its line.
    let inside = page.mentions.iter().take_while(|mention| mention.range.end <= head.end);
    let mut inside = inside.skip_while(|mention| mention.range.start < head.start);
    let day = inside.find(|day| {
        let opens = text[head.start..day.range.start].chars().all(|c| frame.has(c));
        let closes = text[day.range.end..head.end].chars().all(|c| letters!(")】] 公発表").has(c));
        (opens || closes) && of_day(day).is_some()
    });
    if let Some(day) = day.map(|day| day.range) {
        let opens = text[head.start..day.start].chars().all(|c| frame.has(c));
        head = if opens {
            Extent { start: day.end, ..head }
        } else {
            Extent { end: day.start, ..head }
        };
    }
    let words = head.of(text);
    head.start += words.len() - words.trim_start_matches(|c| frame.has(c)).len();
    head.end = head.start + head.of(text).trim_end_matches(['(', '[', ' ', '【']).len();
    // 事案1 …: which one it is.
    head.start += counted(head.of(text)).map_or(0, |(_, label)| label);
    // 【○○商店】…のお詫び: whose it is.
    if let Some((who, rest)) = head.of(text).split_once('】')
        && page.text()[..head.start].ends_with('【')
    {
        let name = Extent { start: head.start, end: head.start + who.len() };
        let title = Extent { start: head.end - rest.len(), end: head.end };
        if is_named(page, name) {
            return Header {
                organisation: Some(name),
                title: Some(trim(text, title)),
                disclosed_on: day.and_then(of_day),
                disclosed_at: day.map(|day| day.range),
                ..Header::default()
            };
        }
    }
    if let Some(header) = bracketed(page, head) {
        return header;
    }
    // 【事故】○○商店 …のお詫び: what sort of entry it is.
    if let Some(at) = head.of(text).find('】').filter(|&at| at <= 3 * LONGEST_SORT) {
        head.start += at + '】'.len_utf8();
        let words = head.of(text);
        head.start += words.len() - words.trim_start_matches(|c| frame.has(c)).len();
    }
    // 生徒の名簿を紛失 - ○○市: who it was stands behind the title.
    if let Some(at) = head.of(text).rfind(['-', '–', '|', '/']) {
        let (said, who) = head.of(text).split_at(at);
        let apart = said.ends_with(' ') || page.folded.gap_before(head.start + at);
        if apart && who.chars().count() <= LONGEST_NAME && said.chars().count() >= 8 {
            head.end = head.start + said.trim_end().len();
        }
    }
    if let Some(header) = signed(page, head) {
        return header;
    }
    let (organisation, title) = split_name(page, head);
    let organisation = organisation.filter(|name| is_named(page, *name));
    Header {
        organisation,
        title: if organisation.is_some() { title } else { Some(head) },
        disclosed_on: day.and_then(of_day),
        disclosed_at: day.map(|day| day.range),
        ..Header::default()
    }
}

/// The header of a heading that ends in who it was and when: 名簿を紛失(○○市、5月13日発表).
fn bracketed(page: &Page<'_>, head: Extent) -> Option<Header> {
    let text = page.text();
    let words = head.of(text);
    let open = words.trim_end_matches(')').rfind('(').filter(|_| words.ends_with(')'))?;
    let inside = Extent { start: head.start + open + 1, end: head.end - 1 };
    let who = inside.of(text);
    let stop = who.find(['、', ',', '/']).unwrap_or(who.len());
    let name = trim(text, Extent { end: inside.start + stop, ..inside });
    let day = page
        .mentions
        .iter()
        .find(|day| inside.start <= day.range.start && day.range.end <= inside.end);
    let day =
        day.and_then(|day| Some((absolute_day(day).or_else(|| day_in(page, day))?, day.range)));
    let name = match day {
        Some((_, range)) if range.start < name.end => {
            let framed = text[name.start..range.start.max(name.start)].trim_end();
            Extent { end: name.start + framed.len(), ..name }
        }
        _ => name,
    };
    (is_named(page, name) && words[..open].chars().count() >= 6).then(|| Header {
        organisation: Some(name),
        title: Some(trim(text, Extent { end: head.start + open, ..head })),
        disclosed_on: day.map(|(day, _)| day),
        disclosed_at: day.map(|(_, range)| range),
        ..Header::default()
    })
}

/// The header of a story under whose title stands who announced it and when.
fn signed(page: &Page<'_>, title: Extent) -> Option<Header> {
    let below = page.lines.get(1)?.extent;
    let words = page.folded_words(below).trim_end_matches([')', ' ', ']']);
    if !any_of!["公表", "発表", "公表分", "発表分", "公表日", "発表日"].closes(words)
        || words.contains(['。', '、', ':'])
    {
        return None;
    }
    let mut inside = page.mentions.iter().filter(|mention| mention.range.start >= below.start);
    let day = inside.find(|mention| mention.range.end <= below.end)?;
    let name = Extent { start: below.start, end: day.range.start };
    let framed = name.of(page.text()).trim_end_matches(['(', '[', ' ']).len();
    let name = trim(page.text(), Extent { end: name.start + framed, ..name });
    Some(Header {
        organisation: (name.end - name.start > 6).then_some(name),
        title: Some(title),
        disclosed_on: Some(absolute_day(day).or_else(|| day_in(page, day))?),
        disclosed_at: Some(day.range),
        ..Header::default()
    })
}

/// The day of a mention without a year on a page that gives the year before its entries.
fn day_in(page: &Page<'_>, mention: &Mention) -> Option<Moment> {
    let (None, Some(Field::Number(month)), Some(Field::Number(day))) =
        (mention.from.year, mention.from.month, mention.from.day)
    else {
        return None;
    };
    Moment::day(page.entry.year?, month, day)
}

/// Whether words begin or end as names of organisations do.
fn is_named(page: &Page<'_>, name: Extent) -> bool {
    page.within(Vocabulary::Organisation, name).iter().any(|hit| match hit.value {
        Value::Organisation(OrganisationWord::LegalForm) => {
            hit.start == name.start || hit.end == name.end
        }
        Value::Organisation(OrganisationWord::Suffix | OrganisationWord::Place) => {
            hit.end == name.end
        }
        _ => false,
    })
}

/// `○○銀行、インターネットバンキングがつながりにくく`: a name and 、 before the title.
pub(super) fn at_comma(page: &Page<'_>, head: Extent) -> Option<(Option<Extent>, Option<Extent>)> {
    let words = page.folded_words(head);
    let comma = words.find('、')?;
    let name = Extent { start: head.start, end: head.start + comma };
    let plain = !words[..comma].contains(['の', 'が', 'で', 'を', 'に']);
    let title = Extent { start: name.end + '、'.len_utf8(), end: head.end };
    (is_named(page, name) && plain && words[..comma].chars().count() <= LONGEST_NAME)
        .then(|| (Some(name), Some(trim(page.text(), title))))
}
