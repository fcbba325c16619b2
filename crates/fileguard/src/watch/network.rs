//! Cutting processes off the network. Who stands still sends nothing new, but the kernel goes on sending
//! what is in their sockets and keeps connections alive: these are closed (`ss -K`). What they would open
//! once they go on is dropped by their control group (nftables) until they are thawed. A program that is
//! missing is named, and what it would do is left out. It does not know why anybody is cut off.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::freeze::Frozen;

/// How long a program may take: opens of others wait meanwhile.
const PATIENCE: Duration = Duration::from_secs(2);
/// Where nft looks for control groups.
const GROUPS: &str = "/sys/fs/cgroup";

/// A connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Connection {
    /// `tcp` or `udp`.
    pub protocol: String,
    /// This end.
    pub local: SocketAddr,
    /// The other.
    pub remote: SocketAddr,
    /// The number of its socket.
    pub inode: u64,
}

/// What was done to cut processes off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The connections that they had.
    pub connections: Vec<Connection>,
    /// How many of these are closed now.
    pub closed: usize,
    /// The table of nftables by which nothing new goes out or comes in.
    pub table: Option<String>,
    /// What could not be done, and why.
    pub missing: Vec<String>,
}

/// Cuts off.
pub fn cut(frozen: &Frozen) -> Cut {
    let mut cut = Cut::default();
    match &frozen.group {
        Some(group) => match drop_by_group(group) {
            Ok(table) => cut.table = Some(table),
            Err(error) => cut.missing.push(format!("nft: {error}")),
        },
        None => cut.missing.push("nft: there is no control group".to_owned()),
    }
    for (space, pids) in spaces(frozen) {
        let Some(&first) = pids.first() else { continue };
        let connections = connections(&pids);
        if connections.is_empty() {
            continue;
        }
        if let Err(error) = close(&space, first, &connections) {
            cut.missing.push(format!("ss: {error}"));
        }
        let left: BTreeSet<u64> = self::connections(&pids).iter().map(|it| it.inode).collect();
        let is_open = |it: &Connection| left.contains(&it.inode);
        cut.closed += connections.iter().filter(|it| !is_open(it)).count();
        cut.connections.extend(connections);
    }
    cut
}

/// Lets new connections through again. What was closed stays closed.
pub fn restore(frozen: &Frozen) -> Result<(), String> {
    let Some(group) = &frozen.group else { return Ok(()) };
    let table = table(group);
    match call("nft", &["delete", "table", "inet", &table], "") {
        // It is gone, or never was.
        Err(error) if error.contains("No such file") => Ok(()),
        other => other.map(|_| ()),
    }
}

/// The table of a group.
fn table(group: &Path) -> String {
    let name = group.file_name().unwrap_or_default().to_string_lossy();
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

fn drop_by_group(group: &Path) -> Result<String, String> {
    // Programs that are not there, or have no rights, say so before anything is asked of them.
    let place = group.strip_prefix(GROUPS).map_err(|_| format!("groups are not in {GROUPS}"))?;
    let (table, place) = (table(group), place.display());
    // The group lies at the root of its hierarchy: its level is 1, wherever that is mounted.
    let rule = format!("socket cgroupv2 level 1 \"{place}\" counter drop");
    let chain = |hook: &str| {
        format!(
            "chain {hook} {{\ntype filter hook {hook} priority filter; policy accept;\n{rule}\n}}"
        )
    };
    let rules = format!("table inet {table} {{\n{}\n{}\n}}\n", chain("output"), chain("input"));
    call("nft", &["-f", "-"], &rules)?;
    Ok(table)
}

/// The processes by the network namespace that they are in.
fn spaces(frozen: &Frozen) -> BTreeMap<PathBuf, Vec<u32>> {
    let mut spaces: BTreeMap<PathBuf, Vec<u32>> = BTreeMap::new();
    for proc in &frozen.procs {
        if let Ok(space) = fs::read_link(format!("/proc/{}/ns/net", proc.pid)) {
            spaces.entry(space).or_default().push(proc.pid);
        }
    }
    spaces
}

/// What processes of one namespace are connected to.
fn connections(pids: &[u32]) -> Vec<Connection> {
    let Some(first) = pids.first() else { return Vec::new() };
    let own: BTreeSet<u64> = pids.iter().flat_map(|pid| sockets(*pid)).collect();
    let mut found = Vec::new();
    for (table, protocol) in [("tcp", "tcp"), ("tcp6", "tcp"), ("udp", "udp"), ("udp6", "udp")] {
        let lines = fs::read_to_string(format!("/proc/{first}/net/{table}")).unwrap_or_default();
        let all = lines.lines().skip(1).filter_map(|line| connection(line, protocol));
        // Who only waits for others has no other end.
        found.extend(all.filter(|it| own.contains(&it.inode) && it.remote.port() != 0));
    }
    found.sort_unstable();
    found
}

/// The numbers of a process's sockets.
fn sockets(pid: u32) -> Vec<u64> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let links = entries.filter_map(|entry| fs::read_link(entry.path()).ok());
    links
        .filter_map(|link| link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok())
        .collect()
}

/// A line of `/proc/net/tcp` and its like (proc(5)).
fn connection(line: &str, protocol: &str) -> Option<Connection> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    Some(Connection {
        protocol: protocol.to_owned(),
        local: address(fields.get(1)?)?,
        remote: address(fields.get(2)?)?,
        inode: fields.get(9)?.parse().ok()?,
    })
}

/// An address in hexadecimal words, each as this machine has it in memory.
fn address(words: &str) -> Option<SocketAddr> {
    let (host, port) = words.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let mut bytes = Vec::new();
    for at in (0..host.len()).step_by(8) {
        bytes.extend(u32::from_str_radix(host.get(at..at + 8)?, 16).ok()?.to_ne_bytes());
    }
    let host: IpAddr = match <[u8; 4]>::try_from(bytes.as_slice()) {
        Ok(four) => Ipv4Addr::from(four).into(),
        Err(_) => Ipv6Addr::from(<[u8; 16]>::try_from(bytes.as_slice()).ok()?).into(),
    };
    Some(SocketAddr::new(host, port))
}

/// Has the kernel close connections, in the namespace of a process.
fn close(space: &Path, pid: u32, connections: &[Connection]) -> Result<(), String> {
    let is_ours = fs::read_link("/proc/self/ns/net").is_ok_and(|own| own == space);
    for protocol in ["tcp", "udp"] {
        let ends: Vec<String> = connections
            .iter()
            .filter(|it| it.protocol == protocol)
            .map(|it| format!("( src = {} and dst = {} )", it.local, it.remote))
            .collect();
        if ends.is_empty() {
            continue;
        }
        let kind = format!("--{protocol}");
        let ends = ends.join(" or ");
        let inside = format!("--net=/proc/{pid}/ns/net");
        let ss = ["-K", "-H", "-n", &kind, "state", "connected", &ends];
        if is_ours {
            call("ss", &ss, "")?;
        } else {
            call("nsenter", &[&[inside.as_str(), "ss"], &ss[..]].concat(), "")?;
        }
    }
    Ok(())
}

/// Calls a program of the system, for two seconds at most.
fn call(program: &str, arguments: &[&str], input: &str) -> Result<String, String> {
    // They lie where not everybody's path leads.
    let places =
        ["/usr/sbin", "/sbin", "/usr/bin", "/bin"].map(|folder| Path::new(folder).join(program));
    let place = places.iter().find(|place| place.exists()).ok_or("is not installed")?;
    let mut command = Command::new(place);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        // Who does not read it says so by its exit status.
        let _ = stdin.write_all(input.as_bytes());
    }
    let begun = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if begun.elapsed() < PATIENCE => thread::yield_now(),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err("took too long".to_owned());
            }
            Err(error) => return Err(error.to_string()),
        }
    };
    let mut said = String::new();
    if let Some(mut errors) = child.stderr.take() {
        let _ = errors.read_to_string(&mut said);
    }
    if status.success() { Ok(said) } else { Err(said.trim().to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_proc_are_read() {
        let line =
            "   1: 0100007F:1F90 0200000A:01BB 01 00000000:00000000 02:0000 00000000 0 0 4242 1 0";
        let found = connection(line, "tcp").unwrap();
        assert_eq!(
            (found.local.to_string(), found.remote.to_string(), found.inode),
            ("127.0.0.1:8080".to_owned(), "10.0.0.2:443".to_owned(), 4242)
        );
        let six = address("B80D0120000000000000000001000000:0050").unwrap();
        assert_eq!(six.to_string(), "[2001:db8::1]:80");
        assert_eq!((address("01:0050"), address("0100007F")), (None, None));
        assert_eq!(connection("sl local_address", "tcp"), None);
    }
}
