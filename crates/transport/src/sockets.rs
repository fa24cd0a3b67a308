//! Who has a socket or an event stream open.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Limits, error::Refused};

/// All that are open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sockets(Arc<Mutex<Open>>);

#[derive(Debug, Default)]
struct Open {
    all: usize,
    /// Only those with any.
    by_address: HashMap<IpAddr, usize>,
}

/// The place of one that is open, until this is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    sockets: Sockets,
    /// Unknown where the connection is no network's.
    address: Option<IpAddr>,
}

impl Sockets {
    /// Takes a place.
    ///
    /// # Errors
    /// If there are none left, in all or for this address.
    pub(crate) fn seat(&self, address: Option<IpAddr>, limits: &Limits) -> Result<Seat, Refused> {
        self.change(|open| {
            if open.all >= limits.sockets {
                return Err(Refused::Overloaded("Too many sockets are open. Try again later."));
            }
            if let Some(address) = address {
                let count = open.by_address.entry(address).or_default();
                if *count >= limits.sockets_of_address {
                    return Err(Refused::Overloaded(
                        "Too many sockets are open to this address. Close one before you open another.",
                    ));
                }
                *count += 1;
            }
            open.all += 1;
            Ok(())
        })?;
        Ok(Seat {
            sockets: self.clone(),
            address,
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Open) -> T) -> T {
        // Nobody panics while holding it; and counts are whole at every step.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.sockets.change(|open| {
            open.all -= 1;
            if let Some(address) = self.address
                && let Some(count) = open.by_address.get_mut(&address)
            {
                *count -= 1;
                if *count == 0 {
                    open.by_address.remove(&address);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn there_are_so_many_seats_for_each_address_and_in_all() {
        let limits = Limits {
            sockets: 3,
            sockets_of_address: 2,
            ..Limits::default()
        };
        let sockets = Sockets::default();
        let address = |last| Some(IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)));
        let first = sockets.seat(address(1), &limits).unwrap();
        let _second = sockets.seat(address(1), &limits).unwrap();
        assert!(sockets.seat(address(1), &limits).is_err());
        let third = sockets.seat(address(2), &limits).unwrap();
        assert!(sockets.seat(address(3), &limits).is_err());
        assert!(sockets.seat(None, &limits).is_err());
        drop(first);
        let _fourth = sockets.seat(None, &limits).unwrap();
        drop(third);
        let _fifth = sockets.seat(address(1), &limits).unwrap();
        assert!(sockets.seat(address(2), &limits).is_err());
        assert_eq!(sockets.0.lock().unwrap().by_address.len(), 1);
    }
}
