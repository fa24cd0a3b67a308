//! Who is let in, and what they may do.

mod actors;
mod identities;
mod late;
mod life;
mod open;
mod rates;
mod roles;
mod secrets;
mod workspaces;

use std::time::Duration;

use reqwest::Response;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use serde_json::{Value, json};

use crate::harness::{Database, SUBPROTOCOL, Server, Socket, client};

/// In how much time whoever is in is out once they are no longer let in, and a little for a machine that is busy.
const SOON: Duration = Duration::from_secs(10);

/// Who somebody is.
const VIEWER: &str = "{ viewer { tokenName role workspace { id name } } }";

/// A server over a database of its own.
struct Stage {
    database: Database,
    server: Server,
}

impl Stage {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(options: &[&str]) -> Self {
        Self::over(Database::new(), options)
    }

    fn over(database: Database, options: &[&str]) -> Self {
        let server = Server::start_with(&database, options);
        Self { database, server }
    }

    /// What a request is answered with that shows this as its `Authorization`.
    async fn send(&self, authorization: Option<&str>, query: &str, variables: Value) -> Response {
        let post = client().post(self.server.url("/graphql"));
        let post = post.json(&json!({ "query": query, "variables": variables }));
        let post = match authorization {
            Some(authorization) => post.header(AUTHORIZATION, authorization),
            None => post,
        };
        post.send().await.unwrap()
    }

    /// The answer to whoever has a token.
    async fn answer(&self, token: &str, query: &str, variables: Value) -> Value {
        let bearer = format!("Bearer {token}");
        self.send(Some(&bearer), query, variables)
            .await
            .json()
            .await
            .unwrap()
    }

    /// The data of an answer that must have no errors.
    async fn ask(&self, token: &str, query: &str, variables: Value) -> Value {
        let mut answer = self.answer(token, query, variables).await;
        assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
        answer["data"].take()
    }

    /// Sees to it that a token lets nobody in.
    async fn lets_nobody_in(&self, token: &str) {
        let bearer = format!("Bearer {token}");
        let answer = self.send(Some(&bearer), VIEWER, json!({})).await;
        assert_eq!(code(answer, 401).await, "UNAUTHENTICATED");
    }

    /// A socket of whoever shows this in its first message.
    async fn socket(&self, payload: Value) -> Socket {
        let offer = [("Sec-WebSocket-Protocol", SUBPROTOCOL)];
        let mut socket = Socket::shake_hands(&self.server, &offer).await.unwrap();
        let init = json!({ "type": "connection_init", "payload": payload });
        socket.send(&init).await.unwrap();
        socket
    }

    /// A subscription as events, of whoever has a token.
    async fn events(&self, token: &str, query: &str) -> Response {
        let post = client().post(self.server.url("/graphql"));
        let post = post.bearer_auth(token).header(ACCEPT, "text/event-stream");
        post.json(&json!({ "query": query })).send().await.unwrap()
    }
}

/// The code of a refusal, which has this status.
async fn code(response: Response, status: u16) -> String {
    assert_eq!(response.status(), status);
    let body: Value = response.json().await.unwrap();
    assert!(body.get("data").is_none(), "{body}");
    body["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap()
        .to_owned()
}
