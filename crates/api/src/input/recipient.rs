//! Changes of recipients.

use async_graphql::{InputObject, MaybeUndefined};
use understudy_domain::RecipientPatch;
use understudy_domain::text::Patched;

use super::patched;
use crate::scalar::Json;

/// A recipient by their external id, and a patch on them: what is left out stays as it is.
#[derive(Debug, InputObject)]
pub(crate) struct RecipientInput {
    /// What they are called where they come from: 1 to 200 characters, taken as they are, none of which is a control
    /// character, a line break or one that cannot be seen.
    external_id: String,
    /// Where mail reaches them, without a display name; null takes the address away.
    email: MaybeUndefined<String>,
    /// What else is known of them, for filters and templates: a JSON object, which takes the place of the one before.
    /// At most 16 KiB, and 16 lists and objects within one another. Left out: none, if they are new. null is `INVALID`.
    attributes: MaybeUndefined<Json>,
}

impl From<RecipientInput> for RecipientPatch {
    fn from(input: RecipientInput) -> Self {
        Self {
            external_id: input.external_id,
            email: patched(input.email),
            attributes: match patched(input.attributes) {
                Patched::Set(Json(attributes)) => Patched::Set(attributes),
                Patched::Keep => Patched::Keep,
                Patched::Null => Patched::Null,
                Patched::Missing => Patched::Missing,
            },
        }
    }
}
