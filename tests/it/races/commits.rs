//! Writes share a commit, but not for long: nobody waits for what takes its time and is of others.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::prelude::Uuid;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use understudy_domain::WorkspaceId;
use understudy_persistence::{Store, StoreError};

use crate::harness::Database;

/// Longer than any write may be in a transaction before the next one is begun in it.
const LONG: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread")]
async fn what_took_long_is_committed_before_the_next_one_begins() {
    let database = Database::new();
    let store = Store::open(database.url()).await.unwrap();
    let gate = Arc::new(Semaphore::new(0));
    // All that come while this one is at it are the next batch.
    let at_it = Arc::clone(&gate);
    let first = store.write(WorkspaceId::DEFAULT, None, move |_| {
        let at_it = Arc::clone(&at_it);
        Box::pin(async move {
            at_it.acquire().await.unwrap().forget();
            Ok::<_, StoreError>(())
        })
    });
    let slow = store.write(WorkspaceId::from_uuid(Uuid::now_v7()), None, |tx| {
        Box::pin(async {
            tx.insert_workspace("slow").await?;
            sleep(LONG).await;
            Ok::<_, StoreError>(())
        })
    });
    let reads = store.clone();
    let next = store.write(WorkspaceId::DEFAULT, None, move |_| {
        let reads = reads.clone();
        Box::pin(async move { reads.workspaces().await })
    });
    let release = async { gate.add_permits(1) };
    let (first, slow, next, ()) = tokio::join!(first, slow, next, release);
    first.unwrap();
    slow.unwrap();
    let names: Vec<_> = next
        .unwrap()
        .into_iter()
        .map(|workspace| workspace.name)
        .collect();
    assert_eq!(names, ["default", "slow"]);
    store.close().await;
}
