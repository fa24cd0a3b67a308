//! Operations that fail since something is away: over a schema of which a part always is.

use async_graphql::{EmptySubscription, Error, ErrorExtensions as _, Object, Schema};
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY};
use serde_json::Value;
use understudy_transport::Limits;

use super::GRAPHQL;
use super::served::Served;

const JSON: &str = "application/json";

/// What is told of something that is away; and whether, where a command was to be carried out, anything was changed.
fn away(changed: Option<bool>) -> Error {
    Error::new("It is away.").extend_with(|_, extensions| {
        extensions.set("code", "UNAVAILABLE");
        if let Some(changed) = changed {
            extensions.set("changed", changed);
        }
    })
}

struct Query;

#[Object]
impl Query {
    async fn here(&self) -> bool {
        true
    }

    async fn away(&self) -> Option<Result<bool, Error>> {
        Some(Err(away(None)))
    }

    async fn wrong(&self) -> Option<Result<bool, Error>> {
        Some(Err(
            Error::new("It is wrong.").extend_with(|_, extensions| extensions.set("code", "WRONG"))
        ))
    }

    /// Takes the whole answer with it.
    #[expect(clippy::unused_self, reason = "a resolver is a method")]
    fn must_be_there(&self) -> Result<bool, Error> {
        Err(away(None))
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn change(&self, changed: Option<bool>) -> Option<Result<bool, Error>> {
        Some(Err(away(changed)))
    }
}

#[actix_web::test]
async fn who_gets_nothing_since_something_is_away_may_try_again_and_who_gets_a_part_may_not() {
    let schema = Schema::build(Query, Mutation, EmptySubscription).finish();
    let served = Served::new(schema, Limits::default());
    for (query, is_away) in [
        ("{ away }", true),
        ("{ away again: away }", true),
        ("{ mustBeThere here }", true),
        ("{ away here }", false),
        ("{ away wrong }", false),
        ("{ wrong }", false),
        // A mutation only if it has certainly done nothing, and had nothing else to do.
        ("mutation { change(changed: false) }", true),
        ("mutation { change(changed: true) }", false),
        ("mutation { change }", false),
        (
            "mutation { change(changed: false) again: change(changed: false) }",
            false,
        ),
    ] {
        let response = served.ask(GRAPHQL, query).await;
        assert_eq!(response.status(), if is_away { 503 } else { 200 }, "{query}");
        let headers = response.headers().clone();
        assert_eq!(headers.contains_key(RETRY_AFTER), is_away, "{query}");
        assert!(headers[CONTENT_TYPE].to_str().unwrap().starts_with(GRAPHQL));
        assert_eq!(headers[CACHE_CONTROL], "no-store", "{query}");
        let vary = headers[VARY].to_str().unwrap();
        assert!(vary.starts_with("accept"), "{query}: {vary}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body.get("data").is_none(), is_away, "{query}: {body}");
        assert!(body["errors"][0]["extensions"]["code"].is_string(), "{body}");
        // Plain JSON has one status for all of them.
        let response = served.ask(JSON, query).await;
        assert_eq!(response.status(), 200, "{query}");
        assert!(!response.headers().contains_key(RETRY_AFTER), "{query}");
        let body: Value = response.json().await.unwrap();
        assert!(body.get("data").is_some(), "{query}: {body}");
    }
}
