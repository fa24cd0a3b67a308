//! Commands whose result cannot be read in time: they are done all the same, and nobody is told otherwise.

use futures_util::future::join_all;
use serde_json::{Value, json};
use understudy_domain::WorkspaceId;

use crate::harness::{World, email};

/// How many reads run at once.
const READERS: usize = 8;

/// What the one error of a response says, which must be that the database was not there.
fn unavailable(response: &Value) -> &str {
    let errors = response["errors"].as_array().unwrap();
    let [error] = errors.as_slice() else {
        panic!("{response:#}")
    };
    assert_eq!(error["extensions"]["code"], "UNAVAILABLE", "{response:#}");
    error["message"].as_str().unwrap()
}

#[tokio::test]
async fn nobody_is_told_that_nothing_was_changed_because_the_result_cannot_be_read() {
    let world = World::new().await;
    let segment = world.segment("Everyone").await;
    let mut content = email("Spring");
    content["segmentIds"] = json!([segment]);
    let cascade = world.active(content).await;
    let [one, many] = [
        world.active(email("One")).await,
        world.active(email("Many")).await,
    ];
    let end = world.log_end().await;
    // Somebody reads all the time, and leaves no connection to anyone else.
    let reads = join_all((0..READERS).map(|_| world.app.snapshot(WorkspaceId::DEFAULT))).await;

    let commands = [
        (
            "mutation ($id: ID!) { stopCampaign(id: $id) { changed campaign { id } } }",
            json!({ "id": one }),
        ),
        (
            "mutation ($id: ID!) { stopCampaigns(selection: { ids: [$id] }) { changedCount results { campaign { id } } } }",
            json!({ "id": many }),
        ),
        (
            "mutation ($id: ID!) { archiveSegment(id: $id) { changed archivedCampaigns { id } } }",
            json!({ "id": segment }),
        ),
    ];
    let answers = join_all(commands.map(|(query, variables)| world.execute(query, variables))).await;
    for answer in &answers {
        let said = unavailable(answer);
        assert!(!said.contains("nothing was changed"), "{said}");
    }
    assert_eq!(
        answers[0]["data"]["stopCampaign"],
        json!({ "changed": true, "campaign": null })
    );
    assert_eq!(answers[1]["data"]["stopCampaigns"]["changedCount"], 1);

    drop(reads);
    assert_eq!(world.log_end().await, end + 3);
    assert_eq!(world.campaign(&cascade).await["status"], "ARCHIVED");
}
