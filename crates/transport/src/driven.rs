//! Operations that go on whether or not anybody takes what comes of them.
//!
//! An operation that is being executed may hold a reader of the database, and a place among the requests. If it went on
//! only while its client reads, a client that stops reading would hold them for minutes, and everybody else would wait.

use std::panic::resume_unwind;

use futures_util::{
    Stream, StreamExt as _,
    stream::{self, BoxStream},
};
use tokio::{sync::mpsc, task::JoinSet};
use tracing::Instrument as _;

/// The same stream, driven by a task of its own: it is one item ahead of whoever takes them, and then waits. It ends when
/// this is dropped.
pub(crate) fn driven<T: Send + 'static>(
    mut items: impl Stream<Item = T> + Send + Unpin + 'static,
) -> BoxStream<'static, T> {
    let (sender, receiver) = mpsc::channel(1);
    let mut task = JoinSet::new();
    let drive = async move {
        while let Some(item) = items.next().await {
            if sender.send(item).await.is_err() {
                break;
            }
        }
    };
    task.spawn(drive.in_current_span());
    stream::unfold((receiver, task), |(mut receiver, mut task)| async move {
        if let Some(item) = receiver.recv().await {
            return Some((item, (receiver, task)));
        }
        // Who has panicked has no end of its own.
        if let Some(Err(error)) = task.join_next().await
            && let Ok(panic) = error.try_into_panic()
        {
            resume_unwind(panic);
        }
        None
    })
    .boxed()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn it_goes_on_by_itself_but_only_one_item_ahead() {
        let made = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&made);
        let items = stream::iter(0..5).map(move |item| {
            count.fetch_add(1, Ordering::SeqCst);
            item
        });
        let mut items = driven(items);
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        // One waits to be taken, and one to take its place.
        assert_eq!(made.load(Ordering::SeqCst), 2);
        assert_eq!(items.next().await, Some(0));
        let rest: Vec<_> = items.collect().await;
        assert_eq!(rest, [1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn it_ends_with_whoever_takes_its_items() {
        let alive = Arc::new(());
        let held = Arc::clone(&alive);
        let items = driven(Box::pin(stream::once(async move {
            std::future::pending::<()>().await;
            drop(held);
        })));
        tokio::task::yield_now().await;
        assert_eq!(Arc::strong_count(&alive), 2);
        drop(items);
        while Arc::strong_count(&alive) > 1 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    #[should_panic(expected = "it is broken")]
    async fn a_panic_is_not_an_end() {
        let broken = stream::once(async { assert!(std::hint::black_box(false), "it is broken") });
        driven(Box::pin(broken)).next().await;
    }
}
