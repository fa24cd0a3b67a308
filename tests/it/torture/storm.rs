//! What breaks.

use std::time::{Duration, Instant};

use tokio::task::block_in_place;
use tokio::time::sleep;

use super::house::House;
use super::{Dice, Wish, say};

/// One thing that breaks, and is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Disturbance {
    /// A server is killed and started again.
    Kill,
    /// A server is asked to stop, and started again.
    Terminate,
    /// A server stands still for a while.
    Freeze,
    /// All servers are killed at once.
    KillAll,
    /// The database stops in order.
    Stop,
    /// The database stops as in a crash.
    Crash,
    /// The database crashes, and a server is killed while it is away.
    CrashAndKill,
    /// The connections on which servers hear of each other's commits are cut.
    CutListeners,
    /// All connections to the database are cut.
    CutAll,
    /// Nothing breaks, but another process reads all there is.
    Check,
}

use Disturbance::{Check, Crash, CrashAndKill, CutAll, CutListeners, Freeze, Kill, KillAll, Stop, Terminate};

/// What can break where there is one server over a file.
const EMBEDDED: [Disturbance; 4] = [Kill, Terminate, Freeze, Check];

/// What can break where there are many servers over a database that is a server itself.
const SHARED: [Disturbance; 10] = [
    Kill,
    Terminate,
    Freeze,
    KillAll,
    Stop,
    Crash,
    CrashAndKill,
    CutListeners,
    CutAll,
    Check,
];

/// How often each thing broke.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Havoc {
    pub(super) kills: u32,
    pub(super) terminations: u32,
    pub(super) standstills: u32,
    pub(super) restarts: u32,
    pub(super) crashes: u32,
    pub(super) cuts: u32,
}

/// Breaks things, one after the other.
#[derive(Debug)]
pub(super) struct Storm {
    wish: Wish,
    dice: Dice,
    pub(super) havoc: Havoc,
}

impl Storm {
    pub(super) fn new(wish: &Wish, dice: Dice) -> Self {
        Self {
            wish: *wish,
            dice,
            havoc: Havoc::default(),
        }
    }

    /// Breaks everything that can break, again and again in another order, until it is time and everything has broken
    /// once. What was broken is whole again.
    pub(super) async fn rage(&mut self, house: &mut House) {
        let begun = Instant::now();
        for round in 0.. {
            let mut disturbances = match &house.cluster {
                None => EMBEDDED.to_vec(),
                Some(_) => SHARED.to_vec(),
            };
            self.dice.shuffle(&mut disturbances);
            for disturbance in disturbances {
                sleep(self.within(self.wish.pause())).await;
                let from = begun.elapsed();
                self.disturb(house, disturbance).await;
                let to = begun.elapsed();
                say(format_args!(
                    "{:.1} s to {:.1} s: {disturbance:?}",
                    from.as_secs_f64(),
                    to.as_secs_f64()
                ));
                if round > 0 && begun.elapsed() >= self.wish.time {
                    return;
                }
            }
            if begun.elapsed() >= self.wish.time {
                return;
            }
        }
    }

    async fn disturb(&mut self, house: &mut House, disturbance: Disturbance) {
        let number = self.dice.roll(house.count());
        match disturbance {
            Kill => {
                self.kill(house, number);
                sleep(self.within(self.wish.absence())).await;
                house.start(number);
            }
            Terminate => {
                self.havoc.terminations += 1;
                house.terminate(number).await;
                house.start(number);
            }
            Freeze => {
                self.havoc.standstills += 1;
                house.server(number).signal("STOP");
                let least = self.wish.standstill() / 2;
                sleep(least + self.within(least)).await;
                house.server(number).signal("CONT");
            }
            KillAll => {
                (0..house.count()).for_each(|number| self.kill(house, number));
                house.start_all();
            }
            Stop => {
                self.havoc.restarts += 1;
                block_in_place(|| house.cluster.as_ref().unwrap().stop()).unwrap();
                self.start_database_again(house).await;
            }
            Crash => {
                self.crash(house);
                self.start_database_again(house).await;
            }
            CrashAndKill => {
                self.crash(house);
                self.kill(house, number);
                self.start_database_again(house).await;
                house.start(number);
            }
            CutListeners => {
                self.havoc.cuts += 1;
                house.cut("understudy listen").await;
            }
            CutAll => {
                self.havoc.cuts += 1;
                house.cut("understudy%").await;
            }
            Check => house.check(),
        }
    }

    fn kill(&mut self, house: &mut House, number: usize) {
        self.havoc.kills += 1;
        house.kill(number);
    }

    fn crash(&mut self, house: &House) {
        self.havoc.crashes += 1;
        block_in_place(|| house.cluster.as_ref().unwrap().kill()).unwrap();
    }

    async fn start_database_again(&mut self, house: &mut House) {
        sleep(self.within(self.wish.absence())).await;
        block_in_place(|| house.cluster.as_mut().unwrap().start_again()).unwrap();
    }

    /// Any time up to this one.
    fn within(&mut self, most: Duration) -> Duration {
        let most = usize::try_from(most.as_millis()).unwrap();
        Duration::from_millis(u64::try_from(self.dice.roll(most + 1)).unwrap())
    }
}
