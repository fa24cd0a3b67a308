//! What a client does on a campaign that it has not seen as it is, and what it repeats after a lost answer.

use serde_json::{Value, json};

use crate::harness::{Payload, STANDINGS, World, email};

const COMMANDS: [&str; 9] = [
    "launchCampaign",
    "stopCampaign",
    "resumeCampaign",
    "archiveCampaign",
    "unarchiveCampaign",
    "launchDraft",
    "discardDraft",
    "updateCampaign",
    "saveDraft",
];

async fn run(world: &World, command: &str, id: &str, content: Value, version: i64) -> Payload {
    if ["updateCampaign", "saveDraft"].contains(&command) {
        world.edit_expecting(command, id, content, version).await
    } else {
        world.run_expecting(command, id, json!(version)).await
    }
}

#[tokio::test]
async fn another_version_is_a_conflict_before_anything_else() {
    let world = World::new().await;
    let contents = [json!({}), json!({ "description": "mine" }), json!({ "name": "" })];
    for standing in STANDINGS {
        let id = world.standing(standing).await;
        let actual = world.campaign(&id).await["version"].as_i64().unwrap();
        for command in COMMANDS {
            for (content, version) in contents.iter().zip([actual - 1, actual + 1, -5]) {
                let answer = run(&world, command, &id, content.clone(), version);
                let errors = world.observe(&id, answer).await.refused("VERSION_CONFLICT");
                assert_eq!(errors[0]["field"], json!(["expectedVersion"]));
                let message = errors[0]["message"].as_str().unwrap();
                assert!(
                    message.contains(&format!("at version {actual}, not {version}")),
                    "{message}"
                );
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_campaign_is_not_found_whatever_version_is_expected() {
    let world = World::new().await;
    let id = "cmp_01jd0000000000000000000000";
    for command in COMMANDS {
        let payload = run(&world, command, id, json!({ "name": "" }), 1).await;
        assert_eq!(payload.codes(), ["NOT_FOUND"], "{command}");
    }
}

#[tokio::test]
async fn with_the_right_version_a_command_ends_as_without_one() {
    let world = World::new().await;
    for standing in STANDINGS {
        for command in COMMANDS {
            let (one, other) = (world.standing(standing).await, world.standing(standing).await);
            let content = json!({ "description": "mine" });
            let without = match command {
                "updateCampaign" => world.update(&other, content.clone()).await,
                "saveDraft" => world.save_draft(&other, content.clone()).await,
                _ => world.run(command, &other).await,
            };
            let version = world.campaign(&one).await["version"].as_i64().unwrap();
            let with = run(&world, command, &one, content, version).await;
            assert_eq!(with.codes(), without.codes(), "{command} {standing:?}");
            assert_eq!(with.changed(), without.changed(), "{command} {standing:?}");
            assert_eq!(with.version(), without.version(), "{command} {standing:?}");
        }
    }
}

/// A whole life, each command sent twice as by a client that did not get the first answer.
#[tokio::test]
async fn a_command_repeated_after_a_lost_answer_changes_nothing() {
    let world = World::new().await;
    let id = world.unlaunched(email("Twice")).await;
    let life = [
        ("launchCampaign", json!({}), None),
        ("stopCampaign", json!({}), None),
        ("resumeCampaign", json!({}), None),
        ("updateCampaign", json!({ "description": "a" }), None),
        ("saveDraft", json!({ "description": "b" }), None),
        ("discardDraft", json!({}), Some("NO_DRAFT")),
        ("saveDraft", json!({ "description": "c" }), None),
        ("launchDraft", json!({}), Some("NO_DRAFT")),
        ("archiveCampaign", json!({}), None),
        ("unarchiveCampaign", json!({}), None),
    ];
    for (command, content, refusal) in life {
        let version = world.campaign(&id).await["version"].as_i64().unwrap();
        let first = run(&world, command, &id, content.clone(), version).await;
        assert!(first.changed(), "{command}");
        let repeated = run(&world, command, &id, content.clone(), version);
        world.observe(&id, repeated).await.refused("VERSION_CONFLICT");

        let repeated = world.observe(&id, async {
            match command {
                "updateCampaign" => world.update(&id, content).await,
                "saveDraft" => world.save_draft(&id, content).await,
                _ => world.run(command, &id).await,
            }
        });
        match refusal {
            None => repeated.await.unchanged(),
            Some(code) => repeated.await.refused(code),
        };
    }
}
