//! Past mail as it lies in files: mbox, Maildir, folders of single mails. Only where each mail lies is kept in
//! memory. It does not know what anybody wants of them.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use relay::mail::{Mail, MailLimits};

/// Of a mail's header at most so much is read for its date.
const HEADER_BYTES: usize = 256 << 10;

/// Every mail of some mailboxes, the oldest first.
pub(crate) fn mails_of(mailboxes: &[PathBuf]) -> anyhow::Result<Vec<Past>> {
    let mut mails = Vec::new();
    for path in mailboxes {
        find_mails(path, &mut mails)
            .with_context(|| format!("{} cannot be read", path.display()))?;
    }
    mails.sort_by_key(|mail| mail.at);
    Ok(mails)
}

/// A mail of a mailbox: where it lies, and when it was written.
pub(crate) struct Past {
    file: Rc<Path>,
    /// Its number in an mbox file.
    number: Option<usize>,
    range: Range<u64>,
    /// When it was written.
    pub(crate) at: Timestamp,
}

impl Past {
    /// Its file, and its number there.
    pub(crate) fn place(&self) -> String {
        let file = self.file.display();
        self.number.map_or_else(|| file.to_string(), |number| format!("{file}#{number}"))
    }

    /// Its bytes, with lines that end as on the way.
    pub(crate) fn read(&self) -> anyhow::Result<Vec<u8>> {
        let bytes = self.bytes().with_context(|| format!("{} cannot be read", self.file.display()));
        Ok(as_sent(&bytes?, self.number.is_some()))
    }

    fn bytes(&self) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.file)?;
        file.seek(SeekFrom::Start(self.range.start))?;
        let mut bytes = Vec::new();
        file.take(self.range.end - self.range.start).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Finds the mails of an mbox file, a Maildir, or a folder of mails.
fn find_mails(path: &Path, mails: &mut Vec<Past>) -> io::Result<()> {
    if !path.is_dir() {
        return find_in_file(&path.into(), BufReader::new(File::open(path)?), mails);
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(path)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        let is_hidden =
            entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        // What is still being delivered is no mail yet (Maildir).
        let is_unfinished = entry.is_dir() && entry.file_name().is_some_and(|name| name == "tmp");
        if !is_hidden && !is_unfinished {
            find_mails(&entry, mails)?;
        }
    }
    Ok(())
}

/// The mails of a file: one, or those of an mbox (RFC 4155), each after a line that begins with `From `.
fn find_in_file(file: &Rc<Path>, mut bytes: impl BufRead, mails: &mut Vec<Past>) -> io::Result<()> {
    let is_mbox = bytes.fill_buf()?.starts_with(b"From ");
    let (mut line, mut header, mut place) = (Vec::new(), Vec::new(), 0);
    let (mut start, mut is_after_blank, mut is_in_header) = (0, true, !is_mbox);
    let mut number = usize::from(!is_mbox);
    let mut end = |start, place, number, header: &mut Vec<u8>| {
        if number > 0 {
            let number = is_mbox.then_some(number);
            let at = written_at(header);
            mails.push(Past { file: Rc::clone(file), number, range: start..place, at });
        }
        header.clear();
    };
    loop {
        line.clear();
        let length = bytes.read_until(b'\n', &mut line)?;
        let begins = is_mbox && is_after_blank && line.starts_with(b"From ");
        if length == 0 || begins {
            end(start, place, number, &mut header);
        }
        place += u64::try_from(length).unwrap_or_default();
        is_after_blank = matches!(line.as_slice(), b"\n" | b"\r\n");
        if length == 0 {
            return Ok(());
        }
        if begins {
            (start, is_in_header) = (place, true);
            number += 1;
        } else if is_in_header {
            header.extend_from_slice(&line);
            is_in_header = !is_after_blank && header.len() < HEADER_BYTES;
        }
    }
}

/// When a mail was written, as its header says.
fn written_at(header: &[u8]) -> Timestamp {
    let header = as_sent(header, false);
    let mail = Mail::parse(&header, &MailLimits::default()).ok();
    let date = mail.and_then(|mail| mail.text("Date"));
    let at = date.and_then(|date| rfc2822::parse(date.trim()).ok());
    at.map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp())
}

/// A mail with lines that end as on the way; `>From` in an mbox was `From`.
fn as_sent(raw: &[u8], is_of_mbox: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(raw.len() + raw.len() / 40);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let quotes = line.iter().take_while(|byte| **byte == b'>').count();
        let is_quoted = is_of_mbox && quotes > 0 && line[quotes..].starts_with(b"From ");
        let line = if is_quoted { &line[1..] } else { line };
        match line.strip_suffix(b"\n") {
            Some(line) => {
                bytes.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
                bytes.extend_from_slice(b"\r\n");
            }
            None => bytes.extend_from_slice(line),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mails of a file, as they are judged.
    #[track_caller]
    fn check(file: &[u8], expected: &[(&str, i64)]) {
        let mut mails = Vec::new();
        find_in_file(&Path::new("box").into(), file, &mut mails).unwrap();
        let found: Vec<(String, i64)> = mails
            .iter()
            .map(|past| {
                let range = usize::try_from(past.range.start).unwrap()
                    ..usize::try_from(past.range.end).unwrap();
                let bytes = as_sent(&file[range], past.number.is_some());
                (String::from_utf8(bytes).unwrap(), past.at.as_second())
            })
            .collect();
        let found: Vec<(&str, i64)> = found.iter().map(|(mail, at)| (mail.as_str(), *at)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_mbox_is_taken_apart() {
        let date = "Date: Thu, 01 Jan 1970 00:01:40 +0000";
        check(
            format!(
                "From a Mon\nTo: x\n{date}\n\nbody\n>From here\nFrom there\n\nFrom b Tue\nTo: y\n\n"
            )
            .as_bytes(),
            &[
                (&format!("To: x\r\n{date}\r\n\r\nbody\r\nFrom here\r\nFrom there\r\n\r\n"), 100),
                ("To: y\r\n\r\n", 0),
            ],
        );
    }

    #[test]
    fn a_mail_by_itself_is_one() {
        check(b"To: x\r\n\r\n>From here\nFrom a", &[("To: x\r\n\r\n>From here\r\nFrom a", 0)]);
    }
}
