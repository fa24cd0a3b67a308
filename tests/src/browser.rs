//! The browser in which pages are tried.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What Chromium, and what is made of it, is called; the last is where a Mac has it.
const NAMES: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// Finds Chromium on this machine, in PATH or where it is on a Mac. Ubuntu has a program of that name that only says
/// how to install it, so it must be able to tell its version.
#[must_use]
pub fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = env::split_paths(&path).collect();
    // A whole path stays what it is, whatever folder it is joined to.
    let places = |name| folders.iter().map(move |folder| Path::join(folder, name));
    let mut found = NAMES.into_iter().flat_map(places).filter(|place| place.is_file());
    found.find(|place| starts(place))
}

fn starts(browser: &Path) -> bool {
    let output = Command::new(browser).arg("--version").output();
    output.is_ok_and(|output| output.status.success())
}
