//! TLS: how a certificate is shown, exchanged and refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _, stream};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{
    ClientConfig, DEFAULT_VERSIONS, RootCertStore, SupportedProtocolVersion, crypto::ring, version,
};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::Message;

use super::Logged;
use crate::harness::{CAMPAIGN_EVENTS, SET_TIME, SUBPROTOCOL, command};

pub(super) const CREATE: &str = "mutation { createCampaign(content: { name: \"Spring\" }) { changed } }";

/// A certificate and its key in two files.
pub(super) struct Files {
    folder: TempDir,
}

impl Files {
    /// With a certificate that is made for it.
    pub(super) fn new() -> (Self, CertificateDer<'static>) {
        let files = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let certificate = files.renew();
        (files, certificate)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts another certificate in the place of the one before.
    fn renew(&self) -> CertificateDer<'static> {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::write(self.path("cert.pem"), cert.pem()).unwrap();
        fs::write(self.path("key.pem"), signing_key.serialize_pem()).unwrap();
        cert.der().clone()
    }

    /// A server that shows the certificate.
    pub(super) fn serve(&self) -> Logged {
        self.serve_logging("info")
    }

    pub(super) fn serve_logging(&self, filter: &str) -> Logged {
        self.serve_as(filter, &[])
    }

    pub(super) fn serve_with(&self, options: &[&str]) -> Logged {
        self.serve_as("info", options)
    }

    fn serve_as(&self, filter: &str, options: &[&str]) -> Logged {
        let [certificate, key] = ["cert.pem", "key.pem"].map(|name| self.path(name).display().to_string());
        let tls = ["--tls-cert", &certificate, "--tls-key", &key];
        Logged::start(filter, &[&tls, options].concat())
    }
}

/// Connects, trusting this one certificate, and speaking one of these protocols.
pub(super) async fn connect(
    logged: &Logged,
    trusted: &CertificateDer<'static>,
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    connect_by(DEFAULT_VERSIONS, logged, trusted, protocols).await
}

/// As [`connect`], by one of these versions of TLS.
async fn connect_by(
    versions: &[&'static SupportedProtocolVersion],
    logged: &Logged,
    trusted: &CertificateDer<'static>,
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let stream = TcpStream::connect(&logged.server.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// Posts an operation over HTTP/1.1; the whole answer.
pub(super) async fn post(stream: &mut TlsStream<TcpStream>, query: &str) -> String {
    post_with(stream, "", query).await
}

/// As [`post`], with more headers, each a line.
async fn post_with(stream: &mut TlsStream<TcpStream>, headers: &str, query: &str) -> String {
    let body = json!({ "query": query }).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n\
         {headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![];
    // Who closes without a last word of TLS is understood as well.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

type Wss = WebSocketStream<TlsStream<TcpStream>>;

async fn next(socket: &mut Wss) -> Value {
    loop {
        if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

/// A subscription to all events, over a socket.
async fn follow(stream: TlsStream<TcpStream>) -> Wss {
    let mut request = "wss://localhost/graphql".into_client_request().unwrap();
    let offer = ("Sec-WebSocket-Protocol", SUBPROTOCOL.parse().unwrap());
    request.headers_mut().insert(offer.0, offer.1);
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();
    let say = |message: Value| Message::text(message.to_string());
    socket
        .send(say(json!({ "type": "connection_init" })))
        .await
        .unwrap();
    assert_eq!(next(&mut socket).await["type"], "connection_ack");
    let payload = json!({ "query": CAMPAIGN_EVENTS, "variables": { "after": 0 } });
    socket
        .send(say(json!({ "type": "subscribe", "id": "1", "payload": payload })))
        .await
        .unwrap();
    socket
}

#[tokio::test]
async fn queries_and_sockets_go_over_tls_and_nothing_goes_without() {
    let (files, certificate) = Files::new();
    let logged = files.serve();
    let mut stream = connect(&logged, &certificate, &[]).await.unwrap();
    let answer = post(&mut stream, CREATE).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\"changed\":true"), "{answer}");
    let mut socket = follow(connect(&logged, &certificate, &["http/1.1"]).await.unwrap()).await;
    assert_eq!(next(&mut socket).await["payload"]["data"]["event"]["sequence"], 1);

    let plain = reqwest::get(logged.server.url("/livez")).await;
    assert!(plain.is_err(), "{plain:?}");
    let (_other, stranger) = Files::new();
    assert!(
        connect(&logged, &stranger, &[]).await.is_err(),
        "another certificate is shown"
    );
}

/// Whoever is between a browser and a server may write pages of it that come without TLS.
#[tokio::test]
async fn the_servers_own_pages_come_over_tls() {
    let (files, certificate) = Files::new();
    let logged = files.serve();
    for (origin, expected) in [
        ("https://localhost", "HTTP/1.1 200 OK\r\n"),
        ("http://localhost", "HTTP/1.1 403 Forbidden\r\n"),
    ] {
        let mut stream = connect(&logged, &certificate, &[]).await.unwrap();
        let origin = format!("Origin: {origin}\r\n");
        let answer = post_with(&mut stream, &origin, "{ __typename }").await;
        assert!(answer.starts_with(expected), "{origin}{answer}");
    }
}

#[tokio::test]
async fn both_versions_that_are_good_are_spoken() {
    let (files, certificate) = Files::new();
    let logged = files.serve();
    for version in [&version::TLS12, &version::TLS13] {
        let mut stream = connect_by(&[version], &logged, &certificate, &[]).await.unwrap();
        assert!(post(&mut stream, CREATE).await.contains("\"changed\":true"));
    }
}

#[tokio::test]
async fn who_connects_and_says_nothing_keeps_nobody_waiting() {
    rlimit::increase_nofile_limit(4_096).unwrap();
    let (files, certificate) = Files::new();
    let logged = files.serve();
    // Whoever says nothing has three seconds; so a request that waits for them takes as long, each time.
    for _ in 0..5 {
        let silent = (0..3_000).map(|_| TcpStream::connect(&logged.server.address));
        let silent: Vec<_> = stream::iter(silent).buffered(100).collect().await;
        assert!(silent.iter().all(Result::is_ok));
        let begun = Instant::now();
        let mut stream = connect(&logged, &certificate, &[]).await.unwrap();
        assert!(post(&mut stream, CREATE).await.contains("\"changed\":true"));
        if begun.elapsed() < Duration::from_secs(2) {
            return;
        }
    }
    panic!("nobody is served before they are gone");
}

#[tokio::test]
async fn who_begins_no_handshake_is_cut_off() {
    let (files, _) = Files::new();
    let logged = files.serve();
    let mut silent = TcpStream::connect(&logged.server.address).await.unwrap();
    let ended = timeout(SET_TIME, silent.read_to_end(&mut vec![])).await;
    assert!(ended.is_ok(), "it is still connected");
}

#[tokio::test]
async fn another_certificate_takes_its_place_and_a_broken_one_does_not() {
    let (files, first) = Files::new();
    let mut logged = files.serve();
    let mut old = follow(connect(&logged, &first, &[]).await.unwrap()).await;

    let second = files.renew();
    logged.server.signal("HUP");
    logged
        .line(|line| line["message"] == "the certificate was read again")
        .await;
    let mut stream = connect(&logged, &second, &[]).await.unwrap();
    assert!(post(&mut stream, CREATE).await.contains("\"changed\":true"));
    assert!(
        connect(&logged, &first, &[]).await.is_err(),
        "the old one is shown to nobody"
    );
    // Whoever was there does not notice.
    assert_eq!(next(&mut old).await["payload"]["data"]["event"]["sequence"], 1);

    fs::write(files.path("cert.pem"), "nonsense").unwrap();
    logged.server.signal("HUP");
    let line = logged.line(|line| line["level"] == "ERROR").await;
    let error = line["error"].as_str().unwrap();
    assert!(error.contains("cert.pem"), "{line}");
    connect(&logged, &second, &[]).await.unwrap();
    assert!(logged.server.terminate().await.success());
}

#[tokio::test]
async fn a_server_without_a_certificate_is_not_ended_by_being_asked_to_read_it() {
    let mut logged = Logged::start("info", &[]);
    logged.server.signal("HUP");
    logged
        .line(|line| line["message"] == "there is no certificate to be read again")
        .await;
    assert_eq!(
        reqwest::get(logged.server.url("/livez")).await.unwrap().status(),
        200
    );
    assert!(logged.server.terminate().await.success());
}

/// What is said where a server cannot start with these files.
fn complaint(certificate: &Path, key: &Path) -> String {
    let mut serve = command();
    serve.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database",
        "sqlite:///nowhere/at/all.db",
    ]);
    serve.arg("--tls-cert").arg(certificate).arg("--tls-key").arg(key);
    // Files may be read by anybody here, of which it would warn.
    serve.env("UNDERSTUDY_LOG", "error");
    let output = serve.output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_certificate_that_cannot_be_shown_is_told_with_its_file_before_anything_begins() {
    let (files, _) = Files::new();
    let (other, _) = Files::new();
    let (certificate, key) = (files.path("cert.pem"), files.path("key.pem"));
    let odd = files.path("odd.pem");
    fs::write(
        &odd,
        "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    for (certificate, key, hints) in [
        (
            &files.path("missing.pem"),
            &key,
            ["cannot read the certificate", "missing.pem"],
        ),
        (
            &certificate,
            &files.path("missing.pem"),
            ["cannot read the private key", "missing.pem"],
        ),
        (&key, &key, ["cannot read the certificate", "key.pem"]),
        (
            &certificate,
            &certificate,
            ["cannot read the private key", "cert.pem"],
        ),
        (&odd, &key, ["cannot use the certificate", "odd.pem"]),
        (
            &certificate,
            &other.path("key.pem"),
            ["does not belong to the certificate", "cert.pem"],
        ),
    ] {
        let complaint = complaint(certificate, key);
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(hints.iter().all(|hint| complaint.contains(hint)), "{complaint}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_that_others_may_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;
    const WARNING: &str = "others than its owner may read";
    let (files, _) = Files::new();
    let mode = |mode| fs::set_permissions(files.path("key.pem"), fs::Permissions::from_mode(mode)).unwrap();
    for (rights, is_warned) in [(0o600, false), (0o640, true), (0o604, true), (0o400, false)] {
        mode(rights);
        let logged = files.serve();
        assert_eq!(logged.text().contains(WARNING), is_warned, "{rights:o}");
    }
}
