//! Processes cut off the network, with the real nftables and `ss`. It needs root, control groups and both
//! programs: elsewhere it says loudly that it did not run, and fails if `JIKENBO_FILEGUARD=required`.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fileguard::watch::freeze::{Frozen, kill, thaw};
use fileguard::watch::{network, procs};

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn missing() -> Option<String> {
    let root = fs::read_to_string("/proc/self/status").ok()?;
    let is_root = root.lines().any(|line| line.starts_with("Uid:\t0\t"));
    if !is_root {
        return Some("it is not root".to_owned());
    }
    let has = |name: &str| {
        Path::new("/usr/sbin").join(name).exists() || Path::new("/usr/bin").join(name).exists()
    };
    if let Some(name) = ["nft", "ss"].into_iter().find(|name| !has(name)) {
        return Some(format!("{name} is not installed"));
    }
    Frozen::planned("x").group.is_none().then(|| "there are no control groups".to_owned())
}

/// Whether it can run here; says why not.
fn possible() -> bool {
    let Some(because) = missing() else { return true };
    let required = std::env::var("JIKENBO_FILEGUARD").is_ok_and(|value| value == "required");
    assert!(!required, "JIKENBO_FILEGUARD=required, but: {because}");
    let mut terminal = fs::File::options().append(true).open("/dev/stderr");
    if let Ok(terminal) = &mut terminal {
        let _ = writeln!(terminal, "NOT RUN: the network of processes that stand still: {because}");
    }
    false
}

fn frozen_of(child: &Ended) -> Frozen {
    let mut frozen = Frozen::planned(&format!("test-{}-{}", std::process::id(), child.0.id()));
    let group = frozen.group.clone().unwrap();
    fs::create_dir_all(&group).unwrap();
    fs::write(group.join("cgroup.procs"), child.0.id().to_string()).unwrap();
    frozen.procs = vec![procs::stat(child.0.id()).unwrap().proc];
    frozen
}

#[test]
fn a_connection_of_before_is_closed_though_its_process_stands_still() {
    if !possible() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = format!("exec 3<>/dev/tcp/127.0.0.1/{port}; read -r");
    let child = Command::new("bash").args(["-c", &script]).stdin(Stdio::piped()).spawn();
    let child = Ended(child.unwrap());
    let (mut other, _) = listener.accept().unwrap();
    let frozen = frozen_of(&child);
    fs::write(frozen.group.as_ref().unwrap().join("cgroup.freeze"), "1").unwrap();
    let cut = network::cut(&frozen);
    assert_eq!((cut.connections.len(), cut.closed, cut.missing.as_slice()), (1, 1, [].as_slice()));
    assert_eq!(cut.connections[0].remote.port(), port);
    other.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let begun = Instant::now();
    let said = other.read(&mut [0; 8]);
    assert!(begun.elapsed() < Duration::from_secs(4), "{said:?}");
    assert!(!matches!(said, Ok(1..)), "{said:?}");
    network::restore(&frozen).unwrap();
    kill(&frozen);
}

#[test]
fn nothing_new_goes_out_until_it_is_restored() {
    if !possible() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // A line each time that it is asked to connect: whether it came through.
    let script = format!(
        "while read -r; do timeout 0.5 bash -c '</dev/tcp/127.0.0.1/{port}' 2>/dev/null && echo yes || echo no; done"
    );
    let mut command = Command::new("bash");
    command.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = Ended(command.spawn().unwrap());
    let mut asks = child.0.stdin.take().unwrap();
    let mut says = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let mut connects = || {
        asks.write_all(b"\n").unwrap();
        says.next().unwrap().unwrap() == "yes"
    };
    let frozen = frozen_of(&child);
    assert!(connects());
    let cut = network::cut(&frozen);
    assert!(cut.table.is_some() && cut.missing.is_empty(), "{cut:?}");
    assert!(!connects());
    network::restore(&frozen).unwrap();
    network::restore(&frozen).unwrap();
    assert!(connects());
    thaw(&frozen).unwrap();
}
