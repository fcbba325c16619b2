//! The pages in a real browser: Debian's Chromium, driven over `WebDriver`, with `jikenbo serve`
//! behind it. It does not know how pages are made: only what a person sees and does.
//!
//! Without `chromium`, `chromedriver` or axe-core (`npm ci` in this folder) the tests say that they
//! are skipped and pass; with `JIKENBO_BROWSER=required` they fail instead. `JIKENBO_PICTURES=DIR`
//! keeps the screenshots.

mod accessible;
mod accounts;
mod adding;
mod correcting;
mod deciding;
mod driver;
mod files;
mod live;
mod looking;
mod mail;
mod pictures;
mod reading;
mod replays;
mod served;
mod taking;
mod timeline;

use std::ffi::OsStr;

use driver::Browser;
use served::{Served, root};

/// Where `npm ci` puts axe-core.
fn axe() -> std::path::PathBuf {
    root().join("crates/jikenbo/tests/browser/node_modules/axe-core/axe.min.js")
}

/// What the tests need and this machine has not.
fn missing() -> Vec<&'static str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let program = |name: &str| std::env::split_paths(&path).any(|dir| dir.join(name).is_file());
    let mut missing = Vec::new();
    for (name, there) in [
        ("chromium", program("chromium")),
        ("chromedriver", program("chromedriver")),
        ("axe-core (npm ci in crates/jikenbo/tests/browser)", axe().is_file()),
    ] {
        if !there {
            missing.push(name);
        }
    }
    missing
}

/// A browser on a book with these examples, or the reason why there is none.
#[track_caller]
fn start(language: &str, examples: &[&str]) -> Option<(Browser, Served)> {
    (!skipped()).then(|| (Browser::open(language), Served::with(examples)))
}

/// Whether something that the tests need is not here; then it is said what.
#[track_caller]
fn skipped() -> bool {
    let missing = missing();
    if missing.is_empty() {
        return false;
    }
    let required = std::env::var_os("JIKENBO_BROWSER");
    assert!(required.as_deref() != Some(OsStr::new("required")), "missing: {missing:?}");
    println!("skipped: a browser test needs {}", missing.join(", "));
    true
}

/// The same, signed in as the administrator.
#[track_caller]
fn start_signed_in(language: &str, examples: &[&str]) -> Option<(Browser, Served)> {
    let (browser, served) = start(language, examples)?;
    served.make_administrator(&browser);
    Some((browser, served))
}
