//! The words of contents: the one place where SQL of a full-text index stands.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict, SimpleExpr};
use sea_orm::{ConnectionTrait, EntityTrait as _, Statement};
use understudy_domain::{Content, Message};
use uuid::Uuid;

use crate::StoreError;
use crate::entity::content_document;

/// Puts the words of a content into the index, in the place of those it had.
pub(crate) async fn index<C: ConnectionTrait>(db: &C, id: Uuid, content: &Content) -> Result<(), StoreError> {
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
    let values = [document.number.into(), words(content).into()];
    db.execute_raw(Statement::from_sql_and_values(
        db.get_database_backend(),
        sql,
        values,
    ))
    .await?;
    Ok(())
}

/// The condition that a content has all the words, each from its beginning, or `None` where there is no word to look
/// for. Case makes no difference, nor do the diacritics of Latin letters.
pub(crate) fn condition(text: &str) -> Option<SimpleExpr> {
    if text.trim().is_empty() {
        return None;
    }
    let words: Vec<String> = text
        .split_whitespace()
        .filter(|word| word.contains(char::is_alphanumeric))
        .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")))
        .collect();
    if words.is_empty() {
        // Nothing but signs, which the index does not have.
        return Some(Expr::cust("1 = 0"));
    }
    let found = Expr::cust_with_values(
        "\"contents\".\"id\" IN (SELECT content_documents.content_id FROM content_words \
         JOIN content_documents ON number = content_words.rowid WHERE content_words MATCH ?)",
        [words.join(" ")],
    );
    Some(found)
}

/// The condition that a content has no entry in the index, so that no search finds it.
pub(crate) fn is_missing() -> SimpleExpr {
    Expr::cust(
        "\"contents\".\"id\" NOT IN (SELECT content_documents.content_id FROM content_documents \
         JOIN content_words ON content_words.rowid = number)",
    )
}

fn words(content: &Content) -> String {
    let mut words = vec![content.name.as_str(), content.description.as_str()];
    words.extend(content.tags.iter().map(String::as_str));
    match &content.message {
        None => {}
        Some(Message::Email(email)) => words.extend([email.subject.as_str(), email.body.as_str()]),
        Some(Message::InApp(in_app)) => words.extend([in_app.title.as_str(), in_app.body.as_str()]),
        Some(Message::Webhook(webhook)) => words.extend([webhook.url.as_str(), webhook.body.as_str()]),
    }
    words.join("\n")
}
