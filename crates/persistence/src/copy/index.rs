//! The search index of a copy, from the contents that are in it.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use understudy_domain::Content;
use uuid::Uuid;

use super::tables::LARGE;
use super::{CopyError, End, Progress, Tell};
use crate::StoreError;
use crate::backend::search;
use crate::entity::{content, content_tag};
use crate::rows;
use crate::transaction::Transaction;

/// Indexes all contents of the target.
pub(super) async fn make(target: &End<'_>, tell: Tell<'_>) -> Result<(), CopyError> {
    let failed = target.failed("index the contents of");
    let of = content::Entity::find().count(&target.tx).await;
    let of = of.map_err(StoreError::from).map_err(&failed)?;
    let mut contents = 0;
    let mut after = None;
    loop {
        let (count, last) = index_page(&target.tx, after).await.map_err(&failed)?;
        contents += count;
        tell(Progress::Indexed { contents, of });
        after = last;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Indexes some contents that come after another one: how many, and the last of them if there may be more.
async fn index_page(tx: &Transaction, after: Option<Uuid>) -> Result<(u64, Option<Uuid>), StoreError> {
    let mut page = content::Entity::find()
        .order_by_asc(content::Column::Id)
        .limit(LARGE);
    if let Some(after) = after {
        page = page.filter(content::Column::Id.gt(after));
    }
    let page = page.all(tx).await?;
    let is_full = page.len() as u64 == LARGE;
    let last = page.last().filter(|_| is_full).map(|row| row.id);
    let mut tags = tags(tx, page.iter().map(|row| row.id)).await?;
    let mut count = 0;
    for row in page {
        let tags = tags.remove(&row.id).unwrap_or_default();
        let id = row.id;
        search::index(tx, id, &content(row, tags)?).await?;
        count += 1;
    }
    Ok((count, last))
}

async fn tags(
    tx: &Transaction,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Vec<String>>, StoreError> {
    let rows = content_tag::Entity::find()
        .filter(content_tag::Column::ContentId.is_in(ids))
        .order_by_asc(content_tag::Column::ContentId)
        .order_by_asc(content_tag::Column::Ordinal)
        .all(tx)
        .await?;
    let mut tags: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in rows {
        tags.entry(row.content_id).or_default().push(row.tag);
    }
    Ok(tags)
}

/// A content as far as it can be searched for.
fn content(row: content::Model, tags: Vec<String>) -> Result<Content, StoreError> {
    Ok(Content {
        name: row.name.clone(),
        description: row.description.clone(),
        tags,
        segments: vec![],
        schedule: rows::schedule(&row.schedule_kind, row.start_at, row.end_at)?,
        message: rows::message(row)?,
    })
}
