//! The tables by their keys, and how they are read: a page at a time, and past the rows that cannot be read.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sea_orm::sea_query::{Expr, ExprTrait as _, Order, SelectStatement, Value};
use sea_orm::{ConnectionTrait as _, DbErr, EntityTrait, FromQueryResult as _, QueryResult};
use understudy_domain::{CampaignId, CanvasId, Date, RecipientId, SegmentId, TokenId, WorkspaceId};
use uuid::Uuid;

use super::{Check, CheckError};
use crate::backend::one_line;
use crate::transaction::Transaction;

/// How many rows are read at once.
const ROWS: u64 = 1_000;

/// What a column of a key holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Workspace,
    Campaign,
    Segment,
    Canvas,
    Recipient,
    Token,
    /// The id of a content, or of anything whose kind the column does not say.
    Other,
    Sequence,
    Ordinal,
    Day,
}

impl Kind {
    pub(super) fn read(self, row: &QueryResult, column: &str) -> Result<Value, DbErr> {
        match self {
            Self::Workspace
            | Self::Campaign
            | Self::Segment
            | Self::Canvas
            | Self::Recipient
            | Self::Token
            | Self::Other => row.try_get::<Uuid>("", column).map(Value::from),
            Self::Sequence => row.try_get::<i64>("", column).map(Value::from),
            Self::Ordinal => row.try_get::<i16>("", column).map(Value::from),
            Self::Day => row.try_get::<Date>("", column).map(Value::from),
        }
    }

    /// The value as it is told: an id as clients see it.
    pub(super) fn text(self, row: &QueryResult, column: &str) -> String {
        let id = || row.try_get::<Uuid>("", column);
        let text = match self {
            Self::Workspace => id().map(|id| WorkspaceId::from_uuid(id).to_string()),
            Self::Campaign => id().map(|id| CampaignId::from_uuid(id).to_string()),
            Self::Segment => id().map(|id| SegmentId::from_uuid(id).to_string()),
            Self::Canvas => id().map(|id| CanvasId::from_uuid(id).to_string()),
            Self::Recipient => id().map(|id| RecipientId::from_uuid(id).to_string()),
            Self::Token => id().map(|id| TokenId::from_uuid(id).to_string()),
            Self::Other => id().map(|id| id.to_string()),
            Self::Sequence => row.try_get::<i64>("", column).map(|number| number.to_string()),
            Self::Ordinal => row.try_get::<i16>("", column).map(|number| number.to_string()),
            Self::Day => row.try_get::<Date>("", column).map(|day| day.to_string()),
        };
        text.unwrap_or_else(|_| "?".to_owned())
    }
}

type Key = &'static [(&'static str, Kind)];

/// A table, and the columns that together are different for every row.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) key: Key,
}

macro_rules! tables {
    ($($name:ident = $table:literal [$($column:literal: $kind:ident),*];)*) => {$(
        pub(super) const $name: Table = Table {
            name: $table,
            key: &[$(($column, Kind::$kind)),*],
        };
    )*};
}

tables! {
    WORKSPACES = "workspaces" ["id": Workspace];
    SEGMENTS = "segments" ["id": Segment];
    CONTENTS = "contents" ["id": Other];
    CONTENT_TAGS = "content_tags" ["content_id": Other, "ordinal": Ordinal];
    CONTENT_SEGMENTS = "content_segments" ["content_id": Other, "ordinal": Ordinal];
    CAMPAIGNS = "campaigns" ["id": Campaign];
    DRAFTS = "drafts" ["campaign_id": Campaign];
    CANVASES = "canvases" ["id": Canvas];
    PLACES = "in_app_places" ["source_id": Other];
    RECIPIENTS = "recipients" ["id": Recipient];
    CAMPAIGN_DAYS = "campaign_days" ["campaign_id": Campaign, "day": Day];
    CAMPAIGN_RECIPIENTS = "campaign_recipients" ["campaign_id": Campaign, "recipient_id": Recipient];
    CALLS = "calls" ["id": Other];
    CAMPAIGN_DELIVERIES = "campaign_deliveries" ["campaign_id": Campaign];
    DELIVERIES = "deliveries" ["id": Other];
    ENGAGEMENTS = "engagements" ["id": Other];
    TOKENS = "tokens" ["id": Token];
    EVENTS = "campaign_events" ["workspace_id": Workspace, "sequence": Sequence];
    EVENTS_BY_CAMPAIGN = "campaign_events" ["campaign_id": Campaign, "sequence": Sequence];
}

impl Table {
    /// A row by its table and key.
    pub(super) fn row(&self, row: &QueryResult) -> String {
        let key = self.key.iter().map(|(column, kind)| kind.text(row, column));
        format!("{} {}", self.name, key.collect::<Vec<_>>().join(" "))
    }
}

/// The rows of a statement in the order of their keys, a page at a time.
pub(super) struct Pages {
    statement: SelectStatement,
    table: &'static Table,
    after: Option<Vec<Value>>,
    rows: u64,
}

impl Pages {
    /// The rows that a statement finds in the table; it must select the key.
    pub(super) fn new(table: &'static Table, mut statement: SelectStatement) -> Self {
        for (column, _) in table.key {
            statement.order_by((table.name, *column), Order::Asc);
        }
        Self {
            statement,
            table,
            after: None,
            rows: ROWS,
        }
    }

    /// So many rows a page.
    pub(super) fn of(self, rows: u64) -> Self {
        Self { rows, ..self }
    }

    /// The next page; `None` where there are no more.
    pub(super) async fn next(&mut self, db: &Transaction) -> Result<Option<Vec<QueryResult>>, DbErr> {
        let mut statement = self.statement.clone();
        if let Some(after) = self.after.take() {
            let columns = self.table.key.iter();
            let key = columns.map(|(column, _)| Expr::col((self.table.name, *column)));
            let after = Expr::tuple(after.into_iter().map(Expr::val));
            statement.and_where(Expr::tuple(key).gt(after));
        }
        let rows = db.query_all(statement.limit(self.rows)).await?;
        let Some(last) = rows.last() else {
            return Ok(None);
        };
        let key = self
            .table
            .key
            .iter()
            .map(|(column, kind)| kind.read(last, column));
        self.after = Some(key.collect::<Result<_, _>>()?);
        Ok(Some(rows))
    }
}

impl Check<'_> {
    /// The rows that can be read; that another cannot is a finding.
    pub(super) fn models<E: EntityTrait>(
        &mut self,
        table: &Table,
        rows: &[QueryResult],
    ) -> Result<Vec<E::Model>, CheckError> {
        let mut models = Vec::with_capacity(rows.len());
        for row in rows {
            // The driver panics at times that no calendar has, such as PostgreSQL's infinity.
            match catch_unwind(AssertUnwindSafe(|| E::Model::from_query_result(row, ""))) {
                Ok(Ok(model)) => models.push(model),
                Ok(Err(error)) => {
                    self.find(table.row(row), format!("cannot be read: {}", one_line(&error)))?;
                }
                Err(_) => self.find(
                    table.row(row),
                    "cannot be read: it holds a time that no calendar has",
                )?,
            }
        }
        Ok(models)
    }

    /// All rows that a statement finds in the table, which must not be many.
    pub(super) async fn all_models<E: EntityTrait>(
        &mut self,
        table: &Table,
        statement: SelectStatement,
    ) -> Result<Vec<E::Model>, CheckError> {
        let rows = self.db.query_all(&statement).await?;
        self.models::<E>(table, &rows)
    }
}
