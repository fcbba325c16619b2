//! Postfix as an instance of its own: configuration, queue and log in a folder of the caller's. Debian's
//! package brings the programs and the users `postfix` and `postdrop`; what the machine itself does with
//! Postfix stays as it is. It must be started by root, since it changes its user.

use std::fs;
use std::io::{self, Error, Read as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The services of a Postfix that relays; Debian's own `master.cf` has these and more.
const SERVICES: &str = "\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

/// How long a program has until it greets.
const STARTING: Duration = Duration::from_mins(1);

/// A program, wherever administrators have it.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let beside = ["/usr/sbin", "/usr/lib/postfix/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(beside).map(|dir| dir.join(name)).find(|file| file.is_file())
}

/// A port that was free a moment ago, for a program that cannot be told to take any.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Waits until a server on this machine greets.
pub fn wait_for(port: u16) -> io::Result<()> {
    let began = Instant::now();
    loop {
        let server = TcpStream::connect(("127.0.0.1", port));
        let has_greeted = server.is_ok_and(|mut server| {
            let timeout = server.set_read_timeout(Some(STARTING));
            timeout.is_ok() && matches!(server.read(&mut [0; 3]), Ok(1..))
        });
        if has_greeted {
            return Ok(());
        }
        if began.elapsed() > STARTING {
            return Err(Error::other(format!("nothing greets on port {port}")));
        }
        std::thread::yield_now();
    }
}

/// A running Postfix, which ends with this.
#[derive(Debug)]
pub struct Postfix {
    port: u16,
    folder: PathBuf,
}

impl Postfix {
    /// What this machine has not that it takes to run one.
    pub fn missing() -> Vec<&'static str> {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let is_root = status.lines().any(|line| line.starts_with("Uid:\t0\t0"));
        let needed = [
            ("root's rights (for Postfix)", is_root),
            ("postfix", program("postfix").is_some() && program("master").is_some()),
        ];
        needed.into_iter().filter(|(_, there)| !there).map(|(name, _)| name).collect()
    }

    /// Starts one that passes everything on to a port of this machine. `settings` stand at the end of
    /// its `main.cf` and count; the folder is its own.
    pub fn start(folder: &Path, port: u16, settings: &str) -> io::Result<Self> {
        // Its daemons run as a user of their own and must get through to the queue.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
        let (place, own) = (folder.display(), free_port()?);
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {place}/queue\ndata_directory = {place}/data\n\
             maillog_file = {place}/log\nmaillog_file_prefixes = {place}\nmail_owner = postfix\n\
             setgid_group = postdrop\nmyhostname = postfix.example.jp\nmydestination =\n\
             inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmynetworks = 127.0.0.0/8\n\
             alias_maps =\nalias_database =\nsmtpd_relay_restrictions = permit_mynetworks, reject\n\
             relayhost = [127.0.0.1]:{port}\nsmtpd_tls_security_level = none\n{settings}"
        );
        let config = folder.join("config");
        for made in [&config, &folder.join("queue"), &folder.join("data")] {
            fs::create_dir(made)?;
        }
        fs::write(config.join("main.cf"), main)?;
        let services = format!("127.0.0.1:{own} inet n - n - - smtpd\n{SERVICES}");
        fs::write(config.join("master.cf"), services)?;
        let owned = Command::new("chown").arg("postfix").arg(folder.join("data")).output()?;
        let postfix = Self { port: own, folder: folder.to_owned() };
        let started = postfix.command("start")?.output()?;
        if !owned.status.success() || !started.status.success() {
            let said = format!("Postfix does not start: {owned:?} {started:?} {}", postfix.log());
            return Err(Error::other(said));
        }
        wait_for(own).map_err(|error| Error::other(format!("{error}: {}", postfix.log())))?;
        Ok(postfix)
    }

    /// Where it takes mail in.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// The process that starts all others.
    pub fn master(&self) -> io::Result<u32> {
        let written = fs::read_to_string(self.folder.join("queue/pid/master.pid"))?;
        written.trim().parse().map_err(Error::other)
    }

    fn command(&self, what: &str) -> io::Result<Command> {
        let postfix = program("postfix").ok_or_else(|| Error::other("postfix is not here"))?;
        let mut command = Command::new(postfix);
        command.arg("-c").arg(self.folder.join("config")).arg(what);
        Ok(command)
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // `stop` waits for what is under way; nothing of it is wanted any more.
        let _stopped = self.command("abort").and_then(|mut command| command.output());
    }
}
