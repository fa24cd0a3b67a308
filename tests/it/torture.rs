//! Everything at once: clients that do whatever comes to their minds, subscribers that are cut off and go on elsewhere,
//! and servers and a database that break all the time. At the end all that was acknowledged is there, every subscriber
//! was told everything once and in order, and nobody has waited for longer than the set time.
//!
//! It takes seconds among the other stories, and as long as one likes by `cargo xtask torture`.

mod answer;
mod client;
mod commands;
mod doors;
mod figures;
mod house;
mod known;
mod ledger;
mod storm;
mod subscriber;
mod verdict;
mod wish;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::harness::{Dice, audit};
use client::Client;
use doors::Doors;
use figures::{Figures, say};
use house::House;
use known::Known;
use ledger::Ledger;
use storm::Storm;
use subscriber::Subscriber;
use wish::Wish;

/// How many send commands at once.
const CLIENTS: u64 = 16;

/// How many follow the feed at once.
const SUBSCRIBERS: u64 = 20;

/// What everybody shares.
#[derive(Debug)]
struct Stage {
    doors: Doors,
    known: Known,
    told: Ledger,
    /// Whether the clients are to stop.
    is_over: AtomicBool,
    /// The end of the log, once nobody writes any more.
    end: watch::Sender<Option<i64>>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_breaks_nothing_is_lost_and_nobody_waits_too_long() {
    let wish = Wish::of_environment();
    say(format_args!("the seed is {}", wish.seed));
    let stage = Arc::new(Stage {
        doors: Doors::default(),
        known: Known::default(),
        told: Ledger::default(),
        is_over: AtomicBool::new(false),
        end: watch::Sender::new(None),
    });
    let mut house = House::new(&stage).await;
    let begun = Instant::now();

    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        clients.spawn(Client::new(number, &stage, wish.dice(number)).work());
    }
    let mut subscribers = JoinSet::new();
    for number in 0..SUBSCRIBERS {
        let dice = wish.dice(CLIENTS + number);
        subscribers.spawn(Subscriber::new(number, &stage, dice).follow());
    }
    let mut storm = Storm::new(&wish, wish.dice(CLIENTS + SUBSCRIBERS));
    tokio::select! {
        () = storm.rage(&mut house) => {}
        // Nobody ends before the storm does, but by a failure, which is not waited with.
        Some(failed) = clients.join_next() => panic!("a client has ended: {:?}", failed.unwrap()),
        Some(failed) = subscribers.join_next() => panic!("a subscriber has ended: {:?}", failed.unwrap()),
    }
    let raged = begun.elapsed();

    stage.is_over.store(true, Ordering::Relaxed);
    let clients = clients.join_all().await;
    let books = audit(house.any_server()).await;
    let end = i64::try_from(books.events.len()).unwrap();
    stage.end.send_replace(Some(end));
    let subscribers = verdict::in_time(subscribers.join_all()).await;
    let figures = Figures {
        seed: wish.seed,
        time: raged,
        events: end,
        havoc: storm.havoc,
        clients,
        subscribers,
    };
    say(&figures);
    verdict::pronounce(&stage, &books, &figures, house).await;
}
