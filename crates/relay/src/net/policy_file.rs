//! A policy as its files have it: itself and the people that it names, read and checked. It does not know who
//! wants it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{Policy, PolicyError, Settings};

/// A policy with its people, as its files have it.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// Where it stands.
    pub path: PathBuf,
    /// The file.
    pub written: String,
    /// The file of people that it names.
    pub people: Option<String>,
    /// What they say.
    pub policy: Policy,
    /// How the relay runs: it stands in the same file, and is checked with it.
    pub settings: Settings,
}

/// Why a policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyFileError {
    /// A file cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The policy, or the people that it names.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something in it is wrong.
    #[error("{}: {because}", path.display())]
    Wrong {
        /// The policy, or the people that it names.
        path: PathBuf,
        /// Where, what, and what to do.
        because: PolicyError,
    },
}

impl PolicyFile {
    /// Reads both, and says what is wrong in them.
    pub fn read(path: &Path) -> Result<Self, PolicyFileError> {
        let wrong = |because| PolicyFileError::Wrong { path: path.to_path_buf(), because };
        let written = content(path)?;
        let mut policy = Policy::parse(&written).map_err(wrong)?;
        let settings = Settings::parse(&written).map_err(wrong)?;
        let mut people = None;
        if let Some(file) = &policy.people_file {
            let beside = path.parent().unwrap_or(Path::new("")).join(file);
            let csv = content(&beside)?;
            policy
                .add_people(&csv)
                .map_err(|because| PolicyFileError::Wrong { path: beside, because })?;
            people = Some(csv);
        }
        Ok(Self { path: path.to_path_buf(), written, people, policy, settings })
    }
}

fn content(path: &Path) -> Result<String, PolicyFileError> {
    fs::read_to_string(path)
        .map_err(|source| PolicyFileError::Unreadable { path: path.to_path_buf(), source })
}
