//! Rows that come out different in the target: the checksums find them, and nothing is kept.

use sea_orm::{ConnectionTrait as _, DbBackend};
use understudy_persistence::copy::{CopyError, tables};
use understudy_persistence::migrate;

use super::{copied, dump, original};
use crate::harness::{Database, backend};

/// A trigger that does something to rows on their way into a table. `column` is set to `value`; without it, the row is
/// lost.
fn spoils(table: &str, change: Option<(&str, &str)>) -> String {
    match (backend(), change) {
        (DbBackend::Sqlite, Some((column, value))) => format!(
            "CREATE TRIGGER spoils AFTER INSERT ON {table} BEGIN
                UPDATE {table} SET {column} = {value} WHERE rowid = NEW.rowid; END"
        ),
        (DbBackend::Sqlite, None) => format!(
            "CREATE TRIGGER spoils BEFORE INSERT ON {table} WHEN NEW.ordinal = 1 BEGIN SELECT RAISE(IGNORE); END"
        ),
        (_, change) => {
            let change = match change {
                Some((column, value)) => format!("NEW.{column} := NEW.{value};"),
                None => "IF NEW.ordinal = 1 THEN RETURN NULL; END IF;".to_owned(),
            };
            format!(
                "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {change} RETURN NEW; END $$;
                 CREATE TRIGGER spoils BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION spoil();"
            )
        }
    }
}

#[tokio::test]
async fn a_row_that_is_changed_on_the_way_is_found() {
    let source = original(Database::new()).await;
    let empty = Database::new();
    migrate::up(empty.url()).await.unwrap();
    let empty = dump(&empty).await;
    for (table, change) in [
        ("segments", Some(("description", "description || ' '"))),
        ("contents", Some(("trigger_event", "title"))),
        ("content_tags", None),
        ("drafts", Some(("based_on_version", "based_on_version + 1"))),
        ("canvases", Some(("name", "sort_name"))),
    ] {
        assert!(tables().any(|copied| copied == table));
        let target = Database::new();
        migrate::up(target.url()).await.unwrap();
        let db = target.connect().await;
        db.execute_unprepared(&spoils(table, change)).await.unwrap();
        let found = copied(&source, &target).await.unwrap_err();
        assert!(
            matches!(&found, CopyError::Differs { table: named, .. } if *named == table),
            "{table}: {found}"
        );
        assert!(
            found
                .to_string()
                .starts_with(&format!("{table} came out different"))
        );
        assert!(dump(&target).await == empty, "{table}: something is left");
        db.close().await.unwrap();
    }
}
