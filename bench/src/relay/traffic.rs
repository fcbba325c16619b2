//! Mail traffic as it lies in `../shared/data/enron`: `people.tsv`, and `messages*.tsv` with or
//! without `.xz` (unpacked by `xz`). It does not know what is measured on it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use ::relay::Address;
use ::relay::history::Party;

use super::Failed;

/// Copies of a mail are whole hours apart, by the time zones of the mailboxes they were found in.
const HOUR: i64 = 3_600;
const COPIES_WITHIN: i64 = 24 * HOUR;

/// One mail: who, to whom (To and Cc), when.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Seconds, as if the times were UTC.
    pub(crate) at: i64,
    /// Places in [`Traffic::parties`].
    pub(crate) sender: usize,
    pub(crate) recipients: Vec<usize>,
}

/// Everybody and every mail in the order of time.
#[derive(Debug)]
pub(crate) struct Traffic {
    pub(crate) parties: Vec<Party>,
    /// Which addresses are one person's: equal numbers, by equal names.
    pub(crate) person: Vec<usize>,
    pub(crate) mails: Vec<Sent>,
    pub(crate) copies: usize,
}

impl Traffic {
    /// Reads a folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, Failed> {
        let mut parties = Vec::new();
        let mut person = Vec::new();
        let mut by_name = BTreeMap::new();
        for line in std::fs::read_to_string(folder.join("people.tsv"))?.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [_, local, name] = cells[..] else {
                return Err("a person is id, mail, name".into());
            };
            let name = (name != "NA").then_some(name);
            let place = parties.len();
            person
                .push(name.map_or(place, |name| *by_name.entry(name.to_owned()).or_insert(place)));
            parties.push(Party::new(Address::parse(&format!("{local}@example.com"))?, name));
        }
        let mut all = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("messages")) {
                for line in unpacked(&path)?.lines().skip(1) {
                    all.push(sent(line).ok_or_else(|| format!("no mail: {line}"))?);
                }
            }
        }
        all.sort_by_key(|mail| mail.at);
        let before = all.len();
        let mails = without_copies(all);
        Ok(Self { parties, person, copies: before - mails.len(), mails })
    }
}

fn unpacked(path: &Path) -> Result<String, Failed> {
    if path.extension().is_none_or(|end| end != "xz") {
        return Ok(std::fs::read_to_string(path)?);
    }
    let output = Command::new("xz").arg("-dc").arg(path).output()?;
    if !output.status.success() {
        return Err(format!("xz cannot unpack {}", path.display()).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn sent(line: &str) -> Option<Sent> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [at, sender, to, cc] = cells[..] else { return None };
    let mut recipients = Vec::new();
    for id in to.split(',').chain(cc.split(',')).filter(|id| !id.is_empty()) {
        let id = id.parse().ok()?;
        if !recipients.contains(&id) {
            recipients.push(id);
        }
    }
    Some(Sent { at: seconds(at)?, sender: sender.parse().ok()?, recipients })
}

/// `2001-09-10T12:34:56` in seconds since 1970.
fn seconds(written: &str) -> Option<i64> {
    let numbers: Vec<i64> =
        written.split(['-', 'T', ':']).map(str::parse).collect::<Result<_, _>>().ok()?;
    let [year, month, day, hour, minute, second] = numbers[..] else { return None };
    // Days from civil, H. Hinnant: years begin in March, so that the leap day comes last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let days =
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day
            - 1
            - 719_468;
    Some(days * 86_400 + hour * HOUR + minute * 60 + second)
}

fn without_copies(mails: Vec<Sent>) -> Vec<Sent> {
    let mut times: BTreeMap<(usize, Vec<usize>), Vec<i64>> = BTreeMap::new();
    let is_new = |mail: &Sent| {
        let mut recipients = mail.recipients.clone();
        recipients.sort_unstable();
        let before = times.entry((mail.sender, recipients)).or_default();
        let gap = |earlier: &i64| mail.at - earlier;
        let is_copy = before.iter().any(|t| gap(t) <= COPIES_WITHIN && gap(t) % HOUR == 0);
        before.push(mail.at);
        !is_copy && !mail.recipients.is_empty()
    };
    mails.into_iter().filter(is_new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds() {
        assert_eq!(seconds("1970-01-01T00:00:00"), Some(0));
        assert_eq!(seconds("2001-09-10T12:34:56"), Some(1_000_125_296));
        assert_eq!(seconds("2000-03-01T00:00:00"), Some(951_868_800));
    }

    #[test]
    fn copies_count_once() {
        let mail =
            |hours: i64, to: usize| Sent { at: hours * HOUR, sender: 0, recipients: vec![to] };
        let kept = without_copies(vec![mail(0, 1), mail(1, 2), mail(10, 1), mail(40, 1)]);
        assert_eq!(kept.iter().map(|m| m.at / HOUR).collect::<Vec<_>>(), [0, 1, 40]);
    }
}
