//! The in-app order, for a decision and after one.

use sea_orm::sea_query::{Expr, OnConflict, Order};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use understudy_domain::{InAppLevel, Place, Rank, SourceId};

use super::WriteTx;
use crate::StoreError;
use crate::codes::level_number;
use crate::entity::in_app_place;
use crate::read::in_app::visible;
use crate::rows::{self, place_columns};

/// The side of a place on which to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Where sources stand that win over it.
    Above,
    /// Where sources stand that it wins over.
    Below,
}

impl WriteTx {
    /// The place on top of a level, above the archived too.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn place_on_top(&self, level: InAppLevel) -> Result<Place, StoreError> {
        let topmost = self
            .level(level)
            .order_by_asc(in_app_place::Column::Rank)
            .one(&self.db)
            .await?;
        let topmost = topmost.map(|row| rows::rank(row.rank)).transpose()?;
        Ok(Place {
            level,
            rank: Rank::above(topmost.as_ref()),
        })
    }

    /// The nearest source on that side of a place, in its level, that is not archived.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next_visible(&self, place: &Place, side: Side) -> Result<Option<SourceId>, StoreError> {
        let next = visible(self.beside(place, side)).one(&self.db).await?;
        Ok(next.as_ref().map(rows::source_id))
    }

    /// The rank of the nearest source on that side of a place, in its level, the archived too; `except` is not there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next_rank(
        &self,
        place: &Place,
        side: Side,
        except: SourceId,
    ) -> Result<Option<Rank>, StoreError> {
        let other = in_app_place::Column::SourceId.ne(except.uuid());
        let next = self.beside(place, side).filter(other).one(&self.db).await?;
        next.map(|row| rows::rank(row.rank)).transpose()
    }

    /// Gives a source its place: the one row that a move writes.
    pub(super) async fn write_place(&self, source: SourceId, place: &Place) -> Result<(), StoreError> {
        let moved = OnConflict::column(in_app_place::Column::SourceId)
            .update_columns([in_app_place::Column::Level, in_app_place::Column::Rank])
            .to_owned();
        in_app_place::Entity::insert(place_columns(self.workspace, source, place))
            .on_conflict(moved)
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    pub(super) async fn delete_place(&self, source: SourceId) -> Result<(), StoreError> {
        in_app_place::Entity::delete_by_id(source.uuid())
            .exec(&self.db)
            .await?;
        Ok(())
    }

    fn level(&self, level: InAppLevel) -> Select<in_app_place::Entity> {
        in_app_place::Entity::find()
            .filter(in_app_place::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(in_app_place::Column::Level.eq(level_number(level)))
            .limit(1)
    }

    /// What stands on that side of a place in its level, the nearest first.
    fn beside(&self, place: &Place, side: Side) -> Select<in_app_place::Entity> {
        let rank = place.rank.as_bytes().to_vec();
        let (beyond, order) = match side {
            Side::Above => (in_app_place::Column::Rank.lt(rank), Order::Desc),
            Side::Below => (in_app_place::Column::Rank.gt(rank), Order::Asc),
        };
        self.level(place.level)
            .filter(beyond)
            .order_by(Expr::col(in_app_place::Column::Rank), order)
    }
}
