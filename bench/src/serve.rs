//! Measures `jikenbo serve` over a book that is there, by requests over loopback as a browser sends
//! them, and prints the tables of `bench/README.md`. Run it through `bench/serve`.
//!
//! It prints figures and judges none: no time is asserted. It reads `/proc` and so needs Linux.

use std::error::Error;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::table::{Table, significant};

/// The subcommand.
pub(crate) const COMMAND: &str = "serve";

/// Whatever goes wrong ends the measurement.
type Failed = Box<dyn Error + Send + Sync>;

/// Cases on a page of results.
const PER_PAGE: usize = 50;

/// What the command line asks for.
struct Wanted {
    jikenbo: PathBuf,
    data: PathBuf,
    requests: usize,
}

/// Measures what the arguments ask for.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<(), Failed> {
    let wanted = wanted(arguments)
        .ok_or("usage: bench serve --jikenbo PATH --data FOLDER [--requests N]")?;
    let server = Server::start(&wanted)?;
    let total = total(&server)?;
    let cases = some_cases(&server, total, wanted.requests)?;
    println!("{total} cases; {} requests of a kind unless said otherwise\n", cases.len());

    let mut memory = Table::new(&["memory of the process, MB", "resident", "of it not of files"]);
    let mut note = |when: &str| -> Result<(), Failed> {
        memory.row(&[when, &server.mb("VmRSS")?, &server.mb("RssAnon")?]);
        Ok(())
    };
    note("started, idle")?;
    let mut pages =
        Table::new(&["page", "requests", "p50 ms", "p99 ms", "server's processor ms", "KB"]);
    let each = |path: fn(&str) -> String| cases.iter().map(|case| path(case)).collect::<Vec<_>>();
    server.measure("a case", &each(|case| format!("/case/{case}")), false, &mut pages)?;
    server.measure("a case, packed", &each(|case| format!("/case/{case}")), true, &mut pages)?;
    note("after the cases")?;
    let few: Vec<String> =
        cases.iter().step_by(10).map(|case| format!("/case/{case}/like")).collect();
    server.measure("cases like it", &few, false, &mut pages)?;
    let listed = |query: &str| vec![query.to_owned(); cases.len().min(50)];
    server.measure("the book, first page", &listed("/"), false, &mut pages)?;
    // 氏名, 不正アクセス
    let words =
        ["/?q=%E6%B0%8F%E5%90%8D", "/?q=%E4%B8%8D%E6%AD%A3%E3%82%A2%E3%82%AF%E3%82%BB%E3%82%B9"];
    server.measure("a search for 氏名", &listed(words[0]), false, &mut pages)?;
    server.measure("a search for 不正アクセス", &listed(words[1]), false, &mut pages)?;
    note("after searches")?;
    server.measure("statistics, first", &["/statistics".to_owned()], false, &mut pages)?;
    server.measure("statistics, again", &listed("/statistics"), false, &mut pages)?;
    server.measure("the timeline's page", &listed("/timeline"), false, &mut pages)?;
    let whole = "/api/timeline?bins=250&room=25";
    server.measure("the timeline's data, first", &[whole.to_owned()], false, &mut pages)?;
    server.measure("all of it, again", &listed(whole), false, &mut pages)?;
    let month = format!("{whole}&from=19000&to=19030");
    server.measure("a month of it", &listed(&month), false, &mut pages)?;
    server.measure("the feed", &listed("/feed.atom"), false, &mut pages)?;
    note("after every page")?;
    let file = ["/export?format=csv&q=category:ransomware".to_owned()];
    server.measure("a file of all ransomware cases, CSV", &file, false, &mut pages)?;
    note("after the file")?;
    memory.row(&["the most at any time", &server.mb("VmHWM")?, ""]);
    println!("{pages}\n{memory}");
    println!("listening {} ms after its start", significant(server.started.as_secs_f64() * 1e3));
    Ok(())
}

fn wanted(mut arguments: impl Iterator<Item = String>) -> Option<Wanted> {
    let mut wanted = Wanted { jikenbo: PathBuf::new(), data: PathBuf::new(), requests: 300 };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--jikenbo" => wanted.jikenbo = arguments.next()?.into(),
            "--data" => wanted.data = arguments.next()?.into(),
            "--requests" => wanted.requests = arguments.next()?.parse().ok()?,
            _ => return None,
        }
    }
    let is_whole = !wanted.jikenbo.as_os_str().is_empty() && !wanted.data.as_os_str().is_empty();
    (is_whole && wanted.requests > 0).then_some(wanted)
}

/// How many cases the book has.
fn total(server: &Server) -> Result<usize, Failed> {
    let found = String::from_utf8(server.get("/api/v1/cases", false)?)?;
    let (_, rest) = found.split_once("\"total\":").ok_or("no total")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Ok(rest[..end].parse()?)
}

/// The numbers of so many cases, from pages spread over the whole book.
fn some_cases(server: &Server, total: usize, wanted: usize) -> Result<Vec<String>, Failed> {
    let pages = total.div_ceil(PER_PAGE).max(1);
    let asked = wanted.div_ceil(PER_PAGE).min(pages).max(1);
    let mut numbers = Vec::new();
    for at in 0..asked {
        let page = 1 + at * pages / asked;
        let found = server.get(&format!("/api/v1/cases?page={page}"), false)?;
        let found = String::from_utf8(found)?;
        let cases = found.split("\"number\":\"").skip(1).filter_map(|rest| rest.split('"').next());
        numbers.extend(cases.map(str::to_owned));
    }
    numbers.truncate(wanted);
    if numbers.is_empty() { Err("the book has no cases".into()) } else { Ok(numbers) }
}

/// A server of our own.
struct Server {
    process: Child,
    /// `127.0.0.1:PORT`
    address: String,
    /// From its start to its listening.
    started: Duration,
}

impl Server {
    fn start(wanted: &Wanted) -> Result<Self, Failed> {
        let begun = Instant::now();
        let mut process = Command::new(&wanted.jikenbo)
            .args(["serve", "--public-read", "--listen", "127.0.0.1:0", "--data"])
            .arg(&wanted.data)
            .stderr(Stdio::piped())
            .spawn()?;
        let mut said = BufReader::new(process.stderr.take().ok_or("no standard error")?);
        let mut line = String::new();
        let address = loop {
            line.clear();
            if said.read_line(&mut line)? == 0 {
                return Err("jikenbo serve ended".into());
            }
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.split('/').next().unwrap_or_default().to_owned();
            }
        };
        let started = begun.elapsed();
        // What it says from here on is let through, so that it never waits for a reader.
        std::thread::spawn(move || io::copy(&mut said, &mut io::sink()));
        Ok(Self { process, address, started })
    }

    /// The body of an answer that is 200; `packed` asks for gzip, as browsers do.
    fn get(&self, path: &str, packed: bool) -> Result<Vec<u8>, Failed> {
        let mut connection = TcpStream::connect(&self.address)?;
        connection.set_nodelay(true)?;
        let packed = if packed { "Accept-Encoding: gzip\r\n" } else { "" };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept-Language: ja\r\n{packed}Connection: close\r\n\r\n",
            self.address
        );
        connection.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer)?;
        let head = memchr::memmem::find(&answer, b"\r\n\r\n").ok_or("an answer without a head")?;
        if !answer.starts_with(b"HTTP/1.1 200 ") {
            return Err(format!("{path}: {}", String::from_utf8_lossy(&answer[..head])).into());
        }
        Ok(answer.split_off(head + 4))
    }

    /// Asks for each path in turn and adds a row.
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    fn measure(
        &self,
        name: &str,
        paths: &[String],
        packed: bool,
        table: &mut Table,
    ) -> Result<(), Failed> {
        let before = self.processor_ms()?;
        let mut times = Vec::with_capacity(paths.len());
        let mut bytes = 0;
        for path in paths {
            let begun = Instant::now();
            bytes += self.get(path, packed)?.len();
            times.push(begun.elapsed());
        }
        let spent = (self.processor_ms()? - before) / paths.len() as f64;
        times.sort();
        let within = |percent: usize| {
            let at = (times.len() * percent).div_ceil(100).max(1) - 1;
            times.get(at).map_or_else(String::new, |time| significant(time.as_secs_f64() * 1e3))
        };
        // One request says nothing of a distribution.
        let tail = if times.len() > 1 { within(99) } else { String::new() };
        let kilobytes = significant(bytes as f64 / 1e3 / paths.len() as f64);
        let many = paths.len().to_string();
        table.row(&[name, &many, &within(50), &tail, &significant(spent), &kilobytes]);
        Ok(())
    }

    /// A line of `/proc/PID/status` that is in kB.
    fn mb(&self, name: &str) -> Result<String, Failed> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find(|line| line.starts_with(name)).ok_or("no such line")?;
        let kilobytes: f64 = line.split_whitespace().nth(1).ok_or("no figure")?.parse()?;
        Ok(significant(kilobytes * 1_024.0 / 1e6))
    }

    /// Milliseconds of processor that it has taken, in steps of ten.
    fn processor_ms(&self) -> Result<f64, Failed> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // The name in parentheses may hold blanks; user and system time are fields 14 and 15.
        let (_, rest) = stat.rsplit_once(')').ok_or("no name")?;
        let ticks: Vec<f64> =
            rest.split_whitespace().skip(11).take(2).filter_map(|x| x.parse().ok()).collect();
        // Linux counts in hundredths of a second for programs, whatever it does inside.
        Ok(ticks.iter().sum::<f64>() * 10.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
