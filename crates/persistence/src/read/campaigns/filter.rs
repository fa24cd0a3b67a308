//! Which campaigns a list has, and in which order, in SQL.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr, Value};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, IntoSimpleExpr as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
};
use understudy_domain::{CampaignId, Status, WorkspaceId};
use uuid::Uuid;

use crate::StoreError;
use crate::backend::search;
use crate::codes::Code as _;
use crate::entity::{campaign, content_segment, content_tag, draft};
use crate::read::keyset::Keyset;
use crate::read::page::{CampaignFilter, CampaignKey, CampaignOrder, CampaignSort, SortDirection};

/// A content has no more tags than this: whoever asks for more asks for nothing.
const MOST_TAGS: usize = 50;

/// The campaigns that a filter finds, the search aside.
fn filtered(workspace: WorkspaceId, filter: &CampaignFilter) -> Select<campaign::Entity> {
    let mut rows = campaign::Entity::find().filter(campaign::Column::WorkspaceId.eq(workspace.uuid()));
    rows = match &filter.status {
        Some(statuses) => {
            let codes: BTreeSet<&str> = statuses.iter().map(|status| status.code()).collect();
            rows.filter(campaign::Column::Status.is_in(codes))
        }
        None => rows.filter(campaign::Column::Status.ne(Status::Archived.code())),
    };
    if let Some(channels) = &filter.channel {
        let codes: BTreeSet<&str> = channels.iter().map(|channel| channel.code()).collect();
        rows = rows.filter(campaign::Column::Channel.is_in(codes));
    }
    if let Some(has_draft) = filter.has_draft {
        let drafts = draft::Entity::find()
            .select_only()
            .column(draft::Column::CampaignId)
            .filter(draft::Column::WorkspaceId.eq(workspace.uuid()));
        rows = rows.filter(if has_draft {
            campaign::Column::Id.in_subquery(drafts.into_query())
        } else {
            // Not NOT IN: PostgreSQL walks through all drafts for each campaign as soon as they are too many to be held
            // in memory.
            let of_campaign = Expr::col((draft::Entity, draft::Column::CampaignId))
                .equals((campaign::Entity, campaign::Column::Id));
            Expr::exists(drafts.filter(of_campaign).into_query()).not()
        });
    }
    let tags: BTreeSet<&str> = filter.tags.iter().map(String::as_str).collect();
    if tags.len() > MOST_TAGS {
        return rows.filter(Expr::cust("1 = 0"));
    }
    for tag in tags {
        let tagged = content_tag::Entity::find()
            .select_only()
            .column(content_tag::Column::ContentId)
            .filter(content_tag::Column::WorkspaceId.eq(workspace.uuid()))
            .filter(content_tag::Column::Tag.eq(tag))
            .into_query();
        rows = rows.filter(campaign::Column::ContentId.in_subquery(tagged));
    }
    if let Some(segment) = filter.segment {
        let uses = content_segment::Entity::find()
            .select_only()
            .column(content_segment::Column::ContentId)
            .filter(content_segment::Column::WorkspaceId.eq(workspace.uuid()))
            .filter(content_segment::Column::SegmentId.eq(segment.uuid()))
            .into_query();
        rows = rows.filter(campaign::Column::ContentId.in_subquery(uses));
    }
    rows
}

/// The campaigns that a filter finds, and how their list is ordered.
pub(super) fn listed(
    backend: DbBackend,
    workspace: WorkspaceId,
    filter: &CampaignFilter,
    order: CampaignOrder,
) -> (Select<campaign::Entity>, Keyset) {
    let mut rows = filtered(workspace, filter);
    if let Some(found) = filter
        .search
        .as_deref()
        .and_then(|text| search::condition(backend, text))
    {
        rows = rows.filter(found);
    }
    let by: SimpleExpr = match order.by {
        CampaignSort::CreatedAt => campaign::Column::CreatedAt.into_simple_expr(),
        CampaignSort::UpdatedAt => campaign::Column::UpdatedAt.into_simple_expr(),
        CampaignSort::Name => campaign::Column::SortName.into_simple_expr(),
    };
    let columns = vec![by, campaign::Column::Id.into_simple_expr()];
    (
        rows,
        Keyset {
            columns,
            direction: order.direction,
        },
    )
}

/// What a key compares with in the columns of its order.
pub(super) fn key_values(key: &CampaignKey) -> Vec<Value> {
    match key {
        CampaignKey::Time(at, id) => vec![(*at).into(), id.uuid().into()],
        CampaignKey::Name(key) => vec![key.name.clone().into(), key.id.into()],
    }
}

/// The ids of all campaigns that a filter finds, in the order of its list.
pub(crate) async fn all_ids<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    filter: &CampaignFilter,
    order: CampaignOrder,
) -> Result<Vec<CampaignId>, StoreError> {
    let (mut rows, keyset) = listed(db.get_database_backend(), workspace, filter, order);
    for column in keyset.columns {
        rows = match keyset.direction {
            SortDirection::Ascending => rows.order_by_asc(column),
            SortDirection::Descending => rows.order_by_desc(column),
        };
    }
    let ids: Vec<Uuid> = rows
        .select_only()
        .column(campaign::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(CampaignId::from_uuid).collect())
}
