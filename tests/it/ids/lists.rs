//! What is listed without any id: nothing of another workspace is among it.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt as _;
use serde_json::json;
use understudy_app::Caller;
use understudy_domain::WorkspaceId;

use super::Stage;
use crate::harness::introspection::{Types, name, named};

/// The ids in each list of a workspace.
type Lists = BTreeMap<String, BTreeSet<String>>;

/// All lists that a query can begin with, and what is to be selected of each.
fn lists(types: &Types) -> Vec<(&str, &'static str)> {
    let fields = types.fields("Query").iter();
    let lists = fields.filter_map(|field| {
        let nodes = types.field(named(field), "nodes")?;
        let selection = match types.kind(named(nodes)) {
            "UNION" => "{ totalCount nodes { ... on Node { id } } }",
            _ => "{ totalCount nodes { id } }",
        };
        Some((name(field), selection))
    });
    lists.collect()
}

impl Stage {
    /// Reads all lists of a workspace, and its log from the beginning.
    async fn read(&mut self, workspace: WorkspaceId, lists: &[(&str, &str)]) -> Lists {
        self.world.schema = self.world.of(Caller::system(workspace));
        let mut found = Lists::new();
        for (list, selection) in lists {
            let query = format!("{{ {list}(first: 100) {selection} }}");
            let answer = self.world.ask(&query, json!({})).await[list].take();
            let nodes = answer["nodes"].as_array().unwrap();
            let ids: BTreeSet<_> = nodes.iter().map(|node| node["id"].to_string()).collect();
            assert_eq!(answer["totalCount"], ids.len(), "{list}");
            found.insert((*list).to_owned(), ids);
        }
        let events = "subscription { campaignEvents(after: 0) { sequence campaignId } }";
        let events = self.world.subscribe(events, json!({}));
        let end = self.log_end_of(workspace).await;
        let mut campaigns = BTreeSet::new();
        let events: Vec<_> = events.take(usize::try_from(end).unwrap()).collect().await;
        for (event, sequence) in events.iter().zip(1..) {
            let event = &event["data"]["campaignEvents"];
            assert_eq!(event["sequence"], sequence);
            campaigns.insert(event["campaignId"].to_string());
        }
        found.insert("campaignEvents".to_owned(), campaigns);
        found
    }
}

/// There is as much in the one workspace as in the other, so their lists are of one length and share no id.
#[tokio::test]
async fn no_list_has_anything_of_another_workspace() {
    let mut stage = Stage::new().await;
    let types = Types::of(&stage.world).await;
    let lists = lists(&types);
    let own = stage.read(WorkspaceId::DEFAULT, &lists).await;
    let foreign = stage.read(stage.foreign_workspace, &lists).await;
    assert!(own.len() > 5, "{own:?}");
    for (list, ids) in &own {
        assert!(!ids.is_empty(), "{list}");
        assert_eq!(ids.len(), foreign[list].len(), "{list}");
        assert!(ids.is_disjoint(&foreign[list]), "{list}");
    }
}
