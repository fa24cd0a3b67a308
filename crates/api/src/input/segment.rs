//! Changes of segments.

use async_graphql::{InputObject, MaybeUndefined};
use understudy_domain::source::SegmentPatch;

use super::patched;

/// A patch on a segment: what is left out stays as it is. `null` is `INVALID` everywhere but in
/// `filter`.
#[derive(Debug, InputObject)]
pub(crate) struct SegmentInput {
    /// The name: 1 to 200 characters after the white space around it is taken off. `createSegment` requires it.
    name: MaybeUndefined<String>,
    /// Who is in the segment, in words, up to 10,000 characters.
    description: MaybeUndefined<String>,
    /// Whom the segment holds, as a [CEL](https://cel.dev) expression over `recipient.externalId`, `recipient.email` and
    /// `recipient.attributes`, e.g. `recipient.attributes.orders >= 3 && "camping" in recipient.attributes.interests`,
    /// up to 4,000 bytes; null is everyone. Whoever lacks an attribute that it needs is not held.
    filter: MaybeUndefined<String>,
}

impl From<SegmentInput> for SegmentPatch {
    fn from(input: SegmentInput) -> Self {
        Self {
            name: patched(input.name),
            description: patched(input.description),
            filter: patched(input.filter),
        }
    }
}
