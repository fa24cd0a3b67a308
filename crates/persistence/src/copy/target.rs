//! The database that is to hold a copy: made, held against everybody else, and empty.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, EntityTrait as _};
use understudy_domain::WorkspaceId;

use super::tables::TABLES;
use super::{CopyError, End};
use crate::backend::{Existence, begin_target, identity, without_secrets};
use crate::entity::workspace;
use crate::{StoreError, migrate};

/// Refuses a target that is the source. Two URLs may name one database.
pub(super) async fn refuse_same(
    url: &str,
    target: &DatabaseConnection,
    source: &End<'_>,
) -> Result<(), CopyError> {
    if target.get_database_backend() != source.tx.get_database_backend() {
        return Ok(());
    }
    let failed = CopyError::failed("look at", url);
    let (target, source) = (identity(target).await, identity(&source.tx).await);
    if target.map_err(&failed)? != source.map_err(&failed)? {
        return Ok(());
    }
    Err(CopyError::Same {
        url: without_secrets(url),
    })
}

/// Migrates the target, and begins the transaction in which nobody else writes there. It is looked at under that lock,
/// so that what is empty stays so.
pub(super) async fn begin<'u>(url: &'u str, db: &DatabaseConnection) -> Result<End<'u>, CopyError> {
    // One that is newer is refused here, even one that this binary could use: it may have what there is no copy of.
    migrate::refuse_newer(url, db).await?;
    migrate::apply(url, db, Existence::Create).await?;
    let begun = begin_target(db).await;
    let tx = begun.map_err(CopyError::failed("write to", url))?;
    let target = End { url, tx };
    // Somebody may have taken migrations back, as long as there was no lock.
    migrate::require_all(url, target.tx.connection()).await?;
    let not_empty = find_anything(&target).await;
    match not_empty.map_err(target.failed("look at"))? {
        None => Ok(target),
        Some(table) => Err(CopyError::NotEmpty {
            url: without_secrets(url),
            table,
        }),
    }
}

/// A table that is not as the migrations leave it.
async fn find_anything(target: &End<'_>) -> Result<Option<&'static str>, StoreError> {
    let workspaces = workspace::Entity::find().all(&target.tx).await?;
    let is_untouched = |row: &workspace::Model| {
        row.id == WorkspaceId::DEFAULT.uuid()
            && row.name == workspace::DEFAULT_NAME
            && row.event_sequence == 0
    };
    // From the end, where it is more of a hint: there is a workspace in every database.
    for table in TABLES.into_iter().rev() {
        let is_empty = if table.name() == "workspaces" {
            workspaces.iter().all(is_untouched)
        } else {
            table.is_empty(&target.tx).await?
        };
        if !is_empty {
            return Ok(Some(table.name()));
        }
    }
    Ok(None)
}
