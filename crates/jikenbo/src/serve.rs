//! The command `serve`: the pages of the book in a browser. It does not know what is on them.

use std::io;
use std::process::ExitCode;

use anyhow::anyhow;
use web::{Options, Unserved};

use crate::cli::book::ServeArgs;
use crate::read::complain;

/// Serves the book until the process is told to end.
pub(crate) fn run(args: &ServeArgs) -> anyhow::Result<ExitCode> {
    let folder = args.book.folder()?;
    let is_new = !folder.exists();
    let book = args.book.open()?;
    if is_new {
        complain(&format!("jikenbo: a new, empty book was made in {}", folder.display()));
    }
    if let Some(path) = &args.policy {
        // What is wrong in it is told now, not when the first case is replayed.
        relay::net::PolicyFile::read(path)?;
    }
    let options = Options {
        listen: args.listen,
        public_read: args.public_read,
        hosts: args.host.clone(),
        https: args.https,
        mail: None,
        policy: args.policy.clone(),
    };
    let served = web::serve(book, options, |started| {
        complain(&format!("jikenbo: http://{}/ (end with Ctrl-C)", started.address));
        if let Some(link) = &started.first_link {
            complain(&format!("jikenbo: make the administrator, once, at {link}"));
        }
    });
    served.map_err(hinted)?;
    Ok(ExitCode::SUCCESS)
}

/// Why there are no pages, with what to do about it.
pub(crate) fn hinted(unserved: Unserved) -> anyhow::Error {
    let hint = hint(&unserved);
    let error = anyhow::Error::new(unserved);
    if hint.is_empty() { error } else { anyhow!("{error:#}\n  hint: {hint}") }
}

fn hint(unserved: &Unserved) -> &'static str {
    let Unserved::Listen { source, .. } = unserved else { return "" };
    match source.kind() {
        io::ErrorKind::AddrInUse => {
            "another program listens there, perhaps this book already; \
             name another port (--listen or --pages), or 0 for any that is free"
        }
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 are for the administrator; take a higher one"
        }
        io::ErrorKind::AddrNotAvailable => "name an address of this machine, 127.0.0.1 or 0.0.0.0",
        _ => "",
    }
}
