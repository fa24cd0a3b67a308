//! Where servers may be reached, while they come and go.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::sleep;

use super::Dice;

/// The way into one server, until that ends.
#[derive(Debug)]
pub(super) struct Door {
    /// e.g. `127.0.0.1:49152`
    pub(super) address: String,
    is_closed: AtomicBool,
}

impl Door {
    /// Whether the server was ended, or is about to be. Otherwise nobody's connection may break.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }
}

/// The doors that are open, by the numbers of the servers.
#[derive(Debug, Default)]
pub(super) struct Doors(Mutex<Vec<Option<Arc<Door>>>>);

impl Doors {
    pub(super) fn open(&self, number: usize, address: &str) {
        let door = Door {
            address: address.to_owned(),
            is_closed: AtomicBool::new(false),
        };
        let mut doors = self.0.lock().unwrap();
        let count = doors.len().max(number + 1);
        doors.resize(count, None);
        doors[number] = Some(Arc::new(door));
    }

    /// Closes a door, before the server ends. Nobody is sent there any more: the port may be another program's soon.
    pub(super) fn close(&self, number: usize) {
        if let Some(door) = self.0.lock().unwrap()[number].take() {
            door.is_closed.store(true, Ordering::SeqCst);
        }
    }

    /// One of the open doors, as soon as there is one.
    pub(super) async fn any(&self, dice: &mut Dice) -> Arc<Door> {
        loop {
            let open: Vec<_> = self.0.lock().unwrap().iter().flatten().cloned().collect();
            if !open.is_empty() {
                return Arc::clone(dice.pick(&open));
            }
            sleep(Duration::from_millis(10)).await;
        }
    }
}
