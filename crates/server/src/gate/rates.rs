//! How much somebody may ask for in a time: a bucket for each token and each address, which fills by itself.
//!
//! What something costs is known in part only when it is done, so a bucket may owe, and gives nothing until it has made
//! up for that. Each server has buckets of its own.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use understudy_domain::{TokenId, WorkspaceId};
use understudy_transport::{Meter, TooOften, network_of};

/// In how much time an empty bucket is full again.
const FULL: Duration = Duration::from_mins(1);

/// How many values that an operation asks for cost a point, and how many campaigns of a command in bulk.
const OF_A_POINT: usize = 100;

/// From how many buckets on those are thrown away that are full; then again when there are twice as many as were left.
const TIDY: usize = 10_000;

/// How many points a bucket holds, and gets in a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rates {
    /// Of a token, or of a person with tokens of an identity provider; none if they may ask for anything.
    pub(crate) token: Option<u32>,
    /// Of all who come from an address.
    pub(crate) address: Option<u32>,
    /// Of those who come from an address with what lets nobody in: one for each try.
    pub(crate) failures: Option<u32>,
}

/// Whose bucket it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Whose {
    /// A token's.
    Token(TokenId),
    /// A person's, whom an identity provider knows.
    Person(WorkspaceId, Arc<str>),
    /// An address's.
    Address(IpAddr),
    /// An address's, for tries that fail.
    Failures(IpAddr),
}

impl Whose {
    /// Of an address, or of all of those that one who has a network of IPv6 may use.
    pub(super) fn address(address: IpAddr) -> Self {
        Self::Address(network_of(address))
    }

    /// As [`address`](Self::address), for tries that fail.
    pub(super) fn failures(address: IpAddr) -> Self {
        Self::Failures(network_of(address))
    }
}

/// All buckets. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Buckets {
    rates: Rates,
    filled: Arc<Mutex<Filled>>,
}

#[derive(Debug)]
struct Filled {
    /// When each bucket will be full. Those that are full need not be there.
    at: HashMap<Whose, Instant>,
    /// How many there are when they are tidied.
    tidy: usize,
}

/// What a bucket must have for points to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Must {
    /// A whole point.
    HavePoint,
    /// No debt.
    NotOwe,
    /// Anything.
    BeThere,
}

impl Buckets {
    pub(super) fn new(rates: Rates) -> Self {
        Self {
            rates,
            filled: Arc::new(Mutex::new(Filled {
                at: HashMap::new(),
                tidy: TIDY,
            })),
        }
    }

    /// Takes points from a bucket, if there are any in it.
    ///
    /// # Errors
    /// If there are none, with the time until there are.
    pub(super) fn take(&self, whose: Whose, points: u32) -> Result<(), TooOften> {
        self.turn(whose, points, Must::HavePoint)
    }

    /// Takes points for what has been done already, whether or not they are there.
    pub(super) fn owe(&self, whose: Whose, points: u32) {
        // It is never refused.
        let _ = self.turn(whose, points, Must::BeThere);
    }

    /// Whether there are points in a bucket.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub(super) fn look(&self, whose: Whose) -> Result<(), TooOften> {
        self.turn(whose, 0, Must::HavePoint)
    }

    /// Whether a bucket owes nothing.
    ///
    /// # Errors
    /// If it does, with the time until it has made up for that.
    fn owes_nothing(&self, whose: Whose) -> Result<(), TooOften> {
        self.turn(whose, 0, Must::NotOwe)
    }

    fn turn(&self, whose: Whose, points: u32, must: Must) -> Result<(), TooOften> {
        let rate = match whose {
            Whose::Token(_) | Whose::Person(..) => self.rates.token,
            Whose::Address(_) => self.rates.address,
            Whose::Failures(_) => self.rates.failures,
        };
        let Some(rate) = rate.filter(|rate| *rate > 0) else {
            return Ok(());
        };
        let (now, point) = (Instant::now(), FULL / rate);
        let filled = &mut *self.filled.lock().unwrap_or_else(PoisonError::into_inner);
        if filled.at.len() >= filled.tidy {
            filled.at.retain(|_, at| *at > now);
            filled.tidy = TIDY.max(2 * filled.at.len());
        }
        let missing = filled
            .at
            .get(&whose)
            .map_or(Duration::ZERO, |at| at.saturating_duration_since(now));
        let wait = match must {
            Must::HavePoint => (missing + point).saturating_sub(FULL),
            Must::NotOwe => missing.saturating_sub(FULL),
            Must::BeThere => Duration::ZERO,
        };
        if !wait.is_zero() {
            return Err(TooOften(wait));
        }
        if points > 0 {
            filled.at.insert(whose, now + missing + point * points);
        }
        Ok(())
    }
}

/// Counts what somebody asks for, who is in by something and comes from somewhere. A request is a point, and what it asks
/// for is more of them.
#[derive(Debug, Clone)]
pub(super) struct Count {
    pub(super) buckets: Buckets,
    pub(super) whose: Whose,
    pub(super) address: Option<IpAddr>,
}

impl Count {
    /// Charges for what is more than a request: values that it asks for, or campaigns that it has changed.
    pub(super) fn charge(&self, count: usize) {
        let points = u32::try_from(count / OF_A_POINT).unwrap_or(u32::MAX);
        self.buckets.owe(self.whose.clone(), points);
        if let Some(address) = self.address {
            self.buckets.owe(Whose::address(address), points);
        }
    }
}

impl Meter for Count {
    fn begin(&self) -> Result<(), TooOften> {
        if let Some(address) = self.address {
            self.buckets.look(Whose::address(address))?;
        }
        self.buckets.take(self.whose.clone(), 1)?;
        if let Some(address) = self.address {
            self.buckets.owe(Whose::address(address), 1);
        }
        Ok(())
    }

    fn go_on(&self) -> Result<(), TooOften> {
        if let Some(address) = self.address {
            self.buckets.owes_nothing(Whose::address(address))?;
        }
        self.buckets.owes_nothing(self.whose.clone())
    }

    fn ask(&self, values: usize) {
        self.charge(values);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const RATES: Rates = Rates {
        token: Some(60),
        address: None,
        failures: Some(2),
    };

    fn token() -> Whose {
        Whose::Token(TokenId::from_uuid(uuid::Uuid::nil()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_bucket_gives_what_is_in_it_and_fills_by_itself() {
        let buckets = Buckets::new(RATES);
        for _ in 0..60 {
            buckets.take(token(), 1).unwrap();
        }
        assert_eq!(buckets.take(token(), 1), Err(TooOften(Duration::from_secs(1))));
        advance(Duration::from_secs(1)).await;
        buckets.take(token(), 1).unwrap();
        assert!(buckets.take(token(), 1).is_err());
        advance(FULL * 10).await;
        for _ in 0..60 {
            buckets.take(token(), 1).unwrap();
        }
        assert!(buckets.look(token()).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn what_costs_much_is_owed() {
        let buckets = Buckets::new(RATES);
        buckets.take(token(), 90).unwrap();
        assert_eq!(buckets.look(token()), Err(TooOften(Duration::from_secs(31))));
        buckets.owe(token(), 10);
        assert_eq!(buckets.look(token()), Err(TooOften(Duration::from_secs(41))));
        assert_eq!(
            buckets.owes_nothing(token()),
            Err(TooOften(Duration::from_secs(40)))
        );
        advance(Duration::from_secs(40)).await;
        buckets.owes_nothing(token()).unwrap();
        assert_eq!(buckets.look(token()), Err(TooOften(Duration::from_secs(1))));
        advance(Duration::from_secs(1)).await;
        buckets.take(token(), 1).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn each_has_a_bucket_of_their_own_and_full_ones_are_forgotten() {
        let buckets = Buckets::new(RATES);
        let failures = |text: &str| Whose::failures(text.parse().unwrap());
        buckets.take(failures("2001:db8::1"), 2).unwrap();
        // The same network.
        assert!(buckets.look(failures("2001:db8::2")).is_err());
        assert!(buckets.look(failures("2001:db8:0:1::1")).is_ok());
        buckets.take(failures("192.0.2.1"), 2).unwrap();
        assert!(buckets.look(failures("::ffff:192.0.2.1")).is_err());
        assert!(buckets.look(failures("192.0.2.2")).is_ok());
        // There is no limit for these.
        buckets
            .take(Whose::address("192.0.2.1".parse().unwrap()), u32::MAX)
            .unwrap();
        buckets
            .look(Whose::address("192.0.2.1".parse().unwrap()))
            .unwrap();

        // Those that are not full stay, and are looked through only when there are twice as many.
        let count = u32::try_from(TIDY).unwrap();
        let address = |number: u32| Whose::Failures(IpAddr::from(number.to_be_bytes()));
        let there = || buckets.filled.lock().unwrap().at.len();
        advance(FULL).await;
        for number in 0..=count {
            buckets.take(address(number), 1).unwrap();
        }
        assert_eq!(there(), TIDY + 1);
        assert!(buckets.filled.lock().unwrap().tidy > TIDY);
        advance(FULL).await;
        for number in 0..count {
            buckets.take(address(number + 2 * count), 1).unwrap();
        }
        assert_eq!(there(), TIDY);
    }
}
