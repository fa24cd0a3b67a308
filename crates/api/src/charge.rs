//! What somebody is charged for what has been done for them.

use std::{fmt, sync::Arc, time::Duration};

use async_graphql::Context;

use crate::error::Failed;

/// Charges whoever has sent an operation for as many campaigns or recipients as a command on many has changed. It is in the data of each
/// request where anybody counts that: how many there will be is not known before.
#[derive(Clone)]
pub struct Charge {
    charge: Arc<dyn Fn(usize) + Send + Sync>,
    debt: Arc<dyn Fn() -> Option<Duration> + Send + Sync>,
}

impl Charge {
    /// Has `charge` told how many have been changed. `debt` says how long it takes until whoever has sent the
    /// operation has made up for more than they may ask for; none if they owe nothing.
    pub fn new(
        charge: impl Fn(usize) + Send + Sync + 'static,
        debt: impl Fn() -> Option<Duration> + Send + Sync + 'static,
    ) -> Self {
        Self {
            charge: Arc::new(charge),
            debt: Arc::new(debt),
        }
    }

    /// Holds that nothing is owed, as for the command before in the same operation.
    ///
    /// # Errors
    /// If something is.
    pub(crate) fn check(ctx: &Context<'_>) -> Result<(), Failed> {
        let debt = ctx.data_opt().and_then(|Self { debt, .. }| debt());
        debt.map_or(Ok(()), |wait| Err(Failed::RateLimited(wait)))
    }

    /// Charges for so many campaigns or recipients.
    pub(crate) fn for_items(ctx: &Context<'_>, items: usize) {
        if let Some(Self { charge, .. }) = ctx.data_opt() {
            charge(items);
        }
    }
}

impl fmt::Debug for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Charge")
    }
}
