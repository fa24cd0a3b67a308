//! What is stopped is not shown any more: whoever stops it waits for decisions that are being answered.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{ServerResult, Value};
use sea_orm::DbBackend;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use understudy_app::Caller;
use understudy_domain::WorkspaceId;

use crate::harness::{World, in_app};

const DECISION: &str =
    "query ($recipient: ID!) { inAppDecision(recipientId: $recipient, trigger: \"app_opened\") {
    winner { ... on Campaign { id } } candidates { verdict } } }";

/// Longer than anybody waits for the decisions of other processes.
const A_WHILE: Duration = Duration::from_millis(600);

/// Keeps decisions from being answered while it is closed.
#[derive(Debug, Clone)]
struct Gate {
    reached: Arc<watch::Sender<bool>>,
    is_open: Arc<watch::Sender<bool>>,
}

impl Gate {
    fn closed() -> Self {
        Self {
            reached: Arc::new(watch::Sender::new(false)),
            is_open: Arc::new(watch::Sender::new(false)),
        }
    }
}

impl ExtensionFactory for Gate {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(self.clone())
    }
}

#[async_trait]
impl Extension for Gate {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        if info.name == "verdict" {
            self.reached.send_replace(true);
            let _ = self.is_open.subscribe().wait_for(|is_open| *is_open).await;
        }
        next.run(ctx, info).await
    }
}

/// A world in which somebody is to be shown a campaign, and the decision of that is on its way.
struct OnItsWay {
    world: World,
    campaign: String,
    recipient: String,
    gate: Gate,
    decision: JoinHandle<serde_json::Value>,
}

impl OnItsWay {
    async fn new() -> Self {
        let world = World::new().await;
        let recipient = world.recipient("ada").await;
        let campaign = world.active(in_app("Shown")).await;
        let gate = Gate::closed();
        let schema = understudy_api::unfinished(world.app.clone())
            .data(Caller::system(WorkspaceId::DEFAULT))
            .extension(gate.clone())
            .finish();
        let variables = async_graphql::Variables::from_json(json!({ "recipient": recipient }));
        let request = async_graphql::Request::new(DECISION).variables(variables);
        let decision = tokio::spawn(async move {
            let response = understudy_api::execute(&schema, request).await;
            serde_json::to_value(&response).unwrap()
        });
        gate.reached
            .subscribe()
            .wait_for(|reached| *reached)
            .await
            .unwrap();
        Self {
            world,
            campaign,
            recipient,
            gate,
            decision,
        }
    }

    /// Carries out a command on the campaign, or on the recipient, which what is on its way must not outlive.
    async fn check(self, command: &str) {
        let id = if command == "deleteRecipient" {
            &self.recipient
        } else {
            &self.campaign
        };
        let arguments = match command {
            "archiveCampaigns" | "stopCampaigns" => "(selection: { ids: [$id] })",
            "updateCampaign" => "(id: $id, content: { name: \"Other\" })",
            _ => "(id: $id)",
        };
        let query = format!("mutation ($id: ID!) {{ {command}{arguments} {{ userErrors {{ code }} }} }}");
        let mut stopping = Box::pin(self.world.ask(&query, json!({ "id": id })));
        let is_shared = self.world.database.backend() == DbBackend::Postgres;
        let waited = timeout(A_WHILE, &mut stopping).await;
        // Nobody knows of decisions of other processes, and so they are not waited for without end.
        assert_eq!(waited.is_ok(), is_shared, "{command}");
        self.gate.is_open.send_replace(true);
        if waited.is_err() {
            stopping.await;
        }
        let decision = self.decision.await.unwrap();
        if is_shared {
            let code = &decision["errors"][0]["extensions"]["code"];
            assert_eq!(code, "UNAVAILABLE", "{command}: {decision}");
            assert_eq!(decision["data"], json!(null), "{command}");
        } else {
            let winner = &decision["data"]["inAppDecision"]["winner"]["id"];
            assert_eq!(*winner, self.campaign, "{command}: {decision}");
        }
    }
}

#[tokio::test]
async fn who_stops_what_is_being_shown_waits_for_it() {
    for command in [
        "stopCampaign",
        "archiveCampaign",
        "stopCampaigns",
        "archiveCampaigns",
        "updateCampaign",
        "deleteRecipient",
    ] {
        OnItsWay::new().await.check(command).await;
    }
}

/// What has nothing to do with it waits for nothing, and nobody waits for a decision that has nothing to show, or was given
/// up.
#[tokio::test]
async fn nobody_waits_for_what_is_answered_or_given_up() {
    let late = OnItsWay::new().await;
    let save = "mutation ($id: ID!) { saveDraft(campaignId: $id, content: { name: \"Other\" }) { changed } }";
    let saving = late.world.ask(save, json!({ "id": late.campaign }));
    assert_eq!(saving.await["saveDraft"]["changed"], true);
    late.decision.abort();
    assert!(late.decision.await.unwrap_err().is_cancelled());
    let stopped = late.world.run("stopCampaign", &late.campaign).await;
    assert_eq!(stopped.status(), "STOPPED");
}

/// A decision that takes long is answered all the same if what it shows is as it was.
#[tokio::test]
async fn a_decision_that_takes_long_is_answered() {
    let late = OnItsWay::new().await;
    tokio::time::sleep(A_WHILE).await;
    late.gate.is_open.send_replace(true);
    let decision = late.decision.await.unwrap();
    let winner = &decision["data"]["inAppDecision"]["winner"]["id"];
    assert_eq!(*winner, late.campaign, "{decision}");
}
