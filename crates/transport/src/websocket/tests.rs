//! What a socket does in its time, by a clock that goes on only where everybody waits.

use std::{collections::VecDeque, future::poll_fn, ops::Range, pin::Pin};

use actix_web::{
    body::{BoxBody, MessageBody as _},
    dev,
    test::TestRequest,
    web::Bytes,
};
use async_graphql::{EmptyMutation, Object, Schema, Subscription};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::LocalSet;
use tokio::time::{Duration, Instant, sleep, timeout};
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::*;
use crate::{AnswerSize, Limits, Options, Trigger, TypeSystem, channel};

/// The time in which a sign of life must come.
const SILENCE: Duration = Duration::from_mins(2);

/// A little less.
const ALMOST: Duration = Duration::from_secs(115);

/// Of which there are more than any queue has room for.
const SUBSCRIBE: &str =
    r#"{ "type": "subscribe", "id": "1", "payload": { "query": "subscription { numbers }" } }"#;
const INIT: &str = r#"{ "type": "connection_init" }"#;

struct Query;

#[Object]
impl Query {
    async fn one(&self) -> i32 {
        1
    }
}

struct Numbers;

#[Subscription]
impl Numbers {
    async fn numbers(&self) -> impl Stream<Item = i32> {
        stream::iter(0..)
    }
}

type TestEndpoint = Endpoint<Schema<Query, EmptyMutation, Numbers>>;

/// Where there is room for one socket.
fn endpoint() -> (TestEndpoint, Trigger) {
    let schema = Schema::build(Query, EmptyMutation, Numbers)
        .extension(AnswerSize)
        .finish();
    let limits = Limits {
        sockets: 1,
        silence: SILENCE,
        init_time: Duration::from_secs(10),
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let types = TypeSystem::parse(&schema.sdl()).unwrap();
    let (trigger, shutdown) = channel();
    (Endpoint::new(schema, types, options, shutdown), trigger)
}

/// A client that does nothing by itself: it neither reads nor answers pings unless it is told to.
struct Client {
    says: UnboundedSender<Bytes>,
    body: BoxBody,
    /// What has come, and was not looked at.
    bytes: VecDeque<u8>,
    opened: Instant,
}

/// A frame from the server.
#[derive(Debug, PartialEq)]
enum Heard {
    Text(String),
    Ping,
    Close(u16),
}

impl Client {
    fn open(endpoint: &TestEndpoint) -> Result<Self, Refused> {
        let request = TestRequest::default()
            .insert_header((header::UPGRADE, "websocket"))
            .insert_header((header::CONNECTION, "upgrade"))
            .insert_header((header::SEC_WEBSOCKET_VERSION, "13"))
            .insert_header((header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="))
            .insert_header((header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL))
            .to_http_request();
        let (says, said) = unbounded_channel();
        let mut payload: dev::Payload = dev::Payload::Stream {
            payload: Box::pin(UnboundedReceiverStream::new(said).map(Ok)),
        };
        let payload = Payload::from_request(&request, &mut payload).now_or_never();
        let response = open(&request, payload.unwrap().unwrap(), endpoint)?;
        Ok(Self {
            says,
            body: response.into_body(),
            bytes: VecDeque::new(),
            opened: Instant::now(),
        })
    }

    /// Sends a frame, which is short, and whose mask changes nothing.
    fn say(&self, first: u8, text: &str) {
        let length = 0x80 | u8::try_from(text.len()).unwrap();
        let head = [first, length, 0, 0, 0, 0];
        // The other side may be gone.
        let _ = self.says.send([&head, text.as_bytes()].concat().into());
    }

    fn say_text(&self, text: &str) {
        self.say(0x81, text);
    }

    fn pong(&self) {
        self.say(0x8a, "");
    }

    /// So many bytes, which are waited for; none if no more come.
    async fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        while self.bytes.len() < count {
            let more = poll_fn(|context| Pin::new(&mut self.body).poll_next(context)).await?;
            self.bytes.extend(more.unwrap());
        }
        Some(self.bytes.drain(..count).collect())
    }

    /// The next frame, which is a short one; none if no more come.
    async fn hear(&mut self) -> Option<Heard> {
        let head = self.take(2).await?;
        let content = self.take(head[1].into()).await?;
        Some(match head[0] {
            0x81 => Heard::Text(String::from_utf8(content).unwrap()),
            0x89 => Heard::Ping,
            0x88 => Heard::Close(u16::from_be_bytes([content[0], content[1]])),
            other => panic!("a frame that is none of these: {other:x}"),
        })
    }

    /// As [`hear`](Self::hear), for what comes in these seconds after the socket has opened.
    async fn hear_in(&mut self, seconds: Range<u64>) -> Option<Heard> {
        let heard = self.hear().await;
        let now = self.opened.elapsed();
        // The timer's own grain is a millisecond.
        let seconds = Duration::from_secs(seconds.start)..Duration::from_secs(seconds.end);
        assert!(seconds.contains(&now), "{heard:?} after {now:?}");
        heard
    }

    /// Introduces itself.
    async fn init(&mut self) {
        self.say_text(INIT);
        let ack = Heard::Text(r#"{"type":"connection_ack"}"#.to_owned());
        let mut heard = vec![];
        while !heard.contains(&ack) {
            heard.push(self.hear().await.unwrap());
        }
    }
}

/// Whether the socket is closed that there is room for, as the server sees it.
fn is_over(endpoint: &TestEndpoint) -> bool {
    Client::open(endpoint).is_ok()
}

#[tokio::test(start_paused = true)]
async fn who_does_not_introduce_itself_has_its_time_to_do_so() {
    let story = async {
        let (endpoint, _trigger) = endpoint();
        let mut client = Client::open(&endpoint).unwrap();
        assert_eq!(client.hear_in(0..1).await, Some(Heard::Ping));
        // It is there, but that is not enough.
        client.pong();
        assert_eq!(client.hear_in(10..11).await, Some(Heard::Close(4408)));
        assert_eq!(client.hear_in(10..12).await, None);
    };
    LocalSet::new().run_until(story).await;
}

#[tokio::test(start_paused = true)]
async fn who_shows_no_sign_of_life_is_asked_six_times_for_one() {
    let story = async {
        let (endpoint, _trigger) = endpoint();
        let mut client = Client::open(&endpoint).unwrap();
        client.init().await;
        // As long as it answers, it stays.
        for number in 1..=20 {
            let due = 20 * number;
            assert_eq!(client.hear_in(due..due + 1).await, Some(Heard::Ping));
            client.pong();
        }
        for number in 21..=26 {
            let due = 20 * number;
            let heard = client.hear_in(due..due + 1).await;
            // That is the whole time since its last sign, to a millisecond.
            if number == 26 && heard == Some(Heard::Close(1013)) {
                return;
            }
            assert_eq!(heard, Some(Heard::Ping), "{number}");
        }
        assert_eq!(client.hear_in(540..541).await, Some(Heard::Close(1013)));
    };
    LocalSet::new().run_until(story).await;
}

#[tokio::test(start_paused = true)]
async fn who_reads_slowly_but_reads_stays_and_loses_nothing() {
    let story = async {
        let (endpoint, _trigger) = endpoint();
        let mut client = Client::open(&endpoint).unwrap();
        client.init().await;
        client.say_text(SUBSCRIBE);
        // It answers no ping, and takes all that there is every now and then.
        let mut next = 0;
        for round in 1..=6 {
            sleep(ALMOST).await;
            while let Some(heard) = client.hear().now_or_never() {
                if heard == Some(Heard::Ping) {
                    continue;
                }
                let expected =
                    format!(r#"{{"type":"next","id":"1","payload":{{"data":{{"numbers":{next}}}}}}}"#);
                assert_eq!(heard, Some(Heard::Text(expected)));
                next += 1;
            }
            assert!(next > 20 * round, "{round}: {next}");
        }
        assert!(!is_over(&endpoint));
    };
    LocalSet::new().run_until(story).await;
}

#[tokio::test(start_paused = true)]
async fn who_reads_nothing_is_waited_for_so_long_and_no_longer() {
    let story = async {
        let (endpoint, _trigger) = endpoint();
        let mut client = Client::open(&endpoint).unwrap();
        client.init().await;
        client.say_text(SUBSCRIBE);
        sleep(ALMOST).await;
        assert!(!is_over(&endpoint));
        // Nor is there room for a close frame, which is not waited for much longer.
        sleep(Duration::from_secs(8)).await;
        assert!(is_over(&endpoint));
        let rest = async {
            while let Some(heard) = client.hear().await {
                assert!(!matches!(heard, Heard::Close(_)), "{heard:?}");
            }
        };
        timeout(Duration::from_secs(1), rest).await.unwrap();
    };
    LocalSet::new().run_until(story).await;
}

#[tokio::test(start_paused = true)]
async fn where_the_process_stops_nobody_is_waited_for() {
    for reads in [true, false] {
        let story = async {
            let (endpoint, trigger) = endpoint();
            let mut client = Client::open(&endpoint).unwrap();
            client.init().await;
            client.say_text(SUBSCRIBE);
            sleep(Duration::from_secs(1)).await;
            assert!(!is_over(&endpoint));
            trigger.pull();
            let mut last = None;
            if reads {
                while let Some(heard) = client.hear().await {
                    last = Some(heard);
                }
            }
            sleep(Duration::from_secs(2)).await;
            assert!(is_over(&endpoint), "{reads}");
            assert_eq!(last, reads.then_some(Heard::Close(1001)));
        };
        LocalSet::new().run_until(story).await;
    }
}
