//! When things happened, as a record says it: the incident as a date, the rest as a time that
//! passed since. A date that follows from such a time is approximate, and no more precise than
//! both.

use case::{Cited, Event, EventType, Facts, Moment, Origin, When};
use jiff::civil::{Date, DateTime};
use jiff::{Span, ToSpan};
use serde_json::Value;

use super::{cited, origin};

const INCIDENT: &str = "/timeline/incident";
const NOTIFICATION: &str = "/plus/timeline/notification";

/// Reads every time.
pub(super) fn read(record: &Value, facts: &mut Facts<Origin>) {
    let incident = record.pointer(INCIDENT).and_then(moment);
    facts.occurred = incident.map(|at| cited(When::point(at), INCIDENT));
    facts.discovered =
        after(record, incident, "/timeline/discovery").map(|(when, at)| cited(when, at));

    if let Some(at) = record.pointer(NOTIFICATION).and_then(moment) {
        if at.get_day().is_some() {
            facts.disclosed_on = Some(Cited::new(at.date(), origin(NOTIFICATION)));
        } else {
            facts.timeline.push(event(
                EventType::Disclosed,
                When::point(at),
                at.to_string(),
                NOTIFICATION,
            ));
        }
    }
    if let Some((when, at)) = after(record, incident, "/timeline/containment") {
        let words = record.pointer(at).map(in_words).unwrap_or_default();
        facts.timeline.push(event(EventType::Contained, when, words, at));
    }
    facts.timeline.sort_by_key(|event| event.at);
}

fn event(event_type: EventType, at: When, text: String, pointer: &str) -> Event<Origin> {
    Event { at, event_type, text, cite: origin(pointer) }
}

/// `3 Days`
fn in_words(passed: &Value) -> String {
    let value = passed.get("value").map(ToString::to_string).unwrap_or_default();
    format!("{value} {}", passed.get("unit").and_then(Value::as_str).unwrap_or_default())
}

/// `{year, month, day, time}`, at the precision that is there and possible.
fn moment(date: &Value) -> Option<Moment> {
    let number = |name| date.get(name).and_then(Value::as_i64);
    let small = |name| number(name).and_then(|n| u8::try_from(n).ok());
    let year = i16::try_from(number("year")?).ok().filter(|year| *year >= 1900)?;
    let whole = Moment::year(year)?;
    let Some(month) = small("month").and_then(|month| Moment::month(year, month)) else {
        return Some(whole);
    };
    let day = small("day").and_then(|day| Moment::day(year, month.get_month()?, day));
    let Some(day) = day else { return Some(month) };
    let time = date.get("time").and_then(Value::as_str).and_then(clock);
    Some(time.and_then(|(hour, minute)| day.at(hour, minute)).unwrap_or(day))
}

/// `06:45 PM`, `05:00:00 AM`, `13:20`
fn clock(text: &str) -> Option<(u8, u8)> {
    let mut words = text.split_whitespace();
    let mut digits = words.next()?.split(':');
    let hour: u8 = digits.next()?.parse().ok()?;
    let minute = digits.next()?.parse().ok()?;
    match words.next() {
        Some("AM") if (1..=12).contains(&hour) => Some((hour % 12, minute)),
        Some("PM") if (1..=12).contains(&hour) => Some((hour % 12 + 12, minute)),
        Some("AM" | "PM") => None,
        _ => Some((hour, minute)),
    }
}

/// The time that is `{value, unit}` after the incident.
fn after<'p>(record: &Value, incident: Option<Moment>, place: &'p str) -> Option<(When, &'p str)> {
    let passed = record.pointer(place)?;
    let value =
        passed.get("value")?.as_f64().filter(|n| n.fract() == 0.0 && (0.0..1e6).contains(n))?;
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below a million")]
    let at = later(incident?, value as i32, passed.get("unit")?.as_str()?)?;
    Some((When { from: at, to: None, approx: true, ongoing: false }, place))
}

/// A moment some units later, no more precise than either. None where it cannot be said: two weeks
/// after some day of a month.
fn later(from: Moment, value: i32, unit: &str) -> Option<Moment> {
    let year = from.get_year();
    let day = || Date::new(year, signed(from.get_month()?), signed(from.get_day()?)).ok();
    let days_later = |span: Span| of_day(day()?.checked_add(span).ok()?);
    match unit {
        "Years" => Moment::year(year.checked_add(i16::try_from(value).ok()?)?),
        "Months" => {
            let month = Date::new(year, signed(from.get_month()?), 1).ok()?;
            let date = month.checked_add(value.months()).ok()?;
            Moment::month(date.year(), u8::try_from(date.month()).ok()?)
        }
        "Weeks" => days_later(value.weeks()),
        "Days" => days_later(value.days()),
        "Hours" | "Minutes" | "Seconds" => {
            let span = match unit {
                "Hours" => value.hours(),
                "Minutes" => value.minutes(),
                _ => value.seconds(),
            };
            match from.get_time() {
                Some((hour, minute)) => {
                    let start = day()?.at(signed(hour), signed(minute), 0, 0);
                    of_minute(start.checked_add(span).ok()?)
                }
                // Within the day, as far as a day can tell.
                None => (unit != "Hours" || value < 24).then_some(from),
            }
        }
        _ => None,
    }
}

/// jiff counts in `i8` what is below 60.
fn signed(n: u8) -> i8 {
    i8::try_from(n).unwrap_or(i8::MAX)
}

fn of_day(date: Date) -> Option<Moment> {
    Moment::day(date.year(), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?)
}

fn of_minute(at: DateTime) -> Option<Moment> {
    of_day(at.date())?.at(u8::try_from(at.hour()).ok()?, u8::try_from(at.minute()).ok()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(date: &Value, expected: Option<&str>) {
        assert_eq!(moment(date).map(|at| at.to_string()).as_deref(), expected, "{date}");
    }

    #[test]
    fn dates_are_as_precise_as_they_can_be() {
        check(&json!({"year": 2013}), Some("2013"));
        check(&json!({"year": 2013, "day": 5}), Some("2013"));
        check(&json!({"year": 2013, "month": 2, "day": 30}), Some("2013-02"));
        check(&json!({"year": 2013, "month": 13, "day": 3}), Some("2013"));
        check(
            &json!({"year": 2013, "month": 2, "day": 3, "time": "06:45 PM"}),
            Some("2013-02-03T18:45"),
        );
        check(
            &json!({"year": 2013, "month": 2, "day": 3, "time": "12:05:00 AM"}),
            Some("2013-02-03T00:05"),
        );
        check(&json!({"year": 2013, "month": 2, "day": 3, "time": "25 PM"}), Some("2013-02-03"));
        check(&json!({"year": 7, "month": 1}), None);
        check(&json!("2013"), None);
    }

    #[test]
    fn what_follows_is_no_more_precise_than_both() {
        let check = |from: &str, value, unit, expected: Option<&str>| {
            let found = later(from.parse().unwrap(), value, unit).map(|at| at.to_string());
            assert_eq!(found.as_deref(), expected, "{value} {unit} after {from}");
        };
        check("2013-12-20", 14, "Days", Some("2014-01-03"));
        check("2013-12-20", 3, "Months", Some("2014-03"));
        check("2013-12", 3, "Months", Some("2014-03"));
        check("2013-12-20", 2, "Years", Some("2015"));
        check("2013", 2, "Months", None);
        check("2013-12", 2, "Weeks", None);
        check("2013-12-20", 3, "Hours", Some("2013-12-20"));
        check("2013-12-20", 30, "Hours", None);
        check("2013-12-20T23:30", 45, "Minutes", Some("2013-12-21T00:15"));
        check("9999-12-20", 1_000_000, "Days", None);
        check("2013", 1, "Unknown", None);
    }
}
