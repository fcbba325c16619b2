//! A live case for programs. It does not know who asks.

use serde_json::{Value, json};

use super::{ClockChange, Known, Live, stamp};
use crate::{Stamp, clocks, notice, turns};

/// The name and version of the shape.
pub const FORMAT: &str = "jikenbo.live/1";

impl Live {
    /// The case as of `at`: what is known, what runs, what is to be done. `number` is what it is called;
    /// contacts are left out.
    pub fn record(&self, number: &str, known: &Known, changed: &[ClockChange], at: Stamp) -> Value {
        let opened = self.opened();
        let line = |(entry, note): (&super::Standing, &super::Note)| {
            let mut line = json!(note);
            line["entry"] = json!(entry.seq);
            line["written"] = json!(entry.written);
            line["who"] = json!(entry.who);
            line["happened"] = json!(note.happened);
            line["known"] = json!(note.known);
            line
        };
        let entry = |seq: u64, who: &str, what: Value| {
            let mut what = what;
            what["entry"] = json!(seq);
            what["who"] = json!(who);
            what
        };
        let held = self.evidence().into_iter().map(|held| {
            let handed = held.handed.iter().map(|(e, over)| entry(e.seq, &e.who, json!(over)));
            let mut what = entry(held.seq, &held.entry.who, json!(held.evidence));
            what["custody"] = handed.collect();
            what["has"] = json!(held.holder());
            what
        });
        let clocks: Vec<Value> = clocks(&known.clocks.facts)
            .iter()
            .map(|clock| {
                let mut value = json!(clock);
                value["turns"] = json!(turns(&known.clocks.facts, clock));
                value["now"] = json!(clock.state(at));
                value
            })
            .collect();
        let tasks = self.tasks().into_iter().map(|doing| {
            let mut task = json!(doing);
            task["late"] = json!(doing.is_late(at));
            task
        });
        json!({
            "format": FORMAT,
            "number": number,
            "at": at,
            "notice": notice(),
            "title": opened.title,
            "organisation": opened.organisation,
            "category": opened.category,
            "opened": self.log().first().and_then(|first| stamp(&first.at)),
            "closed": self.closed().map(|(_, why)| why),
            "facts": known.clocks.facts,
            "clocks": clocks,
            "clock_changes": changed,
            "timeline": self.timeline().into_iter().map(line).collect::<Vec<_>>(),
            "services": self.board(),
            "tasks": tasks.collect::<Vec<_>>(),
            "decisions": self.decisions().into_iter()
                .map(|(e, decision)| entry(e.seq, &e.who, json!(decision))).collect::<Vec<_>>(),
            "evidence": held.collect::<Vec<_>>(),
            "costs": self.costs().into_iter()
                .map(|(e, cost)| entry(e.seq, &e.who, json!(cost))).collect::<Vec<_>>(),
            "cost_in_all": self.cost_in_all(),
            "published": self.published().into_iter()
                .map(|(e, published)| entry(e.seq, &e.who, json!(published))).collect::<Vec<_>>(),
            "corrected": self.standing().iter().filter(|e| !e.earlier.is_empty())
                .collect::<Vec<_>>(),
            "withdrawn": self.taken_back(),
        })
    }
}
