//! The chore `sdl`.

use std::{fs, process::Stdio};

use crate::step::{Failure, cargo, root, say};

/// Writes the schema that the server prints.
pub(crate) fn sdl() -> Result<(), Failure> {
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
