//! Documents that were agreed on beforehand.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Stage, refused};
use crate::harness::{Socket, command};

/// A stage where two documents are trusted.
fn stage() -> (Stage, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("documents.json");
    let documents = json!({
        "c0ffee": "query Count { segments { totalCount } }",
        // With blanks in the type, which async-graphql's parser does not know.
        "sha256:beef": "query Name($first: Int , $ids: [ ID ! ] !) { segments(first: $first) { nodes { name } } \
            nodes(ids: $ids) @include(if: false) { id } }",
    });
    std::fs::write(&file, documents.to_string()).unwrap();
    let stage = Stage::with(&["--trusted-documents", file.to_str().unwrap()]);
    (stage, folder)
}

#[tokio::test]
async fn a_trusted_document_is_carried_out_by_its_id_and_by_its_text() {
    let (stage, _folder) = stage();
    let persisted = json!({ "persistedQuery": { "version": 1, "sha256Hash": "c0ffee" } });
    let count = json!({ "data": { "segments": { "totalCount": 0 } } });
    for body in [
        json!({ "documentId": "c0ffee" }),
        json!({ "documentId": "sha256:c0ffee" }),
        json!({ "documentId": "c0ffee", "operationName": "Count" }),
        json!({ "extensions": persisted }),
        json!({ "query": "query Count { segments { totalCount } }" }),
        json!({ "query": "query Count { segments { totalCount } }", "extensions": persisted }),
    ] {
        let response = stage.post("application/json", body.to_string()).await;
        assert_eq!(response.json::<Value>().await.unwrap(), count, "{body}");
    }
    for parameters in [
        &[("documentId", "c0ffee")][..],
        &[("extensions", &persisted.to_string())],
    ] {
        let response = stage.get(parameters).await;
        assert_eq!(response.json::<Value>().await.unwrap(), count, "{parameters:?}");
    }
    let body = json!({ "documentId": "beef", "variables": { "first": 1, "ids": [] } });
    let response = stage.post("application/json", body.to_string()).await;
    assert_eq!(
        response.json::<Value>().await.unwrap(),
        json!({ "data": { "segments": { "nodes": [] } } })
    );
    let mut socket = Socket::open(&stage.server).await;
    let subscribe = json!({ "type": "subscribe", "id": "a", "payload": { "documentId": "c0ffee" } });
    socket.send(&subscribe).await.unwrap();
    assert_eq!(
        socket.message().await,
        json!({ "type": "next", "id": "a", "payload": count })
    );
}

#[tokio::test]
async fn no_other_document_is_carried_out() {
    let (stage, _folder) = stage();
    for (body, code) in [
        (json!({ "query": "{ __typename }" }), "DOCUMENT_NOT_TRUSTED"),
        (json!({ "query": super::CREATE }), "DOCUMENT_NOT_TRUSTED"),
        (
            json!({ "query": super::CREATE, "documentId": "c0ffee" }),
            "DOCUMENT_NOT_TRUSTED",
        ),
        (
            json!({ "query": "query Count { segments { totalCount }  }" }),
            "DOCUMENT_NOT_TRUSTED",
        ),
        (json!({ "documentId": "decaf" }), "PERSISTED_QUERY_NOT_FOUND"),
        (
            json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "decaf" } } }),
            "PERSISTED_QUERY_NOT_FOUND",
        ),
        (json!({ "documentId": "" }), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({ "documentId": 7 }), "BAD_REQUEST"),
        (json!({ "variables": {} }), "BAD_REQUEST"),
    ] {
        let response = stage.post("application/json", body.to_string()).await;
        assert_eq!(refused(response, 400).await, code, "{body}");
    }
    let mut socket = Socket::open(&stage.server).await;
    socket.subscribe("a", super::CREATE, json!({})).await;
    let told = socket.message().await;
    assert_eq!(told["type"], "error");
    assert_eq!(told["payload"][0]["extensions"]["code"], "DOCUMENT_NOT_TRUSTED");
    let count = json!({ "documentId": "c0ffee" }).to_string();
    let body: Value = stage.post("application/json", count).await.json().await.unwrap();
    assert_eq!(body["data"]["segments"]["totalCount"], 0);
}

#[tokio::test]
async fn ids_name_nothing_where_no_documents_are_trusted() {
    let stage = Stage::new();
    let persisted = json!({ "persistedQuery": { "version": 1, "sha256Hash": "c0ffee" } });
    let body = json!({ "extensions": persisted }).to_string();
    let response = stage.post("application/json", body).await;
    assert_eq!(refused(response, 400).await, "PERSISTED_QUERY_NOT_SUPPORTED");
    // Clients that hear so send the document as well.
    let body = json!({ "query": "{ __typename }", "extensions": persisted }).to_string();
    assert_eq!(stage.post("application/json", body).await.status(), 200);
}

#[test]
fn a_file_that_is_none_of_documents_keeps_the_server_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("understudy.db").display());
    let file = folder.path().join("documents.json");
    let start = |content: Option<&str>| {
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        let output = command()
            .args(["serve", "--listen", "127.0.0.1:0", "--database", &database])
            .args(["--trusted-documents", file.to_str().unwrap()])
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(start(None).contains("cannot read the trusted documents in"));
    assert!(start(Some("[]")).contains("a JSON object of ids and documents"));
    let broken = start(Some("{\"decaf\": \"{ a\"}"));
    assert!(
        broken.contains("the document \"decaf\" cannot be used"),
        "{broken}"
    );
    assert_eq!(broken.trim().lines().count(), 1, "{broken}");
}
