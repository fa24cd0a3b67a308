//! A schema that does not let everybody in, carried by the transport alone.

use std::net::SocketAddr;

use actix_web::{App, HttpServer};
use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use async_trait::async_trait;
use serde_json::json;
use tokio::net::TcpStream;
use understudy_transport::{Denied, Endpoint, Gate, Options, Pass, Shown, TypeSystem, channel};

use crate::harness::{SUBPROTOCOL, Socket};

struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "hello"
    }
}

/// Lets in those who know the word.
struct ByWord;

#[async_trait]
impl Gate for ByWord {
    async fn admit(&self, shown: Shown<'_>) -> Result<Pass, Denied> {
        let word = shown.payload.and_then(|payload| payload.get("word"));
        if word == Some(&json!("swordfish")) {
            Ok(Pass::new(|request| request))
        } else {
            Err(Denied::Unauthenticated("This is not the word."))
        }
    }
}

/// Serves a schema to those who know the word.
fn serve() -> (
    SocketAddr,
    tokio::task::JoinHandle<std::io::Result<()>>,
    understudy_transport::Trigger,
) {
    let schema = Schema::build(Query, EmptyMutation, EmptySubscription).finish();
    let (trigger, shutdown) = channel();
    let types = TypeSystem::parse(&schema.sdl()).unwrap();
    let endpoint = Endpoint::behind(ByWord, schema, types, Options::default(), shutdown);
    let server = HttpServer::new(move || App::new().service(endpoint.routes("/graphql")))
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
    let address = server.addrs()[0];
    (address, tokio::spawn(server.run()), trigger)
}

#[tokio::test]
async fn who_may_not_use_a_socket_is_told_so() {
    let (address, server, _trigger) = serve();
    let address = address.to_string();
    for (payload, code) in [
        (json!({ "word": "swordfish" }), None),
        (json!({ "word": "sesame" }), Some(4403)),
        (json!(null), Some(4403)),
    ] {
        let stream = TcpStream::connect(&address).await.unwrap();
        let offer = [("Sec-WebSocket-Protocol", SUBPROTOCOL)];
        let mut socket = Socket::over(stream, &address, &offer).await.unwrap();
        socket
            .send(&json!({ "type": "connection_init", "payload": payload }))
            .await
            .unwrap();
        if let Some(code) = code {
            assert_eq!(socket.closed().await, code);
            continue;
        }
        assert_eq!(socket.message().await, json!({ "type": "connection_ack" }));
        socket.subscribe("a", "{ hello }", json!({})).await;
        let next = json!({ "type": "next", "id": "a", "payload": { "data": { "hello": "hello" } } });
        assert_eq!(socket.message().await, next);
    }
    server.abort();
}
