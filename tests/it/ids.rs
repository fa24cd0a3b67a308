//! Ids: every argument that takes one refuses what is no id, or another kind's, and says that an unknown one is unknown.

mod lists;

use std::mem;
use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use understudy_app::Caller;
use understudy_domain::{Role, WorkspaceId};

use crate::harness::World;
use crate::harness::calls::{Call, arguments, nested};
use crate::harness::introspection::{Types, id_kinds};

/// How long an answer may take that must come; only a fault takes as long.
const PATIENCE: Duration = Duration::from_mins(1);

/// One of each kind.
struct Things {
    /// An active in-app campaign.
    campaign: String,
    /// One without a draft.
    unlocked: String,
    /// One that is sent by calls.
    called: String,
    segment: String,
    recipient: String,
    canvas: String,
    draft: String,
    token: String,
    workspace: String,
}

impl Things {
    async fn make(world: &World) -> Self {
        let campaign = world.active(crate::harness::in_app("It")).await;
        let draft = world.save_draft(&campaign, json!({ "name": "Draft" })).await;
        let token = "mutation { createToken(input: { name: \"It\", role: VIEWER }) { token { id } } }";
        let token = &world.ask(token, json!({})).await["createToken"]["token"]["id"];
        let workspace =
            &world.ask("{ viewer { workspace { id } } }", json!({})).await["viewer"]["workspace"]["id"];
        Self {
            campaign,
            called: {
                let mut content = crate::harness::email("Called");
                content["schedule"] = json!({ "kind": "API_TRIGGERED" });
                world.active(content).await
            },
            unlocked: world.create(json!({ "name": "Unlocked" })).await.id(),
            segment: world.segment("It").await,
            recipient: world.recipient("it").await,
            canvas: world.canvas("It", "LOW").await,
            draft: draft.campaign()["draft"]["id"].as_str().unwrap().to_owned(),
            token: token.as_str().unwrap().to_owned(),
            workspace: workspace.as_str().unwrap().to_owned(),
        }
    }

    /// An id of this kind that exists.
    fn of(&self, kind: &str) -> &str {
        match kind {
            "cmp" => &self.campaign,
            "seg" => &self.segment,
            "rcp" => &self.recipient,
            "cnv" => &self.canvas,
            "drf" => &self.draft,
            "tok" => &self.token,
            "wsp" => &self.workspace,
            _ => panic!("there is none of {kind}"),
        }
    }
}

/// A workspace with one of each kind, so that all but the id in question is in order; and another one.
struct Stage {
    world: World,
    own: Things,
    foreign: Things,
    foreign_workspace: WorkspaceId,
}

impl Stage {
    async fn new() -> Self {
        let mut world = World::new().await;
        let foreign_workspace = world.app.create_workspace("Foreign").await.unwrap().id;
        let schema = world.of(Caller::system(foreign_workspace));
        let own_schema = mem::replace(&mut world.schema, schema);
        let foreign = Things::make(&world).await;
        world.schema = own_schema;
        Self {
            own: Things::make(&world).await,
            world,
            foreign,
            foreign_workspace,
        }
    }

    /// How long the log of the other workspace is.
    async fn foreign_log_end(&self) -> i64 {
        self.log_end_of(self.foreign_workspace).await
    }

    async fn log_end_of(&self, workspace: WorkspaceId) -> i64 {
        let snapshot = self.world.app.snapshot(workspace).await.unwrap();
        snapshot.log_end().await.unwrap()
    }

    /// The first response to an operation on this argument with this id in it; `None` if there is none, which is what
    /// a subscription does that waits.
    async fn ask(&self, argument: &Call, id: &str, patience: Duration) -> Option<Value> {
        let other = |path: &str| match path {
            // Its draft would lock the other one.
            "updateCampaign.id" => json!(self.own.unlocked),
            "triggerCampaign.id" => json!(self.own.called),
            _ => json!(self.own.of(id_kinds(path)[0])),
        };
        let (query, variables) = argument.operation(id, &other);
        if argument.is_subscription() {
            let mut events = Box::pin(self.world.subscribe(&query, variables));
            return tokio::time::timeout(patience, events.next()).await.ok().flatten();
        }
        Some(self.world.execute(&query, variables).await)
    }
}

/// How long to wait for an answer. A feed of campaigns that there are not yet, or never will be, is one that waits.
fn patience(argument: &Call) -> Duration {
    if argument.path == "campaignEvents.filter.campaignIds" {
        Duration::from_millis(50)
    } else {
        PATIENCE
    }
}

#[tokio::test]
async fn the_arguments_that_take_ids_are_these() {
    let world = World::new().await;
    let types = Types::of(&world).await;
    let paths: Vec<String> = arguments(&types)
        .into_iter()
        .map(|argument| argument.path)
        .collect();
    insta::assert_snapshot!(paths.join("\n"));
    // Below the roots there is one more, which the story of lists tells of.
    assert_eq!(nested(&types), ["Segment.campaigns.filter.segmentId"]);
}

#[tokio::test]
async fn what_is_no_id_or_another_kinds_is_an_error_that_names_the_argument() {
    let stage = Stage::new().await;
    let types = Types::of(&stage.world).await;
    let end = stage.world.log_end().await;
    let good = stage.own.campaign.split_once('_').unwrap().1;
    for argument in arguments(&types) {
        let takes = id_kinds(&argument.path);
        let others = ["cmp", "drf", "seg", "rcp", "cnv", "tok", "wsp"]
            .iter()
            .filter(|kind| !takes.contains(kind));
        let mut wrong: Vec<String> = others.map(|kind| stage.own.of(kind).to_owned()).collect();
        let own = |suffix: &str| format!("{}_{suffix}", takes[0]);
        wrong.extend([
            own(""),
            own(&good.to_uppercase()),
            own(&good[1..]),
            own(&format!("{good}0")),
        ]);
        wrong.extend([
            own("8zzzzzzzzzzzzzzzzzzzzzzzzz"),
            own(&good.replace('0', "o")),
            format!("_{good}"),
        ]);
        wrong.extend(["", " ", "0", "null", "é", "\0", "'; DROP TABLE campaigns"].map(str::to_owned));
        wrong.extend([
            good.to_owned(),
            format!(" {}", own(good)),
            "a".repeat(100_000),
            own(good).replace('_', "\0_"),
        ]);
        for id in wrong {
            let response = stage.ask(&argument, &id, PATIENCE).await;
            let response = response.unwrap_or_else(|| panic!("{} waits for {id:?}", argument.path));
            let extensions = &response["errors"][0]["extensions"];
            assert_eq!(
                extensions["code"], "BAD_USER_INPUT",
                "{} {id:?}: {response:#}",
                argument.path
            );
            let named = extensions["argument"].as_str().unwrap();
            assert_eq!(named, argument.named(), "{response:#}");
        }
    }
    assert_eq!(stage.world.log_end().await, end);
}

#[tokio::test]
async fn an_unknown_id_is_null_where_it_is_looked_up_and_not_found_where_it_is_changed() {
    let stage = Stage::new().await;
    let types = Types::of(&stage.world).await;
    let end = (stage.world.log_end().await, stage.foreign_log_end().await);
    for argument in arguments(&types) {
        for kind in id_kinds(&argument.path) {
            let mut answers = vec![];
            for id in [
                format!("{kind}_00000000000000000000000000"),
                format!("{kind}_7zzzzzzzzzzzzzzzzzzzzzzzzz"),
                format!("{kind}_01jd0000000000000000000000"),
                // What belongs to another workspace is not there at all.
                stage.foreign.of(kind).to_owned(),
            ] {
                let statements = stage.world.app.statements();
                let response = stage.ask(&argument, &id, patience(&argument)).await;
                check_unknown(&argument, &id, response.as_ref());
                let response = response.map(|response| response.to_string().replace(&id, "<id>"));
                // As many are run for each, so that none takes longer than another. What follows events runs its own.
                let run = stage.world.app.statements() - statements;
                answers.push((response, if argument.is_subscription() { 0 } else { run }));
            }
            answers.dedup();
            assert_eq!(answers.len(), 1, "{}: {answers:#?}", argument.path);
        }
    }
    assert_eq!((stage.world.log_end().await, stage.foreign_log_end().await), end);
}

/// Whatever somebody is in their own workspace, what belongs to another one is not there.
#[tokio::test]
async fn to_each_role_what_belongs_to_another_workspace_is_unknown() {
    let mut stage = Stage::new().await;
    let types = Types::of(&stage.world).await;
    let end = (stage.world.log_end().await, stage.foreign_log_end().await);
    for role in Role::ALL {
        stage.world.schema = stage.world.of(Caller {
            role,
            ..Caller::system(WorkspaceId::DEFAULT)
        });
        for argument in arguments(&types) {
            for kind in id_kinds(&argument.path) {
                let mut answers = vec![];
                let unknown = format!("{kind}_01jd0000000000000000000000");
                for id in [&unknown, stage.foreign.of(kind)] {
                    let response = stage.ask(&argument, id, patience(&argument)).await;
                    answers.push(response.map(|response| response.to_string().replace(id, "<id>")));
                }
                assert_eq!(answers[0], answers[1], "{} as {role:?}", argument.path);
            }
        }
    }
    assert_eq!((stage.world.log_end().await, stage.foreign_log_end().await), end);
}

/// What an unknown id brings, by what its argument is for.
fn check_unknown(argument: &Call, id: &str, response: Option<&Value>) {
    let path = argument.path.as_str();
    let context = || format!("{path} {id}: {response:#?}");
    let (field, rest) = path.split_once('.').unwrap();
    if path == "campaignEvents.filter.campaignIds" {
        assert_eq!(response, None, "{}", context());
        return;
    }
    let response = response.unwrap();
    // What is all about something that is not there has no answer.
    if argument.is_subscription() || field == "inAppDecision" {
        let extensions = &response["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "NOT_FOUND", "{}", context());
        assert_eq!(extensions["argument"], argument.named(), "{}", context());
        return;
    }
    assert!(response.get("errors").is_none(), "{}", context());
    let data = &response["data"][field];
    if !argument.is_mutation() && data.get("userErrors").is_none() {
        let nothing = [Value::Null, json!([null]), json!({ "totalCount": 0 })];
        assert!(nothing.contains(data), "{}", context());
        return;
    }
    let error = match rest {
        "selection.ids" => {
            assert_eq!(data["results"][0]["outcome"], "REFUSED", "{}", context());
            assert_eq!(data["userErrors"], json!([]));
            &data["results"][0]["error"]
        }
        rest if rest.ends_with("filter.segmentId") => {
            assert_eq!(
                (&data["results"], &data["userErrors"]),
                (&json!([]), &json!([])),
                "{}",
                context()
            );
            return;
        }
        _ => {
            // What erases tells what it has erased, which is nothing.
            let changed = data.get("changed").unwrap_or(&Value::Bool(false));
            assert_eq!(*changed, false, "{}", context());
            // A campaign that is to be made lacks its name too.
            let index = usize::from(field == "createCampaign");
            assert_eq!(
                data["userErrors"].as_array().unwrap().len(),
                index + 1,
                "{}",
                context()
            );
            &data["userErrors"][index]
        }
    };
    let code = if rest == "content.segmentIds" {
        "INVALID"
    } else {
        "NOT_FOUND"
    };
    assert_eq!(error["code"], code, "{}", context());
    let field: Vec<&str> = error["field"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step.as_str().unwrap())
        .collect();
    assert_eq!(field.join("."), argument.named(), "{}", context());
}
