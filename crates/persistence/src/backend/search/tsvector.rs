//! Search on PostgreSQL: a GIN index over the beginnings of words, and the words in their order for what that cannot
//! tell.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use uuid::Uuid;

use super::is_so;
use super::words::words;
use crate::StoreError;

/// How many bytes of a word the index has. With so few of each, the words of the largest content fit into what
/// PostgreSQL allows for one (1 MiB); longer ones are told apart by the text.
const INDEXED: usize = 16;

/// How many bytes of words are indexed in all, which is PostgreSQL's limit. Of what a content may have at most (about
/// 1.1 million bytes of text), words of 16 bytes and what stands between them come close to it; only letters that are
/// longer in lower case could get beyond.
const MOST_INDEXED: usize = 1_048_575;

/// The condition that a content has no entry.
pub(super) const MISSING: &str =
    "NOT EXISTS (SELECT 1 FROM content_words WHERE content_words.content_id = \"contents\".\"id\")";

/// What the index has of a text: a lexeme for each of its words, with spaces between them, and the words in their order.
fn entry(text: &str) -> (String, String) {
    let words = words(text);
    let mut indexed = BTreeSet::new();
    let mut room = MOST_INDEXED;
    for word in words.iter().map(|word| beginning(word)) {
        if word.len() > room {
            break;
        }
        if indexed.insert(word) {
            room -= word.len();
        }
    }
    let indexed: Vec<&str> = indexed.into_iter().collect();
    (indexed.join(" "), format!(" {}", words.join(" ")))
}

pub(super) async fn is_known<C: ConnectionTrait>(db: &C, id: Uuid, text: &str) -> Result<bool, DbErr> {
    let (lexemes, words) = entry(text);
    let differs = "SELECT NOT EXISTS (SELECT 1 FROM content_words WHERE content_id = $1 \
        AND (words <> array_to_tsvector(string_to_array($2, ' ')) OR text <> $3))";
    is_so(db, differs, [id.into(), lexemes.into(), words.into()]).await
}

pub(super) async fn index<C: ConnectionTrait>(db: &C, id: Uuid, text: &str) -> Result<(), StoreError> {
    let (lexemes, words) = entry(text);
    let sql = "INSERT INTO content_words (content_id, words, text) \
        VALUES ($1, array_to_tsvector(string_to_array($2, ' ')), $3) \
        ON CONFLICT (content_id) DO UPDATE SET words = excluded.words, text = excluded.text";
    let values: [Value; 3] = [id.into(), lexemes.into(), words.into()];
    db.execute_raw(Statement::from_sql_and_values(
        db.get_database_backend(),
        sql,
        values,
    ))
    .await?;
    Ok(())
}

/// Each term is a phrase whose last word is a beginning; `None` if one of them has no word.
pub(super) fn condition(terms: &[&str]) -> Option<SimpleExpr> {
    let mut lexemes = BTreeSet::new();
    let mut patterns: BTreeSet<String> = BTreeSet::new();
    for term in terms {
        let phrase = words(term);
        let last = phrase.last()?;
        let whole = phrase.len() == 1 && last.len() <= INDEXED;
        if !whole {
            patterns.insert(format!("% {}%", phrase.join(" ")));
        }
        let (last, others) = phrase.split_last()?;
        lexemes.extend(others.iter().map(|word| lexeme(word, word.len() > INDEXED)));
        lexemes.insert(lexeme(last, true));
    }
    let query: Vec<String> = lexemes.into_iter().collect();
    let mut sql = "\"campaigns\".\"content_id\" IN \
        (SELECT content_words.content_id FROM content_words WHERE words @@ $1::tsquery"
        .to_owned();
    let like = (2..)
        .zip(&patterns)
        .map(|(number, _)| format!(" AND text LIKE ${number}"));
    sql.extend(like);
    sql.push(')');
    let values = std::iter::once(query.join(" & ")).chain(patterns);
    Some(Expr::cust_with_values(sql, values))
}

/// A word of a tsquery. Words have nothing but letters and digits, so there is nothing to escape.
fn lexeme(word: &str, is_beginning: bool) -> String {
    let rest = if is_beginning { ":*" } else { "" };
    format!("'{}'{rest}", beginning(word))
}

fn beginning(word: &str) -> &str {
    &word[..word.floor_char_boundary(INDEXED)]
}
