//! Webhooks: requests to other services, which are not let into this one's own network.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, StatusCode, redirect};
use ring::hmac;
use understudy_domain::Header;
use url::{Host, Url};

use crate::attempt::Failure;
use crate::public::is_public;

/// The header with the signature, e.g. `t=1795449600,v1=5257a8…`: the time in seconds, and the HMAC-SHA-256 of that time, a
/// full stop and the body, in hexadecimal digits.
pub const SIGNATURE: &str = "understudy-signature";

/// The same for each attempt to deliver one message.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What a campaign cannot say, since it is said for it.
const OWN: [&str; 11] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
    IDEMPOTENCY_KEY,
    SIGNATURE,
];

/// How webhooks are sent.
#[derive(Debug, Clone)]
pub struct WebhookOptions {
    /// How long an attempt may take, from looking up the name to the last header of the answer.
    pub timeout: Duration,
    /// What requests are signed with.
    pub secret: Option<Vec<u8>>,
    /// Whether requests may go to addresses that are not [public](is_public).
    pub allow_private: bool,
}

/// One webhook.
#[derive(Debug, Clone, Copy)]
pub struct Webhook<'m> {
    /// Where it goes.
    pub url: &'m str,
    /// What it says.
    pub body: &'m str,
    /// The campaign's headers.
    pub headers: &'m [Header],
    /// What a receiver knows it by when it comes again.
    pub key: &'m str,
}

/// Why no webhooks can be sent.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct NoWebhooks(#[from] reqwest::Error);

/// The addresses of a name, asked for at each new connection.
pub type Lookup = Arc<
    dyn Fn(String) -> Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>> + Send + Sync,
>;

/// Sends webhooks. Clones share connections.
#[derive(Clone)]
pub struct Webhooks {
    client: Client,
    key: Option<hmac::Key>,
    allow_private: bool,
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhooks").finish_non_exhaustive()
    }
}

impl Webhooks {
    /// With the system's way to look up names.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(options: &WebhookOptions) -> Result<Self, NoWebhooks> {
        let lookup: Lookup =
            Arc::new(|name| Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) }));
        Self::with_lookup(options, lookup)
    }

    /// With another way to look up names.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn with_lookup(options: &WebhookOptions, lookup: Lookup) -> Result<Self, NoWebhooks> {
        // Whoever put the program together may have chosen one; there is one at most.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let resolver = Guarded {
            lookup,
            allow_private: options.allow_private,
        };
        let client = Client::builder()
            .timeout(options.timeout)
            .dns_resolver(Arc::new(resolver))
            // What an answer says is nobody's order to go elsewhere, and a proxy would look up names by itself.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("Understudy/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let key = options
            .secret
            .as_deref()
            .map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret));
        Ok(Self {
            client,
            key,
            allow_private: options.allow_private,
        })
    }

    /// Tries to deliver one, once. It has arrived if the answer has a status from 200 to 299.
    ///
    /// # Errors
    /// If it has not, or nobody knows.
    pub async fn send(&self, webhook: Webhook<'_>, now: DateTime<Utc>) -> Result<(), Failure> {
        let url = self.checked(webhook.url)?;
        let headers = self.headers(webhook, now)?;
        let request = self
            .client
            .post(url)
            .headers(headers)
            .body(webhook.body.to_owned());
        match request.send().await {
            Ok(response) => ended(response.status(), response.headers(), now),
            Err(error) => Err(failed(&error)),
        }
    }

    /// The address, if it is none that can be told to be private without looking up anything. The parser reads numbers as
    /// browsers do, in any notation, so that what is checked here is what a connection is made to.
    fn checked(&self, url: &str) -> Result<Url, Failure> {
        let url = Url::parse(url).map_err(|_| Failure::permanent("the URL is none"))?;
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(Failure::permanent("the URL has no host")),
        };
        if address.is_some_and(|address| !self.allow_private && !is_public(address)) {
            return Err(Failure::permanent(Private.to_string()));
        }
        Ok(url)
    }

    fn headers(&self, webhook: Webhook<'_>, now: DateTime<Utc>) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::new();
        for Header { name, value } in webhook.headers {
            let wrong = || Failure::permanent(format!("the header {name} cannot be sent"));
            let known = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
            if OWN.contains(&known.as_str()) {
                return Err(wrong());
            }
            headers.append(known, HeaderValue::from_str(value).map_err(|_| wrong())?);
        }
        if !headers.contains_key(CONTENT_TYPE) {
            let is_json = serde_json::from_str::<serde::de::IgnoredAny>(webhook.body).is_ok();
            let kind = if is_json {
                "application/json"
            } else {
                "text/plain; charset=utf-8"
            };
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        let own = |value: &str| {
            HeaderValue::from_str(value)
                .map_err(|_| Failure::permanent("the key of the message cannot be sent"))
        };
        headers.insert(IDEMPOTENCY_KEY, own(webhook.key)?);
        if let Some(key) = &self.key {
            headers.insert(SIGNATURE, own(&signature(key, webhook.body, now))?);
        }
        Ok(headers)
    }
}

fn signature(key: &hmac::Key, body: &str, now: DateTime<Utc>) -> String {
    let time = now.timestamp();
    let tag = hmac::sign(key, format!("{time}.{body}").as_bytes());
    let mut signature = format!("t={time},v1=");
    for byte in tag.as_ref() {
        let _ = write!(signature, "{byte:02x}");
    }
    signature
}

/// What an answer means.
fn ended(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Result<(), Failure> {
    if status.is_success() {
        return Ok(());
    }
    let reason = format!("the receiver answered {}", status.as_u16());
    let comes_again = status.is_server_error()
        || [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::TOO_EARLY,
        ]
        .contains(&status);
    if comes_again {
        return Err(Failure::Temporary {
            reason,
            after: retry_after(headers, now),
        });
    }
    if status.is_redirection() {
        return Err(Failure::permanent(format!(
            "{reason}, and redirects are not followed"
        )));
    }
    Err(Failure::permanent(reason))
}

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(value).ok()?;
    (date.to_utc() - now).to_std().ok()
}

fn failed(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&dyn StdError> = Some(error);
    while let Some(error) = cause {
        if error.is::<Private>() {
            return Failure::permanent(Private.to_string());
        }
        cause = error.source();
    }
    if error.is_timeout() {
        return Failure::temporary("the receiver did not answer in time");
    }
    if error.is_connect() {
        return Failure::temporary("the receiver cannot be reached");
    }
    Failure::temporary("the connection broke before there was an answer")
}

/// Looks up names, and keeps back the addresses that nobody is to be led to. Connections are made to what it answers, so
/// that a name cannot change its mind in between.
struct Guarded {
    lookup: Lookup,
    allow_private: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, allow_private) = ((self.lookup)(name.as_str().to_owned()), self.allow_private);
        Box::pin(async move {
            let found = found.await?;
            let is_there = !found.is_empty();
            let allowed: Vec<_> = found
                .into_iter()
                .filter(|address| allow_private || is_public(address.ip()))
                .collect();
            if is_there && allowed.is_empty() {
                return Err(Private.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// The receiver is in a network that webhooks do not go to.
#[derive(Debug, thiserror::Error)]
#[error("the receiver's address is not public")]
struct Private;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_several_addresses_only_the_public_ones_are_gone_to() {
        let found: Vec<SocketAddr> = [
            "10.0.0.1:1",
            "1.1.1.1:1",
            "[::1]:1",
            "[2606:4700::1]:1",
            "127.0.0.1:1",
        ]
        .iter()
        .filter_map(|address| address.parse().ok())
        .collect();
        let answered = found.clone();
        let lookup: Lookup = Arc::new(move |_| {
            let found = answered.clone();
            Box::pin(async move { Ok(found) })
        });
        for (allow_private, left) in [(true, found.clone()), (false, vec![found[1], found[3]])] {
            let guarded = Guarded {
                lookup: Arc::clone(&lookup),
                allow_private,
            };
            let name = "hooks.example.com".parse().expect("it is a name");
            let resolved = guarded.resolve(name).await.expect("some are public");
            assert_eq!(resolved.collect::<Vec<_>>(), left);
        }
    }
}
