//! The API: the same book as JSON. Every operation stands in one table, from which both the routes
//! and the `OpenAPI` document are made. It does not know the operations' insides.

pub(crate) mod access;
pub(crate) mod cases;
mod document;
pub(crate) mod live;
pub(crate) mod statistics;
pub(crate) mod timeline;

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, get, post};

use crate::app::App;

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// Whoever may read the book.
    Read,
    /// Whoever may see live cases.
    Respond,
    /// A token with the scope `write`.
    Write,
    /// Anybody.
    Open,
}

/// A parameter in the path or the query.
#[derive(Clone, Copy, Debug)]
struct Parameter {
    name: &'static str,
    /// `path` or `query`.
    place: &'static str,
    about: &'static str,
    schema: &'static str,
}

/// One operation.
struct Operation {
    method: &'static str,
    path: &'static str,
    id: &'static str,
    about: &'static str,
    access: Access,
    parameters: &'static [Parameter],
    /// The media type and the schema of the body that is sent.
    body: Option<(&'static str, &'static str)>,
    /// Status, media type and schema of the answer that is hoped for.
    answer: (u16, &'static str, &'static str),
    route: fn() -> MethodRouter<Arc<App>>,
}

const JSON: &str = "application/json";
const NUMBER: Parameter = Parameter {
    name: "number",
    place: "path",
    about: "Number of the case in the book",
    schema: r#"{"type":"string","pattern":"^[0-9]{4}-[0-9]{1,9}$"}"#,
};
const QUERY: Parameter = Parameter {
    name: "q",
    place: "query",
    about: "Words and filters in the query language",
    schema: r#"{"type":"string","maxLength":1000}"#,
};

const fn day(name: &'static str, about: &'static str) -> Parameter {
    Parameter {
        name,
        place: "query",
        about,
        schema: r#"{"type":"integer","minimum":-700000,"maximum":2900000}"#,
    }
}

const LIVE: Parameter = Parameter {
    name: "live",
    place: "path",
    about: "Number of the live case",
    schema: r#"{"type":"string","pattern":"^L[0-9]{4}-[0-9]{1,9}$"}"#,
};

const OPERATIONS: &[Operation] = &[
    Operation {
        method: "get",
        path: "/api/v1/live",
        id: "live_cases",
        about: "Live cases",
        access: Access::Respond,
        parameters: &[],
        body: None,
        answer: (200, JSON, "LiveCases"),
        route: || get(live::list),
    },
    Operation {
        method: "post",
        path: "/api/v1/live",
        id: "open_live",
        about: "Open a live case with its first entry",
        access: Access::Write,
        parameters: &[],
        body: Some((JSON, "LiveEntry")),
        answer: (201, JSON, "LiveOpened"),
        route: || post(live::open),
    },
    Operation {
        method: "get",
        path: "/api/v1/live/{live}",
        id: "live_case",
        about: "A live case without its contacts, with its clocks as they stand",
        access: Access::Respond,
        parameters: &[
            LIVE,
            Parameter {
                name: "at",
                place: "query",
                about: "The time at which clocks and tasks are read, now if it is left out",
                schema: r#"{"type":"string","maxLength":40}"#,
            },
        ],
        body: None,
        answer: (200, JSON, "LiveCase"),
        route: || get(live::case),
    },
    Operation {
        method: "post",
        path: "/api/v1/live/{live}/entries",
        id: "record_live",
        about: "Record an entry of a live case",
        access: Access::Write,
        parameters: &[LIVE],
        body: Some((JSON, "LiveEntry")),
        answer: (201, JSON, "LiveRecorded"),
        route: || post(live::record),
    },
    Operation {
        method: "get",
        path: "/api/v1/live/{live}/contacts",
        id: "live_contacts",
        about: "The contacts of a live case; that they were looked at is recorded",
        access: Access::Respond,
        parameters: &[LIVE],
        body: None,
        answer: (200, JSON, "LiveContacts"),
        route: || get(live::contacts),
    },
    Operation {
        method: "post",
        path: "/api/v1/live/{live}/disclosure",
        id: "disclose_live",
        about: "Make a live case a case of the book",
        access: Access::Write,
        parameters: &[LIVE],
        body: Some((JSON, "Disclosure")),
        answer: (201, JSON, "LiveDisclosed"),
        route: || post(live::disclose),
    },
    Operation {
        method: "get",
        path: "/api/v1/cases",
        id: "search",
        about: "Find cases",
        access: Access::Read,
        parameters: &[
            QUERY,
            Parameter {
                name: "page",
                place: "query",
                about: "Page of results, from 1",
                schema: r#"{"type":"integer","minimum":1,"maximum":1000000}"#,
            },
        ],
        body: None,
        answer: (200, JSON, "Found"),
        route: || get(cases::search),
    },
    Operation {
        method: "post",
        path: "/api/v1/cases",
        id: "add",
        about: "Read a disclosure (the bytes of a text, HTML, PDF, mail or feed) and keep its cases",
        access: Access::Write,
        parameters: &[Parameter {
            name: "name",
            place: "query",
            about: "Name of the input",
            schema: r#"{"type":"string","maxLength":200}"#,
        }],
        body: Some(("application/octet-stream", "Bytes")),
        answer: (201, JSON, "Added"),
        route: || post(cases::add),
    },
    Operation {
        method: "get",
        path: "/api/v1/cases/{number}",
        id: "case",
        about: "A case with its reports, corrections and history",
        access: Access::Read,
        parameters: &[NUMBER],
        body: None,
        answer: (200, JSON, "Case"),
        route: || get(cases::case),
    },
    Operation {
        method: "post",
        path: "/api/v1/cases/{number}/corrections",
        id: "correct",
        about: "Correct a field of a case",
        access: Access::Write,
        parameters: &[NUMBER],
        body: Some((JSON, "Correction")),
        answer: (201, JSON, "Corrected"),
        route: || post(cases::correct),
    },
    Operation {
        method: "get",
        path: "/api/v1/sources/{sha256}/text",
        id: "text",
        about: "The text of a source, into which citations point",
        access: Access::Read,
        parameters: &[Parameter {
            name: "sha256",
            place: "path",
            about: "Of the source's original bytes",
            schema: r#"{"type":"string","pattern":"^[0-9a-f]{64}$"}"#,
        }],
        body: None,
        answer: (200, "text/plain", "Text"),
        route: || get(cases::text),
    },
    Operation {
        method: "get",
        path: "/api/v1/statistics",
        id: "statistics",
        about: "Figures over the cases found",
        access: Access::Read,
        parameters: &[QUERY],
        body: None,
        answer: (200, JSON, "Statistics"),
        route: || get(statistics::all),
    },
    Operation {
        method: "get",
        path: "/api/timeline",
        id: "timeline",
        about: "Cases in a window of days since 1970-01-01: single cases where they are few, counts where they are many",
        access: Access::Read,
        parameters: &[
            day("from", "First day"),
            day("to", "Day after the last"),
            Parameter {
                name: "bins",
                place: "query",
                about: "Into how many parts the window is cut where cases are counted",
                schema: r#"{"type":"integer","minimum":1,"maximum":2000}"#,
            },
            Parameter {
                name: "room",
                place: "query",
                about: "How much is told beyond the window on either side, in hundredths of it; \
                    the total is of the window alone",
                schema: r#"{"type":"integer","minimum":0,"maximum":100}"#,
            },
        ],
        body: None,
        answer: (200, JSON, "Timeline"),
        route: || get(timeline::window),
    },
    Operation {
        method: "get",
        path: "/api/openapi.json",
        id: "openapi",
        about: "This document",
        access: Access::Open,
        parameters: &[],
        body: None,
        answer: (200, JSON, "Document"),
        route: || get(document::serve),
    },
];

/// The routes of all operations but those that take uploads, which the app gives a limit of their
/// own.
pub(crate) fn router(uploads: bool) -> Router<Arc<App>> {
    OPERATIONS
        .iter()
        .filter(|operation| (operation.path == "/api/v1/cases") == uploads)
        .fold(Router::new(), |router, operation| router.route(operation.path, (operation.route)()))
}
