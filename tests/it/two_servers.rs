//! Two servers over one database: writes wait for each other, and what one commits the other tells.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::join;
use serde_json::json;
use tokio::time::timeout;
use understudy_app::{App, Caller};
use understudy_domain::content::ContentPatch;
use understudy_domain::text::Patched;
use understudy_domain::{WorkspaceId, id::CampaignId};

use crate::harness::World;

/// Far longer than another server's commit takes to be found.
const PATIENCE: Duration = Duration::from_secs(30);

async fn create(app: &App, name: &str) -> CampaignId {
    let patch = ContentPatch {
        name: Patched::Set(name.to_owned()),
        ..ContentPatch::default()
    };
    app.create_campaign(&Caller::system(WorkspaceId::DEFAULT), patch)
        .await
        .unwrap()
        .id
}

#[tokio::test]
async fn what_one_commits_the_other_tells() {
    let world = World::new().await;
    let other = App::open(world.database.url()).await.unwrap();
    let query = "subscription { campaignEvents(after: 0) { sequence campaignId } }";
    let mut events = std::pin::pin!(world.subscribe(query, json!({})));
    for sequence in 1..=3 {
        // Alternating, so that a commit of its own does not wake the feed up for the other's.
        let app = if sequence == 2 { &world.app } else { &other };
        let commit = async {
            // Gives the feed time to reach the end of the log and to wait there, or it would find the event by itself.
            // Without that time this test finds no fault; it fails without a fault in no case.
            tokio::time::sleep(Duration::from_millis(300)).await;
            create(app, "Spring").await.to_string()
        };
        // A fault would be waited for without end.
        let (event, id) = join(timeout(PATIENCE, events.next()), commit).await;
        let event = event.expect("the event is not told").unwrap();
        let expected = json!({ "sequence": sequence, "campaignId": id });
        assert_eq!(event["data"]["campaignEvents"], expected);
    }
}

#[tokio::test]
async fn their_writes_wait_for_each_other() {
    let world = World::new().await;
    let other = App::open(world.database.url()).await.unwrap();
    let writes = (0..60).map(|index| create(if index % 2 == 0 { &world.app } else { &other }, "Spring"));
    let made = futures_util::future::join_all(writes).await;
    assert_eq!(made.len(), 60);
    assert_eq!(world.log_end().await, 60);
}
