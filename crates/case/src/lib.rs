//! What a case is: facts that each name the words that say them, and the case record that
//! `jikenbo read --format json` prints.
//!
//! This room knows the shape of a case. It does not know how one is read from a text, kept or
//! shown, and it does no I/O.

mod live_number;
mod model;
mod origin;
mod record;
mod values;
mod when;
pub mod words;

pub use live_number::LiveNumber;
pub use model::{
    Case, CaseNumber, Cited, Count, Decided, Event, Facts, Organisation, Prevention, Progress,
    Report, Service, Technical, Warning,
};
pub use origin::Origin;
pub use record::{FORMAT, Record, Source, SourceId};
pub use values::{
    Authority, Bound, Category, DataDisclosure, DataKind, EventType, Field, Kind, Lang, Measure,
    MediaType, Role, SecondaryDamage, Sector, ServiceStatus, TechnicalKind, WarningCode,
};
pub use when::{Moment, When};
