//! What is kept of the processes before any of their code runs again, the most fleeting first (RFC 3227):
//! files of JSON with a list of their hashes, whose own hash a ledger entry seals. It does not judge, and
//! touches no process.

use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::vault::Digest;
use crate::watch::procs::Stat;

/// The list of a pack.
const LIST: &str = "pack.json";
/// The most that is kept of one of a process's lists.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// A file of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its hash.
    pub sha256: Digest,
}

/// The first thing in a pack that is not as it was.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A file could not be read or written.
    #[error("{}: {because}", place.display())]
    Io {
        /// Which.
        place: PathBuf,
        /// What the system says.
        #[source]
        because: io::Error,
    },
    /// The list is none.
    #[error("{LIST}: {0}")]
    List(#[source] serde_json::Error),
    /// A file is not what the list says.
    #[error("{0} is not what was kept")]
    Changed(String),
    /// The list is not the one that was sealed.
    #[error("{LIST} is not the list that was sealed")]
    Resealed,
}

fn at(place: &Path) -> impl FnOnce(io::Error) -> PackError {
    move |because| PackError::Io { place: place.to_owned(), because }
}

/// Keeps what is known of these processes in a folder; gives the hash that seals the pack. `extra` is
/// kept beside it, under the names given.
pub fn gather(folder: &Path, procs: &[Stat], extra: &[(&str, Value)]) -> Result<Digest, PackError> {
    fs::create_dir_all(folder).map_err(at(folder))?;
    let mut items = Vec::new();
    let mut write = |name: String, value: &Value| {
        let bytes = serde_json::to_vec_pretty(value).map_err(PackError::List)?;
        let place = folder.join(&name);
        fs::write(&place, &bytes).map_err(at(&place))?;
        items.push(Item { name, bytes: bytes.len() as u64, sha256: Digest::of(&bytes) });
        Ok::<_, PackError>(())
    };
    let tree: Vec<Value> = procs
        .iter()
        .map(|found| {
            let command = lossy(&format!("/proc/{}/cmdline", found.proc.pid));
            json!({ "pid": found.proc.pid, "start": found.proc.start, "parent": found.parent,
                "session": found.session, "name": found.name, "command": split(&command) })
        })
        .collect();
    write("tree.json".to_owned(), &Value::Array(tree))?;
    for found in procs {
        write(format!("process-{}.json", found.proc.pid), &process(found.proc.pid))?;
    }
    let sockets = ["tcp", "tcp6", "udp", "udp6", "unix"]
        .map(|kind| (kind.to_owned(), Value::from(lossy(&format!("/proc/net/{kind}")))));
    write("sockets.json".to_owned(), &Value::Object(sockets.into_iter().collect()))?;
    for (name, value) in extra {
        write(format!("{name}.json"), value)?;
    }
    let list = serde_json::to_vec_pretty(&items).map_err(PackError::List)?;
    let place = folder.join(LIST);
    fs::write(&place, &list).map_err(at(&place))?;
    Ok(Digest::of(&list))
}

/// What `/proc` shows of one process.
fn process(pid: u32) -> Value {
    let root = format!("/proc/{pid}");
    let link = |name: &str| {
        fs::read_link(format!("{root}/{name}")).ok().map(|path| path.to_string_lossy().into_owned())
    };
    let program = File::open(format!("{root}/exe")).and_then(Digest::of_reader).ok();
    let mut descriptors = serde_json::Map::new();
    for entry in fs::read_dir(format!("{root}/fd")).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let leads = fs::read_link(entry.path()).ok();
        let leads =
            leads.map(|path| String::from_utf8_lossy(path.as_os_str().as_bytes()).into_owned());
        descriptors.insert(name, leads.into());
    }
    json!({
        "pid": pid,
        "program": link("exe"),
        "program_sha256": program,
        "folder": link("cwd"),
        "root": link("root"),
        "command": split(&lossy(&format!("{root}/cmdline"))),
        "environment": split(&lossy(&format!("{root}/environ"))),
        "descriptors": descriptors,
        "maps": lossy(&format!("{root}/maps")),
        "status": lossy(&format!("{root}/status")),
        "cgroup": lossy(&format!("{root}/cgroup")),
        "io": lossy(&format!("{root}/io")),
        "stack": lossy(&format!("{root}/stack")),
    })
}

fn lossy(place: &str) -> String {
    let mut bytes = fs::read(place).unwrap_or_default();
    bytes.truncate(MOST_BYTES);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn split(words: &str) -> Vec<&str> {
    words.split('\0').filter(|word| !word.is_empty()).collect()
}

/// Checks a pack, also on another machine: every file is what the list says, and the list is the one that
/// was sealed. Gives how many files there are.
pub fn verify(folder: &Path, sealed: Option<Digest>) -> Result<usize, PackError> {
    let place = folder.join(LIST);
    let list = fs::read(&place).map_err(at(&place))?;
    if sealed.is_some_and(|sealed| sealed != Digest::of(&list)) {
        return Err(PackError::Resealed);
    }
    let items: Vec<Item> = serde_json::from_slice(&list).map_err(PackError::List)?;
    for item in &items {
        // A list from elsewhere leads nowhere but into its folder.
        if item.name.contains('/') || item.name.starts_with('.') {
            return Err(PackError::Changed(item.name.clone()));
        }
        let place = folder.join(&item.name);
        let bytes = fs::read(&place).map_err(at(&place))?;
        if Digest::of(&bytes) != item.sha256 {
            return Err(PackError::Changed(item.name.clone()));
        }
    }
    Ok(items.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::procs::stat;

    #[test]
    fn a_pack_holds_what_proc_says_and_a_changed_byte_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let own = stat(std::process::id()).unwrap();
        let extra = [("alarm", json!({ "score": 120 }))];
        let sealed = gather(folder.path(), std::slice::from_ref(&own), &extra).unwrap();
        assert_eq!(verify(folder.path(), Some(sealed)).unwrap(), 4);
        let name = format!("process-{}.json", own.proc.pid);
        let place = folder.path().join(&name);
        let words = fs::read_to_string(&place).unwrap();
        let found: Value = serde_json::from_str(&words).unwrap();
        assert!(
            found["program_sha256"].is_string() && found["maps"].as_str().unwrap().contains("r-xp")
        );
        fs::write(&place, words.replacen("pid", "pie", 1)).unwrap();
        let changed = verify(folder.path(), Some(sealed)).unwrap_err().to_string();
        assert_eq!(changed, format!("{name} is not what was kept"));
        assert!(matches!(verify(folder.path(), Some(Digest::of(b""))), Err(PackError::Resealed)));
    }
}
