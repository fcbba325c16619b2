//! The servers that are measured: Postfix as a plain relay, Postfix with a milter, and our relay judging
//! every mail. Each keeps its mail on the same disk and passes everything on to the same sink. It does
//! not know what is sent through them.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use testkit::postfix::{Postfix, free_port, wait_for};

use super::Failed;

/// What is the same for both: no limit that is there for foreigners, and nothing slowed down on purpose.
/// Nothing is logged, since our relay logs nothing.
const TUNED: &str = "maillog_file =\nin_flow_delay = 0\nmessage_size_limit = 0\n\
    smtpd_client_connection_count_limit = 0\nsmtpd_recipient_limit = 5000\n";

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    Postfix,
    PostfixMilter,
    /// With this beside the default policy.
    Ours(&'static str),
}

impl System {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Postfix => "(a) Postfix",
            Self::PostfixMilter => "(b) Postfix, milter counting To and Cc",
            Self::Ours(_) => "(c) jikenbo relay, every check",
        }
    }

    /// Starts it in a folder of its own.
    pub(crate) fn start(self, jikenbo: &Path, folder: &Path, sink: u16) -> Result<Running, Failed> {
        fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        match self {
            Self::Postfix => {
                let postfix = Postfix::start(&folder, sink, TUNED)?;
                let roots = vec![postfix.master()?];
                Ok(Running {
                    port: postfix.port(),
                    roots,
                    folder,
                    postfix: Some(postfix),
                    child: None,
                })
            }
            Self::PostfixMilter => {
                let port = free_port()?;
                let milter = Command::new(std::env::current_exe()?)
                    .args([super::milter::COMMAND, &port.to_string()])
                    .spawn()?;
                let child = Some(Ended(milter));
                let settings = format!(
                    "{TUNED}smtpd_milters = inet:127.0.0.1:{port}\nmilter_default_action = tempfail\n"
                );
                let postfix = Postfix::start(&folder, sink, &settings)?;
                let mut roots = vec![postfix.master()?];
                roots.extend(child.as_ref().map(|child| child.0.id()));
                Ok(Running { port: postfix.port(), roots, folder, postfix: Some(postfix), child })
            }
            Self::Ours(policy) => {
                let port = free_port()?;
                let policy = format!(
                    "[organisation]\ndomains = [\"example.jp\"]\n[relay]\nrelay = [\"127.0.0.1:{port}\"]\n\
                     deliver-to = \"127.0.0.1:{sink}\"\ndeliver-tls = \"never\"\n{policy}"
                );
                fs::write(folder.join("relay.toml"), policy)?;
                let mut relay = Command::new(jikenbo)
                    .args([
                        "relay", "run", "--no-pages", "--policy", "relay.toml", "--data", "data",
                    ])
                    .current_dir(&folder)
                    .stderr(Stdio::piped())
                    .spawn()?;
                let said = relay.stderr.take().ok_or("no messages")?;
                let child = Ended(relay);
                let mut said = BufReader::new(said);
                let mut line = String::new();
                said.read_line(&mut line)?;
                if !line.contains("mail is taken in") {
                    return Err(format!("jikenbo relay run: {line}").into());
                }
                std::thread::spawn(move || io::copy(&mut said, &mut io::sink()));
                wait_for(port)?;
                let roots = vec![child.0.id()];
                Ok(Running { port, roots, folder, postfix: None, child: Some(child) })
            }
        }
    }
}

/// A started system; it ends with this, and its folder is taken away.
pub(crate) struct Running {
    pub(crate) port: u16,
    /// Its processes, but for those that they started.
    pub(crate) roots: Vec<u32>,
    folder: PathBuf,
    postfix: Option<Postfix>,
    child: Option<Ended>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.postfix = None;
        self.child = None;
        // What is left of it lies in the temporary folder of the run.
        let _gone = fs::remove_dir_all(&self.folder);
    }
}

/// A process that ends with this.
pub(crate) struct Ended(pub(crate) Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _killed = self.0.kill();
        let _reaped = self.0.wait();
    }
}
