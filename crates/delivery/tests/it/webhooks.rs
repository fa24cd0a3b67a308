//! Webhooks: what is sent, what the answers mean, and where they do not go.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use understudy_delivery::{Failure, Lookup, SIGNATURE, Webhook, WebhookOptions, Webhooks};
use understudy_domain::Header;

use understudy_tests::receivers::Receiver;

/// Long enough for a busy machine, since nobody waits for it where all is well.
const PATIENCE: Duration = Duration::from_mins(1);

fn options(allow_private: bool) -> WebhookOptions {
    WebhookOptions {
        timeout: PATIENCE,
        secret: Some(b"secret".to_vec()),
        allow_private,
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_449_600, 0).unwrap()
}

fn webhook(url: &str) -> Webhook<'_> {
    Webhook {
        url,
        body: "{\"a\": 1}",
        headers: &[],
        key: "msg-1",
    }
}

async fn send(webhooks: &Webhooks, url: &str) -> Result<(), Failure> {
    webhooks.send(webhook(url), now()).await
}

fn permanent(reason: &str) -> Result<(), Failure> {
    Err(Failure::Permanent {
        reason: reason.to_owned(),
    })
}

/// Names lead to these addresses, one list after the other.
fn lookup(answers: Vec<Vec<SocketAddr>>) -> (Lookup, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let lookup: Lookup = Arc::new(move |_| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        let found = answers[number.min(answers.len() - 1)].clone();
        Box::pin(async move { Ok(found) })
    });
    (lookup, asked)
}

#[tokio::test]
async fn a_webhook_arrives_with_its_key_and_its_signature() {
    let receiver = Receiver::http(&["204 No Content"]).await;
    let webhooks = Webhooks::new(&options(true)).unwrap();
    let header = |name: &str, value: &str| Header {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    let headers = [header("X-Shop", "one"), header("x-shop", "two")];
    let url = receiver.url("/hook?a=b");
    let sent = Webhook {
        headers: &headers,
        ..webhook(&url)
    };
    assert_eq!(webhooks.send(sent, now()).await, Ok(()));
    let (lines, body) = receiver.received().remove(0);
    assert_eq!(body, "{\"a\": 1}");
    assert_eq!(lines[0], "POST /hook?a=b HTTP/1.1");
    let values = |name: &str| -> Vec<String> {
        let lines = lines.iter().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(of, _)| of.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
            .collect()
    };
    assert_eq!(values("x-shop"), ["one", "two"]);
    assert_eq!(values("content-type"), ["application/json"]);
    assert_eq!(values("idempotency-key"), ["msg-1"]);
    // By `openssl dgst -sha256 -hmac secret` of `1795449600.{"a": 1}`.
    assert_eq!(
        values(SIGNATURE),
        ["t=1795449600,v1=47776ee3587df6681d1c7cbb8b6d26232f9116fa4886f1888d90335ab1628338"]
    );
}

#[tokio::test]
async fn a_text_that_is_no_json_and_a_type_of_its_own_are_sent_as_such() {
    let receiver = Receiver::http(&["200 OK"]).await;
    let webhooks = Webhooks::new(&options(true)).unwrap();
    let url = receiver.url("/");
    let own = [Header {
        name: "content-type".to_owned(),
        value: "text/csv".to_owned(),
    }];
    for headers in [&[][..], &own] {
        let sent = Webhook {
            body: "a;b",
            headers,
            ..webhook(&url)
        };
        assert_eq!(webhooks.send(sent, now()).await, Ok(()));
    }
    let kinds: Vec<_> = receiver
        .received()
        .into_iter()
        .map(|(lines, _)| {
            lines
                .iter()
                .find_map(|line| line.strip_prefix("content-type: "))
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(kinds, ["text/plain; charset=utf-8", "text/csv"]);
}

#[tokio::test]
async fn answers_say_whether_to_come_again() {
    let webhooks = Webhooks::new(&options(true)).unwrap();
    let temporary = |reason: &str, after: Option<u64>| {
        Err(Failure::Temporary {
            reason: reason.to_owned(),
            after: after.map(Duration::from_secs),
        })
    };
    for (answer, ended) in [
        ("200 OK", Ok(())),
        ("299 Odd", Ok(())),
        ("404 Not Found", permanent("the receiver answered 404")),
        ("410 Gone", permanent("the receiver answered 410")),
        (
            "302 Found\r\nlocation: http://127.0.0.1:1/",
            permanent("the receiver answered 302, and redirects are not followed"),
        ),
        (
            "307 Away\r\nlocation: /other",
            permanent("the receiver answered 307, and redirects are not followed"),
        ),
        ("408 Slow", temporary("the receiver answered 408", None)),
        (
            "429 Slow down\r\nretry-after: 7",
            temporary("the receiver answered 429", Some(7)),
        ),
        (
            "503 Later\r\nretry-after: Mon, 23 Nov 2026 16:01:40 GMT",
            temporary("the receiver answered 503", Some(100)),
        ),
        (
            "503 Later\r\nretry-after: Sun, 22 Nov 2026 16:00:00 GMT",
            temporary("the receiver answered 503", None),
        ),
        (
            "500 Broken\r\nretry-after: soon",
            temporary("the receiver answered 500", None),
        ),
        (
            "",
            temporary("the connection broke before there was an answer", None),
        ),
    ] {
        let receiver = Receiver::http(&[answer]).await;
        assert_eq!(send(&webhooks, &receiver.url("/")).await, ended, "{answer:?}");
        assert_eq!(receiver.received().len(), 1, "{answer:?}");
    }
    // Nobody listens there: the port is taken by nobody else while this one holds it without accepting.
    let closed = tokio::net::TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/", closed.local_addr().unwrap());
    assert_eq!(
        send(&webhooks, &url).await,
        temporary("the receiver cannot be reached", None)
    );
}

#[tokio::test]
async fn a_receiver_that_says_nothing_is_not_waited_for() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let short = WebhookOptions {
        timeout: Duration::from_millis(50),
        ..options(true)
    };
    let ended = send(&Webhooks::new(&short).unwrap(), &url).await;
    assert_eq!(
        ended,
        Err(Failure::Temporary {
            reason: "the receiver did not answer in time".to_owned(),
            after: None
        })
    );
}

#[tokio::test]
async fn no_notation_of_a_private_address_is_let_through() {
    let receiver = Receiver::http(&["200 OK"]).await;
    let port = receiver.port;
    let webhooks = Webhooks::new(&options(false)).unwrap();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "①②⑦.⓪.⓪.①",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.0.1",
        "[fe80::1]",
        "[fd00::1]",
        "localhost",
        "user:pw@127.0.0.1",
    ] {
        let ended = send(&webhooks, &format!("http://{host}:{port}/")).await;
        assert_eq!(ended, permanent("the receiver's address is not public"), "{host}");
    }
    assert_eq!(receiver.received(), []);
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_not_followed() {
    let receiver = Receiver::http(&["200 OK"]).await;
    let private: SocketAddr = ([127, 0, 0, 1], receiver.port).into();
    let (names, asked) = lookup(vec![vec![private]]);
    let webhooks = Webhooks::with_lookup(&options(false), names).unwrap();
    let url = format!("http://hooks.example.com:{}/", receiver.port);
    assert_eq!(
        send(&webhooks, &url).await,
        permanent("the receiver's address is not public")
    );
    assert_eq!((receiver.received().len(), asked.load(Ordering::SeqCst)), (0, 1));
    // The same with a network of one's own that is allowed.
    let (names, _) = lookup(vec![vec![private]]);
    let webhooks = Webhooks::with_lookup(&options(true), names).unwrap();
    assert_eq!(send(&webhooks, &url).await, Ok(()));
}

/// What is looked at is what is connected to: there is one question for each connection, and no second one whose answer could
/// be another.
#[tokio::test]
async fn a_name_cannot_change_its_mind_between_the_look_and_the_connection() {
    let (first, second) = (
        Receiver::http(&["200 OK"]).await,
        Receiver::http(&["200 OK"]).await,
    );
    let address = |receiver: &Receiver| SocketAddr::from(([127, 0, 0, 1], receiver.port));
    let (names, asked) = lookup(vec![vec![address(&first)], vec![address(&second)]]);
    let webhooks = Webhooks::with_lookup(&options(true), names).unwrap();
    // The name's own port is none, so that of the answer is gone to.
    for _ in 0..2 {
        assert_eq!(send(&webhooks, "http://hooks.example.com/").await, Ok(()));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1, "the connection is kept");
    assert_eq!((first.received().len(), second.received().len()), (2, 0));
}

#[tokio::test]
async fn what_is_said_for_a_campaign_it_cannot_say_itself() {
    let receiver = Receiver::http(&["200 OK"]).await;
    let webhooks = Webhooks::new(&options(true)).unwrap();
    let url = receiver.url("/");
    for name in [
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "Idempotency-Key",
        "Understudy-Signature",
    ] {
        let headers = [Header {
            name: name.to_owned(),
            value: "1".to_owned(),
        }];
        let sent = Webhook {
            headers: &headers,
            ..webhook(&url)
        };
        let ended = webhooks.send(sent, now()).await;
        assert_eq!(ended, permanent(&format!("the header {name} cannot be sent")));
    }
    let headers = [Header {
        name: "X-A".to_owned(),
        value: "a\r\nX-B: b".to_owned(),
    }];
    let sent = Webhook {
        headers: &headers,
        ..webhook(&url)
    };
    assert_eq!(
        webhooks.send(sent, now()).await,
        permanent("the header X-A cannot be sent")
    );
    assert_eq!(receiver.received(), []);
}
