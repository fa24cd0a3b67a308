//! Places in the in-app order, as they come in.

use async_graphql::{ID, OneofObject};
use understudy_app::Spot;

use crate::error::Failed;
use crate::id;
use crate::types::in_app::InAppLevel;

/// Where a campaign or a Canvas is to stand in the in-app order: exactly one of these.
#[derive(Debug, OneofObject)]
pub(crate) enum InAppPlace {
    /// On top of this level. What is in the level already stays where it is.
    Level(InAppLevel),
    /// Directly before this campaign or Canvas, in its level.
    Before(ID),
    /// Directly after this campaign or Canvas, in its level.
    After(ID),
}

impl InAppPlace {
    /// The place as the application has it, and the path of what it refers to.
    pub(crate) fn into_spot(self) -> Result<(Spot, &'static [&'static str]), Failed> {
        Ok(match self {
            Self::Level(level) => (Spot::Level(level.into()), &["place", "level"]),
            Self::Before(source) => {
                let source = id::parse(&source, "place.before")?;
                (Spot::Before(source), &["place", "before"])
            }
            Self::After(source) => {
                let source = id::parse(&source, "place.after")?;
                (Spot::After(source), &["place", "after"])
            }
        })
    }
}
