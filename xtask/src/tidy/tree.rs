//! The repository's files as the rules see them: a path from the root and a text. It does not know
//! any rule; in tests it is made of literals.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

/// The files that git tracks or would track, in order; what is no UTF-8 has no text.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    files: Vec<File>,
}

/// One file.
#[derive(Debug)]
pub(crate) struct File {
    /// From the root, with `/`.
    pub(crate) path: String,
    /// `None` for binary files.
    pub(crate) text: Option<String>,
}

impl Tree {
    /// The files below `root`.
    pub(crate) fn of(root: &Path) -> anyhow::Result<Self> {
        let output = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("cannot start git, which lists the files")?;
        if !output.status.success() {
            bail!("git ls-files: {}", String::from_utf8_lossy(&output.stderr));
        }
        let listed = String::from_utf8(output.stdout).context("a file name is no UTF-8")?;
        let mut files: Vec<File> = Vec::new();
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            // A file that is deleted but not yet committed as such is listed all the same.
            if let Ok(bytes) = std::fs::read(root.join(path)) {
                files.push(File { path: path.to_owned(), text: String::from_utf8(bytes).ok() });
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Ok(Self { files })
    }

    /// A tree made of literals.
    #[cfg(test)]
    pub(crate) fn sample(files: &[(&str, &str)]) -> Self {
        let file = |&(path, text): &(&str, &str)| File {
            path: path.to_owned(),
            text: Some(text.to_owned()),
        };
        Self { files: files.iter().map(file).collect() }
    }

    /// How many files.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// Every path.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.path.as_str())
    }

    /// Path and text of each text file whose path ends so.
    pub(crate) fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files
            .iter()
            .filter(move |file| file.path.ends_with(end))
            .filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path)?.text.as_deref()
    }
}
