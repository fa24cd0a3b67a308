//! Search on SQLite: an FTS5 index without the texts themselves.

use std::collections::BTreeSet;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict, SimpleExpr};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait as _, Statement};
use uuid::Uuid;

use super::is_so;
use crate::StoreError;
use crate::entity::content_document;

/// The condition that a content has no entry.
pub(super) const MISSING: &str = "\"contents\".\"id\" NOT IN (SELECT content_documents.content_id \
    FROM content_documents JOIN content_words ON content_words.rowid = number)";

/// How many words are looked for at once.
const WORDS_AT_ONCE: usize = 100;

/// The index can be asked for words, but not for what it has; so a word too many stays unseen.
pub(super) async fn is_known<C: ConnectionTrait>(db: &C, id: Uuid, text: &str) -> Result<bool, DbErr> {
    // What has no letter is no word, and the index's list of letters is older than ours.
    let is_old_letter = |letter: char| letter.is_alphanumeric() && letter < '\u{530}';
    let words: BTreeSet<&str> = text
        .split_whitespace()
        .filter(|word| word.contains(is_old_letter))
        .collect();
    let words: Vec<String> = words.into_iter().map(quoted).collect();
    let has = "SELECT EXISTS (SELECT 1 FROM content_words WHERE content_words MATCH ? \
        AND rowid = (SELECT number FROM content_documents WHERE content_id = ?)) \
        OR NOT EXISTS (SELECT 1 FROM content_documents WHERE content_id = ?)";
    for words in words.chunks(WORDS_AT_ONCE) {
        if !is_so(db, has, [words.join(" ").into(), id.into(), id.into()]).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

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
    let phrases: Vec<String> = terms.iter().map(|term| format!("{}*", quoted(term))).collect();
    Expr::cust_with_values(
        "\"campaigns\".\"content_id\" IN (SELECT content_documents.content_id FROM content_words \
         JOIN content_documents ON number = content_words.rowid WHERE content_words MATCH ?)",
        [phrases.join(" ")],
    )
}

/// A phrase as FTS5 wants it written.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
