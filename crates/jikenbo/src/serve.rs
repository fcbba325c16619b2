//! The command `serve`: the pages of the book in a browser. It does not know what is on them.

use std::process::ExitCode;

use anyhow::Context as _;
use web::Options;

use crate::cli::book::ServeArgs;
use crate::read::complain;

/// Serves the book until the process is told to end.
pub(crate) fn run(args: &ServeArgs) -> anyhow::Result<ExitCode> {
    let book = args.book.open()?;
    let options = Options {
        listen: args.listen,
        public_read: args.public_read,
        hosts: args.host.clone(),
        https: args.https,
    };
    web::serve(book, options, |started| {
        complain(&format!("jikenbo: http://{}/ (end with Ctrl-C)", started.address));
        if let Some(link) = &started.first_link {
            complain(&format!("jikenbo: make the administrator, once, at {link}"));
        }
    })
    .with_context(|| format!("serving at {}", args.listen))?;
    Ok(ExitCode::SUCCESS)
}
