//! From what is written to moments: what a mention leaves out comes from its neighbours.
//!
//! It invents nothing: where neither a neighbour nor the [`Context`] fixes a year (or, for a time
//! of day, a day), there is no result. It does not know which mention is the incident's.

use case::{Moment, When};

use super::infer::{self, Hints};
use super::{DayPart, Field, Mention, Partial, Precision, Vague, Weekday, Year, calendar};
use crate::grammar::Extent;

/// What is known about the text as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// When the text was published, if known.
    pub disclosed: Option<Moment>,
    /// The year of the case number, if there is one.
    pub book_year: Option<i16>,
}

/// What a mention says, once its neighbours have filled in what it leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Index into the mentions.
    pub mention: usize,
    /// When. Where `range_reversed`, the end is before the beginning, as written.
    pub when: When,
    /// Whether the year is not written at it but was inferred.
    pub year_inferred: bool,
    /// The date and weekday that do not fit each other.
    pub weekday_conflict: Option<Extent>,
    /// Whether the end comes before the beginning.
    pub range_reversed: bool,
}

/// Resolves `mentions` of `folded` in order; opening hours have no result.
///
/// ```
/// use reader::grammar::dates::{Context, resolve, scan};
/// let text = "2023年12月28日に検知し、翌年1月4日9時に公表、同日10時に再開";
/// let mentions = scan(text);
/// let whens = resolve(&mentions, text, &Context::default());
/// assert_eq!(whens[2].when.from.to_string(), "2024-01-04T10:00");
/// ```
pub fn resolve(mentions: &[Mention], folded: &str, context: &Context) -> Vec<Resolved> {
    let mut resolved = Vec::new();
    resolve_into(mentions, folded, context, &mut resolved);
    resolved
}

/// The same, in the place of what `resolved` holds.
pub(crate) fn resolve_into(
    mentions: &[Mention],
    folded: &str,
    context: &Context,
    resolved: &mut Vec<Resolved>,
) {
    let mut reading =
        Resolver { mentions, folded, context, running: None, anchor: None, afternoon: None };
    resolved.clear();
    resolved.extend((0..mentions.len()).filter_map(|index| reading.mention(index)));
}

struct Resolver<'a> {
    mentions: &'a [Mention],
    folded: &'a str,
    context: &'a Context,
    /// The last date that fixes a year, and where it ends.
    running: Option<(Moment, usize)>,
    /// The last day: 同日 and bare times mean it.
    anchor: Option<Moment>,
    /// The last time that was told as one of the afternoon (午後2時10分).
    afternoon: Option<(u8, u8)>,
}

/// A point and whether its year was inferred.
#[derive(Clone, Copy)]
struct Point {
    moment: Moment,
    inferred: bool,
}

impl Resolver<'_> {
    fn mention(&mut self, index: usize) -> Option<Resolved> {
        let mention = &self.mentions[index];
        if mention.hours {
            return None;
        }
        let from = self.point(&mention.from, index)?;
        let to = mention.to.as_ref().and_then(|to| self.end(to, from.moment, index));
        let conflict = |partial: &Partial, moment: Moment| {
            let mark = partial.weekday?;
            // 29日(月) 25時 is written of the 29th, though it is the 30th.
            let late = partial.time.map_or(0, |(hour, _)| i64::from(hour) / 24);
            let written = if late > 0 { calendar::plus_days(moment, -late)? } else { moment };
            let actual = Weekday::of(written)?;
            (actual != mark.weekday)
                .then_some(Extent { start: partial.range.start, end: mark.range.end })
        };
        let at_end =
            mention.to.as_ref().zip(to).and_then(|(partial, moment)| conflict(partial, moment));
        let resolved = Resolved {
            mention: index,
            when: When { from: from.moment, to, approx: mention.approx, ongoing: mention.ongoing },
            year_inferred: from.inferred,
            weekday_conflict: conflict(&mention.from, from.moment).or(at_end),
            range_reversed: to.is_some_and(|to| infer::is_before(to, from.moment)),
        };
        self.remember(mention, to.unwrap_or(from.moment), index);
        Some(resolved)
    }

    fn remember(&mut self, mention: &Mention, moment: Moment, index: usize) {
        let last = mention.to.as_ref().unwrap_or(&mention.from);
        if last.time.is_some() {
            let keeps = last.part == Some(DayPart::Afternoon) || self.keeps_half(last);
            self.afternoon = moment.get_time().filter(|_| keeps);
        }
        if mention.as_of || last.vague == Vague::Fiscal {
            return;
        }
        let from_disclosure = matches!(last.year, Some(Year::FromDisclosure(_)))
            || matches!(last.month, Some(Field::FromDisclosure(_)))
            || matches!(last.day, Some(Field::FromDisclosure(_)));
        if !from_disclosure {
            self.running = Some((moment, mention.range.end));
        }
        let is_heading = index < 3
            && self.anchor.is_none()
            && self.context.disclosed.is_some_and(|disclosed| disclosed.date() == moment)
            && infer::stands_in_heading(self.folded, mention.range);
        let is_aside = matches!(last.day, Some(Field::FromAnchor(by)) if by != 0)
            && last.time.is_none()
            && infer::tells_a_plan(self.folded, mention.range);
        if moment.get_day().is_some() && !is_heading && !is_aside {
            self.anchor = Some(moment.date());
        }
    }

    /// The moment of a partial that is no end of a period.
    fn point(&self, partial: &Partial, index: usize) -> Option<Point> {
        let date = self.date(partial, index)?;
        let mut moment = with_time(date.moment, partial)?;
        if self.keeps_half(partial) {
            moment = in_afternoon(moment, self.afternoon).unwrap_or(moment);
        }
        let moment = match partial.vague {
            Vague::Week => Moment::month(moment.get_year(), moment.get_month()?)?,
            _ => moment,
        };
        Some(Point { moment, ..date })
    }

    /// 同4時半: 同 right before an hour stays in the half of the day told of, where 同日4時半 may not.
    fn keeps_half(&self, partial: &Partial) -> bool {
        let words = partial.range.of(self.folded);
        self.afternoon.is_some()
            && partial.part.is_none()
            && words.strip_prefix('同').is_some_and(|rest| !rest.starts_with('日'))
    }

    fn date(&self, partial: &Partial, index: usize) -> Option<Point> {
        let known = |moment: Option<Moment>| moment.map(|moment| Point { moment, inferred: true });
        match partial.day {
            Some(Field::FromAnchor(by)) => {
                return known(calendar::plus_days(self.anchor?, by.into()));
            }
            Some(Field::FromDisclosure(by)) => {
                return known(calendar::plus_days(self.context.disclosed?.date(), by.into()));
            }
            _ => {}
        }
        let day = number(partial.day);
        match partial.month {
            Some(Field::FromAnchor(by)) => return known(month_from(self.near_month()?, by, day)),
            Some(Field::FromDisclosure(by)) => {
                return known(month_from(self.context.disclosed?, by, day));
            }
            _ => {}
        }
        let Some(month) = number(partial.month) else {
            return match (partial.year, day) {
                (Some(year), _) => {
                    Some(Point { moment: Moment::year(self.year(year)?)?, inferred: infers(year) })
                }
                (None, Some(day)) => known(self.bare_day(partial, day, index)),
                (None, None) => known(self.anchor),
            };
        };
        if let Some(year) = partial.year {
            let moment = infer::moment(self.year(year)?, month, day)?;
            return Some(Point { moment, inferred: infers(year) });
        }
        let hints = self.hints(index);
        let year = infer::year(month, day, partial, &hints)?;
        known(infer::moment(year, month, day))
    }

    fn hints(&self, index: usize) -> Hints<'_> {
        Hints {
            mentions: self.mentions,
            index,
            folded: self.folded,
            disclosed: self.context.disclosed,
            book_year: self.context.book_year,
            running: self.running,
            anchor: self.anchor,
        }
    }

    fn year(&self, year: Year) -> Option<i16> {
        match year {
            Year::Absolute(year) => Some(year),
            Year::FromAnchor(by) => {
                let running = self.running.map(|(moment, _)| moment).or(self.context.disclosed)?;
                running.get_year().checked_add(by.into())
            }
            Year::FromDisclosure(by) => {
                let disclosed = self.context.disclosed.map(Moment::get_year);
                let running = self.running.map(|(moment, _)| moment.get_year());
                disclosed.or(self.context.book_year).or(running)?.checked_add(by.into())
            }
        }
    }

    /// The last date with a month, or the disclosure.
    fn near_month(&self) -> Option<Moment> {
        let running =
            self.running.map(|(moment, _)| moment).filter(|moment| moment.get_month().is_some());
        running.or(self.anchor).or(self.context.disclosed)
    }

    /// A day without a month: of the running month, of the next where the month has turned, of the
    /// one before where it would be after the disclosure.
    fn bare_day(&self, partial: &Partial, day: u8, index: usize) -> Option<Moment> {
        let near = self.near_month()?;
        let month = |by: i8| month_from(near, by, Some(day));
        // A report that goes on after the disclosure tells of the days right behind it.
        let is_right_behind = |disclosed: Moment, moment: Moment| {
            let same_month = moment.get_month() == near.get_month();
            let limit = calendar::plus_days(disclosed.date(), DAYS_TOLD_ON);
            same_month && limit.is_some_and(|limit| !infer::is_before(limit, moment))
        };
        let is_possible = |moment: &Moment| {
            self.context.disclosed.is_none_or(|disclosed| {
                !infer::is_before(disclosed, *moment) || is_right_behind(disclosed, *moment)
            }) || infer::is_forecast(self.folded, self.mentions[index].range)
        };
        let turned = near.get_day().is_some_and(|last| last > day + 20);
        let order: [i8; 3] = if turned { [1, 0, -1] } else { [0, -1, 1] };
        let mut candidates = order.into_iter().filter_map(month).filter(is_possible);
        match partial.weekday {
            Some(mark) => {
                let first = candidates.next()?;
                let fits = |moment: &Moment| Weekday::of(*moment) == Some(mark.weekday);
                Some(if fits(&first) { first } else { candidates.find(fits).unwrap_or(first) })
            }
            None => candidates.next(),
        }
    }

    /// The end of a period that begins at `from`; it takes from there what it leaves out.
    fn end(&self, to: &Partial, from: Moment, index: usize) -> Option<Moment> {
        let within = Resolver {
            running: Some((from, to.range.start)),
            anchor: from.get_day().map(|_| from.date()).or(self.anchor),
            ..*self
        };
        if to.is_bare_time() {
            let mut same_day = with_time(from.date(), to)?;
            if self.mentions[index].from.part == Some(DayPart::Afternoon) && to.part.is_none() {
                // 午後1時から3時まで, but not 午後10時から3時まで
                same_day = in_afternoon(same_day, from.get_time()).unwrap_or(same_day);
            }
            let past_midnight = infer::is_before(same_day, from)
                && from.get_time().is_some_and(|(hour, _)| hour >= 12)
                && same_day.get_time().is_some_and(|(hour, _)| hour <= 12);
            return if past_midnight { calendar::plus_days(same_day, 1) } else { Some(same_day) };
        }
        let (None, day) = (to.year, number(to.day)) else {
            return Some(within.point(to, index)?.moment);
        };
        let date = match (number(to.month), day) {
            (Some(month), _) => {
                let same_year = infer::moment(from.get_year(), month, day)?;
                // Half a year back is the next year (12月~1月); a little back is a mistake.
                let back = i16::from(from.get_month().unwrap_or(month)) - i16::from(month);
                if back >= 3 { infer::moment(from.get_year() + 1, month, day)? } else { same_year }
            }
            (None, Some(day)) if to.month.is_none() => {
                let turned = from.get_day().is_some_and(|first| first > day + 20);
                month_from(from, i8::from(turned), Some(day))?
            }
            _ => return Some(within.point(to, index)?.moment),
        };
        with_time(date, to)
    }
}

/// How many days after the disclosure a day without a month may be without being to come.
const DAYS_TOLD_ON: i64 = 3;

const fn infers(year: Year) -> bool {
    !matches!(year, Year::Absolute(_))
}

const fn number(field: Option<Field>) -> Option<u8> {
    match field {
        Some(Field::Number(number)) => Some(number),
        _ => None,
    }
}

fn month_from(near: Moment, by: i8, day: Option<u8>) -> Option<Moment> {
    let (year, month) = calendar::plus_months(near.get_year(), near.get_month()?, by.into())?;
    infer::moment(year, month, day)
}

/// The hour as one of the afternoon, where it would else be before `earlier` and is not then.
fn in_afternoon(moment: Moment, earlier: Option<(u8, u8)>) -> Option<Moment> {
    let (earlier, (hour, minute)) = (earlier?, moment.get_time()?);
    let is_meant =
        (1..12).contains(&hour) && (hour, minute) < earlier && (hour + 12, minute) >= earlier;
    if is_meant { moment.date().at(hour + 12, minute) } else { None }
}

/// Adds the time of a partial; hours from 24 on are of the next day, and a time with an offset
/// becomes Japan's.
fn with_time(date: Moment, partial: &Partial) -> Option<Moment> {
    let Some((hour, minute)) = partial.time.filter(|_| partial.precision() == Precision::Minute)
    else {
        return Some(date);
    };
    let to_japan = partial.offset_minutes.map_or(0, |offset| 9 * 60 - i64::from(offset));
    let minutes = i64::from(hour) * 60 + i64::from(minute) + to_japan;
    let day = calendar::plus_days(date, minutes.div_euclid(24 * 60))?;
    let of_day = minutes.rem_euclid(24 * 60);
    day.at(u8::try_from(of_day / 60).ok()?, u8::try_from(of_day % 60).ok()?)
}
