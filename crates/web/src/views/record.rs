//! The facts of a case as mark-up, each leading to what stands behind it: words of a report, a
//! person, an imported record. It does not know the text beside it; the places it gathers while
//! writing are what the text is then marked with.

use case::{Field, Lang, Origin};
use maud::{Markup, html};
use serde_json::Value;
use text::Span;

use super::source::{self, Mark};
use super::{course, editor, fact, value};
use crate::lang::Word as W;

/// A report whose words facts cite: the source's SHA-256 and the report's place in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Of the original bytes.
    pub(crate) sha256: String,
    /// The whole report.
    pub(crate) span: Span,
}

/// Facts being written.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    /// Language of the labels.
    pub(crate) lang: Lang,
    /// The reports beside.
    places: &'a [Place],
    /// What each report is to be marked with.
    pub(crate) marks: Vec<Vec<Mark>>,
    /// How many facts were written.
    count: usize,
    /// Where a field is corrected: a path that the field's name is put behind.
    edit: Option<String>,
    /// Where a field is corrected right here: the prefix of its controls, and all bare values.
    inline: Option<(String, Vec<(Field, Value)>)>,
}

impl<'a> Facts<'a> {
    /// Facts that cite these reports.
    pub(crate) fn new(lang: Lang, places: &'a [Place], edit: Option<String>) -> Self {
        Self { lang, places, marks: vec![Vec::new(); places.len()], count: 0, edit, inline: None }
    }

    /// Whether fields have links to correct them.
    pub(crate) const fn editable(&self) -> bool {
        self.edit.is_some()
    }

    /// From here on, each field has controls of its own whose names begin with `prefix`.
    pub(crate) fn edit_inline(&mut self, prefix: String, read: &case::Facts) {
        self.inline = Some((prefix, book::fields::all_bare(read)));
    }

    /// The controls of a field, folded away.
    pub(crate) fn inline(&self, field: Field) -> Markup {
        let Some((prefix, values)) = &self.inline else { return html! {} };
        let value = values.iter().find(|(of, _)| *of == field).map_or(&Value::Null, |(_, v)| v);
        let lang = self.lang;
        html! {
            details.inline {
                summary { "✎ " span { (W::Correct.of(lang)) ": " (field.label(lang)) } }
                (editor::controls(field, value, &format!("{prefix}.{}", field.name()), lang))
            }
        }
    }

    /// A fact and the way to what stands behind it.
    pub(crate) fn cited(&mut self, label: &Markup, origin: &Origin) -> Markup {
        self.count += 1;
        let id = format!("f-{}", self.count);
        match origin {
            Origin::Words { source, span } => {
                let report = self
                    .places
                    .iter()
                    .position(|place| place.sha256 == *source && place.span.contains(*span));
                let Some(report) = report else {
                    return html! { span.fact #(id) { (label) } };
                };
                self.marks[report].push(Mark { span: *span, fact: id.clone() });
                let place = source::place(report, *span);
                html! {
                    a.fact #(id) href={ "?cite=" (place) "#c-" (place) } data-cite=(place) { (label) }
                }
            }
            Origin::Person { who, at, why } => html! {
                span.fact.said #(id) {
                    (label)
                    " "
                    small.by { (W::SaidBy.of(self.lang)) " " (who) " · " time datetime=(at) { (day(at)) } " · " (why) }
                }
            },
            Origin::Import { import, pointer } => html! {
                span.fact.imported #(id) { (label) " " small.by { (import) code { (pointer) } } }
            },
        }
    }

    /// A row of the list of facts; nothing where there is no fact and none can be added.
    fn row(&self, field: Field, content: Option<Markup>) -> Markup {
        if content.is_none() && self.edit.is_none() && self.inline.is_none() {
            return html! {};
        }
        html! {
            div.row.silent[content.is_none()] data-field=(field.name()) {
                dt { (field.label(self.lang)) (self.edit_link(field)) }
                dd {
                    @match content {
                        Some(content) => (content),
                        None => span.none { (W::NotSaid.of(self.lang)) },
                    }
                    (self.inline(field))
                }
            }
        }
    }

    fn edit_link(&self, field: Field) -> Markup {
        let Some(edit) = &self.edit else { return html! {} };
        let label = format!("{}: {}", W::Correct.of(self.lang), field.label(self.lang));
        html! { " " a.edit href={ (edit) (field.name()) } aria-label=(label) title=(label) { "✎" } }
    }

    fn chips<T>(
        &mut self,
        field: Field,
        items: &[T],
        show: impl Fn(&T) -> (Markup, &Origin),
    ) -> Markup {
        let content = (!items.is_empty()).then(|| {
            html! {
                ul.chips {
                    @for item in items {
                        @let (label, origin) = show(item);
                        li { (self.cited(&label, origin)) }
                    }
                }
            }
        });
        self.row(field, content)
    }

    fn one(&mut self, field: Field, fact: Option<(String, &Origin)>) -> Markup {
        let content = fact.map(|(label, origin)| self.cited(&html! { (label) }, origin));
        self.row(field, content)
    }
}

/// All facts of a case but its title, organisation and course of events.
pub(crate) fn list(case: &case::Facts<Origin>, facts: &mut Facts<'_>) -> Markup {
    html! {
        dl.facts {
            (what_happened(case, facts))
            (whom(case, facts))
            (what_followed(case, facts))
        }
    }
}

fn what_happened(case: &case::Facts<Origin>, facts: &mut Facts<'_>) -> Markup {
    let lang = facts.lang;
    let category = match case.category.cites.as_slice() {
        [] => html! { (case.category.value.label(lang)) },
        cites => html! {
            @for (at, origin) in cites.iter().enumerate() {
                @let label = if at == 0 {
                    html! { (case.category.value.label(lang)) }
                } else {
                    html! { "[" (at + 1) "]" }
                };
                (facts.cited(&label, origin)) " "
            }
        },
    };
    let report = case.report.as_ref().map(|report| {
        (value::report_words(report.number.map(u64::from), report.is_final, lang), &report.cite)
    });
    html! {
        (facts.row(Field::Category, Some(category)))
        (facts.one(Field::DataDisclosure, case.data_disclosure.as_ref().map(|x| (x.value.label(lang).to_owned(), &x.cite))))
        (facts.one(Field::SecondaryDamage, case.secondary_damage.as_ref().map(|x| (x.value.label(lang).to_owned(), &x.cite))))
        (facts.one(Field::Occurred, case.occurred.as_ref().map(|x| (fact::when(&x.value, lang), &x.cite))))
        (facts.one(Field::Discovered, case.discovered.as_ref().map(|x| (fact::when(&x.value, lang), &x.cite))))
        (facts.one(Field::DisclosedOn, case.disclosed_on.as_ref().map(|x| (fact::moment(x.value), &x.cite))))
        (facts.one(Field::Report, report))
    }
}

fn whom(case: &case::Facts<Origin>, facts: &mut Facts<'_>) -> Markup {
    let lang = facts.lang;
    let counts = (!case.affected_count.is_empty()).then(|| {
        html! {
            ul.counts {
                @for count in &case.affected_count {
                    li { (facts.cited(&html! { (fact::count(count, lang)) }, &count.cite)) }
                }
            }
        }
    });
    html! {
        (facts.row(Field::AffectedCount, counts))
        (facts.chips(Field::DataKinds, &case.data_kinds, |x| (html! { (x.value.label(lang)) }, &x.cite)))
        (facts.one(Field::Sector, case.sector.as_ref().map(|x| (x.value.label(lang).to_owned(), &x.cite))))
        (facts.chips(Field::OtherOrganisations, &case.other_organisations, |x| {
            (html! { (x.value) small { (x.role.label(lang)) } }, &x.cite)
        }))
        (facts.chips(Field::Services, &case.services, |x| {
            (html! { (x.name) small.{ "s-" (x.status.name()) } { (x.status.label(lang)) } }, &x.cite)
        }))
        (facts.chips(Field::Progress, &case.progress, |x| (progress(x, lang), &x.cite)))
    }
}

fn what_followed(case: &case::Facts<Origin>, facts: &mut Facts<'_>) -> Markup {
    let lang = facts.lang;
    let measures = (!case.prevention.is_empty()).then(|| {
        html! {
            ul.measures {
                @for measure in &case.prevention {
                    li {
                        span.badge { (measure.value.label(lang)) } " "
                        (facts.cited(&html! { (measure.text.trim()) }, &measure.cite))
                    }
                }
            }
        }
    });
    html! {
        (facts.chips(Field::ReportedTo, &case.reported_to, |x| (html! { (x.value.label(lang)) }, &x.cite)))
        (facts.chips(Field::Technical, &case.technical, |x| {
            (html! { (x.value) small { (x.kind.label(lang)) } }, &x.cite)
        }))
        (facts.row(Field::Prevention, measures))
        (facts.one(Field::CaseNumber, case.case_number.as_ref().map(|x| (x.value.to_string(), &x.cite))))
    }
}

fn progress(progress: &case::Progress<Origin>, lang: Lang) -> Markup {
    let number = |number: Option<u64>| number.map_or_else(|| "?".to_owned(), fact::thousands);
    html! {
        (progress.what) " " (number(progress.done)) " / " (number(progress.total))
        @if let Some(at) = &progress.at { small { (fact::when(at, lang)) } }
        @if let (Some(done), Some(total)) = (progress.done, progress.total) {
            progress max=(total.max(1)) value=(done) {}
        }
    }
}

/// What the text contradicts in itself.
pub(crate) fn contradictions(case: &case::Facts<Origin>, facts: &mut Facts<'_>) -> Markup {
    if case.warnings.is_empty() {
        return html! {};
    }
    let lang = facts.lang;
    html! {
        section.contradictions aria-labelledby="contradictions" {
            h2 #contradictions { (W::Contradictions.of(lang)) }
            ul {
                @for warning in &case.warnings {
                    li {
                        strong { (warning.code.label(lang)) } ": "
                        (facts.cited(&html! { (warning.message) }, &warning.cite))
                    }
                }
            }
        }
    }
}

/// The course of events with its heading.
pub(crate) fn course(case: &case::Facts<Origin>, facts: &mut Facts<'_>) -> Markup {
    let edit = facts.edit_link(Field::Timeline);
    let lang = facts.lang;
    html! {
        section.events aria-labelledby="events" {
            h2 #events { (Field::Timeline.label(lang)) (edit) }
            @if case.timeline.is_empty() {
                p.none { (W::NotSaid.of(lang)) }
            } @else {
                (course::course(&case.timeline, facts))
            }
        }
    }
}

/// The day of an RFC 3339 time.
pub(crate) fn day(at: &str) -> &str {
    at.get(..10).unwrap_or(at)
}
