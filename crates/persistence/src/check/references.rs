//! Rows that point at others: what they point at must be there, and in the same workspace.

use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{JoinType, QueryResult};
use uuid::Uuid;

use super::tables::{
    CALLS, CAMPAIGN_DAYS, CAMPAIGN_DELIVERIES, CAMPAIGN_RECIPIENTS, CAMPAIGNS, CANVASES, CONTENT_SEGMENTS,
    CONTENT_TAGS, CONTENTS, DELIVERIES, DRAFTS, ENGAGEMENTS, EVENTS, Kind, PLACES, Pages, RECIPIENTS,
    SEGMENTS, TOKENS, Table, WORKSPACES,
};
use super::{Check, CheckError};

/// A column that holds the id of a row of another table.
struct Reference {
    from: &'static Table,
    column: &'static str,
    to: &'static Table,
    kind: Kind,
}

const fn reference(from: &'static Table, column: &'static str, to: &'static Table, kind: Kind) -> Reference {
    Reference {
        from,
        column,
        to,
        kind,
    }
}

const REFERENCES: [Reference; 36] = [
    reference(&CAMPAIGNS, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&CAMPAIGNS, "content_id", &CONTENTS, Kind::Other),
    reference(&CAMPAIGNS, "archived_by_segment_id", &SEGMENTS, Kind::Segment),
    reference(&DRAFTS, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&DRAFTS, "campaign_id", &CAMPAIGNS, Kind::Campaign),
    reference(&DRAFTS, "content_id", &CONTENTS, Kind::Other),
    reference(&CONTENTS, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&CONTENT_TAGS, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&CONTENT_TAGS, "content_id", &CONTENTS, Kind::Other),
    reference(&CONTENT_SEGMENTS, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&CONTENT_SEGMENTS, "content_id", &CONTENTS, Kind::Other),
    reference(&CONTENT_SEGMENTS, "segment_id", &SEGMENTS, Kind::Segment),
    reference(&SEGMENTS, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&CANVASES, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&RECIPIENTS, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&CAMPAIGN_DAYS, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&CAMPAIGN_DAYS, "campaign_id", &CAMPAIGNS, Kind::Campaign),
    reference(&CAMPAIGN_RECIPIENTS, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&CAMPAIGN_RECIPIENTS, "campaign_id", &CAMPAIGNS, Kind::Campaign),
    reference(&CAMPAIGN_RECIPIENTS, "recipient_id", &RECIPIENTS, Kind::Recipient),
    reference(&ENGAGEMENTS, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&ENGAGEMENTS, "campaign_id", &CAMPAIGNS, Kind::Campaign),
    reference(&ENGAGEMENTS, "recipient_id", &RECIPIENTS, Kind::Recipient),
    reference(&CALLS, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&CALLS, "campaign_id", &CAMPAIGNS, Kind::Campaign),
    reference(&CAMPAIGN_DELIVERIES, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&CAMPAIGN_DELIVERIES, "campaign_id", &CAMPAIGNS, Kind::Campaign),
    reference(&DELIVERIES, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&DELIVERIES, "campaign_id", &CAMPAIGNS, Kind::Campaign),
    reference(&TOKENS, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&PLACES, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&PLACES, "campaign_id", &CAMPAIGNS, Kind::Campaign),
    reference(&PLACES, "canvas_id", &CANVASES, Kind::Canvas),
    reference(&EVENTS, "workspace_id", &WORKSPACES, Kind::Workspace),
    reference(&EVENTS, "campaign_id", &CAMPAIGNS, Kind::Campaign),
    reference(&EVENTS, "segment_id", &SEGMENTS, Kind::Segment),
];

/// The columns of a broken reference: what it points at, and whether that is there.
const POINTS_AT: &str = "points_at";
const FOUND: &str = "found";

impl Reference {
    /// The rows whose reference is broken.
    fn broken(&self) -> SelectStatement {
        let (from, to) = (self.from.name, self.to.name);
        let column = || Expr::col((from, self.column));
        let mut broken = Condition::any().add(Expr::col((to, "id")).is_null());
        if self.to.name != WORKSPACES.name {
            let workspace = Expr::col((from, "workspace_id"));
            broken = broken.add(workspace.ne(Expr::col((to, "workspace_id"))));
        }
        let mut select = Query::select();
        for (column, _) in self.from.key {
            select.column((from, *column));
        }
        select
            .expr_as(column(), POINTS_AT)
            .expr_as(Expr::col((to, "id")), FOUND)
            .from(from)
            .join(JoinType::LeftJoin, to, column().eq(Expr::col((to, "id"))))
            .and_where(column().is_not_null())
            .cond_where(broken)
            .to_owned()
    }

    fn told(&self, row: &QueryResult) -> Result<String, sea_orm::DbErr> {
        let is_there = row.try_get::<Option<Uuid>>("", FOUND)?.is_some();
        let id = self.kind.text(row, POINTS_AT);
        Ok(if is_there {
            format!("{}: {id} is of another workspace", self.column)
        } else {
            format!("{}: {id} does not exist", self.column)
        })
    }
}

impl Check<'_> {
    /// Looks for references that are broken.
    pub(super) async fn references(&mut self) -> Result<(), CheckError> {
        for reference in &REFERENCES {
            let mut pages = Pages::new(reference.from, reference.broken());
            while let Some(rows) = pages.next(self.db).await? {
                for row in &rows {
                    self.find(reference.from.row(row), reference.told(row)?)?;
                }
            }
        }
        Ok(())
    }
}
