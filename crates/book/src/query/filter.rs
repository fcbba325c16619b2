//! A filter: a field and the value wanted of it. It does not know where in a query it stands.

use case::{CaseNumber, Lang};

use super::ProblemKind;
use super::dates::{Days, NotDays};
use super::field::Field;
use super::number::{Amount, NotAmount};
use crate::index::{Area, Plan, fold};

/// A field and the value wanted of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Filter {
    field: Field,
    value: Value,
}

/// What is wanted of a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// One of few values, by its name in the record.
    Name(&'static str),
    /// A part of a name, or a number of a case.
    Text(String),
    /// A period.
    Days(Days),
    /// A count.
    Amount(Amount),
    /// That it is not known.
    Unknown,
}

impl Filter {
    /// A filter whose value is written as in a query.
    ///
    /// ```
    /// use book::query::{Field, Filter};
    /// let filter = Filter::new(Field::Disclosed, "２０２３年６月").unwrap();
    /// assert_eq!(filter.to_string(), "disclosed:2023-06");
    /// ```
    pub fn new(field: Field, text: &str) -> Result<Self, ProblemKind> {
        let text = text.trim();
        let folded = fold(text);
        if folded.is_empty() {
            return Err(ProblemKind::NoValue(field));
        }
        let unknown = ["unknown", "不明"].contains(&folded.as_str());
        let value = match field {
            Field::Organisation | Field::Service => Value::Text(text.to_owned()),
            Field::Number => {
                let number = folded.trim_start_matches('#').parse::<CaseNumber>();
                Value::Text(number.map_err(|_| ProblemKind::NotANumber)?.to_string())
            }
            Field::Disclosed | Field::Occurred | Field::Discovered | Field::Affected if unknown => {
                Value::Unknown
            }
            Field::Disclosed | Field::Occurred | Field::Discovered => {
                Value::Days(Days::parse(text).map_err(|wrong| match wrong {
                    NotDays::Unread => ProblemKind::NotADate,
                    NotDays::Reversed => ProblemKind::Reversed,
                })?)
            }
            Field::Affected => Value::Amount(Amount::parse(text).map_err(|wrong| match wrong {
                NotAmount::Unread => ProblemKind::NotAnAmount,
                NotAmount::Reversed => ProblemKind::Reversed,
            })?),
            _ => Value::Name(field.value(text).ok_or(ProblemKind::NoSuchValue(field))?),
        };
        Ok(Self { field, value })
    }

    /// The field.
    pub const fn field(&self) -> Field {
        self.field
    }

    /// What is wanted of it.
    pub const fn value(&self) -> &Value {
        &self.value
    }

    /// What people call the value.
    pub fn label(&self, lang: Lang) -> String {
        match (&self.value, lang) {
            (Value::Name(name), _) => {
                let values = self.field.values();
                let label = values.into_iter().find(|(own, ..)| own == name);
                label.map_or(*name, |(_, ja, en)| if lang == Lang::Ja { ja } else { en }).to_owned()
            }
            (Value::Text(text), _) => text.clone(),
            (Value::Days(days), _) => days.to_string(),
            (Value::Amount(amount), _) => amount.to_string(),
            (Value::Unknown, Lang::Ja) => "不明".to_owned(),
            (Value::Unknown, Lang::En) => "unknown".to_owned(),
        }
    }

    /// Words of it that a text may have.
    pub(super) fn words(&self) -> Option<&str> {
        match (self.field, &self.value) {
            (Field::Organisation | Field::Service, Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn plan(&self) -> Plan {
        let field = || self.field.name().to_owned();
        let term = |value: &str| Plan::Term { field: field(), value: value.to_owned() };
        match (&self.value, self.field) {
            (Value::Name(name), _) => term(name),
            (Value::Text(text), Field::Organisation) => {
                Plan::Words { area: Area::Organisation, text: text.clone() }
            }
            (Value::Text(text), Field::Service) => {
                Plan::Words { area: Area::Service, text: text.clone() }
            }
            (Value::Text(text), _) => match text.parse::<CaseNumber>() {
                // However many zeros it is written with.
                Ok(number) => Plan::Or(
                    (1..=6)
                        .map(|width| term(&CaseNumber { width, ..number }.to_string()))
                        .collect(),
                ),
                Err(_) => term(text),
            },
            (Value::Days(days), Field::Disclosed) => Plan::Days(days.range()),
            (Value::Days(days), _) => {
                let range = days.range();
                Plan::Number {
                    field: field(),
                    range: i64::from(*range.start())..=i64::from(*range.end()),
                }
            }
            (Value::Amount(amount), _) => Plan::Number { field: field(), range: amount.range() },
            (Value::Unknown, Field::Disclosed) => Plan::DayUnknown,
            (Value::Unknown, _) => Plan::NumberUnknown(field()),
        }
    }
}
