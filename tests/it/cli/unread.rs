//! Output that is not read to its end.

use std::io;
use std::process::Stdio;

use sea_orm::ConnectionTrait as _;

use super::stdout;
use crate::harness::{Database, command, run};

#[tokio::test]
async fn whoever_has_read_enough_may_close_the_pipe() {
    let database = Database::new();
    stdout(&["migrate", "--database", database.url(), "up"]);
    let unread = |arguments: &[&str]| {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut command = command();
        command.args(arguments).stdout(Stdio::from(writer));
        let output = command.output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{arguments:?}");
        output.status.success()
    };
    let named = ["--database", database.url()];
    assert!(unread(&["schema"]));
    run(&[
        &["token", "create", "--role", "viewer", "--name", "a"],
        &named[..],
    ]
    .concat());
    for command in [
        &["token", "list"][..],
        &["workspace", "list"],
        &["migrate", "status"],
        &["check"],
    ] {
        assert!(unread(&[command, &named].concat()), "{command:?}");
    }
    // Of what is found, the exit code tells all the same.
    let db = database.connect().await;
    let renamed = "UPDATE workspaces SET name = 'other'";
    db.execute_unprepared(renamed).await.unwrap();
    assert!(!unread(&[&["check"], &named[..]].concat()));
}
