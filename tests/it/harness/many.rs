//! More campaigns than a test has the time to make by commands.

use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait as _, Database};
use understudy_domain::CampaignId;

use super::World;

/// Every copy's id is this and its index.
const FIRST: u128 = 0x0197_0000_0000_7000_8000_0000_0000_0000;

impl World {
    /// Copies a campaign without draft or place, row by row in the database itself: each copy is what a campaign
    /// would be that went the same way. Their ids.
    pub(crate) async fn copies(&self, id: &str, count: u32) -> Vec<String> {
        // No event tells of the copies.
        self.judge.look_away();
        let original: CampaignId = id.parse().unwrap();
        let original = original.uuid().simple().to_string();
        let db = Database::connect(&self.url).await.unwrap();
        for (table, ids) in [
            ("contents", ["id"].as_slice()),
            ("content_tags", &["content_id"]),
            ("content_segments", &["content_id"]),
            ("campaigns", &["id", "content_id"]),
        ] {
            let columns = self
                .rows(&format!("SELECT name FROM pragma_table_info('{table}')"))
                .await
                .concat();
            let copied = columns.iter().map(|column| {
                if ids.contains(&column.as_str()) {
                    format!(
                        "unhex('{}' || printf('%012x', copy))",
                        &format!("{FIRST:032x}")[..20]
                    )
                } else {
                    column.clone()
                }
            });
            let (columns, copied) = (columns.join(", "), copied.collect::<Vec<_>>().join(", "));
            let sql = format!(
                "WITH RECURSIVE copies (copy) AS (SELECT 0 UNION ALL SELECT copy + 1 FROM copies WHERE copy < {count} - 1)
                 INSERT INTO {table} ({columns}) SELECT {copied} FROM copies, {table} WHERE {} = x'{original}'",
                ids[0]
            );
            db.execute_unprepared(&sql).await.unwrap();
        }
        db.close().await.unwrap();
        let copy = |index| CampaignId::from_uuid(Uuid::from_u128(FIRST | u128::from(index)));
        (0..count).map(|index| copy(index).to_string()).collect()
    }
}
