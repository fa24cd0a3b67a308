//! A subscriber, who is cut off at random and goes on at whatever server it finds.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_tungstenite::tungstenite::Error;

use super::doors::Door;
use super::{Dice, Stage};
use crate::harness::{CAMPAIGN_EVENTS, Received, Socket};

/// As [`CAMPAIGN_EVENTS`], with the campaign beside it, which has to be read for each event.
const EVENTS_AND_CAMPAIGNS: &str = "
    subscription ($after: Int) {
        event: campaignEvents(after: $after) {
            sequence kind version statusBefore statusAfter campaignId causedBySegment { id }
            campaign { id version }
        }
    }";

/// How long one subscription lasts at most, in milliseconds, unless it is cut off before.
const VISIT: usize = 2_500;

/// How often those who keep their socket alive by themselves send a ping.
const PING: Duration = Duration::from_millis(300);

/// How often those who read slowly pause, in events, and for how long.
const SLOW: u64 = 20;
const REST: Duration = Duration::from_millis(300);

/// One of those who follow the feed.
pub(super) struct Subscriber {
    number: u64,
    stage: Arc<Stage>,
    dice: Dice,
    /// The sequence of the last event that it was told.
    last: i64,
    trip: Trip,
}

/// What a subscriber counts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Trip {
    pub(super) events: u64,
    pub(super) resumptions: u64,
}

/// Why a subscription has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The subscriber hung up.
    Left,
    /// The server ended, or the database was away when it was asked for something.
    CutOff,
    /// All there is was told.
    Done,
}

impl Subscriber {
    pub(super) fn new(number: u64, stage: &Arc<Stage>, dice: Dice) -> Self {
        Self {
            number,
            stage: Arc::clone(stage),
            dice,
            last: 0,
            trip: Trip::default(),
        }
    }

    /// Follows the feed to its end, whoever has to be asked for the next part.
    pub(super) async fn follow(mut self) -> Trip {
        loop {
            let door = self.stage.doors.any(&mut self.dice).await;
            match self.visit(&door).await {
                End::Done => return self.trip,
                End::Left => {}
                End::CutOff => sleep(Duration::from_millis(50)).await,
            }
            self.trip.resumptions += 1;
        }
    }

    /// Follows the feed at one server.
    async fn visit(&mut self, door: &Door) -> End {
        let opened = if self.reads_slowly() {
            Socket::try_open_narrow_at(&door.address).await
        } else {
            Socket::try_open_at(&door.address).await
        };
        let mut socket = match opened {
            Ok(socket) => socket,
            Err(error) => {
                let is_away = matches!(&error, Error::Io(error) if error.kind() == ErrorKind::ResourceBusy);
                assert!(is_away || door.is_closed(), "the server was well: {error}");
                return End::CutOff;
            }
        };
        let query = if self.number % 5 == 4 {
            EVENTS_AND_CAMPAIGNS
        } else {
            CAMPAIGN_EVENTS
        };
        socket
            .subscribe("feed", query, json!({ "after": self.last }))
            .await;
        let end = self.listen(&mut socket, door).await;
        match self.dice.roll(3) {
            // In order, or without a word.
            0 => drop(socket.send(&json!({ "type": "complete", "id": "feed" })).await),
            1 => drop(socket.0.close(None).await),
            _ => {}
        }
        end
    }

    /// Takes what comes until it is time to leave. Once nobody writes any more it stays to the end, as whoever is
    /// waiting then has to be told of all that is left.
    async fn listen(&mut self, socket: &mut Socket, door: &Door) -> End {
        let mut end = self.stage.end.subscribe();
        let visit = u64::try_from(self.dice.roll(VISIT)).unwrap();
        let leaves_at = Instant::now() + Duration::from_millis(visit);
        let mut ping = tokio::time::interval(PING);
        loop {
            let is_calm = end.borrow_and_update().is_some();
            if *end.borrow() == Some(self.last) {
                return End::Done;
            }
            tokio::select! {
                received = socket.receive() => {
                    if let Some(cut_off) = self.take(received, door) {
                        return cut_off;
                    }
                }
                _ = ping.tick(), if self.keeps_alive() => drop(socket.send(&json!({ "type": "ping" })).await),
                () = sleep_until(leaves_at), if !is_calm => return End::Left,
                _ = end.changed() => continue,
            }
            if self.reads_slowly() && !is_calm && self.trip.events.is_multiple_of(SLOW) {
                sleep(REST).await;
            }
        }
    }

    /// Takes in what the socket brought. It is an end if it was the last.
    fn take(&mut self, received: Received, door: &Door) -> Option<End> {
        let message = match received {
            Received::Message(message) => message,
            Received::Pong(_) => return None,
            Received::End(reason) => {
                assert!(door.is_closed(), "the server was well: {reason:?}");
                return Some(End::CutOff);
            }
        };
        match message["type"].as_str().unwrap() {
            "pong" => None,
            "next" if message["payload"].get("errors").is_none() => {
                self.take_event(message["payload"]["data"]["event"].clone());
                None
            }
            "next" => Some(away(&message["payload"]["errors"])),
            "error" => Some(away(&message["payload"])),
            // The subscriptions of a server that is asked to stop are complete.
            "complete" if door.is_closed() => Some(End::CutOff),
            _ => panic!("{message}"),
        }
    }

    fn take_event(&mut self, mut event: Value) {
        let campaign = event.as_object_mut().unwrap().remove("campaign");
        if let Some(campaign) = campaign {
            assert_eq!(campaign["id"], event["campaignId"]);
            assert!(
                campaign["version"].as_i64() >= event["version"].as_i64(),
                "{campaign} {event}"
            );
        }
        self.stage.told.enter(self.last, &event);
        self.last += 1;
        self.trip.events += 1;
    }

    /// Those who send pings of the protocol's own.
    fn keeps_alive(&self) -> bool {
        self.number % 4 == 1
    }

    /// Those who let the server wait.
    fn reads_slowly(&self) -> bool {
        self.number % 4 == 2
    }
}

/// What errors mean: the database must be away, and nothing else may be wrong.
fn away(errors: &Value) -> End {
    let errors = errors.as_array().unwrap();
    let is_away = |error: &Value| error["extensions"]["code"] == "UNAVAILABLE";
    assert!(errors.iter().all(is_away), "{errors:?}");
    End::CutOff
}
