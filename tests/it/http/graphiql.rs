//! The page at `/`, as it is sent, and the operations that wait in its tabs.

use std::path::{Path, PathBuf};
use std::{env, fs};

use async_graphql::parser::parse_query;
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::Stage;
use crate::harness::{Server, Socket, command, email};

/// The page's tabs, in their order: a query, and its variables.
fn tabs() -> Vec<(String, Map<String, Value>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../playground/src/tabs");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut queries: Vec<_> = files
        .filter(|path| path.extension().unwrap() == "graphql")
        .collect();
    queries.sort();
    let tab = |path: &PathBuf| {
        let variables = fs::read_to_string(path.with_extension("json"));
        (
            fs::read_to_string(path).unwrap(),
            variables.map_or_else(|_| Map::new(), |text| serde_json::from_str(&text).unwrap()),
        )
    };
    queries.iter().map(tab).collect()
}

#[test]
fn every_tab_holds_one_named_operation_and_its_variables() {
    for (query, variables) in tabs() {
        let document = parse_query(&query).unwrap();
        let operations: Vec<_> = document.operations.iter().collect();
        let [(Some(name), operation)] = operations[..] else {
            panic!("not one named operation: {query}")
        };
        let definitions = operation.node.variable_definitions.iter();
        let mut wanted: Vec<_> = definitions
            .map(|definition| definition.node.name.node.as_str())
            .collect();
        wanted.sort_unstable();
        let mut given: Vec<_> = variables.keys().map(String::as_str).collect();
        given.sort_unstable();
        assert_eq!(given, wanted, "{name}");
    }
}

/// Makes a campaign that is active; its id.
async fn launched(server: &Server) -> String {
    let segment = "mutation { createSegment(input: { name: \"Everyone\" }) { segment { id } } }";
    let segment = server.ask(segment, json!({})).await["createSegment"]["segment"]["id"].take();
    let create = "mutation ($content: CampaignContentInput!) { createCampaign(content: $content) { campaign { id } } }";
    let mut content = email("Welcome");
    content["segmentIds"] = json!([segment]);
    let data = server.ask(create, json!({ "content": content })).await;
    let id = data["createCampaign"]["campaign"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let launch = "mutation ($id: ID!) { launchCampaign(id: $id) { changed } }";
    server.ask(launch, json!({ "id": id })).await;
    id
}

#[tokio::test]
async fn every_tab_of_the_page_does_what_it_says() {
    let stage = Stage::new();
    let id = launched(&stage.server).await;
    let mut done = vec![];
    for (query, mut variables) in tabs() {
        // The one thing that a visitor has to put in.
        if variables.contains_key("campaignId") {
            variables["campaignId"] = json!(id);
        }
        if query.contains("\nsubscription ") {
            variables["after"] = json!(0);
            let query = query.replace("campaignEvents", "event: campaignEvents");
            let mut feed = Socket::open(&stage.server)
                .await
                .into_feed(&query, variables.into())
                .await;
            let events = feed.events(4).await;
            done.push(crate::harness::texts(&events, "kind").join(" "));
            continue;
        }
        let data = stage.server.ask(&query, variables.into()).await;
        let (field, answer) = data.as_object().unwrap().iter().next().unwrap();
        assert!(
            answer.get("userErrors").is_none_or(|errors| *errors == json!([])),
            "{answer}"
        );
        done.push(format!(
            "{field} {}",
            answer.get("changed").unwrap_or(&Value::Null)
        ));
    }
    assert_eq!(
        done,
        [
            "campaigns null",
            "saveDraft true",
            "launchDraft true",
            "archiveCampaigns null",
            "CREATED LAUNCHED DRAFT_SAVED DRAFT_LAUNCHED",
        ]
    );
}

/// Asks for a file by a method; the status and headers, and what the file has in it.
async fn fetch(stage: &Stage, method: Method, path: &str) -> (StatusCode, HeaderMap, String) {
    let request = stage.http.request(method, stage.server.url(path));
    let response = request.send().await.unwrap();
    // Each request has one of its own.
    let mut headers = response.headers().clone();
    assert!(headers.remove("x-request-id").is_some(), "{path}");
    (response.status(), headers, response.text().await.unwrap())
}

/// The files that the page names.
fn assets(page: &str) -> Vec<String> {
    let names = page.split("\"./assets/").skip(1);
    names
        .map(|rest| format!("/assets/{}", rest.split('"').next().unwrap()))
        .collect()
}

/// Holds a response to what every one of them must be sent with, whichever page the server was built with.
fn assert_strict(headers: &HeaderMap, path: &str) {
    let policy = headers["content-security-policy"].to_str().unwrap();
    let mut directives: Vec<_> = policy.split(';').map(str::trim).collect();
    directives.sort_unstable();
    let expected = [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "font-src 'self' data:",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "script-src 'self'",
        // The editor writes styles of its own.
        "style-src 'self' 'unsafe-inline'",
        "worker-src 'self'",
    ];
    assert_eq!(directives, expected, "{path}");
    assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
    assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
    assert_eq!(headers["vary"], "accept-encoding", "{path}");
}

/// The page is a part of the program, as it is in a release: not a folder that happens to be there.
#[tokio::test]
async fn the_page_is_in_the_program_itself() {
    let stage = Stage::new();
    let (_, _, page) = fetch(&stage, Method::GET, "/").await;
    let line = page
        .lines()
        .find(|line| line.contains("<script"))
        .unwrap_or(&page);
    let mut grep = std::process::Command::new("grep");
    grep.args(["--quiet", "--text", "--fixed-strings", "--", line]);
    assert!(
        grep.arg(command().get_program()).status().unwrap().success(),
        "{line}"
    );
}

#[tokio::test]
async fn the_page_and_its_files_come_strictly_and_are_kept() {
    let stage = Stage::new();
    let (status, headers, page) = fetch(&stage, Method::GET, "/").await;
    assert_eq!(status, 200);
    assert_eq!(headers[CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(headers[CACHE_CONTROL], "no-cache");
    assert_strict(&headers, "/");
    let built = !page.contains("cargo xtask playground");
    // With packages of npm there is an npm, which has built the page before the server.
    assert!(built || env::var_os("UNDERSTUDY_TEST_NPM").is_none());

    let assets = assets(&page);
    assert_eq!(assets.len() >= 3, built, "{page}");
    for path in &assets {
        let (status, headers, body) = fetch(&stage, Method::GET, path).await;
        assert_eq!(status, 200, "{path}");
        let expected = match path.rsplit('.').next().unwrap() {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            other => panic!("{other}"),
        };
        assert_eq!(headers[CONTENT_TYPE], expected, "{path}");
        assert!(
            headers[CACHE_CONTROL].to_str().unwrap().ends_with("immutable"),
            "{path}"
        );
        assert_strict(&headers, path);
        assert!(!body.is_empty(), "{path}");
    }
    for path in assets.iter().map(String::as_str).chain(["/"]) {
        let (status, mut whole, _) = fetch(&stage, Method::GET, path).await;
        let (head_status, mut head, nothing) = fetch(&stage, Method::HEAD, path).await;
        whole.remove("date");
        head.remove("date");
        assert_eq!(
            (head_status, head, nothing.as_str()),
            (status, whole, ""),
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_a_browser_has_is_not_sent_again() {
    let stage = Stage::new();
    let ask = async |known: &str| -> Response {
        let request = stage.http.get(stage.server.url("/"));
        request.header(IF_NONE_MATCH, known).send().await.unwrap()
    };
    let Some(tag) = ask("\"another\"").await.headers().get(ETAG).cloned() else {
        // The page of a server without GraphiQL is small, and sent each time.
        return;
    };
    let tag = tag.to_str().unwrap();
    let strong = tag.trim_start_matches("W/");
    let one_of_them = format!("\"another\", {tag}");
    for (known, status) in [
        (tag, 304),
        (strong, 304),
        (&one_of_them, 304),
        ("*", 304),
        ("\"another\"", 200),
    ] {
        let response = ask(known).await;
        assert_eq!(response.status(), status, "{known}");
        assert_eq!(response.headers()[ETAG], tag, "{known}");
        assert_strict(response.headers(), known);
        let body = response.text().await.unwrap();
        assert_eq!(body.is_empty(), status == 304, "{known}");
    }
}

#[tokio::test]
async fn nothing_else_is_beside_the_page() {
    let stage = Stage::new();
    for path in [
        "/index.html",
        "/assets/",
        "/assets/no.js",
        "/assets/..%2Findex.html",
        "/assets/..%2F..%2Fpackage.json",
        "/../Cargo.toml",
        "/graphql/",
    ] {
        let (status, _, body) = fetch(&stage, Method::GET, path).await;
        assert_eq!((status.as_u16(), body.as_str()), (404, ""), "{path}");
    }
    let (status, headers, _) = fetch(&stage, Method::POST, "/").await;
    assert_eq!(status, 405);
    assert_eq!(headers["allow"], "GET, HEAD");
}
