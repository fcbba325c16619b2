//! `relay_crash JIKENBO DIR KILLS SEED`, which `cargo xtask crash relay` starts: it runs
//! `jikenbo relay run` over and over, with several clients handing mail in and a person deciding, and ends
//! each run with SIGKILL at a random moment. After the last run it looks for what must be so:
//!
//! - every mail that was acknowledged with 250 reached each of its recipients, at least once, to the byte;
//! - what was held and nobody let go reached nobody, is held still, and goes out when somebody lets it go;
//! - of the mails that go out as individual copies, no copy names another recipient;
//! - the password of a held mail never went before it, followed it when it was let go, and was stopped with
//!   it; what somebody cancelled reached nobody;
//! - files that go by link were in no mail, every mail with them has the same link however often it came,
//!   the link leads to the file, to the byte, and no other file is kept.
//!
//! Mail comes to a server in this process, so that what was delivered outlives every kill. It does not
//! know how the relay keeps anything.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{env, process, thread};

use relay::mail::{Mail, MailLimits};
use relay::net::control::{Answer, Request, ask};
use relay::net::{Decision, Kept, ParcelId, Relay};
use relay::spool::Phase;
use relay::{Policy, Settings};
use testkit::smtp::{Arrived, Client, serve};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const WRITERS: u64 = 4;
const SENDER: &str = "mori@example.jp";
/// The numbers of mails with a password: that of the mail whose it is, and this.
const SECOND: u64 = 1 << 40;
/// How a link begins.
const LINK: &str = "https://mail.example.jp/files/";
/// How long a relay lives at the most after it takes mail in.
const MOST_LIFE_MS: u64 = 1_200;
/// How long the last relay has for what is left.
const PATIENCE: Duration = Duration::from_mins(3);
/// Before a client tries again, or the spool is asked again.
const PAUSE: Duration = Duration::from_millis(20);

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        [jikenbo, dir, kills, seed] => match (kills.parse(), seed.parse()) {
            (Ok(kills), Ok(seed)) => Trial::run(jikenbo, dir, kills, seed),
            _ => Err("KILLS and SEED are numbers".into()),
        },
        _ => Err("usage: relay_crash JIKENBO DIR KILLS SEED".into()),
    };
    if let Err(error) = result {
        eprintln!("relay_crash: {error}");
        process::exit(1);
    }
}

/// All about a mail follows from its number.
#[derive(Clone, Copy)]
struct Plan(u64);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Goes out at once, to a few.
    Usual,
    /// Goes out as individual copies: too many outsiders would see each other.
    Copies,
    /// Its sender is asked: it speaks of a file, and there is none.
    Held,
    /// It carries the password of a held one, and waits with it.
    Second,
    /// Its file goes by link.
    Linked,
}

impl Plan {
    fn kind(self) -> Kind {
        match self.0 % 5 {
            _ if self.0 >= SECOND => Kind::Second,
            0 if self.0.is_multiple_of(10) => Kind::Held,
            1 => Kind::Copies,
            // Each of these takes several syncs.
            2 if self.0 % 25 == 2 => Kind::Linked,
            _ => Kind::Usual,
        }
    }

    /// The mail with the password of this one.
    fn second(self) -> Option<Self> {
        let has_one = self.kind() == Kind::Held && self.0.is_multiple_of(20);
        has_one.then_some(Self(self.0 + SECOND))
    }

    /// The mail whose password this one carries, or itself.
    const fn first(self) -> Self {
        Self(self.0 % SECOND)
    }

    /// The file that it has, if it goes by link.
    fn file(self) -> String {
        let lines = usize::try_from(1 + self.0 % 3_001).unwrap_or(1);
        format!("{},of nobody\r\n", self.0).repeat(lines)
    }

    fn to(self) -> Vec<String> {
        let many = if self.kind() == Kind::Copies { 12 } else { 1 + self.first().0 % 3 };
        (0..many).map(|at| format!("n{}-{at}@shop.example", self.first().0)).collect()
    }

    /// The mail without what stands in `To`.
    fn rest(self) -> String {
        // Most are short; some fill a good part of a segment, lie apart, or go to the disk while they come in.
        let lines = match self.0 % 240 {
            3 => 140_000,
            // Of these, one is held.
            83 | 120 | 163 => 30_000,
            40 | 201 => 8_000,
            _ => self.0 % 97,
        };
        let filling = format!("{:040}\r\n", self.0).repeat(usize::try_from(lines).unwrap_or(0));
        let text = match self.kind() {
            Kind::Held => "資料を添付いたします。",
            Kind::Second => "解凍パスワード: Tk-4921-x",
            Kind::Linked => return self.with_file(),
            Kind::Usual | Kind::Copies => "hello",
        };
        format!("Subject: number {}\r\n\r\n{text}\r\n{filling}", self.0)
    }

    fn with_file(self) -> String {
        format!(
            "Subject: number {}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
             --x\r\n\r\nby link\r\n--x\r\nContent-Type: text/csv; name=list.csv\r\n\r\n{}--x--\r\n",
            self.0,
            self.file()
        )
    }

    /// The link in a mail whose file went so, or what is wrong with it.
    fn link(self, mail: &str) -> std::result::Result<String, String> {
        let wrong = |what: &str| format!("mail {}, whose file goes by link, {what}", self.0);
        let read = Mail::parse(mail.as_bytes(), &MailLimits::default());
        let read = read.map_err(|error| wrong(&error.to_string()))?;
        let texts: String =
            read.parts().filter_map(|(_, part)| read.part_text(part).ok()).collect();
        if mail.contains("of nobody") || texts.contains("of nobody") {
            return Err(wrong("has it"));
        }
        let link = texts.lines().find_map(|line| line.trim().strip_prefix(LINK));
        link.map(str::to_owned).ok_or_else(|| wrong("has none"))
    }

    fn mail(self) -> String {
        format!("From: {SENDER}\r\nTo: {}\r\n{}", self.to().join(",\r\n "), self.rest())
    }

    /// Which mail it is.
    fn of(mail: &str) -> Option<Self> {
        let (_, rest) = mail.split_once("Subject: number ")?;
        rest.split_once("\r\n")?.0.parse().ok().map(Self)
    }

    /// What is wrong with a mail that arrived.
    fn wrong(self, arrived: &Arrived, mail: &str) -> Option<String> {
        let to = self.to();
        if let Some(other) = arrived.to.iter().find(|one| !to.contains(one)) {
            return Some(format!("mail {} came to {other}", self.0));
        }
        if self.kind() == Kind::Copies {
            let seen = to.iter().filter(|one| mail.contains(one.as_str()));
            if !seen.eq(&arrived.to) || !mail.ends_with(&self.rest()) {
                return Some(format!("a copy of mail {} shows others or is not whole", self.0));
            }
        } else if self.kind() == Kind::Linked {
            return self.link(mail).err();
        } else if !mail.ends_with(&self.mail()) {
            return Some(format!("mail {} is not what was sent", self.0));
        }
        None
    }
}

/// What everybody knows of the mails, by number.
#[derive(Default)]
struct Known {
    /// Acknowledged with 250.
    accepted: BTreeSet<u64>,
    /// A person was about to let it go: it may go out.
    may_go: BTreeSet<u64>,
    /// A person let it go, and was told so: it must go out.
    must_go: BTreeSet<u64>,
    /// A person was about to cancel it, and did so and was told.
    may_stop: BTreeSet<u64>,
    must_stop: BTreeSet<u64>,
    /// The links of its file.
    links: BTreeMap<u64, BTreeSet<String>>,
    /// How often it reached whom.
    arrived: BTreeMap<u64, BTreeMap<String, u64>>,
    wrong: Vec<String>,
}

struct Trial {
    jikenbo: String,
    data: PathBuf,
    policy: PathBuf,
    /// Where every relay listens, one after the other.
    address: SocketAddr,
    sink: SocketAddr,
    known: Arc<Mutex<Known>>,
    next: AtomicU64,
    is_over: AtomicBool,
}

impl Trial {
    fn run(jikenbo: &str, dir: &str, kills: u64, seed: u64) -> Result<()> {
        let known = Arc::new(Mutex::new(Known::default()));
        let notes = Arc::clone(&known);
        let sink = serve(move |arrived| note(&notes, &arrived))?;
        // It is free again at once, and each relay takes it anew.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let trial = Self {
            jikenbo: jikenbo.to_owned(),
            data: Path::new(dir).join("relay"),
            policy: Path::new(dir).join("relay.toml"),
            address,
            sink,
            known,
            next: AtomicU64::new(1),
            is_over: AtomicBool::new(false),
        };
        std::fs::write(&trial.policy, trial.policy())?;
        let mut moments = Moments(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| trial.hand_in());
            }
            let lived = (0..kills).try_for_each(|_| trial.live(&mut moments));
            trial.is_over.store(true, Ordering::Relaxed);
            lived
        })?;
        let relay = trial.start()?;
        let left = trial.settle()?;
        trial.check(&left)?;
        trial.let_go(&left)?;
        drop(relay);
        let files = trial.look_at_files()?;
        let known = trial.known();
        let copies: u64 = known.arrived.values().flat_map(BTreeMap::values).sum();
        let reached = known.arrived.values().map(BTreeMap::len).sum::<usize>();
        println!(
            "{} mails acknowledged, {reached} recipients reached with {copies} mails, {} held to the end \
             and let go then, {} let go and {} cancelled before; {} with a password; {files} files by link",
            known.accepted.len(),
            left.len(),
            known.may_go.iter().filter(|number| !left.contains(number)).count(),
            known.must_stop.len(),
            known.accepted.iter().filter(|number| Plan(**number).kind() == Kind::Second).count(),
        );
        Ok(())
    }

    /// What the relay is told: who is asked about what, and what goes by link. Nobody is a stranger here.
    fn policy(&self) -> String {
        format!(
            "[organisation]\ndomains = [\"example.jp\"]\n[relay]\nrelay = [\"{}\"]\n\
             deliver-to = \"{}\"\ndeliver-tls = \"never\"\npages = \"https://mail.example.jp\"\n\
             [checks.internal-mark]\nthen = \"links\"\nwords = [\"by link\"]\n\
             [checks.attachment-to-stranger]\nmode = \"off\"\n\
             [checks.unusual-recipient]\nmode = \"off\"\n[checks.familiar-stranger]\nmode = \"off\"\n",
            self.address, self.sink
        )
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One client: mail after mail, on a new connection whenever the old one is gone.
    fn hand_in(&self) {
        while !self.is_over.load(Ordering::Relaxed) {
            let Ok(mut client) = Client::connect(self.address) else {
                thread::sleep(PAUSE);
                continue;
            };
            while !self.is_over.load(Ordering::Relaxed) {
                let plan = Plan(self.next.fetch_add(1, Ordering::Relaxed));
                let mut mails = std::iter::once(plan).chain(plan.second());
                let is_lost = mails.any(|plan| {
                    let sent = client.send(SENDER, &plan.to(), plan.mail().as_bytes());
                    sent.map(|_| self.known().accepted.insert(plan.0)).is_err()
                });
                if is_lost {
                    break;
                }
            }
        }
    }

    /// One relay, from its start to its end by SIGKILL.
    fn live(&self, moments: &mut Moments) -> Result<()> {
        let mut relay = self.start()?;
        let end = Instant::now() + Duration::from_millis(moments.below(MOST_LIFE_MS));
        // Three mails are let go or cancelled in each life, where there are any and time allows.
        let held = self.held()?;
        for _ in 0..3.min(held.len()) {
            let (kept, plan) = &held[usize::try_from(moments.below(held.len() as u64))?];
            let decision = if moments.below(3) == 0 { Decision::Cancel } else { Decision::LetGo };
            if Instant::now() < end {
                self.decide(kept, *plan, decision)?;
            }
        }
        thread::sleep(end.saturating_duration_since(Instant::now()));
        relay.0.kill()?;
        let status = relay.0.wait()?;
        if status.code().is_some() {
            Err(format!("the relay ended by itself: {status}").into())
        } else {
            Ok(())
        }
    }

    fn start(&self) -> Result<Running> {
        let mut child = Command::new(&self.jikenbo)
            .args(["relay", "run", "--no-pages", "--policy"])
            .arg(&self.policy)
            .arg("--data")
            .arg(&self.data)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut said = BufReader::new(child.stderr.take().ok_or("no messages")?).lines();
        let running = Running(child);
        // Mail may go out, and be told of, before the relay says that it is there.
        let mut before = Vec::new();
        loop {
            let Some(line) = said.next().transpose()? else {
                return Err(format!("the relay does not start: {}", before.join(" ")).into());
            };
            if line.contains("damaged") {
                return Err(line.into());
            }
            if line.contains("mail is taken in on") {
                break;
            }
            before.push(line);
        }
        thread::spawn(move || said.for_each(drop));
        Ok(running)
    }

    fn list(&self) -> Result<Vec<Kept>> {
        match ask(&self.data, &Request::List)? {
            Answer::Mails(mails) => Ok(mails),
            other => Err(format!("asked for mails, was told {other:?}").into()),
        }
    }

    /// Mails that are held, and which they are.
    fn held(&self) -> Result<Vec<(Kept, Plan)>> {
        let held = |kept: &Kept| matches!(kept.status.phase, Phase::Held { .. });
        let plan = |kept: Kept| {
            let to = kept.envelope.to.first().map(|to| to.address.to_string()).unwrap_or_default();
            let number = to.strip_prefix('n').and_then(|rest| rest.split('-').next()?.parse().ok());
            let number: u64 = number.ok_or("a mail of nobody's is held")?;
            let mut found = kept.judgement.iter().flat_map(|judged| &judged.findings);
            let is_second = found.any(|told| told.check == "password-mail");
            Ok((kept, Plan(if is_second { number + SECOND } else { number })))
        };
        self.list()?.into_iter().filter(held).map(plan).collect()
    }

    fn decide(&self, kept: &Kept, plan: Plan, decision: Decision) -> Result<()> {
        let is_go = decision == Decision::LetGo;
        let mut known = self.known();
        if is_go {
            known.may_go.insert(plan.0)
        } else {
            known.may_stop.insert(plan.0)
        };
        drop(known);
        let request = Request::Decide { id: kept.id, decision, who: SENDER.parse()? };
        let answer = ask(&self.data, &request)?;
        let mut known = self.known();
        let followed = |of: &BTreeSet<u64>| of.contains(&plan.first().0);
        match answer {
            Answer::Done if is_go => drop(known.must_go.insert(plan.0)),
            Answer::Done => drop(known.must_stop.insert(plan.0)),
            // It was decided about already in this life, or followed the one that it belongs to.
            Answer::Refused(_)
                if known.must_go.contains(&plan.0)
                    || known.must_stop.contains(&plan.0)
                    || followed(&known.may_go)
                    || followed(&known.may_stop) => {}
            other => return Err(format!("mail {}, {decision:?}: {other:?}", plan.0).into()),
        }
        Ok(())
    }

    /// Waits until all that is left is held, and tells it.
    fn settle(&self) -> Result<Vec<u64>> {
        let began = Instant::now();
        loop {
            let left = self.list()?;
            let under_way =
                left.iter().filter(|kept| !matches!(kept.status.phase, Phase::Held { .. }));
            if under_way.count() == 0 {
                return Ok(self.held()?.into_iter().map(|(_, plan)| plan.0).collect());
            }
            if began.elapsed() > PATIENCE {
                return Err("what is released does not go out".into());
            }
            thread::sleep(PAUSE);
        }
    }

    /// Compares what arrived and what is held with what was acknowledged.
    fn check(&self, left: &[u64]) -> Result<()> {
        let known = self.known();
        if let Some(wrong) = known.wrong.first() {
            return Err(format!("{wrong}, and {} more", known.wrong.len() - 1).into());
        }
        for &number in &known.accepted {
            let plan = Plan(number);
            let is_left = left.contains(&number);
            let is_gone = |of: &BTreeSet<u64>| of.contains(&number) || of.contains(&plan.first().0);
            let waits = matches!(plan.kind(), Kind::Held | Kind::Second);
            if waits && !known.must_go.contains(&plan.first().0) {
                if !is_left && !is_gone(&known.may_go) && !is_gone(&known.may_stop) {
                    return Err(format!("mail {number} was held and is gone").into());
                }
            } else if waits && is_gone(&known.may_stop) {
                // Somebody let it go, and somebody cancelled it or the one that it belongs to.
            } else if is_left {
                return Err(format!("mail {number} is held, and was to go out").into());
            } else {
                known.reached(plan)?;
            }
        }
        let is_let_go = |number: &&u64| match Plan(**number).kind() {
            Kind::Held => known.may_go.contains(*number),
            Kind::Second => {
                known.may_go.contains(*number) || known.may_go.contains(&Plan(**number).first().0)
            }
            Kind::Usual | Kind::Copies | Kind::Linked => true,
        };
        if let Some(number) = known.arrived.keys().find(|number| !is_let_go(number)) {
            return Err(format!("mail {number} went out and nobody let it go").into());
        }
        let stopped = known.must_stop.difference(&known.may_go);
        let mut came = stopped.filter(|number| known.arrived.contains_key(number));
        match came.find(|number| !known.may_go.contains(&Plan(**number).first().0)) {
            Some(number) => Err(format!("mail {number} went out and was cancelled").into()),
            None => Ok(()),
        }
    }

    /// Every link leads to the file of its mail, and nothing else is kept.
    fn look_at_files(&self) -> Result<usize> {
        let (settings, policy) = (Settings::parse(&self.policy())?, Policy::parse(&self.policy())?);
        let runtime = tokio::runtime::Runtime::new()?;
        let relay = runtime.block_on(Relay::start(settings, policy, &self.data))?;
        let desk = relay.desk();
        let known = self.known();
        for (&number, links) in &known.links {
            let plan = Plan(number);
            let wrong = |what: &str| format!("mail {number}, whose file goes by link: {what}");
            let (Some(link), 1) = (links.first(), links.len()) else {
                return Err(wrong("its copies have different links").into());
            };
            let id: ParcelId = link.parse().map_err(|()| wrong("its link is none"))?;
            let parcel = desk.parcel(id)?.ok_or_else(|| wrong("its link leads nowhere"))?;
            let who = parcel.recipients.first().ok_or_else(|| wrong("it is nobody's"))?.clone();
            let fetched = desk.fetch(&parcel, 0, &who, None)?;
            let fetched = fetched.ok_or_else(|| wrong("the file is not there"))?;
            let bytes = fetched.collect::<std::result::Result<Vec<_>, _>>()?.concat();
            // The line break before the boundary belongs to the boundary.
            if bytes != plan.file().trim_end().as_bytes() {
                return Err(wrong("the file is not what was sent").into());
            }
        }
        let kept = std::fs::read_dir(self.data.join("files"))?.count();
        if kept != known.links.len() {
            return Err(format!("{kept} files are kept for {} mails", known.links.len()).into());
        }
        runtime.block_on(relay.stop());
        Ok(kept)
    }

    /// What was held to the end goes out when somebody says so.
    fn let_go(&self, left: &[u64]) -> Result<()> {
        for (kept, plan) in self.held()? {
            // What waits with another one goes with it.
            if plan.kind() != Kind::Second || !left.contains(&plan.first().0) {
                self.decide(&kept, plan, Decision::LetGo)?;
            }
        }
        let still = self.settle()?;
        if !still.is_empty() {
            return Err(format!("{still:?} are held after they were let go").into());
        }
        left.iter().try_for_each(|&number| self.known().reached(Plan(number)))
    }
}

impl Known {
    /// Whether all recipients have it.
    fn reached(&self, plan: Plan) -> Result<()> {
        let nobody = BTreeMap::new();
        let reached = self.arrived.get(&plan.0).unwrap_or(&nobody);
        match plan.to().into_iter().find(|to| !reached.contains_key(to)) {
            Some(to) => {
                Err(format!("mail {} was acknowledged and did not reach {to}", plan.0).into())
            }
            None => Ok(()),
        }
    }
}

/// Notes a mail that came to the server.
fn note(known: &Mutex<Known>, arrived: &Arrived) {
    // Reports and notices, which name what they are about.
    if arrived.to == [SENDER] {
        return;
    }
    let mail = String::from_utf8_lossy(&arrived.mail);
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(plan) = Plan::of(&mail) else {
        return known.wrong.push(format!("nobody sent this: {mail:.200}"));
    };
    known.wrong.extend(plan.wrong(arrived, &mail));
    if plan.kind() == Kind::Linked
        && let Ok(link) = plan.link(&mail)
    {
        known.links.entry(plan.0).or_default().insert(link);
    }
    let reached = known.arrived.entry(plan.0).or_default();
    for to in &arrived.to {
        *reached.entry(to.clone()).or_default() += 1;
    }
}

/// Ends the relay whatever becomes of the trial.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _killed = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// Moments that a seed decides (xorshift64, Marsaglia 2003).
struct Moments(u64);

impl Moments {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}
