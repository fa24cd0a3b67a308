//! Whose keys are fetched over HTTPS, and that nobody else's are.

use std::fs;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};

use super::{ISSUER, Stage, VIEWER, provider};
use crate::harness::{Database, Server, command};

/// Hands out an answer over HTTPS, with a certificate for this name; at which port, and the certificate.
async fn hand_out(name: &str, answer: String) -> (u16, String) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // Who does not trust it says so, and goes.
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    (port, cert.pem())
}

/// A server that fetches its keys here, and trusts this certificate alone; what it answers to a token.
async fn answered(folder: &TempDir, url: &str, trusted: &str, token: &str) -> u16 {
    let certificates = folder.path().join("trusted.pem");
    fs::write(&certificates, trusted).unwrap();
    let database = Database::new();
    let mut serve = command();
    serve
        .args(["serve", "--listen", "127.0.0.1:0", "--database", database.url()])
        .args(["--jwt-jwks", url])
        .args(ISSUER)
        .env("SSL_CERT_FILE", &certificates)
        .env_remove("SSL_CERT_DIR");
    let server = Server::start_as(&mut serve);
    let stage = Stage { database, server };
    let bearer = format!("Bearer {token}");
    stage
        .send(Some(&bearer), VIEWER, json!({}))
        .await
        .status()
        .as_u16()
}

// Keys are handed out while a server is starting, for which this thread waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_taken_from_nobody_but_whom_the_system_trusts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    let Some(tokens) = provider(file.to_str().unwrap()).await else {
        return;
    };
    let token = &tokens.iter().find(|shown| shown.what == "ES256").unwrap().token;
    let keys = fs::read_to_string(&file).unwrap();
    let found = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{keys}",
        keys.len()
    );
    let (port, trusted) = hand_out("localhost", found.clone()).await;
    let url = format!("https://localhost:{port}/keys");
    assert_eq!(answered(&folder, &url, &trusted, token).await, 200);

    // One that nobody knows, with the same name.
    let (port, _) = hand_out("localhost", found.clone()).await;
    let other = format!("https://localhost:{port}/keys");
    assert_eq!(answered(&folder, &other, &trusted, token).await, 503);
    // One that is known, by another name.
    let (port, elsewhere) = hand_out("id.example.com", found).await;
    let other = format!("https://localhost:{port}/keys");
    assert_eq!(answered(&folder, &other, &elsewhere, token).await, 503);
    // One that says where else they are.
    let moved =
        format!("HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n");
    let (port, both) = hand_out("localhost", moved).await;
    let other = format!("https://localhost:{port}/keys");
    let both = format!("{trusted}{both}");
    assert_eq!(answered(&folder, &other, &both, token).await, 503);
}
