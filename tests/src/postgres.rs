//! PostgreSQL's programs, and throwaway clusters.

mod account;
mod cluster;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

pub use cluster::Cluster;

/// The variable that names the folder of PostgreSQL's programs. Where it is set, they are looked for nowhere else.
pub const FOLDER_VARIABLE: &str = "UNDERSTUDY_TEST_POSTGRES_BIN";

/// What a cluster is made and run with.
const PROGRAMS: [&str; 5] = ["initdb", "pg_ctl", "pg_dump", "pg_restore", "postgres"];

/// Folders of installations, a version each, and how their names begin: Debian's, those of PostgreSQL's own packages
/// for Red Hat, and Homebrew's on both kinds of Macs. Hardly anyone has these in PATH.
const INSTALLATIONS: [(&str, &str); 4] = [
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/opt/homebrew/opt", "postgresql"),
    ("/usr/local/opt", "postgresql"),
];

/// The folder of PostgreSQL's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// Finds PostgreSQL on this machine: where [`FOLDER_VARIABLE`] says; or else in PATH, where `pg_config` says, and
    /// where packages put it, the newest version first.
    #[must_use]
    pub fn find() -> Option<Self> {
        let has_all = |folder: &PathBuf| PROGRAMS.iter().all(|program| folder.join(program).is_file());
        let folder = match env::var_os(FOLDER_VARIABLE) {
            Some(folder) => Some(PathBuf::from(folder)).filter(has_all),
            None => in_path().chain(configured()).chain(installed()).find(has_all),
        };
        let folder = std::path::absolute(folder?).ok()?;
        Some(Self { folder })
    }

    /// The folder, e.g. for [`FOLDER_VARIABLE`].
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

fn in_path() -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).collect::<Vec<_>>().into_iter()
}

fn configured() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(folder.trim()))
}

fn installed() -> impl Iterator<Item = PathBuf> {
    INSTALLATIONS.into_iter().flat_map(|(place, beginning)| {
        let entries = fs::read_dir(place).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<_> = names.filter(|name| name.starts_with(beginning)).collect();
        names.sort_by_key(|name| version(name));
        names
            .into_iter()
            .rev()
            .map(move |name| Path::new(place).join(name).join("bin"))
    })
}

/// The numbers in a name, so that 9.6 comes before 17 and `postgresql@9` before `postgresql@17`.
fn version(name: &str) -> Vec<u32> {
    name.split(|letter: char| !letter.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}
