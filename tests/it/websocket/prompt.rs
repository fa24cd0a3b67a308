//! Events come at once, whatever was sent just before.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::sleep;

use super::{Stage, after};
use crate::harness::{CAMPAIGN_EVENTS, Socket};

/// How often an event is waited for.
const ROUNDS: usize = 15;

/// Much less than the time for which the system of a client keeps back that something has arrived, which is some 40 ms.
const AT_ONCE: Duration = Duration::from_millis(15);

#[tokio::test]
async fn who_has_just_been_answered_gets_an_event_as_soon_as_who_has_been_idle() {
    let stage = Stage::new();
    let mut sockets = [
        Socket::open(&stage.server).await,
        Socket::open(&stage.server).await,
    ];
    for socket in &mut sockets {
        socket.subscribe("a", CAMPAIGN_EVENTS, after(0)).await;
    }
    let [mut idle, mut busy] = sockets;
    let mut later = vec![];
    for round in 0..ROUNDS {
        for query in 0..5 {
            busy.subscribe(&format!("{round} {query}"), "{ __typename }", json!({}))
                .await;
            assert_eq!(busy.message().await["type"], "next");
            assert_eq!(busy.message().await["type"], "complete");
            sleep(Duration::from_millis(3)).await;
        }
        let at = async |socket: &mut Socket| {
            socket.event("a").await;
            Instant::now()
        };
        let both = async { tokio::join!(at(&mut idle), at(&mut busy)) };
        let ((first, second), _) = tokio::join!(both, stage.create("An event"));
        later.push(second.saturating_duration_since(first));
        // So that the next event is the first one for the idle socket again.
        sleep(Duration::from_millis(60)).await;
    }
    later.sort_unstable();
    assert!(later[ROUNDS / 2] < AT_ONCE, "{later:?}");
}
