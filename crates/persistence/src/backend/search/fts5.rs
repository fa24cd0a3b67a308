//! Search on SQLite: an FTS5 index without the texts themselves.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict, SimpleExpr};
use sea_orm::{ConnectionTrait, EntityTrait as _, Statement};
use uuid::Uuid;

use crate::StoreError;
use crate::entity::content_document;

/// The condition that a content has no entry.
pub(super) const MISSING: &str = "\"contents\".\"id\" NOT IN (SELECT content_documents.content_id \
    FROM content_documents JOIN content_words ON content_words.rowid = number)";

pub(super) async fn index<C: ConnectionTrait>(db: &C, id: Uuid, text: &str) -> Result<(), StoreError> {
    // The update changes nothing, and makes the statement return the number of a row that is there already.
    let known = OnConflict::column(content_document::Column::ContentId)
        .update_column(content_document::Column::ContentId)
        .to_owned();
    let row = content_document::ActiveModel {
        content_id: Set(id),
        ..Default::default()
    };
    let document = content_document::Entity::insert(row)
        .on_conflict(known)
        .exec_with_returning(db)
        .await?;
    let sql = "INSERT OR REPLACE INTO content_words (rowid, words) VALUES (?, ?)";
    let values = [document.number.into(), text.into()];
    db.execute_raw(Statement::from_sql_and_values(
        db.get_database_backend(),
        sql,
        values,
    ))
    .await?;
    Ok(())
}

/// Each term is a phrase whose last word is a beginning.
pub(super) fn condition(terms: &[&str]) -> SimpleExpr {
    let phrases: Vec<String> = terms
        .iter()
        .map(|term| format!("\"{}\"*", term.replace('"', "\"\"")))
        .collect();
    Expr::cust_with_values(
        "\"campaigns\".\"content_id\" IN (SELECT content_documents.content_id FROM content_words \
         JOIN content_documents ON number = content_words.rowid WHERE content_words MATCH ?)",
        [phrases.join(" ")],
    )
}
