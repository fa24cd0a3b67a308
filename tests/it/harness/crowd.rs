//! Many campaigns, and commands on all of them.

use serde_json::{Value, json};

use super::{World, crowded, email};

impl World {
    /// Makes that many active campaigns, all for one segment. Each of them has two events.
    pub(crate) async fn crowd(&self, count: usize) -> Vec<String> {
        let segment = self.segment("Everyone").await;
        let member = async |number: usize| {
            let mut content = email(&format!("Campaign {number}"));
            content["segmentIds"] = json!([segment]);
            self.active(content).await
        };
        crowded((0..count).map(member)).await
    }

    /// Runs a command in bulk on campaigns, e.g. `stopCampaigns`; its payload.
    pub(crate) async fn on_all(&self, command: &str, ids: &[String]) -> Value {
        let query = format!(
            "mutation ($ids: [ID!]) {{ payload: {command}(selection: {{ ids: $ids }}) {{
                results {{ id outcome }} changedCount unchangedCount refusedCount userErrors {{ code }} }} }}"
        );
        self.ask(&query, json!({ "ids": ids })).await["payload"].clone()
    }

    /// Stops and resumes active campaigns in turns until `count` events have been told of it.
    pub(crate) async fn restless(&self, ids: &[String], count: usize) {
        for turn in 0..count.div_ceil(ids.len()) {
            let command = ["stopCampaigns", "resumeCampaigns"][turn % 2];
            assert_eq!(self.on_all(command, ids).await["changedCount"], ids.len());
        }
    }
}
