//! Who may call what, by the schema itself: a new field without its role is seen here.

use std::time::Duration;

use async_graphql::{Request, Variables};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::time::timeout;
use understudy_app::Caller;
use understudy_domain::{Role, WorkspaceId};

use crate::harness::calls::{Call, calls};
use crate::harness::introspection::{Types, id_kinds};
use crate::harness::{World, in_app};

/// The first answer to a call; none of a subscription that waits.
async fn answer(world: &World, role: Role, call: &Call) -> Option<Value> {
    let caller = Caller {
        role,
        ..Caller::system(WorkspaceId::DEFAULT)
    };
    let unknown = |path: &str| json!(format!("{}_01jd0000000000000000000000", id_kinds(path)[0]));
    let (query, variables) = call.operation("", &unknown);
    let request = Request::new(query).variables(Variables::from_json(variables));
    let mut answers = world.of(caller).execute_stream(request);
    let answer = timeout(Duration::from_millis(200), answers.next()).await.ok()??;
    Some(serde_json::to_value(answer).unwrap())
}

#[tokio::test]
async fn each_field_has_its_role_and_those_above_have_it_too() {
    let world = World::new().await;
    let types = Types::of(&world).await;
    let mut table = vec![];
    for call in calls(&types) {
        let mut least = None;
        for role in Role::ALL {
            let answer = answer(&world, role, &call).await;
            let error = answer.as_ref().map(|answer| &answer["errors"][0]);
            let extensions = error.map(|error| &error["extensions"]);
            let is_forbidden = extensions.is_some_and(|extensions| extensions["code"] == "FORBIDDEN");
            if is_forbidden {
                assert_eq!(least, None, "{} as {role:?}: {answer:?}", call.field());
                continue;
            }
            // Nothing else is wrong with the call, so that it would have been carried out.
            let is_known =
                extensions.is_none_or(|extensions| extensions.is_null() || extensions["code"] == "NOT_FOUND");
            assert!(is_known, "{}: {answer:#?}", call.field());
            least.get_or_insert(role);
        }
        let least = least.unwrap_or_else(|| panic!("nobody may {}", call.field()));
        table.push(format!(
            "{}: {}",
            call.field(),
            format!("{least:?}").to_uppercase()
        ));
    }
    insta::assert_snapshot!(table.join("\n"));
}

#[tokio::test]
async fn what_a_role_forbids_is_not_among_the_allowed_actions() {
    let world = World::new().await;
    world.active(in_app("It")).await;
    let query = "{ campaigns { nodes { allowedActions } } }";
    let mut all = vec![];
    for role in Role::ALL {
        let caller = Caller {
            role,
            ..Caller::system(WorkspaceId::DEFAULT)
        };
        let answer = world.of(caller).execute(query).await;
        let answer = serde_json::to_value(answer).unwrap();
        all.push(answer["data"]["campaigns"]["nodes"][0]["allowedActions"].clone());
    }
    assert_eq!(all[0], json!([]));
    assert_eq!(
        all[1],
        json!(["UPDATE", "SAVE_DRAFT", "SET_IN_APP_PRIORITY", "CLONE"])
    );
    let launcher = [
        "UPDATE",
        "SAVE_DRAFT",
        "STOP",
        "ARCHIVE",
        "SET_IN_APP_PRIORITY",
        "CLONE",
    ];
    assert_eq!(all[2], json!(launcher));
    assert_eq!(all[2], all[3]);
}

/// What each command on a campaign is refused with, is not among what was told to be allowed.
#[tokio::test]
async fn a_command_that_is_forbidden_changes_nothing() {
    let world = World::new().await;
    let types = Types::of(&world).await;
    let campaign = world.active(in_app("It")).await;
    world.save_draft(&campaign, json!({ "name": "Draft" })).await;
    let (segment, canvas) = (world.segment("It").await, world.canvas("It", "LOW").await);
    let recipient = world.recipient("it").await;
    let token = "mutation { createToken(input: { name: \"It\", role: VIEWER }) { token { id } } }";
    let token = world.ask(token, json!({})).await["createToken"]["token"]["id"].clone();
    let end = world.log_end().await;
    let existing = |path: &str| match id_kinds(path)[0] {
        "cmp" => json!(campaign),
        "seg" => json!(segment),
        "rcp" => json!(recipient),
        "cnv" => json!(canvas),
        "tok" => token.clone(),
        kind => panic!("{kind}"),
    };
    let caller = Caller {
        role: Role::Viewer,
        ..Caller::system(WorkspaceId::DEFAULT)
    };
    let schema = world.of(caller);
    for call in calls(&types).iter().filter(|call| call.is_mutation()) {
        let (query, variables) = call.operation("", &existing);
        let answer = schema
            .execute(Request::new(query).variables(Variables::from_json(variables)))
            .await;
        let answer = serde_json::to_value(answer).unwrap();
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "FORBIDDEN", "{}: {answer}", call.field());
        assert_eq!(extensions["role"], "VIEWER");
    }
    assert_eq!(world.log_end().await, end);
}
