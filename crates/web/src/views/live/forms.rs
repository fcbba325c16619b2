//! The forms by which entries of a live case are recorded: one table, from which each form is shown,
//! filled with what an entry says now, and read. It does not know what the case takes.

use case::{Category, EventType, Lang, ServiceStatus};
use maud::{Markup, html};
use response::live::Source;
use serde_json::{Map, Value, json};

use crate::lang::live::LiveWord as L;
use crate::views::editor::Sent;

/// How a part of an entry is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    /// A line of words.
    Line,
    /// Several lines.
    Lines,
    /// A time, perhaps about then.
    Time,
    /// A whole number.
    Whole,
    /// Yes or nothing.
    Check,
    /// Names with commas between.
    Names,
    /// Entries' numbers with commas between.
    Entries,
    /// One of several.
    Choice(Choices),
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choices {
    Categories,
    Events,
    Sources,
    Statuses,
}

impl Choices {
    /// Names in entries, and what people call them.
    fn all(self, lang: Lang) -> Vec<(&'static str, String)> {
        let label = |name: &'static str, label: &str| (name, label.to_owned());
        match self {
            Self::Categories => {
                Category::ALL.iter().map(|x| label(x.name(), x.label(lang))).collect()
            }
            Self::Events => EventType::ALL.iter().map(|x| label(x.name(), x.label(lang))).collect(),
            Self::Sources => {
                Source::ALL.iter().map(|x| label(x.name(), x.says().of(lang))).collect()
            }
            Self::Statuses => {
                ServiceStatus::ALL.iter().map(|x| label(x.name(), x.label(lang))).collect()
            }
        }
    }
}

/// A part of an entry.
#[derive(Clone, Copy, Debug)]
struct Part {
    name: &'static str,
    label: L,
    input: Input,
    required: bool,
}

/// A kind of entry that has a form.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Its name in entries.
    pub(crate) name: &'static str,
    /// What it is called.
    pub(crate) title: L,
    parts: &'static [Part],
}

const fn must(name: &'static str, label: L, input: Input) -> Part {
    Part { name, label, input, required: true }
}

const fn may(name: &'static str, label: L, input: Input) -> Part {
    Part { name, label, input, required: false }
}

/// Every kind that has a form, in the order in which they are offered.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "noted",
        title: L::AddNoted,
        parts: &[
            must("what", L::What, Input::Lines),
            may("happened", L::Happened, Input::Time),
            may("known", L::Known, Input::Time),
            may("known_by", L::KnownBy, Input::Line),
            may("event", L::EventType, Input::Choice(Choices::Events)),
            may("source", L::SourceKind, Input::Choice(Choices::Sources)),
            may("source_name", L::SourceName, Input::Line),
            may("evidence", L::EvidenceEntries, Input::Entries),
            may("public", L::MarkPublic, Input::Check),
        ],
    },
    Kind {
        name: "task",
        title: L::AddTask,
        parts: &[
            must("what", L::What, Input::Line),
            may("owner", L::Owner, Input::Line),
            may("due", L::Due, Input::Time),
            may("plan", L::Plan, Input::Line),
        ],
    },
    Kind {
        name: "service",
        title: L::AddService,
        parts: &[
            must("name", L::Name, Input::Line),
            must("status", L::Status, Input::Choice(Choices::Statuses)),
            may("at", L::Since, Input::Time),
            may("part_of", L::PartOf, Input::Line),
            may("needs", L::Needs, Input::Names),
            may("site", L::Site, Input::Line),
        ],
    },
    Kind {
        name: "counted",
        title: L::AddCounted,
        parts: &[
            must("service", L::Service, Input::Line),
            must("done", L::DoneCount, Input::Whole),
            must("total", L::Total, Input::Whole),
            may("unit", L::Unit, Input::Line),
            must("at", L::AsOf, Input::Time),
        ],
    },
    Kind {
        name: "decided",
        title: L::AddDecided,
        parts: &[
            must("what", L::What, Input::Line),
            must("because", L::Why, Input::Lines),
            may("by", L::DecidedBy, Input::Line),
            may("at", L::At, Input::Time),
        ],
    },
    Kind {
        name: "evidence",
        title: L::AddEvidence,
        parts: &[
            must("what", L::What, Input::Line),
            must("sha256", L::Sha256, Input::Line),
            may("bytes", L::Bytes, Input::Whole),
            must("taken", L::Taken, Input::Time),
            may("taken_from", L::TakenFrom, Input::Line),
            must("holder", L::Holder, Input::Line),
        ],
    },
    Kind {
        name: "handed_over",
        title: L::AddHandedOver,
        parts: &[
            must("evidence", L::EvidenceEntry, Input::Whole),
            must("from", L::From, Input::Line),
            must("to", L::To, Input::Line),
            must("at", L::At, Input::Time),
            may("why", L::Purpose, Input::Line),
        ],
    },
    Kind {
        name: "contact",
        title: L::AddContact,
        parts: &[
            must("name", L::Name, Input::Line),
            may("organisation", L::Organisation, Input::Line),
            may("role", L::RoleOf, Input::Line),
            may("reach", L::Reach, Input::Line),
        ],
    },
    Kind {
        name: "cost",
        title: L::AddCost,
        parts: &[
            must("what", L::What, Input::Line),
            must("amount", L::Amount, Input::Whole),
            may("currency", L::Currency, Input::Line),
            may("at", L::At, Input::Time),
        ],
    },
    Kind {
        name: "task_done",
        title: L::AddTaskDone,
        parts: &[
            must("task", L::TaskEntry, Input::Whole),
            must("at", L::At, Input::Time),
            may("by", L::DoneBy, Input::Line),
        ],
    },
    Kind {
        name: "opened",
        title: L::Opened,
        parts: &[
            must("title", L::Title, Input::Line),
            may("organisation", L::Organisation, Input::Line),
            must("category", L::Category, Input::Choice(Choices::Categories)),
        ],
    },
];

/// The kind of that name.
pub(crate) fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// The controls of a kind, filled with what `said` says. Their ids begin with `prefix`.
pub(crate) fn controls(kind: &Kind, said: &Value, prefix: &str, lang: Lang) -> Markup {
    html! {
        @for part in kind.parts {
            @let id = format!("{prefix}-{}", part.name);
            div.field.{ "part-" (part.name) } {
                @if part.input == Input::Check {
                    label { input type="checkbox" name=(part.name) value="yes" checked[said[part.name] == true]; " " (part.label.of(lang)) }
                } @else {
                    label for=(id) { (part.label.of(lang)) @if part.required { span.must aria-hidden="true" { " *" } } }
                    (control(part, &said[part.name], &id, lang))
                }
            }
        }
    }
}

fn control(part: &Part, said: &Value, id: &str, lang: Lang) -> Markup {
    let words = words(said);
    html! {
        @match part.input {
            Input::Lines => { textarea id=(id) name=(part.name) rows="2" maxlength="10000" required[part.required] { (words) } },
            Input::Choice(choices) => {
                select id=(id) name=(part.name) {
                    @if !part.required { option value="" { "—" } }
                    @for (name, label) in choices.all(lang) {
                        option value=(name) selected[words == name] { (label) }
                    }
                }
            },
            Input::Time => {
                input type="text" id=(id) name=(part.name) value=(words) maxlength="40" required[part.required]
                    placeholder=(L::TimeHint.of(lang));
            },
            Input::Whole => {
                input type="text" inputmode="numeric" id=(id) name=(part.name) value=(words) maxlength="20" required[part.required];
            },
            _ => { input type="text" id=(id) name=(part.name) value=(words) maxlength="2000" required[part.required]; },
        }
    }
}

/// A value as it is typed.
fn words(said: &Value) -> String {
    match said {
        Value::String(words) => words.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(all) => all.iter().map(words).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}

/// What a sent form says, as an entry is kept. What is no number stays words, for the entry to refuse.
pub(crate) fn read(kind: &Kind, sent: Sent<'_>) -> Value {
    let mut said = Map::new();
    said.insert("kind".to_owned(), json!(kind.name));
    for part in kind.parts {
        let typed = sent.get(part.name);
        if typed.is_empty() && !part.required {
            continue;
        }
        let value = match part.input {
            Input::Whole => whole(typed),
            Input::Check => json!(true),
            Input::Names => list(typed).map(|name| json!(name)).collect(),
            Input::Entries => list(typed).map(whole).collect(),
            Input::Line | Input::Lines | Input::Time | Input::Choice(_) => json!(typed),
        };
        said.insert(part.name.to_owned(), value);
    }
    Value::Object(said)
}

fn list(typed: &str) -> impl Iterator<Item = &str> {
    typed.split([',', '、', '，']).map(str::trim).filter(|part| !part.is_empty())
}

fn whole(typed: &str) -> Value {
    let digits: String = typed.chars().filter(|c| !matches!(c, ',' | '，' | ' ')).collect();
    digits.parse::<u64>().map_or_else(|_| json!(typed), |number| json!(number))
}

#[cfg(test)]
mod tests {
    use response::live::Event;

    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_form_filled_in_is_an_entry() {
        for kind in KINDS {
            let pairs: Vec<(&str, &str)> = kind
                .parts
                .iter()
                .map(|part| {
                    let typed = match part.input {
                        Input::Whole => "1,200",
                        Input::Time => "2031-06-05 06:00",
                        Input::Check => "yes",
                        Input::Entries => "12、13",
                        Input::Choice(choices) => choices.all(Lang::Ja)[0].0,
                        Input::Line | Input::Lines | Input::Names => "a, b",
                    };
                    (part.name, typed)
                })
                .collect();
            let pairs = sent(&pairs);
            let said = read(kind, Sent(&pairs));
            let event: Event =
                serde_json::from_value(said.clone()).unwrap_or_else(|e| panic!("{said}: {e}"));
            assert_eq!(event.name(), kind.name);
            // What is shown of an entry is what was typed.
            let again = serde_json::to_value(&event).unwrap();
            let shown = controls(kind, &again, "x", Lang::Ja).into_string();
            for part in kind.parts.iter().filter(|part| part.input == Input::Line) {
                assert!(
                    shown.contains(&format!("name=\"{}\" value=\"a, b\"", part.name)),
                    "{shown}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_number_is_refused_and_not_forgotten() {
        let pairs =
            sent(&[("service", "A"), ("done", "many"), ("total", "3"), ("at", "2031-06-05")]);
        let said = read(kind("counted").unwrap(), Sent(&pairs));
        assert!(serde_json::from_value::<Event>(said.clone()).is_err());
        assert!(
            controls(kind("counted").unwrap(), &said, "x", Lang::En).into_string().contains("many")
        );
    }
}
