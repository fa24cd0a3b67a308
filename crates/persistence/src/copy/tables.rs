//! The tables that are copied, and how their rows are read and written without knowing what they mean.

use std::marker::PhantomData;

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, Query, SimpleExpr};
use sea_orm::{
    ConnectionTrait as _, EntityTrait, IntoSimpleExpr as _, Iterable as _, ModelTrait as _,
    PrimaryKeyToColumn, QueryFilter as _, QueryOrder as _, QuerySelect as _, Value,
};

use crate::StoreError;
use crate::entity::{
    call, campaign, campaign_day, campaign_delivery, campaign_event, campaign_recipient, canvas, content,
    content_segment, content_tag, delivery, draft, engagement, in_app_place, recipient, segment, sender,
    token, workspace,
};
use crate::transaction::Transaction;

/// The tables in an order in which each comes after those that it refers to.
pub(super) static TABLES: [&dyn Table; 19] = [
    // The default one is there already.
    &Of::<workspace::Entity>::replacing(SMALL),
    &Of::<token::Entity>::new(SMALL),
    &Of::<recipient::Entity>::new(SMALL),
    &Of::<segment::Entity>::new(SMALL),
    &Of::<content::Entity>::new(LARGE),
    &Of::<content_tag::Entity>::new(SMALL),
    &Of::<content_segment::Entity>::new(SMALL),
    &Of::<campaign::Entity>::new(SMALL),
    &Of::<draft::Entity>::new(SMALL),
    &Of::<canvas::Entity>::new(SMALL),
    &Of::<in_app_place::Entity>::new(SMALL),
    &Of::<campaign_day::Entity>::new(SMALL),
    &Of::<campaign_recipient::Entity>::new(SMALL),
    &Of::<engagement::Entity>::new(SMALL),
    // What they have in hand, they lose some time after: nobody counts for them any more.
    &Of::<sender::Entity>::new(SMALL),
    &Of::<campaign_delivery::Entity>::new(SMALL),
    &Of::<call::Entity>::new(SMALL),
    &Of::<delivery::Entity>::new(SMALL),
    &Of::<campaign_event::Entity>::new(SMALL),
];

/// How many rows are in memory at once, of a table whose rows are short.
const SMALL: u64 = 1_000;

/// The same, of a table whose rows may have more than 1 MiB each.
pub(super) const LARGE: u64 = 16;

/// How many values a statement can have: that of `SQLite`, which is the smaller one.
const MOST_VALUES: usize = 32_766;

/// A row: the values of all columns, in the order in which the entity has them.
pub(super) type Row = Vec<Value>;

/// The values of a row's primary key.
type Key = Vec<Value>;

/// Rows that follow each other, and the key of the last one if there may be more.
type Page = (Vec<Row>, Option<Key>);

/// A table whose rows can be carried over.
#[async_trait::async_trait]
pub(super) trait Table: Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// How many rows it has.
    async fn count(&self, tx: &Transaction) -> Result<u64, StoreError>;

    /// Whether it has no row at all.
    async fn is_empty(&self, tx: &Transaction) -> Result<bool, StoreError>;

    /// The rows that come after a key, as many as may be in memory at once.
    async fn read(&self, tx: &Transaction, after: Option<Key>) -> Result<Page, StoreError>;

    /// Writes rows that were read.
    async fn write(&self, tx: &Transaction, rows: Vec<Row>) -> Result<(), StoreError>;
}

/// The table of an entity.
struct Of<E> {
    rows: u64,
    replaces: bool,
    entity: PhantomData<E>,
}

impl<E> Of<E> {
    /// A table that is copied so many rows at a time.
    const fn new(rows: u64) -> Self {
        Self {
            rows,
            replaces: false,
            entity: PhantomData,
        }
    }

    /// The same, with rows that take the place of those that are there.
    const fn replacing(rows: u64) -> Self {
        Self {
            rows,
            replaces: true,
            entity: PhantomData,
        }
    }
}

/// The columns of an entity's primary key. None of them is text, which would be in another order on each database.
fn key<E: EntityTrait>() -> Vec<E::Column> {
    E::PrimaryKey::iter()
        .map(PrimaryKeyToColumn::into_column)
        .collect()
}

#[async_trait::async_trait]
impl<E: EntityTrait> Table for Of<E> {
    fn name(&self) -> &'static str {
        E::default().table_name()
    }

    async fn count(&self, tx: &Transaction) -> Result<u64, StoreError> {
        let count = E::find()
            .select_only()
            .expr(Expr::cust("COUNT(*)"))
            .into_tuple::<i64>()
            .one(tx)
            .await?;
        Ok(count.unwrap_or_default().unsigned_abs())
    }

    async fn is_empty(&self, tx: &Transaction) -> Result<bool, StoreError> {
        let row = E::find()
            .select_only()
            .expr(Expr::val(1))
            .limit(1)
            .into_tuple::<i32>()
            .one(tx)
            .await?;
        Ok(row.is_none())
    }

    async fn read(&self, tx: &Transaction, after: Option<Key>) -> Result<Page, StoreError> {
        let key = key::<E>();
        let mut found = E::find().limit(self.rows);
        if let Some(after) = after {
            let columns = key.iter().map(|column| column.into_simple_expr());
            let values = after.into_iter().map(Expr::val);
            found = found.filter(SimpleExpr::from(Expr::tuple(columns)).gt(Expr::tuple(values)));
        }
        for column in &key {
            found = found.order_by_asc(*column);
        }
        let models = found.all(tx).await?;
        let is_full = models.len() as u64 == self.rows;
        let last = models.last().filter(|_| is_full);
        let last = last.map(|model| key.iter().map(|column| model.get(*column)).collect());
        // One by one, so that no two forms of all of them are in memory.
        let row = |model: E::Model| E::Column::iter().map(|column| model.get(column)).collect();
        Ok((models.into_iter().map(row).collect(), last))
    }

    async fn write(&self, tx: &Transaction, rows: Vec<Row>) -> Result<(), StoreError> {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut insert = Query::insert();
            insert
                .into_table(E::default().table_ref())
                .columns(E::Column::iter());
            for row in rows.by_ref().take(MOST_VALUES / E::Column::iter().count()) {
                insert.values_panic(row.into_iter().map(Expr::val));
            }
            if self.replaces {
                let known = OnConflict::columns(key::<E>())
                    .update_columns(E::Column::iter())
                    .to_owned();
                insert.on_conflict(known);
            }
            tx.execute(&insert).await?;
        }
        Ok(())
    }
}

/// A way through all rows of a table in the order of their keys.
pub(super) struct Pages {
    table: &'static dyn Table,
    after: Option<Key>,
    is_over: bool,
}

impl Pages {
    pub(super) fn of(table: &'static dyn Table) -> Self {
        Self {
            table,
            after: None,
            is_over: false,
        }
    }

    /// The next rows, or `None` where there are no more.
    pub(super) async fn next(&mut self, tx: &Transaction) -> Result<Option<Vec<Row>>, StoreError> {
        if self.is_over {
            return Ok(None);
        }
        let (rows, last) = self.table.read(tx, self.after.take()).await?;
        self.is_over = last.is_none();
        self.after = last;
        Ok(Some(rows).filter(|rows| !rows.is_empty()))
    }
}
