//! A server's inside without the sockets: the schema over a database of its own.

use async_graphql::{Request, Variables};
use futures_util::{Stream, StreamExt as _};
use serde_json::{Value, json};
use understudy_api::Schema;
use understudy_app::{App, Caller};
use understudy_delivery::Channels;
use understudy_domain::WorkspaceId;

use super::Database;
use super::judge::Judge;

/// What every mutation on one campaign is asked for.
const PAYLOAD: &str = "
    fragment Payload on CampaignPayload {
        changed
        userErrors { code message field }
        campaign { ...Whole }
    }";

/// All of a campaign; one fragment reads both sides of the pair.
const WHOLE: &str = "
    fragment Whole on Campaign {
        id status version updatedAt launchedAt allowedActions
        ...Content
        inAppPriority { level position }
        archivedBy {
            __typename
            ... on DirectArchive { at }
            ... on SegmentArchive { at segment { id name } }
        }
        draft { id basedOnVersion changes { path live draft } ...Content }
    }
    fragment Content on CampaignContent {
        name description tags
        message {
            __typename
            ... on EmailMessage { subject body from replyTo }
            ... on InAppMessage { title body trigger }
            ... on WebhookMessage { url body headers { name value } }
        }
        segments { id name archivedAt }
        schedule { kind startAt endAt }
    }";

/// A schema over a migrated database of its own, and the verbs to work it.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) schema: Schema,
    /// Before the database: it looks at that when it is dropped.
    pub(crate) judge: Judge,
    pub(crate) database: Database,
}

/// The answer of a mutation on one campaign.
#[derive(Debug, Clone)]
pub(crate) struct Payload(pub(crate) Value);

impl Payload {
    pub(crate) fn changed(&self) -> bool {
        self.0["changed"].as_bool().unwrap()
    }

    /// The codes of the refusals; empty if there was none.
    pub(crate) fn codes(&self) -> Vec<&str> {
        codes(&self.0)
    }

    pub(crate) fn id(&self) -> String {
        self.0["campaign"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn status(&self) -> &str {
        self.0["campaign"]["status"].as_str().unwrap()
    }

    pub(crate) fn version(&self) -> i64 {
        self.0["campaign"]["version"].as_i64().unwrap()
    }

    pub(crate) fn campaign(&self) -> &Value {
        &self.0["campaign"]
    }
}

/// The codes of a payload's user errors.
pub(crate) fn codes(payload: &Value) -> Vec<&str> {
    payload["userErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["code"].as_str().unwrap())
        .collect()
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::over(Database::new()).await
    }

    /// A world over a database that somebody has prepared.
    pub(crate) async fn over(database: Database) -> Self {
        let app = App::open(database.url()).await.unwrap();
        let schema = understudy_api::schema(app.clone(), Caller::system(WorkspaceId::DEFAULT));
        Self {
            app,
            schema,
            judge: Judge::of(database.url()),
            database,
        }
    }

    /// From now on, messages are sent by these channels.
    pub(crate) fn send_by(&mut self, channels: Channels) {
        self.app = self.app.clone().with_channels(channels);
        self.schema = self.of(Caller::system(WorkspaceId::DEFAULT));
    }

    /// Ends whoever has the database open.
    pub(crate) async fn closed(self) -> Database {
        let Self { app, database, .. } = self;
        app.close().await;
        database
    }

    /// The same database, as a caller of their own sees it.
    pub(crate) fn of(&self, caller: Caller) -> Schema {
        understudy_api::schema(self.app.clone(), caller)
    }

    /// The whole response, as a client gets it.
    pub(crate) async fn execute(&self, query: &str, variables: Value) -> Value {
        let request = Request::new(query).variables(Variables::from_json(variables));
        serde_json::to_value(understudy_api::execute(&self.schema, request).await).unwrap()
    }

    /// The data of a response that must have no errors.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Value {
        let response = self.execute(query, variables).await;
        assert!(response.get("errors").is_none(), "{query}\n{response:#}");
        response["data"].clone()
    }

    /// The `extensions.code` of a response that must have errors.
    pub(crate) async fn error_code(&self, query: &str, variables: Value) -> String {
        let response = self.execute(query, variables).await;
        let code = &response["errors"][0]["extensions"]["code"];
        code.as_str()
            .unwrap_or_else(|| panic!("no code: {query}\n{response:#}"))
            .to_owned()
    }

    /// The answers of a subscription.
    pub(crate) fn subscribe(&self, query: &str, variables: Value) -> impl Stream<Item = Value> + use<> {
        let request = Request::new(query).variables(Variables::from_json(variables));
        self.schema
            .execute_stream(request)
            .map(|response| serde_json::to_value(response).unwrap())
    }

    /// The sequence of the last event.
    pub(crate) async fn log_end(&self) -> i64 {
        self.app
            .snapshot(WorkspaceId::DEFAULT)
            .await
            .unwrap()
            .log_end()
            .await
            .unwrap()
    }

    /// All events after a sequence, as the feed tells them.
    pub(crate) async fn events_after(&self, after: i64) -> Vec<Value> {
        let count = usize::try_from(self.log_end().await - after).unwrap();
        let query = "subscription ($after: Int) { campaignEvents(after: $after) {
            sequence kind version statusBefore statusAfter campaignId causedBySegment { id } } }";
        let events = self.subscribe(query, json!({ "after": after })).take(count);
        events
            .map(|event| event["data"]["campaignEvents"].clone())
            .collect()
            .await
    }

    /// Makes a segment; its id.
    pub(crate) async fn segment(&self, name: &str) -> String {
        let query = "mutation ($name: String!) { createSegment(input: { name: $name }) {
            segment { id } userErrors { code } } }";
        let data = self.ask(query, json!({ "name": name })).await;
        data["createSegment"]["segment"]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Makes a Canvas; its id.
    pub(crate) async fn canvas(&self, name: &str, level: &str) -> String {
        let query =
            "mutation ($name: String!, $level: InAppLevel!) { createCanvas(name: $name, level: $level) {
            canvas { id } userErrors { code } } }";
        let data = self.ask(query, json!({ "name": name, "level": level })).await;
        data["createCanvas"]["canvas"]["id"].as_str().unwrap().to_owned()
    }

    /// Makes a campaign.
    pub(crate) async fn create(&self, content: Value) -> Payload {
        let query = "mutation ($content: CampaignContentInput!) {
            payload: createCampaign(content: $content) { ...Payload } }";
        self.payload(query, json!({ "content": content })).await
    }

    /// Makes a campaign that is ready to be launched; its id.
    pub(crate) async fn unlaunched(&self, mut content: Value) -> String {
        if content.get("segmentIds").is_none() {
            content["segmentIds"] = json!([self.segment("Everyone").await]);
        }
        let payload = self.create(content).await;
        assert_eq!(payload.codes(), Vec::<&str>::new());
        payload.id()
    }

    /// Makes a campaign and launches it; its id.
    pub(crate) async fn active(&self, content: Value) -> String {
        let id = self.unlaunched(content).await;
        assert_eq!(self.run("launchCampaign", &id).await.status(), "ACTIVE");
        id
    }

    /// Runs a command that takes only a campaign: `launchCampaign`, `discardDraft` and the like.
    pub(crate) async fn run(&self, command: &str, id: &str) -> Payload {
        self.run_expecting(command, id, Value::Null).await
    }

    /// As [`run`](Self::run), with an `expectedVersion`.
    pub(crate) async fn run_expecting(&self, command: &str, id: &str, version: Value) -> Payload {
        let argument = if command.ends_with("Draft") {
            "campaignId"
        } else {
            "id"
        };
        let query = format!(
            "mutation ($id: ID!, $version: Int) {{
                payload: {command}({argument}: $id, expectedVersion: $version) {{ ...Payload }} }}"
        );
        self.payload(&query, json!({ "id": id, "version": version }))
            .await
    }

    /// Changes the live content.
    pub(crate) async fn update(&self, id: &str, content: Value) -> Payload {
        let query = "mutation ($id: ID!, $content: CampaignContentInput!) {
            payload: updateCampaign(id: $id, content: $content) { ...Payload } }";
        self.payload(query, json!({ "id": id, "content": content })).await
    }

    /// Saves a draft.
    pub(crate) async fn save_draft(&self, id: &str, content: Value) -> Payload {
        let query = "mutation ($id: ID!, $content: CampaignContentInput!) {
            payload: saveDraft(campaignId: $id, content: $content) { ...Payload } }";
        self.payload(query, json!({ "id": id, "content": content })).await
    }

    /// The campaign as the payloads show it.
    pub(crate) async fn campaign(&self, id: &str) -> Value {
        let query = format!("query ($id: ID!) {{ campaign(id: $id) {{ ...Whole }} }} {WHOLE}");
        self.ask(&query, json!({ "id": id })).await["campaign"].clone()
    }

    /// Runs a mutation whose only field is called `payload`.
    pub(crate) async fn payload(&self, query: &str, variables: Value) -> Payload {
        Payload(self.ask(&format!("{query} {PAYLOAD} {WHOLE}"), variables).await["payload"].clone())
    }
}
