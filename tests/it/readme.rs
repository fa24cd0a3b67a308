//! What the README and its pages show is what happens.

use std::path::Path;
use std::process::Command;

use sea_orm::DbBackend;
use serde_json::{Value, json};

use crate::harness::{Database, Server, backend, command};

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap()
}

/// Runs a script, if there is what it needs; what it says.
fn run(bash: &mut Command, script: &str) -> Option<String> {
    let is_here = |tool| Command::new(tool).arg("--version").output().is_ok();
    if !["bash", "curl"].into_iter().all(is_here) {
        // `cargo xtask test` has said so.
        return None;
    }
    let output = bash
        .args(["-eu", "-o", "pipefail", "-c", script])
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{stdout}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(stdout)
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
    let database = Database::new();
    let server = Server::start(&database);
    let script = session(&page("README.md"));
    let expected: Vec<&str> = script
        .lines()
        .filter_map(|line| line.strip_prefix("#=> "))
        .collect();
    assert!(expected.len() > 5, "the README shows answers");
    let script = script.replace("127.0.0.1:8000", &server.address);
    if let Some(said) = run(&mut Command::new("bash"), &script) {
        assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_server_is_closed_in_five_commands() {
    if backend() != DbBackend::Sqlite {
        // They are about an embedded database.
        return;
    }
    let page = page("docs/access.md");
    let script = page.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let commands = script.replace("\\\n", "").lines().count();
    assert_eq!(commands, 5, "{script}");
    // Whatever else is running: it listens where there is room, and its address is the last line that it prints.
    let script = script
        .replace(
            "0.0.0.0:8000 &",
            "0.0.0.0:0 >printed &\ntrap 'kill %1' EXIT\nuntil [ -s printed ]; do sleep 0.1; done",
        )
        .replace("127.0.0.1:8000", "127.0.0.1:$(grep -o '[0-9]*$' printed)");
    let folder = tempfile::tempdir().unwrap();
    let understudy = command();
    let programs = Path::new(understudy.get_program()).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(programs.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut bash = Command::new("bash");
    bash.current_dir(folder.path()).env("PATH", path.unwrap());
    let Some(said) = run(&mut bash, &script) else {
        return;
    };
    let (workspace, answer) = said.trim().split_once('\n').unwrap();
    assert!(workspace.starts_with("wsp_"), "{said}");
    let answer: Value = serde_json::from_str(answer).unwrap();
    let viewer = json!({ "role": "ADMIN", "tokenName": "Ada", "workspace": { "name": "Acme" } });
    assert_eq!(answer, json!({ "data": { "viewer": viewer } }));
}
