//! The life of a token: made, used, misspelled, expired, revoked.

use reqwest::header::WWW_AUTHENTICATE;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{SOON, Stage, VIEWER, code};
use crate::harness::access::{revoke, token, token_ids, token_of, told};
use crate::harness::{CAMPAIGN_EVENTS, SET_TIME};

const CREATE: &str = "mutation ($input: TokenInput!) {
    createToken(input: $input) { secret token { id name role createdBy } userErrors { code field message } }
}";

const REVOKE: &str = "mutation ($id: ID!) {
    revokeToken(id: $id) { changed token { id revokedAt } userErrors { code } }
}";

#[tokio::test]
async fn a_token_lets_its_bearer_in_everywhere() {
    let stage = Stage::new();
    let token = token_of(&stage.database, "default", "editor", &[]);
    let viewer = stage.ask(&token, VIEWER, json!({})).await["viewer"].take();
    assert_eq!(viewer["role"], "EDITOR");
    assert_eq!(viewer["workspace"]["name"], "default");
    assert!(
        viewer["tokenName"].as_str().unwrap().starts_with("editor "),
        "{viewer}"
    );
    // However the scheme is written.
    for authorization in [format!("bearer {token}"), format!("BEARER   {token} ")] {
        let response = stage.send(Some(&authorization), VIEWER, json!({})).await;
        assert_eq!(response.status(), 200);
    }
    let bearer = format!("Bearer {token}");
    for payload in [
        json!({ "Authorization": bearer }),
        json!({ "authorization": bearer, "more": [1] }),
    ] {
        let mut socket = stage.socket(payload).await;
        assert_eq!(socket.message().await["type"], "connection_ack");
        socket.subscribe("a", VIEWER, json!({})).await;
        assert_eq!(socket.message().await["payload"]["data"]["viewer"], viewer);
    }
    let mut events = stage.events(&token, VIEWER).await;
    assert_eq!(events.status(), 200);
    let mut text = String::new();
    while let Some(piece) = events.chunk().await.unwrap() {
        text.push_str(std::str::from_utf8(&piece).unwrap());
    }
    assert!(text.contains("\"role\":\"EDITOR\""), "{text}");
    // It says so in what it does.
    let create =
        "mutation { createCampaign(content: { name: \"a\" }) { campaign { history { nodes { actor } } } } }";
    let created = stage.ask(&token, create, json!({})).await;
    let actor = &created["createCampaign"]["campaign"]["history"]["nodes"][0]["actor"];
    assert_eq!(*actor, viewer["tokenName"]);
}

#[tokio::test]
async fn what_is_no_token_lets_nobody_in() {
    let stage = Stage::with(&["--login-rate", "0"]);
    let token = token(&stage.database, "admin");
    let flipped = if token.ends_with('0') { "1" } else { "0" };
    for (authorization, says) in [
        (None, "This needs a token"),
        (Some(String::new()), "This needs a token"),
        (Some("Bearer".to_owned()), "This needs a token"),
        (Some(token.clone()), "This needs a token"),
        (Some(format!("Basic {token}")), "This needs a token"),
        (
            Some("Bearer nonsense".to_owned()),
            "misspelled, revoked or expired",
        ),
        (
            Some(format!("Bearer {}", &token[..token.len() - 1])),
            "misspelled",
        ),
        (
            Some(format!("Bearer {}{flipped}", &token[..token.len() - 1])),
            "misspelled",
        ),
        (Some(format!("Bearer {token}0")), "misspelled"),
        (Some(format!("Bearer {token} {token}")), "misspelled"),
        // Right in its form, and nobody's.
        (
            Some(format!(
                "Bearer understudy_{}{:08x}",
                "0".repeat(40),
                0xdd29_d5cb_u32
            )),
            "misspelled",
        ),
        (Some(format!("Bearer {}", "x".repeat(60_000))), "misspelled"),
    ] {
        let response = stage.send(authorization.as_deref(), VIEWER, json!({})).await;
        assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer");
        assert_eq!(response.status(), 401, "{authorization:?}");
        let body: Value = response.json().await.unwrap();
        let error = &body["errors"][0];
        assert_eq!(error["extensions"]["code"], "UNAUTHENTICATED");
        assert!(error["message"].as_str().unwrap().contains(says), "{error}");
        let payload = authorization.map_or(json!(null), |shown| json!({ "Authorization": shown }));
        assert_eq!(stage.socket(payload).await.closed().await, 4403);
    }
    // Nothing of the request is looked at before.
    let response = stage.send(None, "{ nonsense", json!({})).await;
    assert_eq!(code(response, 401).await, "UNAUTHENTICATED");
    let get = reqwest::get(stage.server.url("/graphql?query={__typename}"));
    assert_eq!(code(get.await.unwrap(), 401).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn an_admin_makes_lists_and_revokes_tokens() {
    let stage = Stage::new();
    let admin = token(&stage.database, "admin");
    let input = json!({ "name": "Robot", "role": "LAUNCHER" });
    let made = stage.ask(&admin, CREATE, json!({ "input": input })).await["createToken"].take();
    assert_eq!(made["userErrors"], json!([]));
    let by = stage.ask(&admin, VIEWER, json!({})).await["viewer"]["tokenName"].take();
    assert!(by.is_string() && made["token"]["createdBy"] == by, "{made}");
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert_eq!(
        stage.ask(&secret, VIEWER, json!({})).await["viewer"]["tokenName"],
        "Robot"
    );
    // Its name is taken for good.
    let again = stage.ask(&admin, CREATE, json!({ "input": input })).await["createToken"].take();
    let error = &again["userErrors"][0];
    assert_eq!(error["code"], "INVALID");
    assert_eq!(error["field"], json!(["input", "name"]));
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("stays taken when it is revoked"), "{message}");
    assert_eq!(again["secret"], json!(null));
    // Nobody is shown the secret again, and nothing that is kept has it.
    let list = "{ tokens { totalCount nodes { id name role createdBy } } }";
    let answer = stage.ask(&admin, list, json!({})).await;
    assert_eq!(answer["tokens"]["totalCount"], 2, "{answer}");
    assert!(!answer.to_string().contains(&secret));
    // Who is no admin may do none of it.
    for (query, variables) in [
        (CREATE, json!({ "input": { "name": "More", "role": "VIEWER" } })),
        (REVOKE, json!({ "id": made["token"]["id"] })),
        ("{ tokens { totalCount } }", json!({})),
    ] {
        let answer = stage.answer(&secret, query, variables).await;
        let error = &answer["errors"][0]["extensions"];
        assert_eq!(error["code"], "FORBIDDEN", "{answer}");
        assert_eq!(error["requiredRole"], "ADMIN");
        assert_eq!(error["role"], "LAUNCHER");
    }
    let id = json!({ "id": made["token"]["id"] });
    let revoked = stage.ask(&admin, REVOKE, id.clone()).await["revokeToken"].take();
    assert_eq!(revoked["changed"], true);
    assert!(revoked["token"]["revokedAt"].is_string());
    let again = stage.ask(&admin, REVOKE, id).await["revokeToken"].take();
    assert_eq!(again["changed"], false);
    assert_eq!(again["token"], revoked["token"]);
    stage.lets_nobody_in(&secret).await;
}

#[tokio::test]
async fn a_token_expires_later() {
    let stage = Stage::new();
    let admin = token(&stage.database, "admin");
    let list = "{ tokens { nodes { name createdAt expiresAt } } }";
    for past in ["2001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"] {
        let input = json!({ "name": "It", "role": "VIEWER", "expiresAt": past });
        let made = stage.ask(&admin, CREATE, json!({ "input": input })).await["createToken"].take();
        let error = &made["userErrors"][0];
        assert_eq!(error["code"], "INVALID", "{made}");
        assert_eq!(error["field"], json!(["input", "expiresAt"]));
        assert_eq!(made["secret"], json!(null));
        let listed = stage.ask(&admin, list, json!({})).await;
        assert_eq!(listed["tokens"]["nodes"].as_array().unwrap().len(), 1, "{listed}");
    }
    let later = "2999-01-01T00:00:00Z";
    let input = json!({ "name": "It", "role": "VIEWER", "expiresAt": later });
    stage.ask(&admin, CREATE, json!({ "input": input })).await;
    let listed = stage.ask(&admin, list, json!({})).await;
    let moment = listed["tokens"]["nodes"][1]["expiresAt"].as_str().unwrap();
    assert!(moment.starts_with("2999-01-01T00:00:00"), "{listed}");
}

#[tokio::test]
async fn only_a_hash_of_a_secret_is_kept() {
    let stage = Stage::new();
    let secret = token(&stage.database, "admin");
    let db = stage.database.connect().await;
    let query = "SELECT * FROM tokens";
    let rows = db
        .query_all_raw(sea_orm::Statement::from_string(db.get_database_backend(), query))
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    let kept: Vec<u8> = rows[0].try_get("", "secret_hash").unwrap();
    assert_eq!(kept.len(), 32);
    let listed = told(&["token", "--database", stage.database.url(), "list"]);
    assert!(listed.contains("ADMIN\tadmin "), "{listed}");
    assert!(!listed.contains(&secret[11..]), "{listed}");
}

#[tokio::test]
async fn a_token_that_expires_shows_its_bearer_out() {
    let stage = Stage::new();
    let token = token_of(&stage.database, "default", "viewer", &["--expires", "4s"]);
    let mut socket = stage
        .socket(json!({ "Authorization": format!("Bearer {token}") }))
        .await;
    assert_eq!(socket.message().await["type"], "connection_ack");
    socket
        .subscribe("a", CAMPAIGN_EVENTS, json!({ "after": 0 }))
        .await;
    let events = stage
        .events(&token, "subscription { campaignEvents { sequence } }")
        .await;
    assert_eq!(events.status(), 200);
    assert_eq!(timeout(SOON, socket.closed()).await.unwrap(), 4403);
    let text = timeout(SOON, events.text()).await.unwrap().unwrap();
    assert!(text.contains("UNAUTHENTICATED"), "{text}");
    assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
    stage.lets_nobody_in(&token).await;
}

#[tokio::test]
async fn whoever_is_in_by_a_token_that_is_revoked_is_shown_out() {
    let stage = Stage::new();
    let (revoked, other) = (token(&stage.database, "editor"), token(&stage.database, "editor"));
    let open = async |token: &str| {
        let mut socket = stage
            .socket(json!({ "Authorization": format!("Bearer {token}") }))
            .await;
        assert_eq!(socket.message().await["type"], "connection_ack");
        socket
            .subscribe("a", CAMPAIGN_EVENTS, json!({ "after": 0 }))
            .await;
        socket
    };
    let (mut out, mut stays) = (open(&revoked).await, open(&other).await);
    let events = stage
        .events(&revoked, "subscription { campaignEvents { sequence } }")
        .await;
    assert_eq!(events.status(), 200);

    revoke(&stage.database, &token_ids(&stage.database)[0]);
    stage.lets_nobody_in(&revoked).await;
    assert_eq!(timeout(SOON, out.closed()).await.unwrap(), 4403);
    let text = timeout(SOON, events.text()).await.unwrap().unwrap();
    assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
    // Others notice nothing.
    let create = "mutation { createCampaign(content: { name: \"a\" }) { changed } }";
    stage.ask(&other, create, json!({})).await;
    let event = timeout(SET_TIME, stays.event("a")).await.unwrap();
    assert_eq!(event["sequence"], 1);
}
