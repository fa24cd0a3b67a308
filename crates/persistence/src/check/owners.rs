//! What belongs to one alone: a content to a campaign, as its live content or as its draft, and a place in the in-app
//! order to a source. And every content can be searched.

use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{
    ConnectionTrait as _, EntityTrait as _, JoinType, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};

use super::tables::{CAMPAIGNS, CONTENTS, DRAFTS, PLACES, Pages};
use super::{Check, CheckError};
use crate::backend::search;
use crate::entity::content;

impl Check<'_> {
    /// Looks for contents that belong to nobody or to two, for those that no search finds, and for places that two have.
    pub(super) async fn owners(&mut self) -> Result<(), CheckError> {
        let unindexed = content::Entity::find()
            .select_only()
            .column(content::Column::Id)
            .filter(search::is_missing(self.db.get_database_backend()))
            .into_query();
        for (table, found, what) in [
            (&CONTENTS, of_nobody(), "it belongs to no campaign and no draft"),
            (&CONTENTS, of_two(), "it is live, and a draft as well"),
            (&CONTENTS, unindexed, "it is not in the search index"),
            (&PLACES, shared(), "another one stands in the same place"),
        ] {
            let mut pages = Pages::new(table, found);
            while let Some(rows) = pages.next(self.db).await? {
                for row in &rows {
                    self.find(table.row(row), what)?;
                }
            }
        }
        Ok(())
    }
}

/// Contents with the campaign whose live one they are, and the draft whose they are, if there are such.
fn owned() -> SelectStatement {
    let is_its = |owner| {
        let id = Expr::col((CONTENTS.name, "id"));
        id.eq(Expr::col((owner, "content_id")))
    };
    Query::select()
        .column((CONTENTS.name, "id"))
        .from(CONTENTS.name)
        .join(JoinType::LeftJoin, CAMPAIGNS.name, is_its(CAMPAIGNS.name))
        .join(JoinType::LeftJoin, DRAFTS.name, is_its(DRAFTS.name))
        .to_owned()
}

fn of_nobody() -> SelectStatement {
    owned()
        .and_where(Expr::col((CAMPAIGNS.name, "content_id")).is_null())
        .and_where(Expr::col((DRAFTS.name, "content_id")).is_null())
        .to_owned()
}

fn of_two() -> SelectStatement {
    owned()
        .and_where(Expr::col((CAMPAIGNS.name, "content_id")).is_not_null())
        .and_where(Expr::col((DRAFTS.name, "content_id")).is_not_null())
        .to_owned()
}

/// Places that equal that of another source of the workspace.
fn shared() -> SelectStatement {
    let is_equal = |column| Expr::col((PLACES.name, column)).equals(("other", column));
    let is_other = Expr::col((PLACES.name, "source_id")).ne(Expr::col(("other", "source_id")));
    let other = Query::select()
        .expr(Expr::val(1))
        .from_as(PLACES.name, "other")
        .and_where(is_equal("workspace_id"))
        .and_where(is_equal("level"))
        .and_where(is_equal("rank"))
        .and_where(is_other)
        .to_owned();
    Query::select()
        .column((PLACES.name, "source_id"))
        .from(PLACES.name)
        .and_where(Expr::exists(other))
        .to_owned()
}
