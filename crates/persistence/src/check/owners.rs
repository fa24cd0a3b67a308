//! Contents: each belongs to one campaign, as its live content or as its draft, and can be searched.

use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{
    ConnectionTrait as _, EntityTrait as _, JoinType, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};

use super::tables::{CAMPAIGNS, CONTENTS, DRAFTS, Pages};
use super::{Check, CheckError};
use crate::backend::search;
use crate::entity::content;

impl Check<'_> {
    /// Looks for contents that belong to nobody or to two, and for those that no search finds.
    pub(super) async fn owners(&mut self) -> Result<(), CheckError> {
        let unindexed = content::Entity::find()
            .select_only()
            .column(content::Column::Id)
            .filter(search::is_missing(self.db.get_database_backend()))
            .into_query();
        for (contents, what) in [
            (of_nobody(), "it belongs to no campaign and no draft"),
            (of_two(), "it is live, and a draft as well"),
            (unindexed, "it is not in the search index"),
        ] {
            let mut pages = Pages::new(&CONTENTS, contents);
            while let Some(rows) = pages.next(self.db).await? {
                for row in &rows {
                    self.find(CONTENTS.row(row), what)?;
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
