//! Lists as a client goes through them: page by page, and narrowed by filters.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::World;

/// More pages than any story has; only a fault takes as many.
const MOST_PAGES: usize = 200;

/// A connection that can be paged through.
pub(crate) struct List {
    /// A query in which `PAGE` stands where the connection takes its arguments, and in which the connection is called
    /// `list`.
    query: String,
    /// The variables of its own.
    variables: Value,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ListPage {
    /// The key of each row: its id, or the sequence of an event.
    pub(crate) keys: Vec<String>,
    pub(crate) cursors: Vec<String>,
    pub(crate) has_previous: bool,
    pub(crate) has_next: bool,
    pub(crate) total: u64,
}

impl ListPage {
    /// The page of a response, which has no errors.
    fn of(data: &Value) -> Self {
        let list = find(data).unwrap_or_else(|| panic!("no list in {data:#}"));
        let edges = list["edges"].as_array().unwrap();
        let key = |node: &Value| {
            let key = ["id", "sequence"].map(|name| &node[name]);
            key.into_iter().find(|key| !key.is_null()).unwrap().to_string()
        };
        let page = Self {
            keys: edges.iter().map(|edge| key(&edge["node"])).collect(),
            cursors: edges.iter().map(|edge| text(&edge["cursor"])).collect(),
            has_previous: list["pageInfo"]["hasPreviousPage"].as_bool().unwrap(),
            has_next: list["pageInfo"]["hasNextPage"].as_bool().unwrap(),
            total: list["totalCount"].as_u64().unwrap(),
        };
        let nodes: Vec<String> = list["nodes"].as_array().unwrap().iter().map(key).collect();
        assert_eq!(nodes, page.keys, "nodes and edges differ");
        let end = |name: &str| list["pageInfo"][name].as_str();
        assert_eq!(end("startCursor"), page.cursors.first().map(String::as_str));
        assert_eq!(end("endCursor"), page.cursors.last().map(String::as_str));
        page
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The connection in the data of a response, however deep it stands.
pub(crate) fn find(data: &Value) -> Option<&Value> {
    let object = data.as_object()?;
    object.get("list").or_else(|| object.values().find_map(find))
}

impl List {
    /// The list that `query` has, with the variables that it needs beside those of the page.
    pub(crate) fn new(query: &str, variables: Value) -> Self {
        let page = "first: $first, after: $after, last: $last, before: $before";
        Self {
            query: query.replace("PAGE", page),
            variables,
        }
    }

    /// The campaigns that a filter finds, in an order; null for the usual one.
    pub(crate) fn campaigns(filter: &Value, order: &Value) -> Self {
        let query =
            "query ($first: Int, $after: String, $last: Int, $before: String, $filter: CampaignFilter,
                $order: CampaignOrder) {
            list: campaigns(PAGE, filter: $filter, orderBy: $order) {
                totalCount
                pageInfo { hasPreviousPage hasNextPage startCursor endCursor }
                nodes { id }
                edges { cursor node { id } } } }";
        Self::new(query, json!({ "filter": filter, "order": order }))
    }

    /// The same list, of which one part alone is selected.
    pub(crate) fn with_only(&self, part: &str) -> Self {
        let mut query = self.query.clone();
        for other in ["totalCount", "pageInfo", "nodes", "edges"] {
            if other != part {
                query = query.replacen(other, &format!("{other} @skip(if: true)"), 1);
            }
        }
        Self {
            query,
            variables: self.variables.clone(),
        }
    }

    /// The whole response to these arguments of the page.
    pub(crate) async fn response(&self, world: &World, page: &Value) -> Value {
        let mut variables: Map<String, Value> = self.variables.as_object().unwrap().clone();
        variables.extend(page.as_object().unwrap().clone());
        world.execute(&self.query, Value::Object(variables)).await
    }

    /// The page that these arguments ask for.
    pub(crate) async fn page(&self, world: &World, page: Value) -> ListPage {
        let response = self.response(world, &page).await;
        assert!(
            response.get("errors").is_none(),
            "{} {page}\n{response:#}",
            self.query
        );
        ListPage::of(&response["data"])
    }

    /// The `extensions.code` of the error that these arguments bring.
    pub(crate) async fn error_code(&self, world: &World, page: Value) -> String {
        let response = self.response(world, &page).await;
        let code = &response["errors"][0]["extensions"]["code"];
        let code = code.as_str();
        code.unwrap_or_else(|| panic!("no code: {page}\n{response:#}"))
            .to_owned()
    }

    /// The pages from the first to the last.
    pub(crate) async fn forward(&self, world: &World, size: usize) -> Vec<ListPage> {
        let mut pages = vec![self.page(world, json!({ "first": size })).await];
        while let Some(page) = pages.last().filter(|page| page.has_next) {
            let after = page.cursors.last().expect("an empty page has no next one");
            let next = json!({ "first": size, "after": after });
            pages.push(self.page(world, next).await);
            assert!(pages.len() <= MOST_PAGES, "the list never ends");
        }
        pages
    }

    /// The pages from the last to the first.
    pub(crate) async fn backward(&self, world: &World, size: usize) -> Vec<ListPage> {
        let mut pages = vec![self.page(world, json!({ "last": size })).await];
        while let Some(page) = pages.last().filter(|page| page.has_previous) {
            let before = page.cursors.first().expect("an empty page has none before it");
            let next = json!({ "last": size, "before": before });
            pages.push(self.page(world, next).await);
            assert!(pages.len() <= MOST_PAGES, "the list never ends");
        }
        pages
    }

    /// The keys of all rows, in the list's order.
    pub(crate) async fn keys(&self, world: &World) -> Vec<String> {
        let pages = self.forward(world, 100).await;
        pages.into_iter().flat_map(|page| page.keys).collect()
    }
}

impl World {
    /// The names of the campaigns that a filter finds, of which there are at most 100. `totalCount` says the same.
    pub(crate) async fn found(&self, filter: &Value) -> BTreeSet<String> {
        let query = "query ($filter: CampaignFilter) {
            campaigns(first: 100, filter: $filter) { totalCount nodes { name } } }";
        let data = self.ask(query, json!({ "filter": filter })).await;
        let nodes = data["campaigns"]["nodes"].as_array().unwrap();
        let names: BTreeSet<String> = nodes.iter().map(|node| text(&node["name"])).collect();
        assert_eq!(names.len(), nodes.len(), "{filter}: a campaign is there twice");
        assert_eq!(data["campaigns"]["totalCount"], names.len(), "{filter}");
        names
    }

    /// The names of the campaigns that a search finds.
    pub(crate) async fn searched(&self, search: &str) -> Vec<String> {
        let found = self.found(&json!({ "search": search })).await;
        found.into_iter().collect()
    }
}
