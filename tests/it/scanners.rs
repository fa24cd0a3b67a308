//! The real server, and the scanners of others that look for faults in it. What they report falsely is in SECURITY.md.

mod schemathesis;
mod sqlmap;
mod sslyze;

use serde_json::{Value, json};

use crate::harness::{Database, Server, client};

/// A server with examples that anybody may ask for as much as they like.
fn serve(database: &Database) -> Server {
    let rates = ["--token-rate", "0", "--address-rate", "0", "--login-rate", "0"];
    Server::start_with(database, &[&["--demo"], &rates[..]].concat())
}

/// The data of the answer to whoever shows this token, or none.
async fn ask(server: &Server, token: Option<&str>, query: &str) -> Value {
    let post = client()
        .post(server.url("/graphql"))
        .json(&json!({ "query": query }));
    let post = match token {
        Some(token) => post.bearer_auth(token),
        None => post,
    };
    let mut answer: Value = post.send().await.unwrap().json().await.unwrap();
    assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
    answer["data"].take()
}

/// The ids of what a list has.
fn ids(list: &Value) -> Vec<String> {
    let nodes = list["nodes"].as_array().unwrap().iter();
    nodes
        .map(|node| node["id"].as_str().unwrap().to_owned())
        .collect()
}
