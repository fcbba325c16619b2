//! What of a live case a status page says to customers: services, how far they have come, and the entries
//! that were marked for it. It names no tenant, no person and nothing else of what was recorded; it does
//! not know how a page looks.

use case::ServiceStatus;
use serde::Serialize;

use super::{Counting, Forecast, Live, Row, Time, stamp};
use crate::Stamp;

/// What a status page says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Public {
    /// Whose services they are.
    pub organisation: String,
    /// As of when.
    pub at: Stamp,
    /// When the next news are promised.
    pub next: Option<Stamp>,
    /// The services.
    pub services: Vec<PublicService>,
    /// What happened, the latest first.
    pub news: Vec<News>,
}

/// A service as customers are told of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PublicService {
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub status: ServiceStatus,
    /// Since when.
    pub since: Option<Time>,
    /// How many are back.
    pub count: Option<Counting>,
    /// How many of its tenants are back, and how many there are.
    pub tenants: Option<(usize, usize)>,
    /// When the rest is expected, where that was asked for.
    pub forecast: Option<Forecast>,
}

/// Something that may be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct News {
    /// When it happened, else when it was known or written down.
    pub at: Option<Time>,
    /// What.
    pub what: String,
}

impl Live {
    /// What a status page says as of `at`.
    pub fn public(&self, at: Stamp, next: Option<Stamp>, forecast: bool) -> Public {
        let board = self.board();
        let tenants = |service: &Row| {
            let of = || board.iter().filter(|row| row.part_of == service.name);
            let back = of().filter(|row| row.status != ServiceStatus::Affected).count();
            (of().count() > 0).then(|| (back, of().count()))
        };
        let services = board.iter().filter(|row| row.part_of.is_empty());
        let services = services.map(|row| PublicService {
            name: row.name.clone(),
            status: row.status,
            since: row.since,
            count: row.count.clone(),
            tenants: tenants(row),
            forecast: row.forecast.clone().filter(|_| forecast),
        });
        let news = self.timeline().into_iter().rev().filter(|(_, note)| note.public);
        let news = news.map(|(entry, note)| News {
            at: note.happened.or(note.known).or_else(|| stamp(&entry.written).map(Time::exactly)),
            what: note.what.clone(),
        });
        Public {
            organisation: self.opened().organisation.clone(),
            at,
            next,
            services: services.collect(),
            news: news.collect(),
        }
    }
}
