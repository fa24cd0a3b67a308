//! The endpoint over a schema of a story's own.

use actix_web::{App, HttpServer};
use async_graphql::{ObjectType, Schema, SubscriptionType};
use reqwest::header::ACCEPT;
use reqwest::{Client, Response};
use serde_json::json;
use understudy_transport::{Endpoint, Limits, Options, Trigger, TypeSystem, channel};

/// An endpoint that is served until this is dropped.
pub(super) struct Served {
    url: String,
    _trigger: Trigger,
}

impl Served {
    /// Serves a schema within these limits.
    pub(super) fn new<Q, M, S>(schema: Schema<Q, M, S>, limits: Limits) -> Self
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        let types = TypeSystem::parse(&schema.sdl()).unwrap();
        let (trigger, shutdown) = channel();
        let options = Options {
            limits,
            ..Options::default()
        };
        let endpoint = Endpoint::new(schema, types, options, shutdown);
        let server = HttpServer::new(move || App::new().service(endpoint.routes("/graphql")))
            .workers(1)
            .disable_signals()
            .bind("127.0.0.1:0")
            .unwrap();
        let url = format!("http://{}/graphql", server.addrs()[0]);
        tokio::spawn(server.run());
        Self {
            url,
            _trigger: trigger,
        }
    }

    /// Asks for an answer of this media type.
    pub(super) async fn ask(&self, accept: &str, query: &str) -> Response {
        let post = Client::new().post(&self.url).header(ACCEPT, accept);
        post.json(&json!({ "query": query })).send().await.unwrap()
    }
}
