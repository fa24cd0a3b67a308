//! Fetching a small document over HTTPS.

use std::{fmt, sync::OnceLock, time::Duration};

use actix_web::web::Bytes;
use http::{StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::timeout;

/// How large it may be, in bytes.
const LARGEST: usize = 1024 * 1024;

/// How long whoever has it may take to hand it out.
const TIME: Duration = Duration::from_secs(10);

type Connected = Client<HttpsConnector<HttpConnector>, Empty<Bytes>>;

/// Fetches, over connections that it keeps. What it trusts are the certificates of the system.
#[derive(Default)]
pub(super) struct Fetcher(OnceLock<Connected>);

/// Why something was not fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotFetched {
    /// The system's certificates cannot be read.
    #[error("the system's certificates: {0}")]
    Certificates(std::io::Error),
    /// Nobody answers, or not with something that is whole.
    #[error("{0}")]
    Connection(String),
    /// It is answered with something else. Nobody is followed elsewhere.
    #[error("the answer has the status {0}")]
    Status(StatusCode),
    /// It takes too long.
    #[error("no answer within {} s", TIME.as_secs())]
    Slow,
}

impl Fetcher {
    /// What is there.
    ///
    /// # Errors
    /// If it is not to be had.
    pub(super) async fn get(&self, uri: &Uri) -> Result<Vec<u8>, NotFetched> {
        let client = self.client()?;
        let fetched = async {
            let answer = client
                .get(uri.clone())
                .await
                .map_err(|error| connection(&error))?;
            if answer.status() != StatusCode::OK {
                return Err(NotFetched::Status(answer.status()));
            }
            let body = Limited::new(answer.into_body(), LARGEST).collect().await;
            let body = body.map_err(|error| NotFetched::Connection(error.to_string()))?;
            Ok(body.to_bytes().to_vec())
        };
        timeout(TIME, fetched).await.unwrap_or(Err(NotFetched::Slow))
    }

    fn client(&self) -> Result<&Connected, NotFetched> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
            .map_err(NotFetched::Certificates)?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(self
            .0
            .get_or_init(|| Client::builder(TokioExecutor::new()).build(connector)))
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fetcher")
    }
}

/// What went wrong, with its causes, which say more than that something did.
fn connection(error: &hyper_util::client::legacy::Error) -> NotFetched {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    NotFetched::Connection(text)
}
