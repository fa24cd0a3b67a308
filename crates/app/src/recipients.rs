//! Commands on recipients.

use std::sync::Arc;

use understudy_domain::{Action, Problem, Recipient, RecipientId, RecipientPatch};
use understudy_persistence::read::Fenced;
use uuid::Uuid;

use crate::bulk::check_list;
use crate::error::{CommandError, Refused, Target};
use crate::{App, Caller};

/// The most recipients that one command takes.
pub const MOST_RECIPIENTS: usize = 1_000;

impl App {
    /// Makes the recipients that are not there yet, and changes those that are, all of them or none. They come back in
    /// the order of the patches.
    ///
    /// # Errors
    /// A role that does not allow it, more than [`MOST_RECIPIENTS`], an external id that stands there twice, a wrong
    /// input (its path begins with the place in the list), or a failure of the database.
    pub async fn upsert_recipients(
        &self,
        caller: &Caller,
        patches: Vec<RecipientPatch>,
    ) -> Result<Vec<RecipientId>, CommandError> {
        let (patches, clock) = (Arc::new(patches), self.clock);
        self.write(caller, Action::UpsertRecipients, move |tx| {
            let patches = Arc::clone(&patches);
            Box::pin(async move {
                let external_ids = || patches.iter().map(|patch| patch.external_id.as_str());
                check_list(external_ids(), MOST_RECIPIENTS)?;
                let mut known = tx.recipients_named(external_ids()).await?;
                let now = clock.now();
                let (mut ids, mut written, mut problems) = (vec![], vec![], vec![]);
                for (index, patch) in patches.iter().enumerate() {
                    let before = known.remove(&patch.external_id);
                    let after = match before.clone() {
                        Some(before) => before.patched(patch.clone()),
                        None => Recipient::create(RecipientId::from_uuid(Uuid::now_v7()), patch.clone(), now),
                    };
                    match after {
                        Ok(after) => {
                            ids.push(after.id);
                            if before.as_ref() != Some(&after) {
                                written.push(Recipient {
                                    updated_at: now,
                                    ..after
                                });
                            }
                        }
                        Err(found) => {
                            problems.extend(found.into_iter().map(|problem| within(index, problem)));
                        }
                    }
                }
                if !problems.is_empty() {
                    return Err(Refused::Invalid(problems).into());
                }
                if !written.is_empty() {
                    tx.write_recipients(&written).await?;
                }
                Ok(ids)
            })
        })
        .await
    }

    /// Erases a recipient. What was counted of them stays counted.
    ///
    /// # Errors
    /// A role that does not allow it, an unknown recipient, or a failure of the database.
    pub async fn delete_recipient(
        &self,
        caller: &Caller,
        id: RecipientId,
    ) -> Result<RecipientId, CommandError> {
        let deleted = self.write(caller, Action::DeleteRecipient, move |tx| {
            Box::pin(async move {
                let is_deleted = tx.delete_recipient(id).await?;
                // Whoever repeats it after a lost answer waits, too.
                let held = tx.held(Fenced::Recipient(id)).await?;
                Ok::<_, CommandError>((is_deleted, held))
            })
        });
        let (is_deleted, held) = deleted.await?;
        self.until_let_go(caller.workspace, Fenced::Recipient(id), held)
            .await?;
        if is_deleted {
            Ok(id)
        } else {
            Err(Refused::NotFound(Target::Subject).into())
        }
    }
}

/// A problem of the item at this place in the list.
fn within(index: usize, mut problem: Problem) -> Problem {
    problem.path.insert(0, index.to_string());
    problem
}
