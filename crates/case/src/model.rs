//! A case and its facts. Each fact carries the span that says it; a value without a span cannot be
//! built. The model does not know which rule found a fact.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use text::Span;

use crate::values::{
    Authority, Bound, Category, DataDisclosure, DataKind, EventType, Kind, Measure, Role,
    SecondaryDamage, Sector, ServiceStatus, TechnicalKind, WarningCode,
};
use crate::{Moment, SourceId, When};

/// A value and the bytes of the source text that say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cited<T, C = Span> {
    /// What is said.
    pub value: T,
    /// Where it is said.
    pub cite: C,
}

impl<T, C> Cited<T, C> {
    /// A value said at `cite`.
    pub const fn new(value: T, cite: C) -> Self {
        Self { value, cite }
    }
}

/// A value with the phrases that decided it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decided<T, C = Span> {
    /// What was decided.
    pub value: T,
    /// The phrases that decided it; empty only for `other`.
    pub cites: Vec<C>,
}

/// The number of a case in its book, `YYYY-NNN`, with the leading zeros that it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseNumber {
    /// The year of the book.
    pub year: u16,
    /// The running number in that year.
    pub serial: u32,
    /// How many digits the running number is written with.
    pub width: u8,
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:0width$}", self.year, self.serial, width = usize::from(self.width))
    }
}

/// What is not a case number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotACaseNumber(String);

impl fmt::Display for NotACaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a case number YYYY-NNN", self.0)
    }
}

impl std::error::Error for NotACaseNumber {}

impl FromStr for CaseNumber {
    type Err = NotACaseNumber;

    fn from_str(s: &str) -> Result<Self, NotACaseNumber> {
        let digits = |part: &str, least: usize, most: usize| {
            (least..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        };
        s.split_once('-')
            .filter(|(year, serial)| digits(year, 4, 4) && digits(serial, 1, 9))
            .and_then(|(year, serial)| {
                Some(Self {
                    year: year.parse().ok()?,
                    serial: serial.parse().ok()?,
                    width: u8::try_from(serial.len()).ok()?,
                })
            })
            .ok_or_else(|| NotACaseNumber(s.to_owned()))
    }
}

impl Serialize for CaseNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CaseNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for CaseNumber {
    fn schema_name() -> Cow<'static, str> {
        "CaseNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^\d{4}-\d{1,9}$" })
    }
}

/// An organisation named beside the one that discloses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Organisation<C = Span> {
    /// Its name as written.
    pub value: String,
    /// Its part in the case.
    pub role: Role,
    /// Where it is named.
    pub cite: C,
}

/// Which report of a case this is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report<C = Span> {
    /// 第1報 is 1; 続報 has none.
    pub number: Option<u32>,
    /// Whether it is the last one (最終報).
    #[serde(rename = "final")]
    pub is_final: bool,
    /// Where that is said.
    pub cite: C,
}

/// How many are affected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Count<C = Span> {
    /// The number.
    pub value: u64,
    /// Whether the text says 約, 程度, 数百 or the like.
    pub approx: bool,
    /// Whether it is the number itself or a limit.
    pub bound: Bound,
    /// The unit as written: 人, 名, 件, 社, 台 …; empty where the text gives none.
    pub unit: String,
    /// What is counted, as written; `null` where the text does not say it beside the number.
    pub what: Option<String>,
    /// Where it is said.
    pub cite: C,
}

/// One dated statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Event<C = Span> {
    /// When.
    pub at: When,
    /// What kind of statement.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// The statement's own words.
    pub text: String,
    /// Where it is said.
    pub cite: C,
}

/// A service and how the incident left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Service<C = Span> {
    /// Its name as written.
    pub name: String,
    /// Its state.
    pub status: ServiceStatus,
    /// Where it is named.
    pub cite: C,
}

/// How far a recovery has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progress<C = Span> {
    /// What is recovered.
    pub what: String,
    /// How many are done.
    pub done: Option<u64>,
    /// Of how many.
    pub total: Option<u64>,
    /// As of when.
    pub at: Option<When>,
    /// Where it is said.
    pub cite: C,
}

/// A measure announced, with its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Prevention<C = Span> {
    /// The kind of measure.
    pub value: Measure,
    /// The statement's own words.
    pub text: String,
    /// Where it is said.
    pub cite: C,
}

/// A technical fact: how the attacker came in, what malware, what flaw, what product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Technical<C = Span> {
    /// What kind of fact.
    pub kind: TechnicalKind,
    /// The name as written (CVE numbers in upper case).
    pub value: String,
    /// Where it is said.
    pub cite: C,
}

/// Something that the text itself contradicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning<C = Span> {
    /// What kind of contradiction.
    pub code: WarningCode,
    /// The contradiction in words.
    pub message: String,
    /// Where it stands.
    pub cite: C,
}

/// One entry of a source, read into facts. Every cite lies inside `span`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// The source it was read from.
    pub source: SourceId,
    /// The whole entry.
    pub span: Span,
    /// What it says.
    #[serde(flatten)]
    pub facts: Facts,
}

/// What is known of an incident. A field about which nothing is said is `None` or empty.
///
/// `C` is what stands behind each fact: the [`Span`] of the words in a text just read; in a book
/// also the source of the words, or the person who said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Facts<C = Span> {
    /// An incident, or commentary.
    pub kind: Kind,
    /// The number printed in the text.
    pub case_number: Option<Cited<CaseNumber, C>>,
    /// The title without number, organisation and date.
    pub title: Option<Cited<String, C>>,
    /// Who suffered or discloses it, legal form included.
    pub organisation: Option<Cited<String, C>>,
    /// Who else is named.
    pub other_organisations: Vec<Organisation<C>>,
    /// The organisation's sector.
    pub sector: Option<Cited<Sector, C>>,
    /// Which report of several this is.
    pub report: Option<Report<C>>,
    /// The day of the disclosure.
    pub disclosed_on: Option<Cited<Moment, C>>,
    /// What kind of incident.
    pub category: Decided<Category, C>,
    /// When it happened.
    pub occurred: Option<Cited<When, C>>,
    /// When it was noticed.
    pub discovered: Option<Cited<When, C>>,
    /// How many are affected.
    pub affected_count: Vec<Count<C>>,
    /// What data is concerned.
    pub data_kinds: Vec<Cited<DataKind, C>>,
    /// Dated statements, in the order of their times.
    pub timeline: Vec<Event<C>>,
    /// To whom it was reported.
    pub reported_to: Vec<Cited<Authority, C>>,
    /// Whether data reached somebody who should not have it.
    pub data_disclosure: Option<Cited<DataDisclosure, C>>,
    /// Whether data was misused afterwards.
    pub secondary_damage: Option<Cited<SecondaryDamage, C>>,
    /// Services and their state.
    pub services: Vec<Service<C>>,
    /// How far a recovery has come.
    pub progress: Vec<Progress<C>>,
    /// The measures announced.
    pub prevention: Vec<Prevention<C>>,
    /// Technical facts.
    pub technical: Vec<Technical<C>>,
    /// What the text contradicts in itself.
    pub warnings: Vec<Warning<C>>,
}

impl<C> Facts<C> {
    /// Nothing known yet but whether it is an incident.
    pub const fn silent(kind: Kind) -> Self {
        Self {
            kind,
            case_number: None,
            title: None,
            organisation: None,
            other_organisations: Vec::new(),
            sector: None,
            report: None,
            disclosed_on: None,
            category: Decided { value: Category::Other, cites: Vec::new() },
            occurred: None,
            discovered: None,
            affected_count: Vec::new(),
            data_kinds: Vec::new(),
            timeline: Vec::new(),
            reported_to: Vec::new(),
            data_disclosure: None,
            secondary_damage: None,
            services: Vec::new(),
            progress: Vec::new(),
            prevention: Vec::new(),
            technical: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

impl<C> Facts<C> {
    /// The same facts with another kind of citation behind each.
    pub fn map<D>(self, mut f: impl FnMut(C) -> D) -> Facts<D> {
        fn one<T, C, D>(cited: Cited<T, C>, f: &mut impl FnMut(C) -> D) -> Cited<T, D> {
            Cited { value: cited.value, cite: f(cited.cite) }
        }
        let f = &mut f;
        // One list of fields, so that none is forgotten: the struct has no `..`.
        macro_rules! each {
            ($list:expr, $name:ident { $($field:ident),+ }) => {
                $list.into_iter().map(|x| $name { $($field: x.$field,)+ cite: f(x.cite) }).collect()
            };
        }
        Facts {
            kind: self.kind,
            case_number: self.case_number.map(|x| one(x, f)),
            title: self.title.map(|x| one(x, f)),
            organisation: self.organisation.map(|x| one(x, f)),
            other_organisations: each!(self.other_organisations, Organisation { value, role }),
            sector: self.sector.map(|x| one(x, f)),
            report: self.report.map(|x| Report {
                number: x.number,
                is_final: x.is_final,
                cite: f(x.cite),
            }),
            disclosed_on: self.disclosed_on.map(|x| one(x, f)),
            category: Decided {
                value: self.category.value,
                cites: self.category.cites.into_iter().map(&mut *f).collect(),
            },
            occurred: self.occurred.map(|x| one(x, f)),
            discovered: self.discovered.map(|x| one(x, f)),
            affected_count: each!(self.affected_count, Count { value, approx, bound, unit, what }),
            data_kinds: each!(self.data_kinds, Cited { value }),
            timeline: each!(self.timeline, Event { at, event_type, text }),
            reported_to: each!(self.reported_to, Cited { value }),
            data_disclosure: self.data_disclosure.map(|x| one(x, f)),
            secondary_damage: self.secondary_damage.map(|x| one(x, f)),
            services: each!(self.services, Service { name, status }),
            progress: each!(self.progress, Progress { what, done, total, at }),
            prevention: each!(self.prevention, Prevention { value, text }),
            technical: each!(self.technical, Technical { kind, value }),
            warnings: each!(self.warnings, Warning { code, message }),
        }
    }
}

impl<C: Clone> Facts<C> {
    /// Every citation with the field it belongs to, in the order of the record.
    pub fn cites(&self) -> Vec<(&'static str, C)> {
        fn one<T, C: Clone>(
            field: &'static str,
            value: Option<&Cited<T, C>>,
        ) -> Option<(&'static str, C)> {
            value.map(|cited| (field, cited.cite.clone()))
        }
        let mut all: Vec<(&'static str, C)> = [
            one("case_number", self.case_number.as_ref()),
            one("title", self.title.as_ref()),
            one("organisation", self.organisation.as_ref()),
            one("sector", self.sector.as_ref()),
            self.report.as_ref().map(|report| ("report", report.cite.clone())),
            one("disclosed_on", self.disclosed_on.as_ref()),
            one("occurred", self.occurred.as_ref()),
            one("discovered", self.discovered.as_ref()),
            one("data_disclosure", self.data_disclosure.as_ref()),
            one("secondary_damage", self.secondary_damage.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect();
        all.extend(
            self.other_organisations.iter().map(|x| ("other_organisations", x.cite.clone())),
        );
        all.extend(self.category.cites.iter().map(|cite| ("category", cite.clone())));
        all.extend(self.affected_count.iter().map(|x| ("affected_count", x.cite.clone())));
        all.extend(self.data_kinds.iter().map(|x| ("data_kinds", x.cite.clone())));
        all.extend(self.timeline.iter().map(|x| ("timeline", x.cite.clone())));
        all.extend(self.reported_to.iter().map(|x| ("reported_to", x.cite.clone())));
        all.extend(self.services.iter().map(|x| ("services", x.cite.clone())));
        all.extend(self.progress.iter().map(|x| ("progress", x.cite.clone())));
        all.extend(self.prevention.iter().map(|x| ("prevention", x.cite.clone())));
        all.extend(self.technical.iter().map(|x| ("technical", x.cite.clone())));
        all.extend(self.warnings.iter().map(|x| ("warnings", x.cite.clone())));
        all
    }
}
