//! The command `schema`: the JSON Schema of the case record, generated from its types. It does not
//! know how a record is made.

use std::io::{self, Write as _};

use anyhow::Context as _;
use case::Record;

/// Prints the schema.
pub(crate) fn run() -> anyhow::Result<()> {
    let schema = schemars::schema_for!(Record);
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema)
        .map_err(io::Error::from)
        .and_then(|()| writeln!(out))
        .context("cannot write the schema")
}
