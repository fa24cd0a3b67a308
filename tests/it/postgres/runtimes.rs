//! Connections are opened where the store is, whoever asks for one.

use std::{sync::mpsc, thread};

use futures_util::future::join_all;
use tokio::runtime::Builder;
use tokio::time::timeout;
use understudy_domain::WorkspaceId;
use understudy_persistence::Store;

use crate::harness::{Database, SET_TIME, backend};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_thread_to_spare_still_reads() {
    if backend() != sea_orm::DbBackend::Postgres {
        return;
    }
    let database = Database::new();
    // A name has to be looked up, on a thread that may wait.
    let url = database.url().replacen("127.0.0.1", "localhost", 1);
    assert_ne!(url, database.url());
    let store = Store::open(&url).await.unwrap();
    let asks = store.clone();
    let elsewhere = thread::spawn(move || {
        let runtime = Builder::new_current_thread()
            .max_blocking_threads(1)
            .enable_all()
            .build()
            .unwrap();
        // All that there are of its threads have something else to do.
        let (end, waiting) = mpsc::channel::<()>();
        let busy = runtime.spawn_blocking(move || waiting.recv());
        // More than there are connections already. They end in there, too.
        let read = async {
            let reads = (0..4).map(|_| asks.snapshot(WorkspaceId::DEFAULT));
            let reads = timeout(SET_TIME, join_all(reads)).await;
            reads.is_ok_and(|reads| reads.iter().all(Result::is_ok))
        };
        let is_read = runtime.block_on(read);
        drop(end);
        let _ = runtime.block_on(busy);
        is_read
    });
    let is_read = tokio::task::spawn_blocking(|| elsewhere.join().unwrap());
    assert!(is_read.await.unwrap());
    store.close().await;
}
