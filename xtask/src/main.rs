//! The project's chores, run as `cargo xtask <chore>`, so that cargo is the only tool a newcomer needs.

use std::{
    borrow::BorrowMut,
    env,
    ffi::OsString,
    fmt, fs, io,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, ExitCode, ExitStatus, Stdio},
};

use clap::{Parser, Subcommand};

/// The project's chores.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    /// Which one.
    #[command(subcommand)]
    chore: Chore,
}

/// The chores there are.
#[derive(Debug, Subcommand)]
enum Chore {
    /// Build the server, then run all tests; some of them start the server that was built.
    Test {
        /// What to hand to the tests, e.g. `cargo xtask test -- launch_draft --nocapture`.
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Write schema.graphql from the code.
    Sdl,
}

/// Why a chore failed.
enum Failure {
    /// A step that ran and failed. It has said why itself.
    Step(ExitStatus),
    /// A step that could not run, or whose result could not be kept.
    Io(String, io::Error),
}

fn main() -> ExitCode {
    let result = match Cli::parse().chore {
        Chore::Test { arguments } => test(&arguments),
        Chore::Sdl => sdl(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Step(status)) => {
            // A step that was killed by a signal has no code of its own.
            let code = status
                .code()
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(1);
            ExitCode::from(code)
        }
        Err(Failure::Io(what, error)) => {
            say(format_args!("cannot {what}: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Builds the server, then runs all tests. The tests find the binary beside their own.
fn test(arguments: &[OsString]) -> Result<(), Failure> {
    say("building the server");
    finish(cargo(&["build", "--package", "understudy-server"]))?;
    for tool in ["bash", "curl"] {
        if Command::new(tool).arg("--version").output().is_err() {
            say(format_args!(
                "{tool} is not on this machine: the README's session will not be tried"
            ));
        }
    }
    say("running the tests");
    finish(cargo(&["test", "--workspace", "--"]).args(arguments))
}

/// Writes the schema that the server prints.
fn sdl() -> Result<(), Failure> {
    let path = root().join("schema.graphql");
    say(format_args!("writing {}", path.display()));
    let mut command = cargo(&["run", "--quiet", "--package", "understudy-server", "--", "schema"]);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::Io("run cargo".to_owned(), error))?;
    if !output.status.success() {
        return Err(Failure::Step(output.status));
    }
    fs::write(&path, output.stdout).map_err(|error| Failure::Io(format!("write {}", path.display()), error))
}

/// The cargo that runs this chore, in the workspace's root.
fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Runs a step to its end.
fn finish(mut command: impl BorrowMut<Command>) -> Result<(), Failure> {
    let status = command
        .borrow_mut()
        .status()
        .map_err(|error| Failure::Io("run cargo".to_owned(), error))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Step(status))
    }
}

/// The workspace's root.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Tells, on stderr, what is going on: stdout belongs to the steps.
fn say(what: impl fmt::Display) {
    // Whoever has closed stderr does not want to know.
    let _ = writeln!(io::stderr(), "xtask: {what}");
}
