//! What somebody is charged for what has been done for them.

use std::{fmt, sync::Arc};

use async_graphql::Context;

/// Charges whoever has sent an operation for as many campaigns as a command in bulk has changed. It is in the data of each
/// request where anybody counts that: how many there will be is not known before.
#[derive(Clone)]
pub struct Charge(Arc<dyn Fn(usize) + Send + Sync>);

impl Charge {
    /// Has `charge` told how many campaigns have been changed.
    pub fn new(charge: impl Fn(usize) + Send + Sync + 'static) -> Self {
        Self(Arc::new(charge))
    }

    /// Charges for so many campaigns.
    pub(crate) fn for_campaigns(ctx: &Context<'_>, campaigns: usize) {
        if let Some(Self(charge)) = ctx.data_opt() {
            charge(campaigns);
        }
    }
}

impl fmt::Debug for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Charge")
    }
}
