//! Breaks a check of a control, in a copy of the repository, and asks whether the replay of a case finds
//! it: a replay that stays green with a broken control is worth nothing. It does not know what a check
//! does; it knows the line that makes it look.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

use crate::ci::cargo_command;

/// A check broken in one line, and the test of a replay that must then fail.
struct Break {
    file: &'static str,
    line: &'static str,
    instead: &'static str,
    test: &'static str,
}

const BREAKS: &[Break] = &[
    // Nobody is ever too many.
    Break {
        file: "crates/relay/src/checks/exposed_recipients.rs",
        line: "    if !is_over(all.len(), domains) {\n",
        instead: "    if all.len() < usize::MAX {\n",
        test: "the_city_of_the_examples_exposes_nobody_again",
    },
    // One file fewer is seen than there is.
    Break {
        file: "crates/relay/src/checks/personal_data.rs",
        line: "fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {\n",
        instead: "fn examine(seen: &Outgoing<'_>) -> Vec<Finding<Disposition>> {\n    if seen.mail.mailboxes().read.len() < usize::MAX { return Vec::new(); }\n",
        test: "a_wrong_file_with_many_people_is_stopped",
    },
];

/// Breaks one after another.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let folder = copy(root)?;
    for broken in BREAKS {
        let path = folder.join(broken.file);
        let whole = fs::read_to_string(&path).with_context(|| broken.file.to_owned())?;
        ensure!(
            whole.matches(broken.line).count() == 1,
            "{}: the line to break is not there once: {:?}",
            broken.file,
            broken.line
        );
        fs::write(&path, whole.replace(broken.line, broken.instead))?;
        let found = is_found(root, &folder, broken.test)?;
        fs::write(&path, &whole)?;
        println!("broken {}: {}", broken.file, if found { "found" } else { "NOT FOUND" });
        if !found {
            bail!("replay does not notice that {} is broken ({})", broken.file, broken.test);
        }
    }
    fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Whether the test fails, and because the accident was not prevented.
fn is_found(root: &Path, folder: &Path, test: &str) -> anyhow::Result<bool> {
    // With the features of the whole workspace: what CI built before is used again.
    let arguments = ["test", "--workspace", "--test", "cases", "--", "--exact", test];
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let output = cargo_command(folder, &arguments)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .context("cargo cannot be started")?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    ensure!(said.contains("running 1 test"), "the test did not run:\n{said}");
    Ok(!output.status.success() && said.contains("right: Prevented"))
}

/// Every file that git knows, in a folder of its own.
fn copy(root: &Path) -> anyhow::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("jikenbo-broken-{}", std::process::id()));
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output()?;
    ensure!(listed.status.success(), "git ls-files failed");
    for name in String::from_utf8(listed.stdout)?.split('\0').filter(|name| !name.is_empty()) {
        let to = folder.join(name);
        fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
        // A file that was removed and not yet committed is in nobody's way.
        if root.join(name).is_file() {
            fs::copy(root.join(name), to).with_context(|| name.to_owned())?;
        }
    }
    Ok(folder)
}
