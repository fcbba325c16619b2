//! What the guard is told: a file in TOML. It does not know how it is carried out.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use guard::Mode;
use serde::Deserialize;

use crate::detector::Limits;

/// What is done about a tree of processes that is to be stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// People are told, and it goes on.
    Alarm,
    /// It stands still until a person says what becomes of it.
    #[default]
    Freeze,
    /// It ends, after the evidence is kept.
    Kill,
}

/// A tree of files to guard.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guarded {
    /// Where it is.
    pub path: PathBuf,
    /// Whose it is, for reports.
    #[serde(default)]
    pub tenant: String,
    /// Folders below it that are left out.
    #[serde(default)]
    pub exclude: Vec<PathBuf>,
    /// Files that nobody has business with.
    #[serde(default)]
    pub canaries: Vec<PathBuf>,
}

/// The whole configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The vault's folder.
    pub vault: PathBuf,
    /// How much it may hold, and how much deleted data may stay in the trees' file system.
    #[serde(default = "vault_limit_bytes")]
    pub vault_limit_bytes: u64,
    /// How long anything is kept.
    #[serde(default = "keep_hours")]
    pub keep_hours: u64,
    /// Larger files are not kept whole before they are written to.
    #[serde(default = "whole_file_bytes")]
    pub whole_file_bytes: u64,
    /// What is done.
    #[serde(default)]
    pub answer: Answer,
    /// Whether processes that are stopped are cut off the network too.
    #[serde(default = "cut_network")]
    pub cut_network: bool,
    /// Programs that only start work of others, and do not answer for it.
    #[serde(default = "boundaries")]
    pub boundaries: Vec<String>,
    /// The trees; all in one file system.
    #[serde(rename = "tree")]
    pub trees: Vec<Guarded>,
    /// When it is enough.
    #[serde(default)]
    pub limits: Limits,
    /// Checks that are off or only noted.
    #[serde(default)]
    pub checks: HashMap<String, Mode>,
}

fn vault_limit_bytes() -> u64 {
    20_000_000_000
}

fn keep_hours() -> u64 {
    72
}

fn whole_file_bytes() -> u64 {
    256 * 1024 * 1024
}

const fn cut_network() -> bool {
    true
}

fn boundaries() -> Vec<String> {
    let names = [
        "systemd", "init", "sshd", "sshd-session", "login", "cron", "crond", "tmux: server",
        "screen", "smbd", "postgres", "containerd-shim", "process_api",
    ];
    names.map(str::to_owned).into()
}

/// Why a configuration is none.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It is no TOML, or says what is not known.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// No tree is named.
    #[error("no tree is named")]
    Empty,
    /// A path is relative, and nobody knows to what.
    #[error("{}: a path here begins with /", .0.display())]
    Relative(PathBuf),
    /// The vault lies in a tree that it guards.
    #[error("{}: the vault lies in a tree that it guards", .0.display())]
    VaultInside(PathBuf),
    /// A check of this name does not exist.
    #[error("no check is called {0:?}")]
    Check(String),
}

impl Config {
    /// A configuration for these trees, with the defaults.
    pub fn new(vault: PathBuf, trees: Vec<Guarded>) -> Self {
        Self {
            vault,
            vault_limit_bytes: vault_limit_bytes(),
            keep_hours: keep_hours(),
            whole_file_bytes: whole_file_bytes(),
            answer: Answer::default(),
            cut_network: cut_network(),
            boundaries: boundaries(),
            trees,
            limits: Limits::default(),
            checks: HashMap::new(),
        }
    }

    /// Reads a configuration.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text)?;
        if config.trees.is_empty() {
            return Err(ConfigError::Empty);
        }
        let named = config
            .trees
            .iter()
            .flat_map(|tree| [&tree.path].into_iter().chain(&tree.exclude).chain(&tree.canaries));
        if let Some(path) = named.chain([&config.vault]).find(|path| !path.is_absolute()) {
            return Err(ConfigError::Relative(path.clone()));
        }
        if config.tree_of(&config.vault).is_some() {
            return Err(ConfigError::VaultInside(config.vault));
        }
        let known = |name: &String| crate::checks::CHECKS.iter().any(|check| check.id.0 == name);
        if let Some(name) = config.checks.keys().find(|name| !known(name)) {
            return Err(ConfigError::Check(name.clone()));
        }
        Ok(config)
    }

    /// The tree that a path is guarded in.
    pub fn tree_of(&self, path: &Path) -> Option<&Guarded> {
        self.trees.iter().find(|tree| {
            path.starts_with(&tree.path)
                && !tree.exclude.iter().any(|excluded| path.starts_with(excluded))
        })
    }

    /// Whether nobody has business with a file.
    pub fn is_canary(&self, path: &Path) -> bool {
        self.trees.iter().any(|tree| tree.canaries.iter().any(|canary| canary == path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_read_and_its_faults_are_named() {
        let tree = "[[tree]]\npath = \"/srv/files\"\nexclude = [\"/srv/files/cache\"]\n";
        let config = Config::parse(&format!("vault = \"/var/lib/v\"\nanswer = \"kill\"\n{tree}"));
        let config = config.unwrap();
        assert_eq!((config.answer, config.keep_hours), (Answer::Kill, 72));
        assert!(config.tree_of(Path::new("/srv/files/a/b")).is_some());
        assert!(config.tree_of(Path::new("/srv/files/cache/b")).is_none());
        assert!(config.tree_of(Path::new("/srv/files2/b")).is_none());
        let fault = |text: &str| Config::parse(text).unwrap_err().to_string();
        assert_eq!(fault("vault = \"/v\"\ntree = []\n"), "no tree is named");
        assert_eq!(fault(&format!("vault = \"v\"\n{tree}")), "v: a path here begins with /");
        assert!(fault(&format!("vault = \"/srv/files/v\"\n{tree}")).contains("lies in a tree"));
        let checks = format!("vault = \"/v\"\n{tree}[checks]\ncanari = \"off\"\n");
        assert_eq!(fault(&checks), "no check is called \"canari\"");
    }
}
