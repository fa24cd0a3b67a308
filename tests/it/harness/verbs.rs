//! Verbs that take more than a campaign, and those of what stands around campaigns.

use sea_orm::{ConnectionTrait as _, QueryResult, Statement, TryGetableMany};
use serde_json::{Value, json};

use super::{Payload, World, backend};

impl World {
    /// Changes the live content (`updateCampaign`) or the draft (`saveDraft`), expecting a version.
    pub(crate) async fn edit_expecting(
        &self,
        command: &str,
        id: &str,
        content: Value,
        version: i64,
    ) -> Payload {
        let argument = if command.ends_with("Draft") {
            "campaignId"
        } else {
            "id"
        };
        let query = format!(
            "mutation ($id: ID!, $content: CampaignContentInput!, $version: Int) {{
                payload: {command}({argument}: $id, content: $content, expectedVersion: $version) {{ ...Payload }} }}"
        );
        let variables = json!({ "id": id, "content": content, "version": version });
        self.payload(&query, variables).await
    }

    /// Makes a copy of a campaign.
    pub(crate) async fn clone_campaign(&self, id: &str, name: Option<&str>) -> Payload {
        let query = "mutation ($id: ID!, $name: String) {
            payload: cloneCampaign(id: $id, name: $name) { ...Payload } }";
        self.payload(query, json!({ "id": id, "name": name })).await
    }

    /// Archives a segment, with the campaigns that use it; its payload.
    pub(crate) async fn archive_segment(&self, id: &str, dry_run: bool) -> Value {
        let query = "mutation ($id: ID!, $dryRun: Boolean!) { archiveSegment(id: $id, dryRun: $dryRun) {
            changed
            userErrors { code message field }
            segment { id archivedAt version }
            archivedCampaigns { id status version }
        } }";
        let data = self.ask(query, json!({ "id": id, "dryRun": dry_run })).await;
        data["archiveSegment"].clone()
    }

    /// Takes a segment back into use; its payload.
    pub(crate) async fn unarchive_segment(&self, id: &str) -> Value {
        let query = "mutation ($id: ID!) { unarchiveSegment(id: $id) {
            changed
            userErrors { code message field }
            segment { id archivedAt version }
        } }";
        self.ask(query, json!({ "id": id })).await["unarchiveSegment"].clone()
    }

    /// Makes a segment with a filter; its id.
    pub(crate) async fn segment_holding(&self, filter: &str) -> String {
        let query = "mutation ($filter: String) { createSegment(input: { name: \"It\", filter: $filter }) {
            userErrors { message } segment { id } } }";
        let payload = self.ask(query, json!({ "filter": filter })).await["createSegment"].take();
        let id = payload["segment"]["id"].as_str();
        id.unwrap_or_else(|| panic!("{payload}")).to_owned()
    }

    /// Tells what recipients did with messages; the payload.
    pub(crate) async fn record(&self, engagements: Value) -> Value {
        let query =
            "mutation ($engagements: [EngagementInput!]!) { recordEngagements(engagements: $engagements) {
            recorded duplicates userErrors { code message field } } }";
        let data = self.ask(query, json!({ "engagements": engagements })).await;
        data["recordEngagements"].clone()
    }

    /// Makes recipients, or changes them; the payload.
    pub(crate) async fn upsert(&self, recipients: Value) -> Value {
        let query = "mutation ($recipients: [RecipientInput!]!) { upsertRecipients(recipients: $recipients) {
            userErrors { code message field }
            recipients { id externalId email attributes createdAt updatedAt }
        } }";
        let data = self.ask(query, json!({ "recipients": recipients })).await;
        data["upsertRecipients"].clone()
    }

    /// Makes a recipient with nothing but an external id; the recipient's own.
    pub(crate) async fn recipient(&self, external_id: &str) -> String {
        let payload = self.upsert(json!([{ "externalId": external_id }])).await;
        payload["recipients"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Runs `archiveCanvas` or `unarchiveCanvas`; its payload.
    pub(crate) async fn run_on_canvas(&self, command: &str, id: &str) -> Value {
        let query = format!(
            "mutation ($id: ID!) {{ payload: {command}(id: $id) {{
                changed
                userErrors {{ code message field }}
                canvas {{ id name archivedAt inAppPriority {{ level position }} }}
            }} }}"
        );
        self.ask(&query, json!({ "id": id })).await["payload"].clone()
    }

    /// Moves a campaign or a Canvas in the in-app order; its payload.
    pub(crate) async fn place(&self, source: &str, place: Value) -> Value {
        let query = "mutation ($source: ID!, $place: InAppPlace!) {
            setInAppPriority(sourceId: $source, place: $place) {
                changed
                userErrors { code message field }
                source {
                    __typename
                    ... on Campaign { id version inAppPriority { level position } }
                    ... on Canvas { id inAppPriority { level position } }
                }
            } }";
        let data = self.ask(query, json!({ "source": source, "place": place })).await;
        data["setInAppPriority"].clone()
    }

    /// The ids of the in-app order, each of which must be at the position that it tells.
    pub(crate) async fn order(&self) -> Vec<String> {
        let sources = self.sources().await;
        for (position, source) in (1..).zip(&sources) {
            assert_eq!(source["inAppPriority"]["position"], position, "{source}");
        }
        let id = |source: &Value| source["id"].as_str().unwrap().to_owned();
        sources.iter().map(id).collect()
    }

    /// The whole in-app order, read page by page.
    pub(crate) async fn sources(&self) -> Vec<Value> {
        let query = "query ($after: String) { inAppOrder(first: 100, after: $after) {
            pageInfo { hasNextPage endCursor }
            nodes {
                __typename
                ... on Campaign { id name version inAppPriority { level position } }
                ... on Canvas { id name inAppPriority { level position } }
            }
        } }";
        let mut sources = vec![];
        let mut after = Value::Null;
        loop {
            let page = self.ask(query, json!({ "after": after })).await["inAppOrder"].clone();
            sources.extend(page["nodes"].as_array().unwrap().iter().cloned());
            if page["pageInfo"]["hasNextPage"] == false {
                return sources;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// Runs `stopCampaigns` or another bulk command; its payload.
    pub(crate) async fn bulk(&self, command: &str, selection: Value, options: Value) -> Value {
        let query = format!(
            "mutation ($selection: CampaignSelection!, $options: BulkOptions) {{
                payload: {command}(selection: $selection, options: $options) {{
                    changedCount unchangedCount refusedCount
                    userErrors {{ code message field }}
                    results {{
                        id outcome
                        campaign {{ id status version }}
                        error {{ code message field }}
                    }}
                }} }}"
        );
        let variables = json!({ "selection": selection, "options": options });
        self.ask(&query, variables).await["payload"].clone()
    }

    /// What an SQL statement reads, each row by the order of its columns.
    pub(crate) async fn rows<T: TryGetableMany>(&self, sql: &str) -> Vec<T> {
        let db = self.database.connect().await;
        let statement = Statement::from_string(backend(), sql);
        let rows = db.query_all_raw(statement).await.unwrap();
        db.close().await.unwrap();
        let row = |row: &QueryResult| row.try_get_many_by_index().unwrap();
        rows.iter().map(row).collect()
    }
}
