//! The same through the real process, from 64 connections.

use std::fs::{self, File};
use std::sync::Arc;

use super::{tumult, versions};
use crate::harness::{Database, Server, command};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_clients_of_the_real_process() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new();
    let log = folder.path().join("log");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--database", database.url()];
    let server = Server::start_as(command().args(serve).stderr(File::create(&log).unwrap()));
    let mut server = Arc::new(server);

    tumult(&server, 4).await;
    versions::one_wins(&server).await;
    versions::nothing_is_lost(&server, "saveDraft").await;

    assert!(Arc::get_mut(&mut server).unwrap().terminate().await.success());
    // Not even the log knows of trouble.
    let log = fs::read_to_string(&log).unwrap();
    let log = log.lines().filter(|line| !line.contains("the server is open"));
    let log = log.collect::<Vec<_>>().join("\n");
    for trouble in ["WARN", "ERROR", "locked", "panicked"] {
        assert!(!log.contains(trouble), "{log}");
    }
}
