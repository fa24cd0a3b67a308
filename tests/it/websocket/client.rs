//! A client library that others use, which knows nothing of this server.

use futures_util::{SinkExt as _, StreamExt as _};
use graphql_ws_client::graphql::GraphqlOperation;
use graphql_ws_client::{Client, Connection, Error, Message, Subscription};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::{Stage, after};
use crate::harness::{CAMPAIGN_EVENTS, Feed, SUBPROTOCOL, Server, Socket, sequence};

/// A WebSocket as the library wants it. The ones it comes with are of older releases.
struct Wire(WebSocketStream<TcpStream>);

impl Connection for Wire {
    async fn receive(&mut self) -> Option<Message> {
        loop {
            return match self.0.next().await?.ok()? {
                tungstenite::Message::Text(text) => Some(Message::Text(text.to_string())),
                tungstenite::Message::Ping(_) => Some(Message::Ping),
                tungstenite::Message::Pong(_) => Some(Message::Pong),
                tungstenite::Message::Close(frame) => Some(Message::Close {
                    code: frame.as_ref().map(|frame| frame.code.into()),
                    reason: frame.map(|frame| frame.reason.to_string()),
                }),
                tungstenite::Message::Binary(_) | tungstenite::Message::Frame(_) => continue,
            };
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), Error> {
        let message = match message {
            Message::Text(text) => tungstenite::Message::text(text),
            Message::Ping => tungstenite::Message::Ping(vec![].into()),
            Message::Pong => tungstenite::Message::Pong(vec![].into()),
            Message::Close { code, reason } => {
                let frame = code.zip(reason).map(|(code, reason)| CloseFrame {
                    code: code.into(),
                    reason: reason.into(),
                });
                tungstenite::Message::Close(frame)
            }
        };
        self.0
            .send(message)
            .await
            .map_err(|error| Error::Send(error.to_string()))
    }
}

/// An operation, whose answers are taken as they come.
#[derive(Serialize)]
struct Operation {
    query: &'static str,
    variables: Value,
}

impl GraphqlOperation for Operation {
    type Response = Value;
    type Error = serde_json::Error;

    fn decode(&self, data: Value) -> Result<Value, serde_json::Error> {
        Ok(data)
    }
}

fn events(after: i64, campaign: Option<&str>) -> Operation {
    let filter = campaign.map(|id| json!({ "campaignIds": [id] }));
    Operation {
        query: CAMPAIGN_EVENTS,
        variables: json!({ "after": after, "filter": filter }),
    }
}

async fn wire(server: &Server) -> Wire {
    let socket = Socket::shake_hands(server, &[("Sec-WebSocket-Protocol", SUBPROTOCOL)]).await;
    Wire(socket.unwrap().0)
}

async fn connect(server: &Server) -> Client {
    let (client, actor) = Client::build(wire(server).await).await.unwrap();
    tokio::spawn(actor.into_future());
    client
}

fn feed(subscription: Subscription<Operation>) -> Feed {
    Feed::over(subscription.map(Result::unwrap))
}

#[tokio::test]
async fn the_client_subscribes_follows_and_comes_back() {
    let stage = Stage::new();
    stage.create_many(2).await;
    let subscription = Client::build(wire(&stage.server).await)
        .payload(json!({ "authorization": "none is asked for" }))
        .unwrap()
        .subscribe(events(0, None))
        .await;
    let mut following = feed(subscription.unwrap());
    for expected in 1..=2 {
        assert_eq!(sequence(&following.event().await), expected);
    }
    stage.create("Third").await;
    assert_eq!(sequence(&following.event().await), 3);

    drop(following);
    stage.create_many(2).await;
    let subscription = connect(&stage.server).await.subscribe(events(3, None)).await;
    let mut back = feed(subscription.unwrap());
    for expected in 4..=5 {
        assert_eq!(sequence(&back.event().await), expected);
    }
}

#[tokio::test]
async fn the_client_runs_two_subscriptions_and_stops_one() {
    let stage = Stage::new();
    let first = stage.create("First").await;
    let second = stage.create("Second").await;
    let client = connect(&stage.server).await;
    let one = client.subscribe(events(0, Some(&first))).await.unwrap();
    let id = one.id();
    let mut one = feed(one);
    let mut two = feed(client.subscribe(events(0, Some(&second))).await.unwrap());
    assert_eq!(sequence(&one.event().await), 1);
    assert_eq!(sequence(&two.event().await), 2);

    client.stop(id).await.unwrap();
    assert_eq!(one.answer().await, None);
    let archive = "mutation ($id: ID!) { archiveCampaign(id: $id) { changed } }";
    for campaign in [&first, &second] {
        stage.server.ask(archive, json!({ "id": campaign })).await;
    }
    assert_eq!(sequence(&two.event().await), 4);
}

#[tokio::test]
async fn the_client_understands_errors_and_completion() {
    let stage = Stage::new();
    stage.create("First").await;
    let client = connect(&stage.server).await;
    let beyond = Operation {
        query: CAMPAIGN_EVENTS,
        variables: after(10),
    };
    let (code, _) = feed(client.subscribe(beyond).await.unwrap()).failure().await;
    assert_eq!(code, "BAD_USER_INPUT");

    let count = Operation {
        query: "{ campaigns { totalCount } }",
        variables: json!({}),
    };
    let mut answers = feed(client.subscribe(count).await.unwrap());
    let answer = answers.answer().await.unwrap();
    assert_eq!(answer["data"], json!({ "campaigns": { "totalCount": 1 } }));
    assert_eq!(answers.answer().await, None);
    // The socket is still good.
    let mut again = feed(client.subscribe(events(0, None)).await.unwrap());
    assert_eq!(sequence(&again.event().await), 1);
}
