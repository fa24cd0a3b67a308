//! How a draft differs from the live content.

use async_graphql::Object;
use understudy_domain::content::ContentChange as Change;

use crate::scalar::Json;

/// One field in which a draft differs from the live content.
pub(crate) struct ContentChange(pub(crate) Change);

/// One field in which a draft differs from the live content. Lists (`tags`, `segments`, `message.headers`) are one
/// value each; the fields of `message` and `schedule` are told singly, also where the message changes its channel.
#[Object]
impl ContentChange {
    /// Where the field is in the content, e.g. `name` or `message.subject`.
    async fn path(&self) -> &str {
        &self.0.path
    }

    /// The field's value in the live content; null where that has none.
    async fn live(&self) -> Option<Json> {
        self.0.live.clone().map(Json)
    }

    /// The field's value in the draft; null where that has none.
    async fn draft(&self) -> Option<Json> {
        self.0.draft.clone().map(Json)
    }
}
