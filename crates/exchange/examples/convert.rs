//! VERIS records in, another format out: a list of records on standard input, the name of a format
//! as argument. How long reading them took goes to standard error.
//!
//! ```text
//! cargo run --release -p exchange --example convert -- stix < records.json > bundle.json
//! ```

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "a program has an outside; the room it shows has none"
)]

use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

use case::CaseNumber;
use exchange::csv::{Form, Table};
use exchange::veris::{Edition, export, import};
use exchange::{Kept, atom, csv, ndjson, stix};
use jiff::Timestamp;
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let format = std::env::args().nth(1).unwrap_or_else(|| "veris".to_owned());
    let records: Vec<Value> = serde_json::from_reader(std::io::stdin().lock())?;
    let start = Instant::now();
    let imported: Vec<_> = records.iter().map(import).collect();
    eprintln!("{} records read in {:?}", records.len(), start.elapsed());

    let cases: Vec<Kept<'_>> = (1..)
        .zip(&imported)
        .map(|(serial, imported)| Kept {
            number: CaseNumber { year: 2031, serial, width: 4 },
            facts: &imported.facts,
            sources: &[],
            original: Some(&imported.record),
            added: Timestamp::UNIX_EPOCH,
            changed: Timestamp::UNIX_EPOCH,
        })
        .collect();
    let records = |edition| cases.iter().map(|kept| export(kept, edition)).collect::<Vec<_>>();
    let out = match format.as_str() {
        "veris" => serde_json::to_vec(&records(Edition::AsKept))?,
        "veris-current" => serde_json::to_vec(&records(Edition::Current))?,
        "veris-of-our-own" => {
            let ours = cases.iter().map(|kept| Kept { original: None, ..*kept });
            serde_json::to_vec(
                &ours.map(|kept| export(&kept, Edition::Current)).collect::<Vec<_>>(),
            )?
        }
        "stix" => serde_json::to_vec(&stix::bundle(&cases))?,
        "csv" => csv::whole(Table::Cases, Form { bom: true, ..Form::default() }, &cases),
        "csv-facts" => csv::whole(Table::Facts, Form::default(), &cases),
        "ndjson" => cases.iter().map(ndjson::line).collect::<String>().into_bytes(),
        "atom" => {
            let about = atom::Feed {
                authority: "casebook.example.jp",
                since: "2031-01-01",
                title: "事件簿",
                author: "casebook.example.jp",
                home: None,
                updated: Timestamp::UNIX_EPOCH,
                lang: case::Lang::Ja,
            };
            atom::feed(&about, &cases).into_bytes()
        }
        other => return Err(format!("{other} is no format").into()),
    };
    std::io::stdout().lock().write_all(&out)?;
    Ok(())
}
