//! The timeline's answer: few cases one by one, many as counts a bin, so that an answer and its
//! drawing cost the same at a hundred and at a hundred thousand cases.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::ApiReader;
use crate::app::App;
use crate::failure::Failure;
use crate::shelf::{Item, Lane, Snapshot, State as Certainty};

/// So many cases are told one by one.
const SINGLE: usize = 400;
const MOST_BINS: u32 = 2_000;
/// So much more than the window is told on either side, in hundredths of it.
const MOST_ROOM: u32 = 100;

/// The window.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct Window {
    from: Option<i32>,
    to: Option<i32>,
    bins: Option<u32>,
    room: Option<u32>,
}

/// `GET /api/timeline`
pub(crate) async fn window(
    State(app): State<Arc<App>>,
    _: ApiReader,
    Query(window): Query<Window>,
) -> Result<Json<Value>, Failure> {
    let days = |day: Option<i32>| day.is_none_or(|day| (-700_000..=2_900_000).contains(&day));
    let bins = window.bins.unwrap_or(200);
    let room = window.room.unwrap_or(0);
    if !days(window.from)
        || !days(window.to)
        || !(1..=MOST_BINS).contains(&bins)
        || room > MOST_ROOM
    {
        return Err(Failure::Wrong("from, to, bins or room is out of its limits".to_owned()));
    }
    let snapshot = Snapshot::of(&app).await?;
    Ok(Json(answer(&snapshot, (window.from, window.to), bins, room)))
}

fn answer(
    snapshot: &Snapshot,
    (from, to): (Option<i32>, Option<i32>),
    bins: u32,
    room: u32,
) -> Value {
    let (first, last) = whole(snapshot);
    let seen_from = from.unwrap_or(first);
    let seen_to = to.unwrap_or(last).max(seen_from + 1);
    let beside = i32::try_from((i64::from(seen_to) - i64::from(seen_from)) * i64::from(room) / 100);
    let beside = beside.unwrap_or(0);
    let (from, to) = (seen_from - beside, seen_to + beside);
    // Cases are in the order of their first days; none that begins earlier than the longest one
    // lasts can reach into the window.
    let earliest = from.saturating_sub(snapshot.longest);
    let begin = snapshot.items.partition_point(|item| item.begins < earliest);
    let seen = snapshot.items[begin..]
        .iter()
        .take_while(|item| item.begins < to)
        .filter(|item| item.ends >= from);
    let mut singles: Vec<&Item> = Vec::new();
    let mut counts = Counts::new(from, to, bins);
    let (mut told, mut total) = (0_usize, 0_usize);
    for item in seen {
        if told < SINGLE {
            singles.push(item);
        }
        told += 1;
        total += usize::from(item.begins < seen_to && item.ends >= seen_from);
        counts.add(item);
    }
    let mut answer =
        json!({ "from": from, "to": to, "first": first, "last": last, "total": total });
    if told <= SINGLE {
        answer["cases"] = singles.into_iter().map(single).collect();
    } else {
        answer["parts"] = json!(bins);
        answer["bins"] = counts.told();
    }
    answer
}

/// First and last day of all, with a little room.
fn whole(snapshot: &Snapshot) -> (i32, i32) {
    let (first, last) = snapshot.whole.unwrap_or((0, 365));
    let room = ((last - first) / 50).max(2);
    (first - room, last + room)
}

const fn lane(lane: Lane) -> u8 {
    match lane {
        Lane::Data => 0,
        Lane::Service => 1,
        Lane::Intrusion => 2,
    }
}

const fn certainty(state: Certainty) -> u8 {
    match state {
        Certainty::Confirmed => 0,
        Certainty::Possible => 1,
        Certainty::Investigating => 2,
        Certainty::Denied => 3,
    }
}

/// `[number, name, occurred, discovered, disclosed, [[lane, certainty], …]]`
fn single(item: &Item) -> Value {
    let lanes: Vec<[u8; 2]> =
        item.lanes().map(|(of, state)| [lane(of), certainty(state)]).collect();
    json!([item.number, item.name, item.occurred, item.discovered, item.disclosed, lanes])
}

/// Cases counted in the parts of a window, for each lane and certainty.
struct Counts {
    from: i64,
    length: i64,
    bins: i64,
    /// Twelve times the parts: by lane and certainty.
    cells: Vec<Vec<u32>>,
}

impl Counts {
    fn new(from: i32, to: i32, bins: u32) -> Self {
        let size = usize::try_from(bins).unwrap_or(1);
        Self {
            from: from.into(),
            length: (i64::from(to) - i64::from(from)).max(1),
            bins: bins.into(),
            cells: vec![vec![0; size]; 12],
        }
    }

    /// Counts a case at the day that stands for it; one that only reaches into the window, at its edge.
    fn add(&mut self, item: &Item) {
        let offset = (i64::from(item.day()) - self.from).clamp(0, self.length - 1);
        let bin = usize::try_from(offset * self.bins / self.length).unwrap_or(0);
        for (of, state) in item.lanes() {
            if let Some(count) =
                self.cells[usize::from(lane(of) * 4 + certainty(state))].get_mut(bin)
            {
                *count += 1;
            }
        }
    }

    /// `[bin, count, bin, count, …]` for each: parts without a case are left out.
    fn told(self) -> Value {
        let sparse = |counts: Vec<u32>| -> Value {
            let pairs = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
            pairs.flat_map(|(bin, count)| [json!(bin), json!(count)]).collect()
        };
        self.cells.into_iter().map(sparse).collect()
    }
}

#[cfg(test)]
mod tests {
    use case::CaseNumber;

    use super::*;

    fn item(number: u32, occurred: i32, disclosed: i32) -> Item {
        let number = CaseNumber { year: 2031, serial: number, width: 3 };
        Item::sample(number, occurred, disclosed)
    }

    fn snapshot(items: Vec<Item>) -> Snapshot {
        Snapshot::sample(items)
    }

    #[test]
    fn few_cases_are_told_one_by_one_also_those_that_reach_into_the_window() {
        let book = snapshot(vec![item(1, 0, 3_000), item(2, 10, 20), item(3, 2_950, 2_960)]);
        let told = answer(&book, (Some(2_900), Some(2_955)), 10, 0);
        let numbers: Vec<&str> =
            told["cases"].as_array().unwrap().iter().map(|x| x[0].as_str().unwrap()).collect();
        assert_eq!(numbers, ["2031-001", "2031-003"]);
        assert_eq!(told["cases"][1], json!(["2031-003", "例", 2950, null, 2960, [[0, 1], [2, 0]]]));
    }

    #[test]
    fn many_cases_are_counted_and_none_is_lost() {
        let items = (0..5_000_i32).map(|n| item(n.unsigned_abs(), n, n)).collect();
        let told = answer(&snapshot(items), (None, None), 50, 0);
        assert!(told["cases"].is_null());
        let counted: u64 = told["bins"][1]
            .as_array()
            .unwrap()
            .chunks(2)
            .map(|pair| pair[1].as_u64().unwrap())
            .sum();
        assert_eq!(counted, 5_000);
        assert_eq!(told["bins"][0], json!([]));
    }

    #[test]
    fn room_beside_the_window_is_told_and_not_counted() {
        let book = snapshot((0..30_i32).map(|n| item(n.unsigned_abs(), n, n)).collect());
        let told = answer(&book, (Some(10), Some(20)), 10, 50);
        assert_eq!(
            (&told["from"], &told["to"], &told["total"]),
            (&json!(5), &json!(25), &json!(10))
        );
        assert_eq!(told["cases"].as_array().map(Vec::len), Some(20));
    }

    #[test]
    fn an_empty_book_has_a_window_too() {
        let told = answer(&snapshot(Vec::new()), (None, None), 10, 0);
        assert_eq!(told["total"], 0);
        assert!(told["to"].as_i64() > told["from"].as_i64());
    }
}
