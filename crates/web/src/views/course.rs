//! The course of events of one case, drawn to scale: a rail of time on the left, each statement in
//! its own row on the right, and a line from the row to its place on the rail. Eight years and
//! half an hour are read alike: the rail takes the scale of what it shows, rows keep their distance.

use case::{Event, Lang, Origin};
use maud::{Markup, html};

use super::fact;
use super::record::Facts;
use super::scale::{self, Tick};
use crate::lang::Word as W;

/// Height of a row and width of the rail in pixels of 1/16 rem, as `pages.css` has them.
const ROW: i64 = 52;
const WIDTH: i64 = 128;
/// Where the rail stands.
const RAIL: i64 = 62;
/// How far lanes of periods stand from each other, how many there are, and where the lines to the
/// rows begin to slope.
const LANE: i64 = 8;
const LANES: usize = 4;
const ELBOW: i64 = RAIL + 9 + LANE * 4;
/// Free space above and below.
const MARGIN: i64 = 26;

/// The statements of a case in the order of their times.
pub(crate) fn course(events: &[Event<Origin>], facts: &mut Facts<'_>) -> Markup {
    let lang = facts.lang;
    let extents: Vec<(i64, i64)> = events.iter().map(|e| scale::extent(&e.at)).collect();
    let Some(first) = extents.iter().map(|extent| extent.0).min() else {
        return html! {};
    };
    let last = events.iter().map(latest).max().unwrap_or(first);
    html! {
        div.course {
            (rail(events, &extents, first, last, lang))
            ol.rows {
                @for (at, event) in events.iter().enumerate() {
                    li.{ "t-" (event.event_type.name()) } {
                        div.time {
                            (fact::when(&event.at, lang))
                            @if let Some(gap) = at.checked_sub(1).and_then(|before| gap(&events[before], event)) {
                                span.gap { "+" (fact::length(gap, lang)) }
                            }
                        }
                        div.what {
                            span.badge { (event.event_type.label(lang)) }
                            " "
                            (facts.cited(&html! { (event.text.trim()) }, &event.cite))
                        }
                    }
                }
            }
        }
    }
}

/// Where the last mark of an event stands. A bare day is marked at its beginning: half an hour in
/// the evening is not drawn as a day.
fn latest(event: &Event<Origin>) -> i64 {
    scale::minutes(event.at.to.unwrap_or(event.at.from))
}

/// From the beginning of one statement to that of the next, where both are known that closely.
fn gap(before: &Event<Origin>, event: &Event<Origin>) -> Option<i64> {
    let (a, b) = (before.at.from, event.at.from);
    let close = a.get_day().is_some()
        && b.get_day().is_some()
        && (a.get_time().is_some() == b.get_time().is_some() || a.date() != b.date());
    let (a, b) = if a.get_time().is_some() && b.get_time().is_some() {
        (a, b)
    } else {
        (a.date(), b.date())
    };
    Some(scale::minutes(b) - scale::minutes(a)).filter(|&minutes| close && minutes > 0)
}

fn rail(
    events: &[Event<Origin>],
    extents: &[(i64, i64)],
    first: i64,
    last: i64,
    lang: Lang,
) -> Markup {
    let rows = i64::try_from(events.len()).unwrap_or(i64::MAX / ROW);
    let height = rows * ROW;
    let span = (last - first).max(1);
    let y = |minutes: i64| {
        MARGIN + (minutes - first).clamp(0, span) * (height - 2 * MARGIN).max(1) / span
    };
    let marks =
        if last > first { spaced(scale::ticks(first, last, height / 34), &y) } else { Vec::new() };
    let whole = fact::length(last - first, lang);
    let lanes = lanes(events, last);
    html! {
        svg.rail role="img" aria-label=(format!("{}: {whole}", W::CourseToScale.of(lang)))
            width=(format!("{}rem", WIDTH / 16)) height=(format!("{}rem", rem(height)))
            viewBox=(format!("0 0 {WIDTH} {height}")) {
            title { (W::CourseToScale.of(lang)) ": " (whole) }
            line.axis x1=(RAIL) x2=(RAIL) y1=(y(first)) y2=(y(last)) {}
            @for mark in &marks {
                line.tick x1=(RAIL - 5) x2=(RAIL) y1=(y(mark.at)) y2=(y(mark.at)) {}
                text.tick x=(RAIL - 9) y=(y(mark.at) + 4) text-anchor="end" { (mark.label) }
            }
            @for (row, (event, lane)) in events.iter().zip(&lanes).enumerate() {
                @let at = y(extents[row].0);
                @let x = lane.map_or(RAIL, |lane| RAIL + 9 + lane * LANE);
                @let target = i64::try_from(row).unwrap_or(0) * ROW + ROW / 2;
                g.{ "t-" (event.event_type.name()) } {
                    @if lane.is_some() {
                        line.span x1=(x) x2=(x) y1=(at) y2=(y(end(event, last)).max(at + 3)) {}
                    }
                    path.leader d=(format!("M{} {at} L{ELBOW} {at} L{} {target} L{WIDTH} {target}", x + 5, WIDTH - 12)) {}
                    circle.point.approx[event.at.approx] cx=(x) cy=(at) r="4" {}
                }
            }
        }
    }
}

/// Where a period ends; one that goes on ends with the drawing.
fn end(event: &Event<Origin>, last: i64) -> i64 {
    event.at.to.map_or(last, scale::minutes)
}

/// For each period the lane beside the rail in which it has room; a point has none.
fn lanes(events: &[Event<Origin>], last: i64) -> Vec<Option<i64>> {
    let mut ends = [i64::MIN; LANES];
    events
        .iter()
        .map(|event| {
            if event.at.to.is_none() && !event.at.ongoing {
                return None;
            }
            let from = scale::minutes(event.at.from);
            let lane = ends.iter().position(|&end| end <= from).unwrap_or(LANES - 1);
            ends[lane] = ends[lane].max(end(event, last).max(from + 1));
            i64::try_from(lane).ok()
        })
        .collect()
}

/// 16 pixels are a rem; rows are chosen so that quarters suffice.
fn rem(pixels: i64) -> String {
    let quarters = pixels / 4;
    format!("{}.{:02}", quarters / 4, quarters % 4 * 25)
}

/// Marks that would stand on each other are left out.
fn spaced(marks: Vec<Tick>, y: &impl Fn(i64) -> i64) -> Vec<Tick> {
    let mut kept: Vec<Tick> = Vec::new();
    for mark in marks {
        if kept.last().is_none_or(|last| y(mark.at) - y(last.at) >= 16) {
            kept.push(mark);
        }
    }
    kept
}
