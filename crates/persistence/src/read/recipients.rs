//! Reading recipients: all of them, and those that a segment's filter holds.
//!
//! What a filter means is the domain's alone. So whom it holds is found by looking at all recipients, in the order of the
//! list and a few at a time: however many there are, no more than that are in memory.

use std::collections::HashMap;

use sea_orm::sea_query::Value;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Select};
use understudy_domain::{Filter, Recipient, RecipientId};
use uuid::Uuid;

use super::Snapshot;
use super::keyset::{Keyset, slice};
use super::page::{Direction, Page, Slice};
use crate::StoreError;
use crate::entity::recipient;
use crate::rows;

/// How many recipients are in memory at once while a filter looks at them.
const CHUNK: u32 = 500;

/// After how many steps of filters others have their turn. A question is some steps by itself.
const STEPS: usize = 20_000;
const QUESTION: usize = 100;

/// Where a page of everyone begins.
const ALL: Page<Uuid> = Page {
    limit: CHUNK,
    direction: Direction::Forward,
    after: None,
    before: None,
};

impl Snapshot {
    /// Those of the recipients that exist.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recipients(
        &self,
        ids: &[RecipientId],
    ) -> Result<HashMap<RecipientId, Recipient>, StoreError> {
        let with_ids = self
            .all_recipients()
            .filter(recipient::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        let rows = with_ids.all(&self.db).await?.into_iter();
        let recipients = rows.map(|row| rows::recipient(row).map(|recipient| (recipient.id, recipient)));
        recipients.collect()
    }

    /// The recipient with this external id, if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recipient_named(&self, external_id: &str) -> Result<Option<Recipient>, StoreError> {
        // Nobody is called so, and not every database could compare with one.
        if external_id.contains('\0') {
            return Ok(None);
        }
        let named = self
            .all_recipients()
            .filter(recipient::Column::ExternalId.eq(external_id));
        named.one(&self.db).await?.map(rows::recipient).transpose()
    }

    /// A page of the recipients whom the filter holds, or of all of them; the oldest first, which is the order of their
    /// ids.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recipient_page(
        &self,
        filter: Option<&Filter>,
        page: &Page<Uuid>,
    ) -> Result<Slice<Recipient>, StoreError> {
        let Some(filter) = filter else {
            return Ok(slice(self.recipients_on(page).await?, page));
        };
        let (mut held, mut turn) = (vec![], Turn::default());
        let mut scan = Scan::new(Page {
            limit: CHUNK,
            ..page.clone()
        });
        // One more than the page has, which tells whether there are more.
        while held.len() <= page.limit as usize
            && let Some(recipients) = scan.next(self).await?
        {
            for recipient in recipients {
                if turn.ask(filter, &recipient).await {
                    held.push(recipient);
                }
            }
        }
        turn.tell_of_cut_off();
        held.truncate(page.limit as usize + 1);
        Ok(slice(held, page))
    }

    /// How many recipients each of the filters holds; one that is not there holds everyone. However many filters there
    /// are, the recipients are read once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recipient_counts(&self, filters: &[Option<Filter>]) -> Result<Vec<u64>, StoreError> {
        if filters.iter().all(Option::is_none) {
            return Ok(vec![self.recipient_count().await?; filters.len()]);
        }
        let (mut counts, mut turn) = (vec![0; filters.len()], Turn::default());
        let mut scan = Scan::new(ALL);
        while let Some(recipients) = scan.next(self).await? {
            for recipient in &recipients {
                for (count, filter) in counts.iter_mut().zip(filters) {
                    let is_held = match filter {
                        Some(filter) => turn.ask(filter, recipient).await,
                        None => true,
                    };
                    *count += u64::from(is_held);
                }
            }
        }
        turn.tell_of_cut_off();
        Ok(counts)
    }

    /// How many recipients there are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recipient_count(&self) -> Result<u64, StoreError> {
        Ok(self.all_recipients().count(&self.db).await?)
    }

    fn all_recipients(&self) -> Select<recipient::Entity> {
        recipient::Entity::find().filter(recipient::Column::WorkspaceId.eq(self.workspace.uuid()))
    }

    /// The recipients of a page and one more, from the end at which it begins.
    async fn recipients_on(&self, page: &Page<Uuid>) -> Result<Vec<Recipient>, StoreError> {
        let keyset = Keyset::ascending([recipient::Column::Id]);
        let select = keyset.page(self.all_recipients(), page, |id| vec![Value::from(*id)]);
        let rows = select.all(&self.db).await?.into_iter();
        rows.map(rows::recipient).collect()
    }
}

/// Goes through recipients, a chunk at a time, from the end at which a page begins.
struct Scan {
    rest: Option<Page<Uuid>>,
}

impl Scan {
    fn new(page: Page<Uuid>) -> Self {
        Self { rest: Some(page) }
    }

    /// The next chunk; `None` where there are no more.
    async fn next(&mut self, snapshot: &Snapshot) -> Result<Option<Vec<Recipient>>, StoreError> {
        let Some(mut page) = self.rest.take() else {
            return Ok(None);
        };
        let recipients = snapshot.recipients_on(&page).await?;
        // There is one more than a page has, if there are more.
        if let Some(last) = recipients.last().filter(|_| recipients.len() > CHUNK as usize) {
            let last = Some(last.id.uuid());
            match page.direction {
                Direction::Forward => page.after = last,
                Direction::Backward => page.before = last,
            }
            self.rest = Some(page);
        }
        Ok(Some(recipients))
    }
}

/// What whoever asks filters has taken of a processor since others had their turn.
#[derive(Default)]
struct Turn {
    steps: usize,
    /// How often a filter was not asked to its end.
    cut_off: u64,
}

impl Turn {
    /// Whether the filter holds the recipient. Now and then, others have their turn first: filters may be slow.
    async fn ask(&mut self, filter: &Filter, recipient: &Recipient) -> bool {
        if self.steps >= STEPS {
            self.steps = 0;
            tokio::task::yield_now().await;
        }
        let answer = filter.ask(recipient);
        self.steps += answer.steps + QUESTION;
        self.cut_off += u64::from(answer.cut_off);
        answer.holds
    }

    /// Nobody sees from outside that somebody is missing, so the log says it.
    fn tell_of_cut_off(&self) {
        if self.cut_off > 0 {
            tracing::warn!(
                recipients = self.cut_off,
                "a filter took too many steps for some recipients, and is taken not to hold them"
            );
        }
    }
}
