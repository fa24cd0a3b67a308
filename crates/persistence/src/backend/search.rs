//! The words of contents. A search finds contents that have all its words, each from its beginning, without regard to
//! case and to the diacritics of Latin letters.

mod fts5;
mod tsvector;
mod words;

use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use understudy_domain::{Content, Message};
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

use crate::StoreError;

/// Puts the words of a content into the index, in the place of those it had.
pub(crate) async fn index<C: ConnectionTrait>(db: &C, id: Uuid, content: &Content) -> Result<(), StoreError> {
    let text = text(content);
    match db.get_database_backend() {
        DbBackend::Postgres => tsvector::index(db, id, &text).await,
        _ => fts5::index(db, id, &text).await,
    }
}

/// The condition that a campaign's live content has all the words, or `None` where there is no word to look for.
pub(crate) fn condition(backend: DbBackend, text: &str) -> Option<SimpleExpr> {
    if text.trim().is_empty() {
        return None;
    }
    let text: String = text.nfc().collect();
    let terms: Vec<&str> = text
        .split_whitespace()
        .filter(|term| !words::words(term).is_empty())
        .collect();
    let found = match backend {
        _ if terms.is_empty() => None,
        DbBackend::Postgres => tsvector::condition(&terms),
        _ => Some(fts5::condition(&terms)),
    };
    // Nothing but signs, which the index does not have.
    Some(found.unwrap_or_else(|| Expr::cust("1 = 0")))
}

/// The condition that a content has no entry in the index, so that no search finds it.
pub(crate) fn is_missing(backend: DbBackend) -> SimpleExpr {
    Expr::cust(match backend {
        DbBackend::Postgres => tsvector::MISSING,
        _ => fts5::MISSING,
    })
}

/// Whether the index, if it has an entry of a content, knows its words.
pub(crate) async fn is_known<C: ConnectionTrait>(db: &C, id: Uuid, content: &Content) -> Result<bool, DbErr> {
    let text = text(content);
    match db.get_database_backend() {
        DbBackend::Postgres => tsvector::is_known(db, id, &text).await,
        _ => fts5::is_known(db, id, &text).await,
    }
}

/// The one answer to a question of yes or no.
async fn is_so<C: ConnectionTrait>(
    db: &C,
    question: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<bool, DbErr> {
    let question = Statement::from_sql_and_values(db.get_database_backend(), question, values);
    let row = db.query_one_raw(question).await?;
    row.map_or(Ok(false), |row| row.try_get_by_index(0))
}

/// All text of a content that can be searched for, letters with their signs composed: two spellings of the same text,
/// such as different systems type, are found by each other.
fn text(content: &Content) -> String {
    let mut texts = vec![content.name.as_str(), content.description.as_str()];
    texts.extend(content.tags.iter().map(String::as_str));
    match &content.message {
        None => {}
        Some(Message::Email(email)) => texts.extend([email.subject.as_str(), email.body.as_str()]),
        Some(Message::InApp(in_app)) => texts.extend([in_app.title.as_str(), in_app.body.as_str()]),
        Some(Message::Webhook(webhook)) => texts.extend([webhook.url.as_str(), webhook.body.as_str()]),
    }
    texts.join("\n").nfc().collect()
}
