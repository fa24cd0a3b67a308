//! Who has a socket or an event stream open.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Limits, budget::Budget, error::Refused, proxies::network_of};

/// All that are open.
#[derive(Debug, Clone)]
pub(crate) struct Sockets {
    open: Arc<Mutex<Open>>,
    /// What subscriptions hold, all together.
    budget: Budget,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    /// Only those with any.
    by_address: HashMap<IpAddr, OfAddress>,
}

#[derive(Debug)]
struct OfAddress {
    count: usize,
    /// What its subscriptions hold.
    budget: Budget,
}

/// The place of one that is open, until this is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    sockets: Sockets,
    /// Unknown where the connection is no network's.
    address: Option<IpAddr>,
    shares: Vec<Budget>,
}

impl Seat {
    /// What subscriptions take memory from: that of all sockets, and that of those to this address.
    pub(crate) fn shares(&self) -> &[Budget] {
        &self.shares
    }
}

impl Sockets {
    /// Nobody yet.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            open: Arc::default(),
            budget: Budget::new(limits.held_by_subscriptions()),
        }
    }

    /// Takes a place.
    ///
    /// # Errors
    /// If there are none left, in all or for this address.
    pub(crate) fn seat(&self, address: Option<IpAddr>, limits: &Limits) -> Result<Seat, Refused> {
        let address = address.map(network_of);
        let shares = self.change(|open| {
            let mut shares = vec![self.budget.clone()];
            if open.all >= limits.sockets {
                return Err(Refused::Overloaded("Too many sockets are open. Try again later."));
            }
            if let Some(address) = address {
                let of_address = open.by_address.entry(address).or_insert_with(|| OfAddress {
                    count: 0,
                    budget: Budget::new(limits.held_by_subscriptions_of_address()),
                });
                if of_address.count >= limits.sockets_of_address {
                    return Err(Refused::Overloaded(
                        "Too many sockets are open to this address. Close one before you open another.",
                    ));
                }
                of_address.count += 1;
                shares.push(of_address.budget.clone());
            }
            open.all += 1;
            Ok(shares)
        })?;
        Ok(Seat {
            sockets: self.clone(),
            address,
            shares,
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Open) -> T) -> T {
        // Nobody panics while holding it; and counts are whole at every step.
        change(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.sockets.change(|open| {
            open.all -= 1;
            if let Some(address) = self.address
                && let Some(of_address) = open.by_address.get_mut(&address)
            {
                of_address.count -= 1;
                if of_address.count == 0 {
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
        let sockets = Sockets::new(&limits);
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
        assert_eq!(sockets.open.lock().unwrap().by_address.len(), 1);
    }

    #[test]
    fn who_has_a_network_of_ipv6_has_no_more_than_who_has_an_address() {
        let limits = Limits {
            sockets_of_address: 1,
            ..Limits::default()
        };
        let sockets = Sockets::new(&limits);
        let seat = |address: &str| sockets.seat(Some(address.parse().unwrap()), &limits);
        let first = seat("2001:db8:1:1::1").unwrap();
        assert!(seat("2001:db8:1:1:ffff::2").is_err());
        let _other = seat("2001:db8:1:2::1").unwrap();
        drop(first);
        let _again = seat("2001:db8:1:1::3").unwrap();
        let _mapped = seat("::ffff:192.0.2.1").unwrap();
        assert!(seat("192.0.2.1").is_err());
    }
}
