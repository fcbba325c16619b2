//! A book of the repository's examples, and `jikenbo serve` on a free port over it. It does not know
//! what is on the pages.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use tempfile::TempDir;

use crate::driver::Browser;

/// The administrator of every book here.
pub(crate) const NAME: &str = "hanako";
/// And the password.
pub(crate) const PASSWORD: &str = "青い鳥が三羽 fly over the hill";

/// A server, its book, and the link by which the administrator is made.
#[derive(Debug)]
pub(crate) struct Served {
    server: Child,
    _said: BufReader<ChildStderr>,
    data: Option<TempDir>,
    /// `http://127.0.0.1:PORT`
    pub(crate) address: String,
    /// The link of the first start.
    pub(crate) first_link: String,
}

impl Served {
    /// Serves a book with these of the examples; `examples` itself is all of them.
    pub(crate) fn with(examples: &[&str]) -> Self {
        let data = tempfile::tempdir().expect("a folder for the book");
        if !examples.is_empty() {
            let status = jikenbo()
                .arg("add")
                .args(examples)
                .arg("--data")
                .arg(data.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .expect("jikenbo add starts");
            // 1 says that something was noted about an input, a case without a name for one.
            assert!(status.code().is_some_and(|code| code < 2), "jikenbo add: {status}");
        }
        let mut served = Self::start(data.path(), &[]);
        served.data = Some(data);
        served
    }

    /// Serves a book that is there, and has no accounts, to anybody.
    pub(crate) fn over(folder: &Path) -> Self {
        Self::start(folder, &["--public-read"])
    }

    fn start(folder: &Path, flags: &[&str]) -> Self {
        let mut server = jikenbo()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(flags)
            .arg("--data")
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("jikenbo serve starts");
        let said = BufReader::new(server.stderr.take().expect("stderr is piped"));
        Self::told(server, said, None)
    }

    /// Pages that another command serves, which says where on its standard error.
    pub(crate) fn of(server: Child, said: BufReader<ChildStderr>, data: TempDir) -> Self {
        Self::told(server, said, Some(data))
    }

    fn told(server: Child, mut said: BufReader<ChildStderr>, data: Option<TempDir>) -> Self {
        let first_link = first_link(&mut said);
        let (address, _) = first_link.split_once("/welcome/").expect("the link is a welcome");
        Self { address: address.to_owned(), first_link, server, _said: said, data }
    }

    /// The folder of the book, where it was made for this server.
    pub(crate) fn data(&self) -> &Path {
        self.data.as_ref().expect("the book was made here").path()
    }

    /// The whole address of a path.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// Takes the first link and makes the administrator, who is then signed in.
    #[track_caller]
    pub(crate) fn make_administrator(&self, browser: &Browser) {
        browser.go(&self.first_link);
        browser.fill("#name", NAME);
        browser.fill("#password", PASSWORD);
        browser.fill("#again", PASSWORD);
        browser.follow("main button[type=submit]");
        browser.see("header.top form[action='/sign-out']");
    }

    /// Fails where a page asked another host for something, or complained in the console about
    /// what was not expected.
    #[track_caller]
    pub(crate) fn was_quiet(&self, browser: &Browser, expected: &[&str]) {
        let ours = format!("{}/", self.address);
        let mut asked = browser.requests();
        asked.retain(|address| address.starts_with("http") || address.starts_with("ws"));
        assert!(!asked.is_empty(), "the log of requests is empty: nothing is shown by it");
        asked.retain(|address| !address.starts_with(&ours));
        assert_eq!(asked, [""; 0], "asked of another host");
        let mut said = browser.complaints();
        said.retain(|message| !expected.iter().any(|part| message.contains(part)));
        assert_eq!(said, [""; 0], "in the console");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// `jikenbo` in the repository's root.
pub(crate) fn jikenbo() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jikenbo"));
    command.current_dir(root()).env_remove("JIKENBO_DATA");
    command
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join("../..").canonicalize().expect("the crate lies two folders below the root")
}

fn first_link(said: &mut BufReader<ChildStderr>) -> String {
    let mut all = String::new();
    let mut line = String::new();
    while said.read_line(&mut line).expect("jikenbo serve says where it listens") > 0 {
        if let Some(at) = line.find("http://").filter(|_| line.contains("/welcome/")) {
            return line[at..].trim().to_owned();
        }
        all.push_str(&line);
        line.clear();
    }
    panic!("jikenbo serve ended without a link:\n{all}")
}
