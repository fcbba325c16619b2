//! Forms for single fields, and what a sent form says: a bare value in, controls out; pairs in, a
//! bare value out. Every field has one, so that nothing of a case must be written as JSON by hand.
//! It does not know who may correct, or which case it is.

use case::{Field, Lang};
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::value;
use crate::lang::Word as W;

/// A column of a field that is a list of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    /// Words; a row without the first one is no row.
    Text(&'static str),
    /// Words or `null`.
    OptionalText(&'static str),
    /// A number or `null`.
    Number(&'static str),
    /// Yes or no.
    Check(&'static str),
    /// A value of the field's vocabulary.
    Choice(&'static str),
    /// A point or period of time.
    When(&'static str),
    /// A point or period of time or `null`.
    OptionalWhen(&'static str),
}

/// What a field's form is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Choice { optional: bool },
    Choices,
    When,
    Report,
    Rows(&'static [Column]),
}

const fn form(field: Field) -> Form {
    use Column::{Check, Choice, Number, OptionalText, OptionalWhen, Text, When};
    match field {
        Field::Title | Field::Organisation | Field::CaseNumber | Field::DisclosedOn => Form::Text,
        Field::Kind | Field::Category => Form::Choice { optional: false },
        Field::Sector | Field::DataDisclosure | Field::SecondaryDamage => {
            Form::Choice { optional: true }
        }
        Field::DataKinds | Field::ReportedTo => Form::Choices,
        Field::Occurred | Field::Discovered => Form::When,
        Field::Report => Form::Report,
        Field::OtherOrganisations => Form::Rows(&[Text("value"), Choice("role")]),
        Field::AffectedCount => Form::Rows(&[
            Number("value"),
            Text("unit"),
            Check("approx"),
            Choice("bound"),
            OptionalText("what"),
        ]),
        Field::Timeline => Form::Rows(&[When("at"), Choice("type"), Text("text")]),
        Field::Services => Form::Rows(&[Text("name"), Choice("status")]),
        Field::Progress => {
            Form::Rows(&[Text("what"), Number("done"), Number("total"), OptionalWhen("at")])
        }
        Field::Prevention => Form::Rows(&[Choice("value"), Text("text")]),
        Field::Technical => Form::Rows(&[Text("value"), Choice("kind")]),
        Field::Warnings => Form::Rows(&[Choice("code"), Text("message")]),
    }
}

/// How many empty rows a list gets for what is to be added.
const SPARE: usize = 2;
/// No list of a form is longer; a longer one cannot be corrected on a page.
const MOST_ROWS: usize = 1_000;

/// The controls of a field. Their names begin with `prefix`.
pub(crate) fn controls(field: Field, bare: &Value, prefix: &str, lang: Lang) -> Markup {
    let label = field.label(lang);
    match form(field) {
        Form::Text => html! {
            input type="text" name=(prefix) value=(bare.as_str().unwrap_or_default())
                aria-label=(label) maxlength="2000" placeholder=[hint(field)];
        },
        Form::Choice { optional } => choice(field, prefix, label, bare.as_str(), optional, lang),
        Form::Choices => html! {
            // Boxes that are all empty send nothing; this says that they were there.
            input type="hidden" name=(prefix) value="";
            ul.checks {
                @for (name, label) in value::choices(field, lang) {
                    @let on = bare.as_array().is_some_and(|all| all.iter().any(|x| x == name));
                    li { label { input type="checkbox" name=(prefix) value=(name) checked[on]; " " (label) } }
                }
            }
        },
        Form::When => moment(prefix, label, bare, lang),
        Form::Report => html! {
            input type="number" min="1" name={ (prefix) ".number" } aria-label=(W::ReportNumber.of(lang)) value=[bare["number"].as_u64()];
            " " label { input type="checkbox" name={ (prefix) ".final" } checked[bare["final"] == true]; " " (W::FinalReport.of(lang)) }
        },
        Form::Rows(columns) => rows(field, columns, bare, prefix, lang),
    }
}

fn hint(field: Field) -> Option<&'static str> {
    match field {
        Field::DisclosedOn => Some("2023-06-05"),
        Field::CaseNumber => Some("2023-001"),
        _ => None,
    }
}

fn choice(
    field: Field,
    name: &str,
    label: &str,
    chosen: Option<&str>,
    optional: bool,
    lang: Lang,
) -> Markup {
    html! {
        select name=(name) aria-label=(label) {
            @if optional { option value="" selected[chosen.is_none()] { "—" } }
            @for (name, label) in value::choices(field, lang) {
                option value=(name) selected[chosen == Some(name)] { (label) }
            }
        }
    }
}

fn moment(prefix: &str, label: &str, bare: &Value, lang: Lang) -> Markup {
    let text = |name: &str| bare[name].as_str().unwrap_or_default();
    html! {
        span.moment {
            input type="text" name={ (prefix) ".from" } value=(text("from")) placeholder="2023-06-05T06:00"
                aria-label={ (label) " " (W::From.of(lang)) } maxlength="16";
            " 〜 "
            input type="text" name={ (prefix) ".to" } value=(text("to")) placeholder="2023-06-05T18:57"
                aria-label={ (label) " " (W::To.of(lang)) } maxlength="16";
            " " label { input type="checkbox" name={ (prefix) ".approx" } checked[bare["approx"] == true]; " " (W::Approximate.of(lang)) }
            " " label { input type="checkbox" name={ (prefix) ".ongoing" } checked[bare["ongoing"] == true]; " " (W::Ongoing.of(lang)) }
        }
    }
}

fn rows(field: Field, columns: &[Column], bare: &Value, prefix: &str, lang: Lang) -> Markup {
    let none = Vec::new();
    let given = bare.as_array().unwrap_or(&none);
    html! {
        ol.rows-edit {
            @for at in 0..(given.len() + SPARE).min(MOST_ROWS) {
                @let row = given.get(at).unwrap_or(&Value::Null);
                li.spare[row.is_null()] {
                    @for column in columns { (cell(field, *column, row, &format!("{prefix}.{at}"), lang)) " " }
                }
            }
        }
        p.about { (W::EmptyRowsGo.of(lang)) }
    }
}

fn cell(field: Field, column: Column, row: &Value, prefix: &str, lang: Lang) -> Markup {
    let label = |name: &str| W::column(name).of(lang);
    match column {
        Column::Text(name) | Column::OptionalText(name) => html! {
            input.{ "col-" (name) } type="text" name={ (prefix) "." (name) } maxlength="4000"
                aria-label=(label(name)) placeholder=(label(name)) value=(row[name].as_str().unwrap_or_default());
        },
        Column::Number(name) => html! {
            input.{ "col-" (name) } type="text" inputmode="numeric" name={ (prefix) "." (name) }
                aria-label=(label(name)) placeholder=(label(name)) value=[row[name].as_u64()] maxlength="20";
        },
        Column::Check(name) => html! {
            label { input type="checkbox" name={ (prefix) "." (name) } checked[row[name] == true]; " " (label(name)) }
        },
        Column::Choice(name) => {
            let chosen = row[name].as_str();
            // Of a number nothing more is said than that it is one: the first bound, exactly.
            let optional = row.is_null() && field != Field::AffectedCount;
            choice(field, &format!("{prefix}.{name}"), label(name), chosen, optional, lang)
        }
        Column::When(name) | Column::OptionalWhen(name) => {
            moment(&format!("{prefix}.{name}"), label(name), &row[name], lang)
        }
    }
}

/// A sent form: names and values in their order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent<'a>(pub(crate) &'a [(String, String)]);

impl<'a> Sent<'a> {
    /// The first value of that name, trimmed; empty where there is none.
    pub(crate) fn get(self, name: &str) -> &'a str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.trim())
    }

    /// Whether the form has a control of that name or one that begins so.
    pub(crate) fn has(self, prefix: &str) -> bool {
        self.0.iter().any(|(name, _)| {
            name.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    fn checked(self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }
}

/// The value that the controls named `prefix` say. Whether it fits the field is for the book.
pub(crate) fn read(field: Field, sent: Sent<'_>, prefix: &str) -> Value {
    let text = |value: &str| if value.is_empty() { Value::Null } else { json!(value) };
    match form(field) {
        Form::Text | Form::Choice { .. } => text(sent.get(prefix)),
        Form::Choices => {
            let chosen = sent.0.iter().filter(|(name, value)| name == prefix && !value.is_empty());
            chosen.map(|(_, value)| json!(value)).collect()
        }
        Form::When => read_moment(sent, prefix),
        Form::Report => {
            let number = number(sent.get(&format!("{prefix}.number")));
            let last = sent.checked(&format!("{prefix}.final"));
            if number.is_null() && !last {
                Value::Null
            } else {
                json!({ "number": number, "final": last })
            }
        }
        Form::Rows(columns) => read_rows(columns, sent, prefix),
    }
}

fn read_moment(sent: Sent<'_>, prefix: &str) -> Value {
    let from = sent.get(&format!("{prefix}.from"));
    if from.is_empty() {
        return Value::Null;
    }
    let to = sent.get(&format!("{prefix}.to"));
    json!({
        "from": from.replace(' ', "T"),
        "to": if to.is_empty() { Value::Null } else { json!(to.replace(' ', "T")) },
        "approx": sent.checked(&format!("{prefix}.approx")),
        "ongoing": sent.checked(&format!("{prefix}.ongoing")),
    })
}

/// A number, as people write it: `1,200`. What is none stays as it is, for the book to refuse.
fn number(written: &str) -> Value {
    let digits: String = written.chars().filter(|c| !matches!(c, ',' | '，' | ' ')).collect();
    match digits.parse::<u64>() {
        Ok(number) => json!(number),
        Err(_) if digits.is_empty() => Value::Null,
        Err(_) => json!(written),
    }
}

fn read_rows(columns: &[Column], sent: Sent<'_>, prefix: &str) -> Value {
    let mut rows = Vec::new();
    for at in 0..MOST_ROWS {
        let prefix = format!("{prefix}.{at}");
        if !sent.has(&prefix) {
            break;
        }
        let mut row = Map::new();
        for column in columns {
            let (name, value) = read_cell(*column, sent, &prefix);
            row.insert(name.to_owned(), value);
        }
        if filled(columns, &row) {
            rows.push(Value::Object(row));
        }
    }
    Value::Array(rows)
}

fn read_cell(column: Column, sent: Sent<'_>, prefix: &str) -> (&'static str, Value) {
    let at = |name: &str| format!("{prefix}.{name}");
    match column {
        Column::Text(name) | Column::Choice(name) => (name, json!(sent.get(&at(name)))),
        Column::OptionalText(name) => match sent.get(&at(name)) {
            "" => (name, Value::Null),
            words => (name, json!(words)),
        },
        Column::Number(name) => (name, number(sent.get(&at(name)))),
        Column::Check(name) => (name, json!(sent.checked(&at(name)))),
        Column::When(name) | Column::OptionalWhen(name) => (name, read_moment(sent, &at(name))),
    }
}

/// Whether anything is written in the row: choices and checks alone say nothing.
fn filled(columns: &[Column], row: &Map<String, Value>) -> bool {
    columns.iter().any(|column| match column {
        Column::Text(name) => row[*name] != "",
        Column::OptionalText(name)
        | Column::Number(name)
        | Column::When(name)
        | Column::OptionalWhen(name) => !row[*name].is_null(),
        Column::Check(_) | Column::Choice(_) => false,
    })
}

/// Whether a form says of a field what was said before. Boxes come in the order of the vocabulary,
/// whatever the order before; and a form does not keep line ends.
pub(crate) fn unchanged(field: Field, said: &Value, before: &Value) -> bool {
    if form(field) == Form::Choices {
        let names = |value: &Value| {
            let mut names: Vec<String> =
                value.as_array().into_iter().flatten().map(ToString::to_string).collect();
            names.sort_unstable();
            names
        };
        return names(said) == names(before);
    }
    same(said, before)
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => {
            let bare = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            bare(a) == bare(b)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn check(field: Field, pairs: &[(&str, &str)], expected: &Value) {
        let pairs = sent(pairs);
        assert_eq!(&read(field, Sent(&pairs), "v"), expected, "{field}");
    }

    #[test]
    fn a_form_says_a_bare_value() {
        check(Field::Title, &[("v", " お詫び ")], &json!("お詫び"));
        check(Field::Sector, &[("v", "")], &Value::Null);
        check(
            Field::DataKinds,
            &[("v", "name"), ("w", "x"), ("v", "email")],
            &json!(["name", "email"]),
        );
        check(Field::DataKinds, &[], &json!([]));
        check(
            Field::Occurred,
            &[("v.from", "2031-04-05 06:07"), ("v.approx", "on")],
            &json!({"from": "2031-04-05T06:07", "to": null, "approx": true, "ongoing": false}),
        );
        check(Field::Report, &[("v.number", "2")], &json!({"number": 2, "final": false}));
    }

    #[test]
    fn empty_rows_are_no_rows() {
        check(
            Field::AffectedCount,
            &[
                ("v.0.value", "1,200"),
                ("v.0.unit", "人"),
                ("v.0.bound", "exact"),
                ("v.1.value", ""),
                ("v.1.unit", ""),
                ("v.1.bound", "exact"),
            ],
            &json!([{"value": 1200, "unit": "人", "approx": false, "bound": "exact", "what": null}]),
        );
    }

    #[test]
    fn what_is_no_number_is_left_for_the_book_to_refuse() {
        check(Field::Report, &[("v.number", "many")], &json!({"number": "many", "final": false}));
    }

    #[test]
    fn line_ends_are_no_difference() {
        assert!(same(&json!([{"text": "一\n二"}]), &json!([{"text": "一二"}])));
        assert!(!same(&json!([{"text": "一"}]), &json!([{"text": "二"}])));
        assert!(!same(&json!(null), &json!([])));
    }

    #[test]
    fn the_order_of_boxes_is_no_difference() {
        let (before, said) = (json!(["email", "name"]), json!(["name", "email"]));
        assert!(unchanged(Field::DataKinds, &said, &before));
        assert!(!unchanged(Field::DataKinds, &json!(["name"]), &before));
    }
}
