//! schemathesis sends requests that it makes at random from the schema, about half of them with a mistake.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{ask, ids, serve};
use crate::harness::access::token;
use crate::harness::{Database, Scanner, Server, assert_whole};

/// Ids of nothing.
const UNKNOWN: [&str; 2] = ["cmp_00000000000000000000000000", "tok_00000000000000000000000000"];

/// A scan that is to be.
struct Task<'a> {
    /// By whose token it asks, and that token's id.
    by: Option<(&'a str, &'a str)>,
    /// How many requests there are of each root field.
    examples: usize,
    /// Codes of errors that are to be expected besides those of the hooks.
    refusals: &'a [&'a str],
    /// What it is told besides.
    options: &'a [&'a str],
}

/// For each root field, e.g. `Query.campaigns`, how many requests were answered without an error.
type Answered = BTreeMap<String, u64>;

/// Has a server scanned, in which nothing may be found.
async fn scan(server: &Server, known: &[String], task: &Task<'_>) -> Option<Answered> {
    let (url, examples) = (server.url("/graphql"), task.examples.to_string());
    let own = task.by.map_or("none", |(_, id)| id);
    let ids: Vec<_> = known.iter().map(String::as_str).chain(UNKNOWN).collect();
    let told = json!({ "ids": ids, "own": own, "refusals": task.refusals });
    let mut arguments = vec!["run", &url, "--max-examples", &examples];
    // One after the other, so that a run is like the next.
    arguments.extend(["--generation-deterministic", "--workers", "1", "--no-color"]);
    arguments.extend(["--report", "json", "--report-json-path", "report.json"]);
    let header = task.by.map(|(token, _)| format!("Authorization: Bearer {token}"));
    if let Some(header) = &header {
        arguments.extend(["--header", header]);
    }
    arguments.extend(task.options);
    let scanner = Scanner::find("schemathesis", arguments)?;
    let scan = scanner
        .with("SCHEMATHESIS_HOOKS", "schemathesis_hooks")
        .with("UNDERSTUDY_TOLD", told.to_string())
        .run()
        .await;
    assert!(scan.is_content, "{}", scan.report);
    let report = scan.file("report.json");
    for nothing in ["failures", "errors"] {
        assert_eq!(report[nothing], json!([]), "{report:#}");
    }
    let rates = report["valid_rates"].as_object().unwrap();
    let answered = rates.iter().map(|(field, rate)| {
        let accepted = rate["fuzzing"]["accepted"].as_u64();
        (field.clone(), accepted.unwrap())
    });
    let answered: Answered = answered.collect();
    let generated = report["test_cases"]["generated"].as_u64().unwrap();
    assert!(generated >= answered.len() as u64 * 10, "{report:#}");
    Some(answered)
}

/// Some ids of each kind.
async fn known(server: &Server, by: Option<&str>) -> Vec<String> {
    let query = "{
        segments(first: 4) { nodes { id } }
        recipients(first: 3) { nodes { id } }
        canvases(first: 1) { nodes { id } }
        campaigns(first: 2) { nodes { id } }
        pairs: campaigns(first: 1, filter: { hasDraft: true }) { nodes { id draft { id } } }
        viewer { workspace { id } } }";
    let things = ask(server, by, query).await;
    let lists = ["segments", "recipients", "canvases", "campaigns", "pairs"];
    let mut known: Vec<_> = lists.into_iter().flat_map(|list| ids(&things[list])).collect();
    let draft = &things["pairs"]["nodes"][0]["draft"]["id"];
    let workspace = &things["viewer"]["workspace"]["id"];
    known.extend([draft, workspace].map(|id| id.as_str().unwrap().to_owned()));
    known
}

/// The names of all that may be asked for, but for subscriptions.
async fn fields(server: &Server, by: Option<&str>) -> Vec<String> {
    let query = "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }";
    let schema = ask(server, by, query).await["__schema"].take();
    let roots = [("Mutation", "mutationType"), ("Query", "queryType")];
    let fields = roots.into_iter().flat_map(|(root, key)| {
        let fields: Vec<&Value> = schema[key]["fields"].as_array().unwrap().iter().collect();
        let names = fields.into_iter().map(|field| field["name"].as_str().unwrap());
        names.map(|name| format!("{root}.{name}")).collect::<Vec<_>>()
    });
    let mut fields: Vec<_> = fields.collect();
    fields.sort();
    fields
}

/// In the place of `positive_data_acceptance`, which takes any refusal for a fault, there is a check in the hooks.
const REPLACED: [&str; 2] = ["--exclude-checks", "positive_data_acceptance"];

#[tokio::test]
async fn schemathesis_finds_nothing_as_an_admin() {
    let database = Database::new();
    let server = serve(&database);
    // The other one is there to be revoked.
    let [admin, _] = ["admin", "editor"].map(|role| token(&database, role));
    let tokens = ids(&ask(&server, Some(&admin), "{ tokens { nodes { id } } }").await["tokens"]);
    let [own, other] = <[String; 2]>::try_from(tokens).unwrap();
    let mut known = known(&server, Some(&admin)).await;
    known.push(other);
    let task = Task {
        by: Some((&admin, &own)),
        examples: 50,
        refusals: &[],
        options: &REPLACED,
    };
    let Some(answered) = scan(&server, &known, &task).await else {
        return;
    };
    // Each field was not only asked for, but answered too.
    let unanswered: Vec<_> = answered.iter().filter(|(_, count)| **count == 0).collect();
    assert_eq!(unanswered, [] as [(&String, &u64); 0]);
    let asked: Vec<_> = answered.into_keys().collect();
    assert_eq!(asked, fields(&server, Some(&admin)).await);
    assert_whole(&database).await;
}

#[tokio::test]
async fn schemathesis_changes_nothing_as_a_viewer() {
    let database = Database::new();
    let server = serve(&database);
    let [admin, viewer] = ["admin", "viewer"].map(|role| token(&database, role));
    let length = "{ campaigns(first: 1) { totalCount } segments { totalCount } tokens { totalCount }
        canvases { totalCount } all: campaigns(first: 100) { nodes { id version draft { id } } } }";
    let before = ask(&server, Some(&admin), length).await;
    let tokens = ids(&ask(&server, Some(&admin), "{ tokens { nodes { id } } }").await["tokens"]);
    let mut known = known(&server, Some(&viewer)).await;
    known.push(tokens[0].clone());
    let task = Task {
        by: Some((&viewer, &tokens[1])),
        examples: 20,
        refusals: &["FORBIDDEN"],
        // To `not_a_server_error`, FORBIDDEN is the server's own fault.
        options: &["--exclude-checks", "positive_data_acceptance,not_a_server_error"],
    };
    let Some(answered) = scan(&server, &known, &task).await else {
        return;
    };
    for (field, count) in &answered {
        let is_allowed = field.starts_with("Query.") && field != "Query.tokens";
        assert_eq!(*count > 0, is_allowed, "{field}");
    }
    let asked: Vec<_> = answered.into_keys().collect();
    assert_eq!(asked, fields(&server, Some(&admin)).await);
    assert_eq!(ask(&server, Some(&admin), length).await, before);
}

#[tokio::test]
async fn schemathesis_finds_nothing_where_the_server_is_open() {
    let database = Database::new();
    let server = serve(&database);
    let known = known(&server, None).await;
    let task = Task {
        by: None,
        examples: 12,
        refusals: &[],
        // With the first token the server would be open no more.
        options: &[&REPLACED[..], &["--exclude-name", "Mutation.createToken"]].concat(),
    };
    let Some(answered) = scan(&server, &known, &task).await else {
        return;
    };
    let mut all = fields(&server, None).await;
    all.retain(|field| field != "Mutation.createToken");
    assert_eq!(answered.into_keys().collect::<Vec<_>>(), all);
    assert_whole(&database).await;
}
