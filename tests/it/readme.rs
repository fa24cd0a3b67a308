//! What the README shows is what happens.

use std::path::Path;
use std::process::Command;

use crate::harness::{Database, Server};

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap()
}

/// The shell of the worked session, but for the command that starts the server.
fn session(readme: &str) -> String {
    let section = readme
        .split("\n## ")
        .find(|section| section.starts_with("A worked session"))
        .unwrap();
    let blocks = section
        .split("```sh\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap());
    blocks.filter(|block| !block.starts_with("cargo run")).collect()
}

#[test]
fn the_worked_session_goes_as_the_readme_shows() {
    if ["bash", "curl"]
        .iter()
        .any(|tool| Command::new(tool).arg("--version").output().is_err())
    {
        // `cargo xtask test` has said so.
        return;
    }
    let database = Database::new();
    let server = Server::start(&database);
    let script = session(&readme());
    let expected: Vec<&str> = script
        .lines()
        .filter_map(|line| line.strip_prefix("#=> "))
        .collect();
    assert!(expected.len() > 5, "the README shows answers");

    let script = script.replace("127.0.0.1:8000", &server.address);
    let output = Command::new("bash")
        .args(["-eu", "-o", "pipefail", "-c", &script])
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{stdout}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(stdout.lines().collect::<Vec<_>>(), expected);
}
