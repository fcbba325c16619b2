//! The command `relay`: the control of outgoing mail. It reads files, starts the relay and talks to a
//! running one; it does not know how mail is judged.

pub(crate) mod mailbox;
pub(crate) mod trial;

use std::fs;
use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use book::Book;
use relay::net::control::{Answer, Request, ask};
use relay::net::record::Record;
use relay::net::{Decision, Desk, Kept, NetError, PolicyFile, Relay, check_files, hash_password};
use relay::spool::Phase;
use relay::{Policy, Settings};
use tokio::net::TcpListener;

use crate::cli::relay::{
    DataArg, DecideArgs, HeldArgs, LinkArgs, ListFormat, RelayArgs, RelayCommand, ReloadArgs,
    RunArgs,
};
use crate::data;
use crate::read::complain;
use crate::serve;

/// Does what was asked for.
pub(crate) fn run(args: &RelayArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        RelayCommand::Run(args) => start(args)?,
        RelayCommand::Policy => io::stdout().write_all(relay::policy::DEFAULT.as_bytes())?,
        RelayCommand::Check(args) => {
            let read = PolicyFile::read(&args.policy)?;
            check_links(&read)?;
            let people = read.policy.directory.people().len();
            let folder = read.path.parent().unwrap_or(Path::new(""));
            check_files(&read.settings.clone().beside(folder)).map_err(hinted)?;
            complain(&format!(
                "{}: the policy is sound; it knows {people} people",
                read.path.display()
            ));
        }
        RelayCommand::Try(args) => trial::run(args)?,
        RelayCommand::Held(args) => held(args)?,
        RelayCommand::Release(args) => {
            decide(
                args,
                match (args.individual_copies, args.links) {
                    (true, _) => Decision::IndividualCopies,
                    (false, true) => Decision::Links,
                    (false, false) => Decision::LetGo,
                },
            )?;
        }
        RelayCommand::Cancel(args) => decide(args, Decision::Cancel)?,
        RelayCommand::Link(args) => link(args)?,
        RelayCommand::Reload(args) => reload(args)?,
        RelayCommand::Verify(args) => verify(args)?,
        RelayCommand::Password => password()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether files can go by link: a link leads to pages that people outside reach.
fn check_links(read: &PolicyFile) -> anyhow::Result<()> {
    if read.settings.pages.is_some() {
        return Ok(());
    }
    let name = read.path.display();
    let hint = "write pages = \"https://mail.example.jp\" in [relay], with the address by which \
                browsers reach the pages";
    if let Some(check) = read.policy.checks.that_link().next() {
        bail!(
            "{name}: {check} sends files by link, and no address of pages is set\n  hint: {hint}"
        );
    }
    complain(&format!(
        "{name}: no address of pages is set: files cannot go by link to people outside\n  hint: {hint}"
    ));
    Ok(())
}

impl DataArg {
    /// The data folder: named, or the platform's.
    fn folder(&self) -> anyhow::Result<PathBuf> {
        if let Some(folder) = &self.data {
            return Ok(folder.clone());
        }
        Ok(data::platform_folder()?.join("relay"))
    }

    fn ask(&self, request: &Request) -> anyhow::Result<Answer> {
        let folder = self.folder()?;
        ask(&folder, request).with_context(|| {
            let folder = folder.display();
            format!("no relay runs in {folder}; start it with `jikenbo relay run`, or name its folder with --data DIR")
        })
    }
}

fn start(args: &RunArgs) -> anyhow::Result<()> {
    let (settings, policy) = match (&args.policy, &args.domain) {
        (Some(path), _) => {
            let read = PolicyFile::read(path)?;
            (read.settings.beside(path.parent().unwrap_or(Path::new(""))), read.policy)
        }
        (None, domain) => {
            let domain = domain.as_deref().unwrap_or_default();
            let written = format!(
                "[organisation]\ndomains = [{domain:?}]\n[relay]\nrelay = [\"{}\"]\ndeliver-to = {:?}\n",
                args.listen, args.to
            );
            let wrong = |error: relay::PolicyError| {
                anyhow!("--domain, --listen or --to: {}", error.message)
            };
            (Settings::parse(&written).map_err(wrong)?, Policy::parse(&written).map_err(wrong)?)
        }
    };
    let folder = args.data.folder()?;
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let to = settings.delivery.default.to.to_string();
    let runtime = tokio::runtime::Runtime::new().context("the threads cannot be started")?;
    runtime.block_on(async {
        let pages = if args.no_pages {
            None
        } else {
            Some(web::listen(args.pages).await.map_err(serve::hinted)?)
        };
        let mut settings = settings;
        if let Some(socket) = &pages {
            let here = format!("http://{}", socket.local_addr()?);
            settings.pages.get_or_insert(here);
        }
        let address = settings.pages.clone().unwrap_or_default();
        let relay = Relay::start(settings, policy, &folder).await.map_err(hinted)?;
        for address in relay.addresses() {
            complain(&format!("jikenbo: mail is taken in on {address}"));
        }
        complain(&format!(
            "jikenbo: it goes on to {to}; kept in {} (end with Ctrl-C)",
            folder.display()
        ));
        let served = match pages {
            None => {
                web::told_to_end().await;
                Ok(())
            }
            Some(socket) => show_pages(socket, &address, args, relay.desk()).await,
        };
        relay.stop().await;
        served
    })
}

/// Serves the pages until the process is told to end.
async fn show_pages(
    socket: TcpListener,
    address: &str,
    args: &RunArgs,
    desk: Desk,
) -> anyhow::Result<()> {
    let folder = match (&args.book, &args.data.data) {
        (Some(book), _) => book.clone(),
        (None, Some(data)) => data.join("book"),
        (None, None) => data::platform_folder()?,
    };
    let book = Book::open(&folder).map_err(data::hinted)?;
    let (scheme, rest) = address.split_once("://").unwrap_or(("http", address));
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    let options = web::Options {
        hosts: vec![host.to_owned()],
        https: scheme == "https",
        mail: Some(desk),
        policy: args.policy.clone(),
        ..web::Options::local(socket.local_addr()?)
    };
    let started = |started: &web::Started| {
        complain(&format!("jikenbo: pages at {address}/mail, served on {}", started.address));
        if let Some(link) = &started.first_link {
            complain(&format!("jikenbo: make the administrator, once, at {link}"));
        }
    };
    let served = web::serve_until(socket, book, options, started, web::told_to_end());
    served.await.map_err(serve::hinted)
}

fn hinted(error: NetError) -> anyhow::Error {
    let hint = match &error {
        NetError::Listen { because, .. } if because.kind() == io::ErrorKind::AddrInUse => {
            "another program listens there, perhaps another relay; name another port"
        }
        NetError::Listen { because, .. } if because.kind() == io::ErrorKind::PermissionDenied => {
            "ports below 1024 are for the administrator; take a higher one, or let systemd hand it over"
        }
        NetError::Certificate { .. } => "both files are PEM; the key is not locked with a password",
        NetError::SigningKey { .. } => {
            "it is PEM, as `openssl genpkey` writes it; docs/relay.md says how"
        }
        NetError::Password { .. } => {
            "it is the first line of the file, and nothing else stands there"
        }
        NetError::Dns(_) => {
            "name servers stand in /etc/resolv.conf, or in dns = [\"192.0.2.53:53\"]"
        }
        NetError::Spool(_) => "only one relay can use a data folder; is another one running?",
        _ => "",
    };
    let error = anyhow::Error::new(error);
    if hint.is_empty() { error } else { anyhow!("{error:#}\n  hint: {hint}") }
}

fn held(args: &HeldArgs) -> anyhow::Result<()> {
    let Answer::Mails(mails) = args.data.ask(&Request::List)? else {
        bail!("the relay gave no list");
    };
    let mut out = io::stdout().lock();
    let mut held = mails.iter().filter(|mail| matches!(mail.status.phase, Phase::Held { .. }));
    let mut is_none = true;
    for mail in held.by_ref() {
        is_none = false;
        match args.format {
            ListFormat::Json => writeln!(out, "{}", serde_json::to_string(mail)?)?,
            ListFormat::Table => write!(out, "{}", card(mail))?,
        }
    }
    if is_none {
        complain("待っているメールはありません。 No mail waits.");
    }
    Ok(())
}

/// A held mail for people: who, to whom, and what was found.
fn card(mail: &Kept) -> String {
    let from = mail.envelope.from.as_ref().map_or_else(|| "<>".to_owned(), ToString::to_string);
    let to = mail.envelope.to.len();
    let first = mail.envelope.to.first().map(|to| to.address.to_string()).unwrap_or_default();
    let more = if to > 1 { format!(" ほか{}件", to - 1) } else { String::new() };
    let waits = match &mail.status.phase {
        Phase::Held { by, .. } => match by.as_str() {
            "window" => "取り消せる時間 (its sender can still cancel it)",
            "sender" => "送信者の確認待ち (waits for its sender)",
            "tied-to-sender" | "tied-to-approver" => {
                "先のメールと一緒に待つ (waits with an earlier mail)"
            }
            _ => "承認待ち (waits for an approver)",
        },
        _ => "",
    };
    let head = format!("{}  {waits}\n  {from} → {first}{more}\n", mail.id);
    let findings = mail.judgement.iter().flat_map(|judgement| &judgement.findings);
    let findings = findings.map(|finding| {
        let mark = if finding.binds { "●" } else { "○" };
        format!("  {mark} {}\n    {}\n", finding.says.ja, finding.says.en)
    });
    std::iter::once(head).chain(findings).collect()
}

fn decide(args: &DecideArgs, decision: Decision) -> anyhow::Result<()> {
    let id = args
        .mail
        .parse()
        .map_err(|error| anyhow!("{}: {error}; `jikenbo relay held` names them", args.mail))?;
    let who = args.who.parse().map_err(|error| anyhow!("{}: {error}", args.who))?;
    done(args.data.ask(&Request::Decide { id, decision, who })?, &args.mail)?;
    let said = match decision {
        Decision::Cancel => "it is cancelled, and its sender is told",
        _ => "it goes out; the running relay tells what its server says",
    };
    complain(&format!("{}: {said}", args.mail));
    Ok(())
}

fn link(args: &LinkArgs) -> anyhow::Result<()> {
    let who = args.who.parse().map_err(|error| anyhow!("{}: {error}", args.who))?;
    match args.data.ask(&Request::Link { who })? {
        Answer::Link(link) => Ok(writeln!(io::stdout(), "{link}")?),
        answer => done(answer, &args.who),
    }
}

fn reload(args: &ReloadArgs) -> anyhow::Result<()> {
    let PolicyFile { path, written, people, .. } = PolicyFile::read(&args.policy.policy)?;
    let request = Request::Policy { policy: written, people };
    done(args.data.ask(&request)?, &path.display().to_string())
}

fn done(answer: Answer, what: &str) -> anyhow::Result<()> {
    match answer {
        Answer::Refused(why) => bail!("{what}: {why}"),
        Answer::Done | Answer::Mails(_) | Answer::Link(_) => Ok(()),
    }
}

fn verify(args: &DataArg) -> anyhow::Result<()> {
    let folder = args.folder()?;
    let record = record_in(&folder)?;
    let entries = record.verify().with_context(|| format!("{}", folder.display()))?;
    complain(&format!("{}: the ledger holds; it has {entries} entries", folder.display()));
    Ok(())
}

/// The record in a relay's data folder, which must be there.
fn record_in(folder: &Path) -> anyhow::Result<Record> {
    let name = folder.display();
    if !folder.join(relay::net::record::FILE).is_file() {
        bail!("{name} has no relay's record; name its data folder");
    }
    Record::open(folder).with_context(|| format!("{name}"))
}

fn password() -> anyhow::Result<()> {
    complain("jikenbo: type the password, then Enter (it is shown)");
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("no password was given");
    }
    let hash = hash_password(password.as_bytes()).context("the system gives no randomness")?;
    writeln!(io::stdout(), "{hash}")?;
    Ok(())
}
