//! What cargo knows of the workspace: its members, their direct dependencies, and every package
//! that is built with them. It does not know which of them are allowed.

use std::path::Path;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::ci::cargo_command;

/// The packages of the workspace and of its lock file.
#[derive(Debug, Default)]
pub(crate) struct Packages {
    /// The workspace's own.
    pub(crate) members: Vec<Member>,
    /// All others.
    pub(crate) foreign: Vec<Foreign>,
}

/// A package of the workspace.
#[derive(Debug)]
pub(crate) struct Member {
    /// Its name.
    pub(crate) name: String,
    /// Its manifest, from the root.
    pub(crate) manifest: String,
    /// What it asks for.
    pub(crate) needs: Vec<Need>,
}

/// A direct dependency.
#[derive(Debug)]
pub(crate) struct Need {
    /// The package's name.
    pub(crate) name: String,
    /// Whether only tests, examples and benches use it.
    pub(crate) dev: bool,
}

/// A package from elsewhere.
#[derive(Debug)]
pub(crate) struct Foreign {
    /// Its name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// Its licence expression; empty where it states none.
    pub(crate) licence: String,
}

impl Packages {
    /// Asks cargo.
    pub(crate) fn of(root: &Path) -> anyhow::Result<Self> {
        let output = cargo_command(root, &["metadata", "--format-version", "1", "--locked"])
            .output()
            .context("cannot start cargo")?;
        if !output.status.success() {
            bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        }
        let metadata: Value =
            serde_json::from_slice(&output.stdout).context("cargo metadata is no JSON")?;
        Self::from_metadata(&metadata)
    }

    /// Reads what `cargo metadata` printed.
    fn from_metadata(metadata: &Value) -> anyhow::Result<Self> {
        let root = metadata["workspace_root"].as_str().context("no workspace_root")?;
        let ours: Vec<&str> =
            list(&metadata["workspace_members"]).iter().filter_map(Value::as_str).collect();
        let mut packages = Self::default();
        for package in list(&metadata["packages"]) {
            let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
            if !ours.contains(&text("id").as_str()) {
                packages.foreign.push(Foreign {
                    name: text("name"),
                    version: text("version"),
                    licence: text("license"),
                });
                continue;
            }
            let manifest = text("manifest_path");
            let manifest = manifest.strip_prefix(root).unwrap_or(&manifest).trim_start_matches('/');
            let needs = list(&package["dependencies"]).iter().map(|need| Need {
                name: need["name"].as_str().unwrap_or_default().to_owned(),
                dev: need["kind"].as_str() == Some("dev"),
            });
            packages.members.push(Member {
                name: text("name"),
                manifest: manifest.to_owned(),
                needs: needs.collect(),
            });
        }
        if packages.members.is_empty() {
            bail!("cargo metadata names no workspace member");
        }
        Ok(packages)
    }

    /// Whether `name` is a package of the workspace.
    pub(crate) fn is_member(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.name == name)
    }

    /// Packages made of literals: member, what it needs (`name` or `name (dev)`).
    #[cfg(test)]
    pub(crate) fn sample(members: &[(&str, &[&str])], foreign: &[(&str, &str)]) -> Self {
        let need = |need: &&str| Need {
            name: need.trim_end_matches(" (dev)").to_owned(),
            dev: need.ends_with(" (dev)"),
        };
        Self {
            members: members
                .iter()
                .map(|(name, needs)| Member {
                    name: (*name).to_owned(),
                    manifest: format!("crates/{name}/Cargo.toml"),
                    needs: needs.iter().map(need).collect(),
                })
                .collect(),
            foreign: foreign
                .iter()
                .map(|(name, licence)| Foreign {
                    name: (*name).to_owned(),
                    version: "1.0.0".to_owned(),
                    licence: (*licence).to_owned(),
                })
                .collect(),
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_split_into_ours_and_foreign() {
        let metadata = serde_json::json!({
            "workspace_root": "/w",
            "workspace_members": ["path+file:///w/crates/text#0.1.0"],
            "packages": [
                { "id": "path+file:///w/crates/text#0.1.0", "name": "text", "version": "0.1.0",
                  "license": "MIT", "manifest_path": "/w/crates/text/Cargo.toml",
                  "dependencies": [{ "name": "memchr", "kind": null }, { "name": "proptest", "kind": "dev" }] },
                { "id": "registry#memchr@2.8.0", "name": "memchr", "version": "2.8.0",
                  "license": "Unlicense OR MIT", "manifest_path": "/r/memchr/Cargo.toml", "dependencies": [] },
            ],
        });
        let packages = Packages::from_metadata(&metadata).unwrap();
        assert_eq!(packages.members[0].manifest, "crates/text/Cargo.toml");
        assert_eq!(
            packages.members[0].needs.iter().map(|n| n.dev).collect::<Vec<_>>(),
            [false, true]
        );
        assert_eq!(packages.foreign[0].licence, "Unlicense OR MIT");
    }
}
