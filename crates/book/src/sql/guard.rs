//! What a query may touch: the views, what they show of their tables, and functions that only
//! compute. It does not parse SQL: `SQLite` tells it each thing that a statement would do, while
//! it is prepared.
//!
//! `SQLite` names the view on whose behalf a table is read, but takes that name from the query: a
//! `WITH cases AS (SELECT … FROM ledger)` reads the ledger in the name of `cases`. So the name
//! alone opens nothing: a table can be read through a view only in the columns that views show.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::SqlError;

/// The views and their columns.
pub const VIEWS: &[(&str, &[&str])] = &[
    (
        "cases",
        &[
            "number", "kind", "printed_number", "title", "organisation", "sector", "category",
            "disclosed", "occurred", "occurred_to", "occurred_approx", "discovered",
            "discovered_approx", "recovered", "affected", "affected_bound", "affected_approx",
            "affected_unit", "data_disclosure", "secondary_damage", "data_kinds", "measures",
            "authorities", "reports", "corrections", "contradictions",
        ],
    ),
    ("case_values", &["number", "field", "value"]),
    (
        "reports",
        &[
            "number", "source_sha256", "first_byte", "past_byte", "disclosed", "printed_number",
            "title", "is_later",
        ],
    ),
    ("sources", &["sha256", "name", "media_type", "bytes", "text_bytes", "added_at"]),
    (
        "case_corrections",
        &["number", "entry", "field", "before", "value", "who", "at", "why", "withdrawn_by"],
    ),
    ("case_proposals", &["number", "into_case", "because", "entry", "decided_by", "accepted"]),
    ("ledger_entries", &["number", "entry", "at", "who", "what", "leaf_sha256"]),
];

/// What the views show of the tables.
const SHOWN: &[(&str, &[&str])] = &[
    ("overview", VIEWS[0].1),
    ("listed", &["number", "field", "value"]),
    ("report", &["number", "source", "first", "past", "disclosed", "printed", "title", "is_later"]),
    ("source", &["sha256", "name", "media_type", "bytes", "text_bytes", "added_at"]),
    ("correction", &["number", "seq", "field", "before", "value", "who", "at", "why", "withdrawn"]),
    ("proposal", &["number", "into_", "because", "seq", "decided", "accepted"]),
    ("history", &["number", "seq", "at", "who", "what"]),
    ("ledger", &["seq", "leaf"]),
];

/// Tables that functions make of their arguments.
const MADE_BY_FUNCTIONS: &[&str] = &["json_each", "json_tree"];

/// Functions that only compute, and from their arguments alone (or the time of day).
const FUNCTIONS: &[&str] = &[
    "->", "->>", "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "avg", "ceil",
    "ceiling", "char", "coalesce", "concat", "concat_ws", "cos", "cosh", "count", "cume_dist",
    "current_date", "current_time", "current_timestamp", "date", "datetime", "degrees",
    "dense_rank", "exp", "first_value", "floor", "format", "glob", "group_concat", "hex", "if",
    "ifnull", "iif", "instr", "json", "json_array", "json_array_length", "json_extract",
    "json_group_array", "json_group_object", "json_object", "json_quote", "json_type",
    "json_valid", "julianday", "lag", "last_value", "lead", "length", "like", "likelihood",
    "likely", "ln", "log", "log10", "log2", "lower", "ltrim", "max", "min", "mod", "nth_value",
    "ntile", "nullif", "octet_length", "percent_rank", "pi", "pow", "power", "printf", "quote",
    "radians", "rank", "replace", "round", "row_number", "rtrim", "sign", "sin", "sinh", "sqrt",
    "strftime", "string_agg", "substr", "substring", "sum", "tan", "tanh", "time", "timediff",
    "total", "trim", "trunc", "typeof", "unhex", "unicode", "unistr", "unixepoch", "unlikely",
    "upper",
];

/// Watches a statement while it is prepared.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    /// The tables that the database has, in lower case.
    tables: Vec<String>,
    has_query: bool,
    refused: Option<Refused>,
}

#[derive(Clone, Debug)]
enum Refused {
    Action(String),
    Table(String),
}

impl Guard {
    /// Of a database with these tables.
    pub(super) fn new(tables: &[String]) -> Self {
        let tables = tables.iter().map(|name| name.to_ascii_lowercase()).collect();
        Self(Arc::new(Mutex::new(Seen { tables, ..Seen::default() })))
    }

    /// Whether the statement is a query; not every statement tells what it does (VACUUM).
    pub(super) fn saw_a_query(&self) -> bool {
        self.seen(|seen| seen.has_query)
    }

    /// Why the statement was refused, where it was.
    pub(super) fn reason(&self) -> Option<SqlError> {
        self.seen(|seen| seen.refused.clone()).map(|refused| match refused {
            Refused::Action(what) => SqlError::NotAllowed(what),
            Refused::Table(table) => SqlError::NotAView { table },
        })
    }

    /// Whether the statement may do that.
    pub(super) fn decide(&self, context: &AuthContext<'_>) -> Authorization {
        let refused = match context.action {
            AuthAction::Select => {
                self.seen(|seen| seen.has_query = true);
                None
            }
            // Bounded by the clock.
            AuthAction::Recursive => None,
            AuthAction::Function { function_name } => {
                let name = function_name.to_ascii_lowercase();
                (!FUNCTIONS.contains(&name.as_str()))
                    .then(|| Refused::Action(format!("the function {name}")))
            }
            AuthAction::Read { table_name, column_name } => {
                let may = if column_name.is_empty() {
                    self.seen(|seen| may_count(table_name, &seen.tables))
                } else {
                    may_read(table_name, column_name, context.accessor.is_some())
                };
                (!may).then(|| Refused::Table(table_name.to_owned()))
            }
            action => Some(Refused::Action(name(&action).to_owned())),
        };
        match refused {
            None => Authorization::Allow,
            Some(refused) => {
                self.seen(|seen| seen.refused.get_or_insert(refused).clone());
                Authorization::Deny
            }
        }
    }

    fn seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether a column may be read; `through` says that it is in the name of a view.
fn may_read(table: &str, column: &str, through: bool) -> bool {
    let shown = |list: &[(&str, &[&str])]| {
        let mut columns = list.iter().filter(|(name, _)| name.eq_ignore_ascii_case(table));
        columns.any(|(_, columns)| columns.contains(&column))
    };
    shown(VIEWS) || MADE_BY_FUNCTIONS.contains(&table) || (through && shown(SHOWN))
}

/// Whether rows may be counted without a column read. The name may be one that the query gives to
/// a part of itself; `SQLite` has then looked at that part already.
fn may_count(table: &str, tables: &[String]) -> bool {
    let table = table.to_ascii_lowercase();
    let is_shown = VIEWS.iter().chain(SHOWN).any(|(name, _)| *name == table);
    let is_system = ["sqlite_", "pragma_", "dbstat", "bytecode", "tables_used", "fts"];
    is_shown || !(tables.contains(&table) || is_system.iter().any(|name| table.starts_with(name)))
}

/// What people call an action that is refused.
const fn name(action: &AuthAction<'_>) -> &'static str {
    match action {
        AuthAction::Attach { .. } => "ATTACH",
        AuthAction::Detach { .. } => "DETACH",
        AuthAction::Pragma { .. } => "PRAGMA",
        AuthAction::Insert { .. } | AuthAction::Update { .. } | AuthAction::Delete { .. } => {
            "changing the book by SQL"
        }
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => "a transaction",
        AuthAction::CreateVtable { .. } => "a virtual table",
        _ => "changing the schema",
    }
}
