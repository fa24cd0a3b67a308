//! Reading the in-app order.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait as _, Query, Value};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, JoinType, PaginatorTrait as _,
    QueryFilter as _, QuerySelect as _, QueryTrait as _, RelationDef, Select,
};
use understudy_domain::{CampaignId, CanvasId, Place, SourceId, Status};
use uuid::Uuid;

use super::keyset::{Keyset, slice};
use super::page::{Page, Slice};
use super::{InAppSourceRead, Snapshot, Wants};
use crate::StoreError;
use crate::codes::{Code as _, level_number};
use crate::contents::IDS;
use crate::entity::{campaign, canvas, content, in_app_place};
use crate::rows::{self, corrupt};

/// Where a source stands in the order.
pub(super) struct Standing {
    pub(super) place: Place,
    /// From 1; `None` while it is archived.
    pub(super) position: Option<i64>,
}

/// From a campaign to its live content.
pub(crate) fn by_content() -> RelationDef {
    campaign::Entity::belongs_to(content::Entity)
        .from(campaign::Column::ContentId)
        .to(content::Column::Id)
        .into()
}

/// Leaves out the places of what is archived.
pub(crate) fn visible(places: Select<in_app_place::Entity>) -> Select<in_app_place::Entity> {
    let campaign = in_app_place::Entity::belongs_to(campaign::Entity)
        .from(in_app_place::Column::CampaignId)
        .to(campaign::Column::Id)
        .into();
    let canvas = in_app_place::Entity::belongs_to(canvas::Entity)
        .from(in_app_place::Column::CanvasId)
        .to(canvas::Column::Id)
        .into();
    places
        .join(JoinType::LeftJoin, campaign)
        .join(JoinType::LeftJoin, canvas)
        .filter(campaign::Column::ArchivedAt.is_null())
        .filter(canvas::Column::ArchivedAt.is_null())
}

impl Snapshot {
    /// A page of the sources that are not archived, in the order in which they win.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn in_app_page(
        &self,
        page: &Page<Place>,
        wants: Wants,
    ) -> Result<Slice<InAppSourceRead>, StoreError> {
        let keyset = Keyset::ascending([in_app_place::Column::Level, in_app_place::Column::Rank]);
        let places = keyset
            .page(visible(self.places()), page, key_values)
            .all(&self.db)
            .await?;
        let slice = slice(places, page);
        let ids: Vec<SourceId> = slice.items.iter().map(rows::source_id).collect();
        let sources = self
            .sources(
                &ids,
                Wants {
                    priority: true,
                    ..wants
                },
            )
            .await?;
        Ok(slice.with_items(sources))
    }

    /// How many sources are not archived.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn in_app_count(&self) -> Result<u64, StoreError> {
        Ok(visible(self.places()).count(&self.db).await?)
    }

    /// Those that want the slot when this happens in the app, in the order in which they win: the active campaigns that it
    /// shows, and those of the Canvases that are in use.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn in_app_contenders(
        &self,
        trigger: &str,
        canvases: &[CanvasId],
        wants: Wants,
    ) -> Result<Vec<InAppSourceRead>, StoreError> {
        let active = campaign::Entity::find()
            .select_only()
            .column(campaign::Column::Id)
            .join(JoinType::InnerJoin, by_content())
            .filter(content::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(content::Column::TriggerEvent.eq(trigger))
            .filter(campaign::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(campaign::Column::Status.eq(Status::Active.code()));
        // No event is called so, and not every database could compare with one.
        let active: Vec<Uuid> = if trigger.contains('\0') {
            vec![]
        } else {
            active.into_tuple().all(&self.db).await?
        };
        let wanted: Vec<Uuid> = active
            .into_iter()
            .chain(canvases.iter().map(|id| id.uuid()))
            .collect();
        let mut places = Vec::with_capacity(wanted.len());
        for wanted in wanted.chunks(IDS) {
            let these = in_app_place::Column::SourceId.is_in(wanted.iter().copied());
            let rows = visible(self.places()).filter(these).all(&self.db).await?;
            for row in rows {
                places.push((rows::place(&row)?, rows::source_id(&row)));
            }
        }
        places.sort();
        let ids: Vec<SourceId> = places.into_iter().map(|(_, id)| id).collect();
        self.sources(&ids, wants).await
    }

    fn places(&self) -> Select<in_app_place::Entity> {
        in_app_place::Entity::find().filter(in_app_place::Column::WorkspaceId.eq(self.workspace.uuid()))
    }

    async fn sources(&self, ids: &[SourceId], wants: Wants) -> Result<Vec<InAppSourceRead>, StoreError> {
        let mut campaign_ids: Vec<CampaignId> = vec![];
        let mut canvas_ids: Vec<CanvasId> = vec![];
        for id in ids {
            match id {
                SourceId::Campaign(id) => campaign_ids.push(*id),
                SourceId::Canvas(id) => canvas_ids.push(*id),
            }
        }
        let mut campaigns = self.campaigns(&campaign_ids, wants).await?;
        let mut canvases = self.canvases(&canvas_ids).await?;
        let sources = ids.iter().map(|id| {
            let source = match id {
                SourceId::Campaign(id) => campaigns
                    .remove(id)
                    .map(|campaign| InAppSourceRead::Campaign(Box::new(campaign))),
                SourceId::Canvas(id) => canvases.remove(id).map(InAppSourceRead::Canvas),
            };
            source.ok_or_else(|| corrupt("place without its source", id.uuid()))
        });
        sources.collect()
    }

    /// Where those of the sources stand that are in the order at all. The positions of all of them are counted in one
    /// pass over the order.
    pub(super) async fn standings(&self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Standing>, StoreError> {
        let mut standings = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(IDS) {
            let these = in_app_place::Column::SourceId.is_in(ids.iter().copied());
            for row in self.places().filter(these).all(&self.db).await? {
                standings.insert(
                    row.source_id,
                    Standing {
                        place: rows::place(&row)?,
                        position: None,
                    },
                );
            }
        }
        if standings.is_empty() {
            return Ok(standings);
        }
        let ranked = visible(self.places())
            .select_only()
            .column(in_app_place::Column::SourceId)
            .expr_as(
                Expr::cust("ROW_NUMBER() OVER (ORDER BY \"in_app_places\".\"level\", \"rank\")"),
                "position",
            )
            .into_query();
        let wanted: Vec<Uuid> = standings.keys().copied().collect();
        for wanted in wanted.chunks(IDS) {
            let positions = Query::select()
                .columns(["source_id", "position"])
                .from_subquery(ranked.clone(), "ranked")
                .and_where(Expr::col("source_id").is_in(wanted.iter().copied()))
                .to_owned();
            for row in self.db.query_all(&positions).await? {
                let source: Uuid = row.try_get("", "source_id")?;
                if let Some(standing) = standings.get_mut(&source) {
                    standing.position = Some(row.try_get("", "position")?);
                }
            }
        }
        Ok(standings)
    }
}

fn key_values(place: &Place) -> Vec<Value> {
    vec![
        level_number(place.level).into(),
        place.rank.as_bytes().to_vec().into(),
    ]
}
