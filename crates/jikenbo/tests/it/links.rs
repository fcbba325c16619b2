//! Files by link over HTTP, as a program asks for them that is no browser: what counts as a fetch.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::time::Duration;

use relay::mail::{Mail, MailLimits};
use testkit::smtp::{Client, Sink};

use crate::jikenbo;

const MAIL: &str = "From: mori@example.jp\r\nTo: a@client.example\r\nSubject: by link\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n\
    --x\r\nContent-Type: text/csv; name=a.csv\r\n\r\n1,2,3\r\n--x--\r\n";

/// Ends the relay whatever becomes of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _killed = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// What a browser keeps of an answer.
fn cookie(headers: &ureq::http::HeaderMap) -> String {
    headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

/// The text of the next mail that leaves.
fn sent(sink: &Sink) -> String {
    let mail = sink.next().mail;
    let mail = Mail::parse(&mail, &MailLimits::default()).unwrap();
    mail.parts().filter_map(|(_, part)| mail.part_text(part).ok()).collect()
}

#[test]
fn who_only_asks_about_a_file_has_not_fetched_it() {
    let folder = tempfile::tempdir().unwrap();
    let sink = Sink::start();
    let policy = format!(
        "[organisation]\ndomains = [\"example.jp\"]\n[relay]\nrelay = [\"127.0.0.1:0\"]\n\
         deliver-to = \"{}\"\ndeliver-tls = \"never\"\n[checks.internal-mark]\nthen = \"links\"\n\
         words = [\"by link\"]\n",
        sink.address()
    );
    std::fs::write(folder.path().join("relay.toml"), policy).unwrap();
    let args =
        ["relay", "run", "--policy", "relay.toml", "--pages", "127.0.0.1:0", "--data", "data"];
    let mut child = jikenbo(folder.path()).args(args).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let _running = Running(child);
    let first = said.next().unwrap().unwrap();
    let takes_in: SocketAddr = first.rsplit(' ').next().unwrap().parse().unwrap();
    std::thread::spawn(move || said.for_each(drop));

    let mut client = Client::connect(takes_in).unwrap();
    client.send("mori@example.jp", &["a@client.example".to_owned()], MAIL.as_bytes()).unwrap();
    let mail = sent(&sink);
    let at = mail.find("http://").unwrap_or_else(|| panic!("{mail}"));
    let link = mail[at..].split_whitespace().next().unwrap().to_owned();

    let pages = ureq::Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_mins(1)))
        .build()
        .new_agent();
    let mut page = pages.get(&link).call().unwrap();
    let kept = cookie(page.headers());
    let page = page.body_mut().read_to_string().unwrap();
    let token = page.split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap();
    let post = |address: &str, form: &[(&str, &str)]| {
        let form = form.iter().copied().chain([("address", "a@client.example"), ("csrf", token)]);
        pages.post(address).header("Cookie", &kept).send_form(form).unwrap()
    };
    post(&link, &[]);
    let told = sent(&sink);
    let code = told.lines().find(|line| line.len() == 9 && line.as_bytes()[0].is_ascii_digit());
    let code = code.unwrap_or_else(|| panic!("{told}"));
    let cookie = cookie(post(&format!("{link}/code"), &[("code", code)]).headers());

    let file = format!("{link}/0");
    let asked = pages.head(&file).header("Cookie", &cookie).call().unwrap();
    assert_eq!(
        (asked.status().as_u16(), &asked.headers()["content-length"]),
        (200, &"5".parse().unwrap())
    );
    let fetches = || {
        let tables = rusqlite::Connection::open(folder.path().join("data/files.sqlite")).unwrap();
        tables.query_row("SELECT count(*) FROM fetch", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(fetches(), 0);
    let mut got = pages.get(&file).header("Cookie", &cookie).call().unwrap();
    assert_eq!(got.body_mut().read_to_string().unwrap(), "1,2,3");
    assert_eq!(fetches(), 1);
}
