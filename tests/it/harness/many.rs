//! More campaigns than a test has the time to make by commands.

use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait as _, DbBackend};
use understudy_domain::CampaignId;

use super::{World, backend};

/// Every copy's id is this and its index.
const FIRST: u128 = 0x0197_0000_0000_7000_8000_0000_0000_0000;

impl World {
    /// Copies a campaign without draft or place, row by row in the database itself: each copy is what a campaign
    /// would be that went the same way. Their ids.
    pub(crate) async fn copies(&self, id: &str, count: u32) -> Vec<String> {
        // No event tells of the copies.
        self.judge.look_away();
        let original: CampaignId = id.parse().unwrap();
        let original = original.uuid().simple();
        let beginning = &format!("{FIRST:032x}")[..20];
        let (copy_id, original) = match backend() {
            DbBackend::Sqlite => (
                format!("unhex('{beginning}' || printf('%012x', copy))"),
                format!("x'{original}'"),
            ),
            _ => (
                format!("('{beginning}' || lpad(to_hex(copy), 12, '0'))::uuid"),
                format!("uuid '{original}'"),
            ),
        };
        let db = self.database.connect().await;
        for (table, ids) in [
            ("contents", ["id"].as_slice()),
            ("content_tags", &["content_id"]),
            ("content_segments", &["content_id"]),
            ("campaigns", &["id", "content_id"]),
        ] {
            let columns = self.columns(table).await;
            let is_id = |column: &String| ids.contains(&column.as_str());
            let copied = columns
                .iter()
                .map(|column| if is_id(column) { &copy_id } else { column }.as_str());
            let (columns, copied) = (columns.join(", "), copied.collect::<Vec<_>>().join(", "));
            let sql = format!(
                "WITH RECURSIVE copies (copy) AS (SELECT 0 UNION ALL SELECT copy + 1 FROM copies WHERE copy < {count} - 1)
                 INSERT INTO {table} ({columns}) SELECT {copied} FROM copies, {table} WHERE {} = {original}",
                ids[0]
            );
            db.execute_unprepared(&sql).await.unwrap();
        }
        db.close().await.unwrap();
        let copy = |index| CampaignId::from_uuid(Uuid::from_u128(FIRST | u128::from(index)));
        (0..count).map(|index| copy(index).to_string()).collect()
    }

    /// The columns of a table that are written, those aside that the database computes.
    async fn columns(&self, table: &str) -> Vec<String> {
        let sql = match backend() {
            DbBackend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            _ => format!(
                "SELECT column_name::text FROM information_schema.columns
                WHERE table_name = '{table}' AND is_generated = 'NEVER'"
            ),
        };
        self.rows(&sql).await
    }
}
