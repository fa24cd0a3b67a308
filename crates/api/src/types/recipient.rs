//! Recipients.

use async_graphql::{Context, ID, Object};
use understudy_app::read::Page;
use understudy_domain::{self as domain, Filter};
use uuid::Uuid;

use crate::connection::{self, Connection, PageArguments, Selected};
use crate::cursor::{ByAge, Order as _};
use crate::error::Failed;
use crate::scalar::{DateTime, Json};
use crate::viewer::Viewer;

/// Somebody whom campaigns are sent to.
#[derive(Clone)]
pub(crate) struct Recipient(pub(crate) domain::Recipient);

impl connection::Node for Recipient {
    const CONNECTION: &'static str = "RecipientConnection";
    const EDGE: &'static str = "RecipientEdge";
}

/// Somebody whom campaigns are sent to.
#[Object]
impl Recipient {
    /// The recipient's id, with the prefix `rcp`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What they are called where they come from. No other recipient of the workspace is called so.
    async fn external_id(&self) -> &str {
        &self.0.external_id
    }

    /// Where mail reaches them; null if that is not known.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// What else is known of them: a JSON object.
    async fn attributes(&self) -> Json {
        Json(self.0.attributes.clone().into())
    }

    /// When they came in.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When anything of them last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// A page of a list of recipients: of those whom the filter holds, or of all.
pub(crate) async fn page(
    ctx: &Context<'_>,
    arguments: &PageArguments,
    order: ByAge,
    filter: Option<Filter>,
) -> Result<Connection<Recipient>, Failed> {
    let page: Page<Uuid> = arguments.page(&order)?;
    let selected = Selected::of(ctx);
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    let slice = if selected.rows {
        snapshot.recipient_page(filter.as_ref(), &page).await?
    } else {
        connection::no_rows()
    };
    let total = if selected.total {
        snapshot.recipient_counts(&[filter]).await?.pop()
    } else {
        None
    };
    Connection::new(slice, total, |recipient| {
        let cursor = order.encode(&recipient.id.uuid());
        Ok((cursor, Recipient(recipient)))
    })
}
