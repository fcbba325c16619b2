//! Cases in the formats of others, as files. It does not know the formats.

use std::sync::Arc;

use ::book::KeptCase;
use ::case::{CaseNumber, Lang};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HOST};
use axum::response::{IntoResponse, Response};
use exchange::csv::{Form, Table, Words};
use exchange::veris::Edition;
use exchange::{Kept, atom, csv, ndjson, stix, veris};
use jiff::Timestamp;

use super::number;
use crate::app::App;
use crate::failure::Failure;
use crate::held::Held;
use crate::shelf;
use crate::visitor::{Reader, Visitor};

/// So many cases are exported by one request; the command line exports all.
const MOST: usize = 5_000;
/// So many are in the feed.
const IN_FEED: usize = 50;

/// The formats of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv,
    Ndjson,
    Veris,
    Stix,
}

impl Format {
    fn from_name(name: &str) -> Result<Self, Failure> {
        match name {
            "csv" => Ok(Self::Csv),
            "ndjson" => Ok(Self::Ndjson),
            "veris" => Ok(Self::Veris),
            "stix" => Ok(Self::Stix),
            _ => Err(Failure::NotFound),
        }
    }

    /// Media type and ending.
    const fn of_file(self) -> (&'static str, &'static str) {
        match self {
            Self::Csv => ("text/csv; charset=utf-8", "csv"),
            Self::Ndjson => ("application/x-ndjson", "ndjson"),
            Self::Veris => ("application/json", "veris.json"),
            Self::Stix => ("application/stix+json;version=2.1", "stix.json"),
        }
    }

    fn written(self, kept: &[Kept<'_>], lang: Lang) -> Result<Vec<u8>, Failure> {
        let json = |value: &serde_json::Value| {
            serde_json::to_vec_pretty(value).map_err(|e| Failure::internal(&e))
        };
        match self {
            Self::Csv => {
                let form = Form { bom: true, words: Words::Labels(lang) };
                Ok(csv::whole(Table::Cases, form, kept))
            }
            Self::Ndjson => Ok(kept.iter().map(ndjson::line).collect::<String>().into_bytes()),
            Self::Veris => {
                json(&kept.iter().map(|kept| veris::export(kept, Edition::Current)).collect())
            }
            Self::Stix => json(&stix::bundle(kept).ok_or(Failure::NotFound)?),
        }
    }
}

fn held(cases: &[KeptCase]) -> Result<Vec<Held<'_>>, Failure> {
    cases.iter().map(Held::of).collect::<Result<_, _>>().map_err(|e| Failure::internal(&e))
}

async fn file(
    app: &Arc<App>,
    numbers: Vec<CaseNumber>,
    format: Format,
    name: &str,
    visitor: &Visitor,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    // Anybody's export of a public book is not noted: a ledger that strangers write in would grow
    // as they please.
    if let Some(account) = &visitor.account {
        let about = format!("{format:?}: {} cases", numbers.len());
        shelf::note(app, "export", about, &account.name).await?;
    }
    let cases = shelf::cases(app, numbers).await?;
    let bytes = tokio::task::spawn_blocking(move || {
        let held = held(&cases)?;
        let kept: Vec<Kept<'_>> = held.iter().map(Held::kept).collect();
        format.written(&kept, lang)
    })
    .await
    .map_err(|e| Failure::internal(&e))??;
    let (kind, ending) = format.of_file();
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")),
    ];
    Ok((headers, bytes).into_response())
}

/// `GET /case/{number}/export/{format}`
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    Reader(visitor): Reader,
    Path((written, format)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (number, format) = (number(&written)?, Format::from_name(&format)?);
    // Where there is no such case, there is no empty file either.
    shelf::case(&app, number).await?;
    file(&app, vec![number], format, &number.to_string(), &visitor).await
}

/// `GET /export?format=…&q=…`
pub(crate) async fn found(
    State(app): State<Arc<App>>,
    Reader(visitor): Reader,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let name = pairs.iter().find(|(name, _)| name == "format").map_or("", |(_, value)| value);
    let format = Format::from_name(name)?;
    let search = super::book::search(pairs)?;
    let mut numbers = shelf::numbers(&app, &search).await?;
    numbers.truncate(MOST);
    file(&app, numbers, format, "cases", &visitor).await
}

/// `GET /feed.atom`
pub(crate) async fn feed(
    State(app): State<Arc<App>>,
    Reader(visitor): Reader,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let search = super::book::search(Vec::new())?;
    let mut numbers = shelf::numbers(&app, &search).await?;
    numbers.truncate(IN_FEED);
    let cases = shelf::cases(&app, numbers).await?;
    let held = held(&cases)?;
    let kept: Vec<Kept<'_>> = held.iter().map(Held::kept).collect();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = if app.options.https { "https" } else { "http" };
    let home = format!("{scheme}://{host}");
    let about = atom::Feed {
        authority: host.split(':').next().unwrap_or(host),
        since: "2026-01-01",
        title: "事件簿",
        author: "jikenbo",
        home: Some(&home),
        updated: Timestamp::UNIX_EPOCH,
        lang: visitor.lang,
    };
    let xml = atom::feed(&about, &kept);
    Ok(([(CONTENT_TYPE, "application/atom+xml; charset=utf-8")], xml).into_response())
}
