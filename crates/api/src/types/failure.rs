//! Messages that were given up.

use async_graphql::{Context, Object};
use understudy_app::read::FailureRead;
use understudy_domain::CampaignId;

use super::recipient::Recipient;
use crate::connection::{self, Connection, PageArguments, Selected};
use crate::cursor::{Failures, Order as _};
use crate::error::Failed;
use crate::scalar::DateTime;
use crate::viewer::Viewer;

/// A message that was given up.
#[derive(Clone)]
pub(crate) struct DeliveryFailure(FailureRead);

impl connection::Node for DeliveryFailure {
    const CONNECTION: &'static str = "DeliveryFailureConnection";
    const EDGE: &'static str = "DeliveryFailureEdge";
}

/// A message that was given up.
#[Object]
impl DeliveryFailure {
    /// What channels know the message by: the `Idempotency-Key` of a webhook, and a part of the `Message-ID` of an email.
    async fn key(&self) -> String {
        self.0.id.to_string()
    }

    /// Who was to get it.
    async fn recipient(&self) -> Recipient {
        Recipient(self.0.recipient.clone())
    }

    /// Why they do not, for people: what the receiver said, or what is missing.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// How often it was tried.
    async fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// When it was given up.
    async fn failed_at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}

/// A page of the messages of a campaign that were given up.
pub(crate) async fn page(
    ctx: &Context<'_>,
    campaign: CampaignId,
    arguments: &PageArguments,
) -> Result<Connection<DeliveryFailure>, Failed> {
    let page = arguments.page(&Failures)?;
    let selected = Selected::of(ctx);
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    let slice = if selected.rows {
        snapshot.failure_page(campaign, &page).await?
    } else {
        connection::no_rows()
    };
    let total = if selected.total {
        Some(snapshot.failure_count(campaign).await?)
    } else {
        None
    };
    Connection::new(slice, total, |failure| {
        let cursor = Failures.encode(&(failure.at, failure.id));
        Ok((cursor, DeliveryFailure(failure)))
    })
}
