//! Cases in the formats of others, as files. It does not know the formats. A file is made while it is
//! sent, a few cases at a time, so that one of the whole book takes no more memory than a short one.

use std::sync::Arc;
use std::vec;

use ::book::KeptCase;
use ::case::{CaseNumber, Lang};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HOST};
use axum::response::{IntoResponse, Response};
use exchange::csv::{Form, Table, Words};
use exchange::veris::Edition;
use exchange::{Kept, atom, csv, ndjson, stix, veris};
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;

use super::number;
use crate::app::App;
use crate::failure::Failure;
use crate::held::Held;
use crate::lang::Word as W;
use crate::shelf;
use crate::visitor::{Reader, Visitor};

/// So many cases are made ready at a time.
const TOGETHER: usize = 50;
/// A bundle of STIX refers to and fro and is made whole; it holds so many cases at most.
const MOST_IN_BUNDLE: usize = 2_000;
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

    /// What stands before the first case.
    fn opening(self, lang: Lang) -> Vec<u8> {
        match self {
            Self::Csv => csv::head(Table::Cases, form(lang)),
            Self::Veris => b"[".to_vec(),
            Self::Ndjson | Self::Stix => Vec::new(),
        }
    }

    /// Some cases; `first` where none stands before them.
    fn some(self, kept: &[Kept<'_>], first: bool, lang: Lang) -> Result<Vec<u8>, Failure> {
        let mut out = Vec::new();
        match self {
            Self::Csv => {
                for kept in kept {
                    out.extend(csv::rows(Table::Cases, form(lang), kept));
                }
            }
            Self::Ndjson => kept.iter().for_each(|kept| out.extend(ndjson::line(kept).bytes())),
            Self::Veris => {
                for (at, kept) in kept.iter().enumerate() {
                    out.extend_from_slice(if first && at == 0 { b"\n" } else { b",\n" });
                    serde_json::to_writer(&mut out, &veris::export(kept, Edition::Current))
                        .map_err(|e| Failure::internal(&e))?;
                }
            }
            Self::Stix => {
                let bundle = stix::bundle(kept).ok_or(Failure::NotFound)?;
                serde_json::to_writer_pretty(&mut out, &bundle)
                    .map_err(|e| Failure::internal(&e))?;
            }
        }
        Ok(out)
    }

    /// What stands after the last case.
    const fn ending(self) -> &'static [u8] {
        match self {
            Self::Veris => b"\n]\n",
            Self::Csv | Self::Ndjson | Self::Stix => b"",
        }
    }
}

/// A table for spreadsheets, in the words of the visitor's language.
const fn form(lang: Lang) -> Form {
    Form { bom: true, words: Words::Labels(lang) }
}

fn held(cases: &[KeptCase]) -> Result<Vec<Held<'_>>, Failure> {
    cases.iter().map(Held::of).collect::<Result<_, _>>().map_err(|e| Failure::internal(&e))
}

/// A file that is being made.
struct Making {
    app: Arc<App>,
    format: Format,
    lang: Lang,
    numbers: vec::IntoIter<CaseNumber>,
    first: bool,
    ended: bool,
}

impl Making {
    /// The next part of the file; `None` where it has ended.
    async fn part(mut self) -> Option<(Result<Bytes, Failure>, Self)> {
        if self.ended {
            return None;
        }
        let some: Vec<CaseNumber> = self.numbers.by_ref().take(TOGETHER).collect();
        if some.is_empty() {
            self.ended = true;
            return Some((Ok(Bytes::from_static(self.format.ending())), self));
        }
        let made = self.made(some).await;
        self.first = false;
        self.ended = made.is_err();
        Some((made, self))
    }

    async fn made(&self, numbers: Vec<CaseNumber>) -> Result<Bytes, Failure> {
        let (format, first, lang) = (self.format, self.first, self.lang);
        let cases = shelf::cases(&self.app, numbers).await?;
        tokio::task::spawn_blocking(move || {
            let held = held(&cases)?;
            let kept: Vec<Kept<'_>> = held.iter().map(Held::kept).collect();
            let mut out = if first { format.opening(lang) } else { Vec::new() };
            out.extend(format.some(&kept, first, lang)?);
            Ok(out.into())
        })
        .await
        .map_err(|e| Failure::internal(&e))?
    }
}

async fn file(
    app: &Arc<App>,
    numbers: Vec<CaseNumber>,
    format: Format,
    name: &str,
    visitor: &Visitor,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    if format == Format::Stix && numbers.len() > MOST_IN_BUNDLE {
        return Err(Failure::Wrong(W::TooManyInBundle.of(lang).to_owned()));
    }
    // Anybody's export of a public book is not noted: a ledger that strangers write in would grow
    // as they please.
    if let Some(account) = &visitor.account {
        let about = format!("{format:?}: {} cases", numbers.len());
        shelf::note(app, "export", about, &account.name).await?;
    }
    let (kind, ending) = format.of_file();
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")),
    ];
    let empty = numbers.is_empty();
    let making = Making {
        app: Arc::clone(app),
        format,
        lang,
        numbers: numbers.into_iter(),
        first: true,
        ended: false,
    };
    if format == Format::Stix {
        let whole = making.made(making.numbers.as_slice().to_vec()).await?;
        return Ok((headers, whole).into_response());
    }
    // The first part is made before the answer begins: what fails at once fails with a page. What
    // fails later breaks the connection off, which a browser shows as a download that failed.
    let opening = if empty { format.opening(lang) } else { Vec::new() };
    let Some((first, rest)) = making.part().await else { return Err(Failure::NotFound) };
    let first = [opening, first?.to_vec()].concat();
    let first = stream::once(async move { Ok(Bytes::from(first)) });
    let rest = stream::unfold(rest, Making::part);
    let rest = rest.map(|part| part.map_err(|_| std::io::Error::other("the export failed")));
    // Compression asks once more after the end.
    Ok((headers, Body::from_stream(first.chain(rest).fuse())).into_response())
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
    let numbers = shelf::numbers(&app, &search).await?;
    file(&app, numbers, format, "cases", &visitor).await
}

/// `GET /feed.atom`
pub(crate) async fn feed(
    State(app): State<Arc<App>>,
    Reader(visitor): Reader,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let latest = shelf::latest(&app, IN_FEED, visitor.lang).await?;
    let numbers = latest.iter().filter_map(|row| row.number.parse().ok()).collect();
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
