//! Tokens of an identity provider.

mod https;

use std::fs;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::late::{Begun, WATCH};
use super::{SOON, Stage, VIEWER};
use crate::harness::access::{token, workspace};
use crate::harness::{CAMPAIGN_EVENTS, Database, Program, Server, run};

/// As the provider calls itself, and us.
const ISSUER: [&str; 4] = [
    "--jwt-issuer",
    "https://id.example.com",
    "--jwt-audience",
    "understudy",
];

/// Longer than it takes until keys are asked for again.
const AGAIN: Duration = Duration::from_secs(40);

/// How long the longest-lived of those tokens lives that are to expire, and a little for a machine that is busy.
const LIFE: Duration = Duration::from_secs(90);

/// A token, and what is to come of it.
#[derive(Debug)]
struct Shown {
    what: String,
    is_believed: bool,
    token: String,
    role: String,
}

/// What the provider prints, and its keys in a file; nothing where npm's packages are not there.
async fn provider(file: &str) -> Option<Vec<Shown>> {
    let shown = tokens(&[file]).await?;
    assert!(shown.len() > 50, "{shown:?}");
    Some(shown)
}

/// What the provider prints that is given these arguments.
async fn tokens(arguments: &[&str]) -> Option<Vec<Shown>> {
    let mut program = Program::start("identities.mjs", arguments)?;
    let mut shown = vec![];
    while let Some(line) = program.line().await {
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        shown.push(Shown {
            what: text("what"),
            is_believed: line["isBelieved"] == true,
            token: text("token"),
            role: text("role"),
        });
    }
    assert!(program.succeeds().await);
    Some(shown)
}

#[tokio::test]
async fn tokens_of_a_provider_are_believed_if_nothing_is_wrong_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    let Some(tokens) = provider(file.to_str().unwrap()).await else {
        return;
    };
    let options = [
        &["--jwt-jwks", file.to_str().unwrap(), "--login-rate", "0"],
        &ISSUER[..],
    ]
    .concat();
    let stage = Stage::with(&options);
    let believed = tokens[0].token.clone();
    for Shown {
        what,
        is_believed,
        token,
        role,
    } in tokens
    {
        let answer = stage
            .send(Some(&format!("Bearer {token}")), VIEWER, json!({}))
            .await;
        if !is_believed {
            assert_eq!(answer.status(), 401, "{what}");
            continue;
        }
        assert_eq!(answer.status(), 200, "{what}");
        let body: Value = answer.json().await.unwrap();
        let viewer = &body["data"]["viewer"];
        assert_eq!(viewer["role"], role, "{what}");
        assert_eq!(viewer["tokenName"], "ada@example.com", "{what}");
        assert_eq!(viewer["workspace"]["name"], "default", "{what}");
    }
    // The log calls them so, whatever they do.
    let create =
        "mutation { createCampaign(content: { name: \"a\" }) { campaign { history { nodes { actor } } } } }";
    let created = stage.ask(&believed, create, json!({})).await;
    let actor = &created["createCampaign"]["campaign"]["history"]["nodes"][0]["actor"];
    assert_eq!(*actor, "ada@example.com");
    // Our own are let in beside them, and nobody without one.
    let own = token(&stage.database, "viewer");
    assert_eq!(
        stage.ask(&own, VIEWER, json!({})).await["viewer"]["role"],
        "VIEWER"
    );
    assert_eq!(stage.send(None, VIEWER, json!({})).await.status(), 401);
}

/// Hands out one text after another over HTTP, as it is told; where, and what was handed out last.
async fn hand_out(keys: watch::Receiver<String>) -> (String, watch::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (handed_out, last) = watch::channel(String::new());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let text = keys.borrow().clone();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{text}",
                text.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
            handed_out.send_replace(text);
        }
    });
    (format!("http://{address}/keys"), last)
}

/// Shows a token that none of the keys has signed, until for its sake this was handed out.
async fn until_asked(stage: &Stage, token: &str, handed_out: &watch::Receiver<String>, text: &str) {
    let asked = async {
        while *handed_out.borrow() != text {
            until(stage, token, 401).await;
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(AGAIN, asked).await.unwrap();
}

/// Waits until a token is answered with this status.
async fn until(stage: &Stage, token: &str, status: u16) {
    let bearer = format!("Bearer {token}");
    let answered = async {
        while stage.send(Some(&bearer), VIEWER, json!({})).await.status() != status {
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(AGAIN, answered)
        .await
        .unwrap_or_else(|_| panic!("not {status}"));
}

// Keys are handed out while the server is starting, for which this thread waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_changes_its_keys_is_kept_up_with() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["one", "other"].map(|name| folder.path().join(name));
    let mut tokens = vec![];
    for file in &files {
        let Some(shown) = provider(file.to_str().unwrap()).await else {
            return;
        };
        tokens.push(
            shown
                .into_iter()
                .find(|shown| shown.what == "ES256")
                .unwrap()
                .token,
        );
    }
    let [one, other] = files.map(|file| fs::read_to_string(file).unwrap());
    // At first there is nothing to be had.
    let (sender, keys) = watch::channel("not yet".to_owned());
    let (url, handed_out) = hand_out(keys).await;
    let stage = Stage::with(&[&["--jwt-jwks", &url, "--login-rate", "0"], &ISSUER[..]].concat());
    until(&stage, &tokens[0], 503).await;
    let bearer = format!("Bearer {}", tokens[0]);
    let refused = stage.send(Some(&bearer), VIEWER, json!({})).await;
    let refused: Value = refused.json().await.unwrap();
    let (error, why) = (
        &refused["errors"][0],
        "The identity provider does not tell its keys",
    );
    assert_eq!(error["extensions"]["code"], "UNAVAILABLE");
    assert!(error["message"].as_str().unwrap().starts_with(why), "{error}");
    let mut socket = stage.socket(json!({ "Authorization": bearer })).await;
    let (code, reason) = socket.closed_for().await;
    assert_eq!(code, 1013);
    assert!(reason.starts_with(why), "{reason}");
    sender.send(one).unwrap();
    until(&stage, &tokens[0], 200).await;
    until(&stage, &tokens[1], 401).await;
    let mut socket = stage
        .socket(json!({ "Authorization": format!("Bearer {}", tokens[0]) }))
        .await;
    assert_eq!(socket.message().await["type"], "connection_ack");
    let begun = [
        Begun::new(&stage.server, Some(&tokens[0])).await,
        Begun::of(&stage.server, Some(&tokens[0]), WATCH, "text/event-stream").await,
    ];
    sender.send(other).unwrap();
    until(&stage, &tokens[1], 200).await;
    until(&stage, &tokens[0], 401).await;
    // Whoever is in by a key that was taken back is shown out.
    assert_eq!(timeout(SOON, socket.closed()).await.unwrap(), 4403);
    for begun in begun {
        let answer = begun.end().await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }
    // What cannot be read changes nothing. It is asked for because of a token that none of the keys has signed.
    sender.send("not now".to_owned()).unwrap();
    until_asked(&stage, &tokens[0], &handed_out, "not now").await;
    until(&stage, &tokens[0], 401).await;
    until(&stage, &tokens[1], 200).await;
    // That there is none any more is the provider's word.
    sender.send("{\"keys\":[]}".to_owned()).unwrap();
    until_asked(&stage, &tokens[0], &handed_out, "{\"keys\":[]}").await;
    until(&stage, &tokens[1], 401).await;
}

#[tokio::test]
async fn a_token_of_a_provider_that_expires_shows_its_bearer_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    let file = file.to_str().unwrap();
    let begun = SystemTime::now();
    // On a machine that is busy, the first ones may have expired before anybody can come in by them.
    let Some(tokens) = tokens(&[file, "6", "20", "60"]).await else {
        return;
    };
    let stage = Stage::with(&[&["--jwt-jwks", file, "--login-rate", "0"], &ISSUER[..]].concat());
    for Shown { what, token, .. } in tokens {
        let bearer = json!({ "Authorization": format!("Bearer {token}") });
        let mut socket = stage.socket(bearer).await;
        let events = stage
            .events(&token, "subscription { campaignEvents { sequence } }")
            .await;
        if events.status() == 401 {
            continue;
        }
        assert_eq!(socket.message().await["type"], "connection_ack");
        socket
            .subscribe("a", CAMPAIGN_EVENTS, json!({ "after": 0 }))
            .await;
        assert_eq!(timeout(LIFE, socket.closed()).await.unwrap(), 4403);
        let text = timeout(LIFE, events.text()).await.unwrap().unwrap();
        assert!(text.contains("UNAUTHENTICATED"), "{text}");
        assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
        // Not before; the token counts in whole seconds.
        let life = Duration::from_secs(what.parse::<u64>().unwrap() - 1);
        assert!(begun.elapsed().unwrap() >= life);
        return;
    }
    panic!("nobody was let in");
}

// Keys are handed out while the server is starting, for which this thread waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_at_tokens_of_a_provider_are_limited() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["one", "other"].map(|name| folder.path().join(name));
    let (Some(one), Some(other)) = (
        provider(files[0].to_str().unwrap()).await,
        provider(files[1].to_str().unwrap()).await,
    ) else {
        return;
    };
    let [first, then] = files.map(|file| fs::read_to_string(file).unwrap());
    let (sender, keys) = watch::channel(first.clone());
    let (url, handed_out) = hand_out(keys).await;
    let stage = Stage::with(&[&["--jwt-jwks", &url, "--login-rate", "1"], &ISSUER[..]].concat());
    let find = |shown: &[Shown], what: &str| {
        let found = shown.iter().find(|shown| shown.what == what);
        found.unwrap().token.clone()
    };
    let (good, wrong) = (find(&one, "ES256"), find(&one, "of another issuer"));
    let used_up = Instant::now();
    until(&stage, &wrong, 429).await;
    // Whoever is believed is let in beside them.
    until(&stage, &good, 200).await;
    // For the sake of those who guess, keys are not asked for again, though it is time.
    sleep(Duration::from_secs(11)).await;
    sender.send(then).unwrap();
    let bearer = format!("Bearer {}", find(&other, "ES256"));
    let status = stage.send(Some(&bearer), VIEWER, json!({})).await.status();
    // A minute later, they have one try again.
    if used_up.elapsed() < Duration::from_secs(50) {
        assert_eq!(status, 429);
        assert_eq!(*handed_out.borrow(), first);
    }
}

#[tokio::test]
async fn claims_may_be_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    let Some(tokens) = provider(file.to_str().unwrap()).await else {
        return;
    };
    let token = &tokens[0].token;
    let database = Database::new();
    workspace(&database, "ada@example.com");
    // By a pointer, and one claim may say several things.
    let options = [
        &[
            "--jwt-jwks",
            file.to_str().unwrap(),
            "--jwt-workspace-claim",
            "/sub",
            "--jwt-name-claim",
            "iss",
        ],
        &ISSUER[..],
    ];
    let server = Server::start_with(&database, &options.concat());
    let stage = Stage { database, server };
    let viewer = stage.ask(token, VIEWER, json!({})).await["viewer"].take();
    assert_eq!(viewer["workspace"]["name"], "ada@example.com");
    assert_eq!(viewer["tokenName"], "https://id.example.com");
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    let database = Database::new();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--database", database.url()];
    let folder = tempfile::tempdir().unwrap();
    let (missing, wrong, empty) = (
        folder.path().join("missing"),
        folder.path().join("wrong"),
        folder.path().join("empty"),
    );
    fs::write(&wrong, "no keys").unwrap();
    fs::write(&empty, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}").unwrap();
    for (jwks, says) in [
        (missing.to_str().unwrap(), "cannot read the keys"),
        (wrong.to_str().unwrap(), "no set of keys"),
        (empty.to_str().unwrap(), "no key in the set"),
        ("http://id.example.com/keys", "plain http://"),
        ("ftp://id.example.com/keys", "https://"),
    ] {
        let (_, said, status) = run(&[&serve[..], &["--jwt-jwks", jwks], &ISSUER[..]].concat());
        assert!(!status.success() && said.contains(says), "{said}");
    }
    // What is wrong is told before there is a look at the keys.
    let keys = ["--jwt-jwks", "keys"];
    for wrong in [
        ["--jwt-jwks", "", "--jwt-issuer", "a", "--jwt-audience", "b"],
        ["--jwt-issuer", "", "--jwt-jwks", "keys", "--jwt-audience", "b"],
        ["--jwt-audience", " ", "--jwt-jwks", "keys", "--jwt-issuer", "a"],
    ] {
        let (_, said, status) = run(&[&serve[..], &wrong].concat());
        assert_eq!(status.code(), Some(2), "{said}");
        assert!(said.contains("empty") && said.contains(wrong[0]), "{said}");
    }
    for option in ["--jwt-workspace-claim", "--jwt-role-claim", "--jwt-name-claim"] {
        for (claim, says) in [
            ("", "empty"),
            (" ", "empty"),
            ("/", "empty"),
            ("/a~2", "~"),
            ("/a~", "~"),
        ] {
            let (_, said, status) = run(&[&serve[..], &keys, &ISSUER[..], &[option, claim]].concat());
            assert_eq!(status.code(), Some(2), "{said}");
            assert!(said.contains(says) && said.contains(option), "{said}");
        }
        // These name one.
        for claim in ["a~2", "/a~0~1", "https://id.example.com/a"] {
            let (_, said, _) = run(&[&serve[..], &keys, &ISSUER[..], &[option, claim]].concat());
            assert!(said.contains("cannot read the keys"), "{said}");
        }
        let (_, said, status) = run(&[&serve[..], &[option, "a"]].concat());
        assert!(!status.success() && said.contains("required"), "{said}");
    }
    for part in [&ISSUER[..2], &ISSUER[2..], &["--jwt-jwks", "keys"][..]] {
        let (_, said, status) = run(&[&serve[..], part].concat());
        assert!(!status.success() && said.contains("required"), "{said}");
    }
}
