//! What must hold at any time, whatever was done before and by however many.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::feed::sequence;
use super::{Server, World};

/// Whoever answers GraphQL requests without errors.
pub(crate) trait Ask {
    /// The data of a response that must have no errors.
    fn data(&self, query: &str, variables: Value) -> impl Future<Output = Value> + Send;
}

impl Ask for World {
    async fn data(&self, query: &str, variables: Value) -> Value {
        self.ask(query, variables).await
    }
}

impl Ask for Server {
    async fn data(&self, query: &str, variables: Value) -> Value {
        self.ask(query, variables).await
    }
}

/// All campaigns and all that ever happened to them.
#[derive(Debug)]
pub(crate) struct Books {
    /// By their ids.
    pub(crate) campaigns: BTreeMap<String, Value>,
    /// In the order of their sequences. They say what the feed says of them.
    pub(crate) events: Vec<Value>,
}

impl Books {
    /// The events of one campaign.
    pub(crate) fn history(&self, id: &str) -> Vec<&Value> {
        let of_campaign = |event: &&Value| event["campaignId"] == id;
        self.events.iter().filter(of_campaign).collect()
    }
}

/// Reads everything and checks that it goes together: sequences from 1 without gaps, versions that count the events,
/// statuses and drafts that the events account for, and nobody active for an archived segment.
pub(crate) async fn audit(asked: &impl Ask) -> Books {
    let campaigns = campaigns(asked).await;
    let mut events = vec![];
    for (id, campaign) in &campaigns {
        let history = history(asked, id).await;
        check(campaign, &history);
        events.extend(history);
    }
    events.sort_by_key(sequence);
    for (event, expected) in events.iter().zip(1..) {
        assert_eq!(sequence(event), expected, "no gap and no repeat");
    }
    Books { campaigns, events }
}

/// Whether a campaign is what its events have made of it.
fn check(campaign: &Value, history: &[Value]) {
    let (mut status, mut has_draft) = (Value::Null, false);
    for (event, version) in history.iter().zip(1..) {
        assert_eq!(event["version"], version, "{event}");
        assert_eq!(event["statusBefore"], status, "{event}");
        assert_eq!(event["kind"] == "CREATED", version == 1, "{event}");
        status = event["statusAfter"].clone();
        has_draft = match event["kind"].as_str().unwrap() {
            "DRAFT_SAVED" => true,
            "DRAFT_LAUNCHED" | "DRAFT_DISCARDED" => false,
            _ => has_draft,
        };
    }
    assert_eq!(campaign["version"], history.len(), "{campaign}");
    assert_eq!(campaign["status"], status, "{campaign}");
    assert_eq!(!campaign["draft"].is_null(), has_draft, "{campaign}");
    let archived = |segment: &Value| !segment["archivedAt"].is_null();
    let is_misaimed = campaign["segments"].as_array().unwrap().iter().any(archived);
    assert!(status != "ACTIVE" || !is_misaimed, "{campaign}");
}

/// All campaigns, the archived among them.
async fn campaigns(asked: &impl Ask) -> BTreeMap<String, Value> {
    let query = "query ($after: String) {
        page: campaigns(first: 100, after: $after, filter: { status: [UNLAUNCHED, ACTIVE, STOPPED, ARCHIVED] }) {
            nodes { id name status version segments { id archivedAt } draft { id name segments { id } } }
            pageInfo { hasNextPage endCursor }
        }
    }";
    let mut campaigns = BTreeMap::new();
    let mut after = Value::Null;
    loop {
        let page = asked.data(query, json!({ "after": after })).await["page"].take();
        for campaign in page["nodes"].as_array().unwrap() {
            let id = campaign["id"].as_str().unwrap().to_owned();
            assert!(campaigns.insert(id, campaign.clone()).is_none(), "{campaign}");
        }
        if page["pageInfo"]["hasNextPage"] == false {
            return campaigns;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// All events of a campaign.
async fn history(asked: &impl Ask, id: &str) -> Vec<Value> {
    let query = "query ($id: ID!, $after: String) {
        campaign(id: $id) { history(first: 100, after: $after) {
            nodes { sequence kind version statusBefore statusAfter campaignId causedBySegment { id } }
            pageInfo { hasNextPage endCursor }
        } }
    }";
    let mut events = vec![];
    let mut after = Value::Null;
    loop {
        let data = asked.data(query, json!({ "id": id, "after": after })).await;
        let page = &data["campaign"]["history"];
        events.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            return events;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}
