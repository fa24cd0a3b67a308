//! sqlmap looks for places at which what somebody sends would become a part of a statement.

use sea_orm::DbBackend;
use serde_json::{Value, json};

use super::{ask, ids, serve};
use crate::harness::access::token;
use crate::harness::{Database, Scanner, Server, assert_whole, backend};

/// A server with examples, and somebody who may do everything.
struct Stage {
    server: Server,
    admin: String,
    database: Database,
}

impl Stage {
    fn new() -> Self {
        let database = Database::new();
        let server = serve(&database);
        let admin = token(&database, "admin");
        Self {
            server,
            admin,
            database,
        }
    }

    async fn ask(&self, query: &str) -> Value {
        ask(&self.server, Some(&self.admin), query).await
    }

    /// Has each of these variables scanned, which are texts that are there, with more put behind them. Nothing may be
    /// found.
    async fn scan(&self, query: &str, variables: &[(&str, &str)], options: &[&str]) {
        // A star is where it puts in what it tries.
        let stars = variables
            .iter()
            .map(|(name, text)| ((*name).to_owned(), json!(format!("{text}*"))));
        let stars: Value = Value::Object(stars.collect());
        let body = json!({ "query": query, "variables": stars }).to_string();
        // It does not read all that Brotli may be.
        let headers = format!(
            "Authorization: Bearer {}\nContent-Type: application/json\nAccept-Encoding: identity",
            self.admin
        );
        let kind = match backend() {
            DbBackend::Postgres => "postgresql",
            _ => "sqlite",
        };
        let url = self.server.url("/graphql");
        let whom = ["--url", &url, "--headers", &headers, "--data", &body];
        let how = ["--dbms", kind, "--batch", "--disable-coloring"];
        let Some(scanner) = Scanner::find("sqlmap", [&whom[..], &how, options].concat()) else {
            return;
        };
        let report = scanner.run().await.report;
        let count = |what| report.matches(what).count();
        assert_eq!(
            (
                count("testing for SQL injection on"),
                count("does not seem to be injectable"),
                count("all tested parameters do not appear to be injectable"),
            ),
            (variables.len(), variables.len(), 1),
            "{report}"
        );
        // Nobody was shut out by the way.
        self.ask("{ viewer { role } }").await;
        assert_whole(&self.database).await;
    }
}

#[tokio::test]
async fn sqlmap_finds_no_way_into_what_is_read() {
    let stage = Stage::new();
    let known = "{ segments(first: 1) { nodes { id } }
        campaigns(first: 1, filter: { search: \"spring\" }) { nodes { id tags } pageInfo { endCursor } } }";
    let known = stage.ask(known).await;
    let campaigns = &known["campaigns"];
    let query = "query ($search: String, $tag: String!, $segment: ID, $id: ID!, $after: String) {
        search: campaigns(first: 3, filter: { search: $search }) { totalCount nodes { name } }
        tags: campaigns(first: 3, filter: { tags: [$tag] }) { totalCount nodes { name } }
        segment: campaigns(first: 3, filter: { segmentId: $segment }) { totalCount nodes { name } }
        campaign(id: $id) { name }
        page: campaigns(first: 3, after: $after) { nodes { name } } }";
    let variables = [
        ("search", "spring"),
        ("tag", campaigns["nodes"][0]["tags"][0].as_str().unwrap()),
        ("segment", &ids(&known["segments"])[0]),
        ("id", &ids(campaigns)[0]),
        ("after", campaigns["pageInfo"]["endCursor"].as_str().unwrap()),
    ];
    stage
        .scan(query, &variables, &["--level", "3", "--risk", "2"])
        .await;
}

#[tokio::test]
async fn sqlmap_finds_no_way_into_what_is_written() {
    let stage = Stage::new();
    let known = "{ campaigns(first: 1, filter: { hasDraft: false }) { nodes { id } } }";
    let id = &ids(&stage.ask(known).await["campaigns"])[0];
    let query = "mutation ($id: ID!, $name: String!, $description: String!, $tag: String!) {
        updateCampaign(id: $id, content: { name: $name, description: $description, tags: [$tag] }) {
            changed userErrors { code } campaign { status } } }";
    let variables = [
        ("id", id.as_str()),
        ("name", "Spring"),
        ("description", "For all"),
        ("tag", "spring"),
    ];
    stage.scan(query, &variables, &["--level", "2"]).await;
}
