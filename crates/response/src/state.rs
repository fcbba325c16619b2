//! How a clock stands at a moment that is passed in: how long is left, or by how much it is over. It
//! does not know what time it is.

use serde::Serialize;

use crate::clock::{Clock, Verdict};
use crate::{Sentence, Stamp};

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum State {
    /// Nothing runs: it does not apply, has not started, or no day is set.
    Idle,
    /// It was met.
    Met {
        /// Whether in time, `None` where no day is set.
        in_time: Option<bool>,
    },
    /// It runs.
    Running {
        /// Minutes until it is due; for a whole day, until that day ends.
        minutes_left: i64,
        /// Whether a whole day is meant.
        whole_day: bool,
    },
    /// It is over, and was not met.
    Over {
        /// Minutes since it was due; for a whole day, since that day ended.
        minutes_over: i64,
        /// Whether a whole day is meant.
        whole_day: bool,
    },
}

impl Clock {
    /// How it stands at a moment. A clock whose verdict is open runs as if it applied.
    pub fn state(&self, at: Stamp) -> State {
        if self.verdict == Verdict::DoesNotApply {
            return State::Idle;
        }
        if let Some(met) = self.met {
            return State::Met { in_time: met.in_time };
        }
        let Some(due) = self.due else { return State::Idle };
        let whole_day = !due.by.has_time();
        let end = match due.by.date().tomorrow() {
            Ok(next) if whole_day => due.by.on(next),
            _ => due.by,
        };
        let minutes = end.instant().duration_since(at.instant()).as_mins();
        if due.by.is_over_at(at) {
            State::Over { minutes_over: -minutes, whole_day }
        } else {
            State::Running { minutes_left: minutes, whole_day }
        }
    }
}

impl State {
    /// In words; empty where nothing runs.
    pub fn says(self) -> Sentence {
        match self {
            Self::Idle => Sentence::new("", ""),
            Self::Met { in_time: Some(true) } => Sentence::new("済（期限内）", "met in time"),
            Self::Met { in_time: Some(false) } => Sentence::new("済（期限後）", "met late"),
            Self::Met { in_time: None } => Sentence::new("済", "met"),
            Self::Running { minutes_left, whole_day: true } => match (minutes_left - 1) / DAY {
                0 => Sentence::new("本日まで", "due today"),
                days => Sentence::new(format!("あと{days}日"), format!("{days} d left")),
            },
            Self::Running { minutes_left, whole_day: false } => {
                let (hours, minutes) = (minutes_left / 60, minutes_left % 60);
                Sentence::new(
                    format!("あと{hours}時間{minutes}分"),
                    format!("{hours} h {minutes} min left"),
                )
            }
            Self::Over { minutes_over, whole_day: true } => {
                let days = minutes_over / DAY + 1;
                Sentence::new(format!("期限を{days}日過ぎた"), format!("{days} d over"))
            }
            Self::Over { minutes_over, whole_day: false } => {
                let (hours, minutes) = (minutes_over / 60, minutes_over % 60);
                Sentence::new(
                    format!("期限を{hours}時間{minutes}分過ぎた"),
                    format!("{hours} h {minutes} min over"),
                )
            }
        }
    }
}

/// Minutes of a day.
const DAY: i64 = 24 * 60;

#[cfg(test)]
mod tests {
    use crate::{Facts, clocks};

    fn said(facts: &str, obligation: &str, at: &str) -> String {
        let facts: Facts = toml::from_str(facts).unwrap();
        let clocks = clocks(&facts);
        let clock = clocks.iter().find(|clock| clock.obligation == obligation).unwrap();
        clock.state(at.parse().unwrap()).says().en
    }

    const FACTS: &str = "people = 1500\nknown = [{ at = 2025-12-01T09:00:00 }]\n\
                         answers = { leaked = true, wrongful = false, eu_persons = true }\n";

    #[test]
    fn a_whole_day_runs_until_it_ends() {
        let at = |at| said(FACTS, "appi-full", at);
        assert_eq!(at("2026-01-03T12:00"), "2 d left");
        assert_eq!(at("2026-01-05T00:00"), "due today");
        assert_eq!(at("2026-01-05T23:59"), "due today");
        assert_eq!(at("2026-01-06T00:00"), "1 d over");
        assert_eq!(at("2026-01-07"), "2 d over");
    }

    #[test]
    fn hours_run_to_the_minute() {
        let at = |at| said(FACTS, "gdpr-authority", at);
        assert_eq!(at("2025-12-04T08:30"), "0 h 30 min left");
        assert_eq!(at("2025-12-04T09:00"), "0 h 0 min left");
        assert_eq!(at("2025-12-04T10:01"), "1 h 1 min over");
    }

    #[test]
    fn what_is_met_runs_no_more() {
        let met = |day: &str| {
            format!("reported = [{{ obligation = \"appi-prompt\", at = {day} }}]\n{FACTS}")
        };
        assert_eq!(said(&met("2025-12-05"), "appi-prompt", "2026-02-01"), "met in time");
        assert_eq!(said(&met("2025-12-06"), "appi-prompt", "2026-02-01"), "met late");
        assert_eq!(said(FACTS, "appi-persons", "2026-02-01"), "");
    }
}
