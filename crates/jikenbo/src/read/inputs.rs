//! From the paths of the command line to the inputs in the order in which they are printed. It does
//! not know what is in a file.

use std::fs;
use std::path::{Path, PathBuf};

use super::problem::Problem;

/// One thing to read.
#[derive(Debug)]
pub(crate) struct Input {
    /// As shown to people and named in the record.
    pub(crate) name: String,
    /// Its size as far as it is known beforehand, for the progress bar.
    pub(crate) size_bytes: u64,
    /// Where its bytes come from.
    pub(crate) place: Place,
}

/// Where the bytes of an input come from.
#[derive(Debug)]
pub(crate) enum Place {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// Nowhere: that it cannot be read was found while walking.
    Broken(Problem),
}

impl Input {
    fn file(path: PathBuf, size_bytes: u64) -> Self {
        Self { name: name_of(&path), size_bytes, place: Place::File(path) }
    }

    fn broken(path: &Path, problem: Problem) -> Self {
        Self { name: name_of(path), size_bytes: 0, place: Place::Broken(problem) }
    }
}

fn name_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Lists the inputs: paths in the order given, folders walked by name.
pub(crate) fn list(paths: &[PathBuf]) -> Vec<Input> {
    let mut inputs = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.push(Input { name: "-".to_owned(), size_bytes: 0, place: Place::Stdin });
            continue;
        }
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => walk(path, &mut inputs),
            // A pipe such as `<(…)` is taken when it is named; inside a folder it would hang.
            Ok(meta) => inputs.push(Input::file(path.clone(), meta.len())),
            Err(error) => inputs.push(Input::broken(path, Problem::Open(error))),
        }
    }
    inputs
}

/// Walks a folder with a stack of its own, so that depth costs no call stack.
fn walk(root: &Path, inputs: &mut Vec<Input>) {
    let mut stack = vec![(root.to_owned(), true)];
    while let Some((path, is_folder)) = stack.pop() {
        if is_folder {
            match names_in(&path) {
                Ok(children) => stack.extend(children.into_iter().rev()),
                Err(error) => inputs.push(Input::broken(&path, Problem::Folder(error))),
            }
            continue;
        }
        match fs::metadata(&path) {
            Ok(meta) if meta.is_file() => inputs.push(Input::file(path, meta.len())),
            // Only a link can be a folder here: following it could lead back up, for ever.
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => inputs.push(Input::broken(&path, Problem::NotAFile)),
            Err(error) => inputs.push(Input::broken(&path, Problem::Open(error))),
        }
    }
}

/// What is in a folder, by name, hidden names left out; with whether it is itself a folder.
fn names_in(folder: &Path) -> std::io::Result<Vec<(PathBuf, bool)>> {
    let mut children = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            children.push((entry.path(), entry.file_type()?.is_dir()));
        }
    }
    children.sort();
    Ok(children)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lays out `files` in a new folder and gives the names that a walk finds, below the folder.
    fn walked(files: &[&str], lay_out_more: impl Fn(&Path)) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        lay_out_more(folder.path());
        let prefix = format!("{}/", folder.path().display());
        list(&[folder.path().to_owned()])
            .into_iter()
            .map(|input| {
                let name = input.name.strip_prefix(&prefix).unwrap().to_owned();
                if matches!(input.place, Place::Broken(_)) {
                    format!("{name} broken")
                } else {
                    name
                }
            })
            .collect()
    }

    #[test]
    fn folders_are_walked_by_name_and_hidden_names_skipped() {
        let files = ["b.txt", "a/2.txt", "a/10.txt", "a.txt", ".hidden/x.txt", "c/.hidden"];
        assert_eq!(walked(&files, |_| {}), ["a/10.txt", "a/2.txt", "a.txt", "b.txt"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_back_up_does_not_hang_and_a_dead_link_is_named() {
        use std::os::unix::fs::symlink;
        let found = walked(&["a/1.txt"], |folder| {
            symlink(folder, folder.join("a/up")).unwrap();
            symlink("1.txt", folder.join("a/link.txt")).unwrap();
            symlink("nowhere", folder.join("a/dead.txt")).unwrap();
            symlink("self.txt", folder.join("a/self.txt")).unwrap();
        });
        assert_eq!(found, ["a/1.txt", "a/dead.txt broken", "a/link.txt", "a/self.txt broken"]);
    }
}
