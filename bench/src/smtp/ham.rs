//! Real mail through the relay: whether each is taken apart without loss, comes out of the running relay
//! as it went in, and how many the default policy would have held. It prints figures and judges none.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use ::relay::mail::{Mail, MailLimits};
use ::relay::policy::Checks;
use testkit::smtp::{Client, Sink};

use super::Failed;
use super::load::SENDER;
use super::systems::System;
use crate::table::Table;

/// The subcommand.
pub(crate) const COMMAND: &str = "ham";

/// Measures what the arguments ask for.
pub(crate) fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), Failed> {
    let (mut jikenbo, mut mail, mut place) = (PathBuf::new(), PathBuf::new(), PathBuf::new());
    while let Some(argument) = arguments.next() {
        let value = arguments.next().unwrap_or_default();
        match argument.as_str() {
            "--jikenbo" => jikenbo = fs::canonicalize(value)?,
            "--mail" => mail = fs::canonicalize(value)?,
            "--place" => place = fs::canonicalize(value)?,
            _ => return Err("usage: bench ham --jikenbo PATH --mail FOLDER --place DIR".into()),
        }
    }
    let mails = read(&mail)?;
    println!("{}", taken_apart(&mails));
    println!("{}", sent(&jikenbo, &place, &mails)?);
    println!("{}", tried(&jikenbo, &place, &mail)?);
    Ok(())
}

/// The mails of a folder, their lines ended as on the way, without the line that mailbox files put
/// before a mail.
fn read(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Failed> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let mut mails = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "eml")) {
        let mut bytes = Vec::new();
        for line in fs::read(file)?.split_inclusive(|byte| *byte == b'\n') {
            if bytes.is_empty() && line.starts_with(b"From ") {
                continue;
            }
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            bytes.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            bytes.extend_from_slice(b"\r\n");
        }
        mails.push((file.display().to_string(), bytes));
    }
    if mails.is_empty() { Err("no *.eml is there: bench/setup-peers".into()) } else { Ok(mails) }
}

/// How many are taken apart, and how many so that every byte has its place.
fn taken_apart(mails: &[(String, Vec<u8>)]) -> Table {
    let (mut whole, mut odd, mut broken) = (0_usize, 0_usize, BTreeMap::<String, usize>::new());
    for (name, bytes) in mails {
        match Mail::parse(bytes, &MailLimits::default()) {
            Ok(mail) => {
                let header = mail.header();
                let ends = header.fields.iter().map(|field| field.whole.end);
                let begins = header.fields.iter().skip(1).map(|field| field.whole.start);
                let has_no_gap =
                    ends.zip(begins.chain([header.end])).all(|(end, next)| end == next)
                        && header.fields.first().is_none_or(|field| field.whole.start == 0);
                let is_whole =
                    has_no_gap && bytes[..header.body].len() + mail.body().len() == bytes.len();
                if !is_whole {
                    eprintln!("not whole: {name}");
                }
                whole += usize::from(is_whole);
                odd += usize::from(!mail.oddities().is_empty());
            }
            Err(error) => {
                eprintln!("{name}: {error}");
                // Without the place, so that kinds are counted.
                let kind: String =
                    error.to_string().chars().filter(|c| !c.is_ascii_digit()).collect();
                *broken.entry(kind).or_default() += 1;
            }
        }
    }
    let mut table = Table::new(&["taken apart", "mails"]);
    table.row(&["all", &mails.len().to_string()]);
    table.row(&["every byte in a field, the empty line or the body", &whole.to_string()]);
    table.row(&["of these with something that programs read differently", &odd.to_string()]);
    for (kind, count) in broken {
        table.row(&[&format!("not taken apart, {kind}"), &count.to_string()]);
    }
    table
}

/// Each mail through the running relay, with every check on and none binding.
fn sent(jikenbo: &Path, place: &Path, mails: &[(String, Vec<u8>)]) -> Result<Table, Failed> {
    let monitored =
        Checks::IDS.iter().map(|check| format!("[checks.{check}]\nmode = \"monitor\"\n"));
    let policy: String = monitored.collect();
    let sink = Sink::start();
    let system = System::Ours(policy.leak());
    let relay = system.start(jikenbo, &place.join("ham"), sink.address().port())?;
    let server = SocketAddr::from(([127, 0, 0, 1], relay.port));
    let mut client = Client::connect(server)?;
    let (mut taken, mut refused) = (Vec::new(), BTreeMap::<String, usize>::new());
    for (number, (name, bytes)) in mails.iter().enumerate() {
        // The recipient says which mail it is.
        match client.send(SENDER, &[format!("h{number}@example.com")], bytes) {
            Ok(_) => taken.push(number),
            Err(error) => {
                eprintln!("{name}: {error}");
                *refused.entry(error.to_string().trim().to_owned()).or_default() += 1;
                client = Client::connect(server)?;
            }
        }
    }
    // What cannot be taken apart waits for an approver, whatever the policy.
    let is_held = |number: &usize| Mail::parse(&mails[*number].1, &MailLimits::default()).is_err();
    let held = taken.iter().copied().filter(is_held).count();
    let (mut same, mut same_header, mut without_bcc) = (0_usize, 0_usize, 0_usize);
    for _ in 0..taken.len() - held {
        let arrived = sink.next();
        let number =
            arrived.to.first().and_then(|to| to.strip_prefix('h')?.split('@').next()?.parse().ok());
        let (name, bytes) = mails.get(number.unwrap_or(usize::MAX)).ok_or("a mail of nobody's")?;
        let trace = arrived.mail.strip_suffix(bytes.as_slice()).unwrap_or_default();
        let is_same = trace.starts_with(b"Received: ")
            && trace.windows(3).all(|w| &w[..2] != b"\r\n" || w[2] == b' ');
        let has_bcc = bytes.windows(6).any(|word| word.eq_ignore_ascii_case(b"\r\nbcc:"));
        if !is_same {
            eprintln!("changed: {name}");
        }
        same += usize::from(is_same);
        same_header += usize::from(is_same || same_fields(bytes, &arrived.mail));
        without_bcc += usize::from(!is_same && has_bcc);
    }
    let mut table =
        Table::new(&["through the running relay, every check on, none binding", "mails"]);
    table.row(&["taken with 250", &taken.len().to_string()]);
    table.row(&["the same to the byte behind one Received field", &same.to_string()]);
    table.row(&["every field but Bcc the same to the byte", &same_header.to_string()]);
    table.row(&["changed, and it had a Bcc field", &without_bcc.to_string()]);
    table.row(&["held because they cannot be taken apart", &held.to_string()]);
    for (reply, count) in refused {
        table.row(&[&format!("refused: {reply}"), &count.to_string()]);
    }
    Ok(table)
}

/// Whether what arrived has every field of the mail but `Bcc`, in order, behind one of ours.
fn same_fields(sent: &[u8], arrived: &[u8]) -> bool {
    let fields = |bytes: &[u8]| -> Option<Vec<Vec<u8>>> {
        let mail = Mail::parse(bytes, &MailLimits::default()).ok()?;
        let fields = mail.header().fields.iter();
        let fields = fields.filter(|field| !mail.name_of(field).eq_ignore_ascii_case("bcc"));
        Some(fields.map(|field| bytes[field.whole.clone()].to_vec()).collect())
    };
    fields(sent).zip(fields(arrived)).is_some_and(|(sent, arrived)| arrived.get(1..) == Some(&sent))
}

/// What `jikenbo relay try` says of them under the default policy.
fn tried(jikenbo: &Path, place: &Path, folder: &Path) -> Result<String, Failed> {
    let policy = place.join("try.toml");
    fs::write(&policy, "[organisation]\ndomains = [\"example.jp\"]\n")?;
    let output = Command::new(jikenbo)
        .args(["relay", "try", "--policy"])
        .arg(&policy)
        .arg(folder)
        .output()?;
    if !output.status.success() {
        return Err(
            format!("jikenbo relay try: {}", String::from_utf8_lossy(&output.stderr)).into()
        );
    }
    Ok(format!("jikenbo relay try, default policy:\n{}", String::from_utf8_lossy(&output.stderr)))
}
