//! The keys by which an identity provider signs, and how they are kept up with: providers change theirs now and then.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use http::Uri;
use jsonwebtoken::Algorithm;
use tokio::{
    runtime::Handle,
    sync::{Mutex, watch},
    time::{Instant, sleep},
};

use super::{
    Unbelieved,
    fetch::{Fetcher, NotFetched},
    set::{self, Key},
};

/// How often the keys are asked for.
const REFRESH: Duration = Duration::from_mins(5);

/// How often they are asked for at most, where somebody shows a token that none of them has signed, as anybody can.
const AT_MOST: Duration = Duration::from_secs(10);

/// Where a set of keys is (RFC 7517).
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// In a file.
    File(PathBuf),
    /// Where it is fetched, over HTTPS.
    Url(Uri),
}

/// A text that is no place of keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoSource {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It is of another kind.
    #[error(
        "keys are in a file, or fetched from https://…; plain http:// is for this machine alone, since anybody on the way could put in keys of their own"
    )]
    Kind,
    /// It has a name or a password in it.
    #[error("keys are public, and fetched without a name or a password")]
    Credentials,
}

impl FromStr for Source {
    type Err = NoSource;

    fn from_str(text: &str) -> Result<Self, NoSource> {
        if text.trim().is_empty() {
            return Err(NoSource::Empty);
        }
        if !text.contains("://") {
            return Ok(Self::File(text.into()));
        }
        let uri: Uri = text.parse().map_err(|_| NoSource::Kind)?;
        if uri
            .authority()
            .is_some_and(|authority| authority.as_str().contains('@'))
        {
            return Err(NoSource::Credentials);
        }
        let host = uri.host().ok_or(NoSource::Kind)?;
        let is_here = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
        match uri.scheme_str() {
            Some("https") => Ok(Self::Url(uri)),
            Some("http") if is_here => Ok(Self::Url(uri)),
            _ => Err(NoSource::Kind),
        }
    }
}

/// Without what is asked for in a URL, where a secret may stand.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(uri) => {
                let (scheme, place) = (uri.scheme_str(), uri.authority());
                let place = place.map_or("", |place| place.as_str());
                write!(f, "{}://{place}{}", scheme.unwrap_or_default(), uri.path())
            }
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadKeys {
    /// The file is not there.
    #[error("cannot read the keys in {}: {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: std::io::Error,
    },
    /// They are not to be had.
    #[error("cannot fetch the keys: {0}")]
    Fetch(#[from] NotFetched),
    /// It is no set of keys.
    #[error("no set of keys (a JWKS): {0}")]
    Format(#[from] serde_json::Error),
    /// There is none in it that anybody could sign with.
    #[error(
        "there is no key in the set that is for signatures, of RSA (2048 to 8192 bits), P-256, P-384 or Ed25519"
    )]
    None,
}

/// The keys of a provider, as they were last to be had.
pub(super) struct Keys {
    source: Source,
    fetcher: Fetcher,
    /// None as long as they never were to be had. The provider may also say that there is none.
    known: watch::Sender<Option<Known>>,
    /// When it was last known what comes of asking for them. Whoever asks holds it meanwhile.
    asked: Mutex<Instant>,
    /// Where they are asked for, whoever wants them: the threads of those who answer requests are for these alone.
    runtime: Handle,
}

/// What the provider has said of its keys.
pub(super) struct Known {
    text: Vec<u8>,
    keys: Arc<[Key]>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl Keys {
    /// Asks for the keys, and again and again for as long as this is there.
    ///
    /// # Errors
    /// If they are in a file that cannot be used.
    pub(super) async fn load(source: Source) -> Result<Arc<Self>, BadKeys> {
        let keys = Arc::new(Self {
            source,
            fetcher: Fetcher::default(),
            known: watch::Sender::new(None),
            asked: Mutex::new(Instant::now()),
            runtime: Handle::current(),
        });
        match (keys.refresh().await, &keys.source) {
            (Err(error), Source::File(_)) => return Err(error),
            (Err(error), Source::Url(_)) => keys.complain(&error),
            (Ok(()), _) => {}
        }
        *keys.asked.lock().await = Instant::now();
        let watched = Arc::downgrade(&keys);
        tokio::spawn(async move {
            while let Some(pause) = watched.upgrade().map(|keys| keys.pause()) {
                sleep(pause).await;
                let Some(keys) = watched.upgrade() else {
                    return;
                };
                let mut asked = keys.asked.lock().await;
                keys.refresh_or_complain().await;
                *asked = Instant::now();
            }
        });
        Ok(keys)
    }

    /// The key that has signed a token with such a header. If none of those that are known has, they may be asked for again.
    ///
    /// # Errors
    /// If there is none, or nobody knows.
    pub(super) async fn find(
        self: &Arc<Self>,
        id: Option<&str>,
        algorithm: Algorithm,
        may_renew: bool,
    ) -> Result<Key, Unbelieved> {
        if let Some(key) = self.known(id, algorithm) {
            return Ok(key);
        }
        if may_renew {
            self.renew().await;
        }
        self.known(id, algorithm).ok_or_else(|| {
            if self.all().is_none() {
                Unbelieved::NoKeys
            } else {
                Unbelieved::UnknownKey
            }
        })
    }

    /// Asks for the keys, since a token is by none of them, unless that was done of late. Whether there may be others now.
    pub(super) async fn renew(self: &Arc<Self>) -> bool {
        let (keys, wanted) = (Arc::clone(self), Instant::now());
        // It goes on when whoever wants it has gone, and counts.
        let renewed = self.runtime.spawn(async move { keys.renew_since(wanted).await });
        // It fails only when the server stops.
        renewed.await.unwrap_or(false)
    }

    async fn renew_since(&self, wanted: Instant) -> bool {
        let mut asked = self.asked.lock().await;
        // What others have just heard is as good: all who wait for a provider that does not answer wait for it once.
        if *asked >= wanted {
            return true;
        }
        let is_time = asked.elapsed() >= AT_MOST;
        if is_time {
            self.refresh_or_complain().await;
            *asked = Instant::now();
        }
        is_time
    }

    /// The key with this id; without one, the only one there is for the algorithm.
    fn known(&self, id: Option<&str>, algorithm: Algorithm) -> Option<Key> {
        let known = self.all()?;
        let mut fitting = known.iter().filter(|key| {
            key.algorithms.contains(&algorithm) && id.is_none_or(|id| key.id.as_deref() == Some(id))
        });
        let first = fitting.next()?;
        (id.is_some() || fitting.next().is_none()).then(|| first.clone())
    }

    fn all(&self) -> Option<Arc<[Key]>> {
        self.known.borrow().as_ref().map(|known| Arc::clone(&known.keys))
    }

    /// What tells from now on when the provider has other keys.
    pub(super) fn changes(&self) -> watch::Receiver<Option<Known>> {
        self.known.subscribe()
    }

    /// How long to wait until they are asked for again.
    fn pause(&self) -> Duration {
        let has_some = self.all().is_some_and(|keys| !keys.is_empty());
        if has_some { REFRESH } else { AT_MOST }
    }

    /// Asks for the keys. Those that were known stay so where they are not to be had; a set without any that can be used is
    /// an answer, and an error too.
    async fn refresh(&self) -> Result<(), BadKeys> {
        let text = match &self.source {
            Source::File(path) => read(path).await?,
            Source::Url(uri) => self.fetcher.get(uri).await?,
        };
        let keys: Arc<[Key]> = set::parse(&text)?.into();
        let has_none = keys.is_empty();
        self.known.send_if_modified(|known| {
            let is_same = known.as_ref().is_some_and(|known| known.text == text);
            if !is_same {
                *known = Some(Known { text, keys });
            }
            !is_same
        });
        if has_none { Err(BadKeys::None) } else { Ok(()) }
    }

    async fn refresh_or_complain(&self) {
        if let Err(error) = self.refresh().await {
            self.complain(&error);
        }
    }

    fn complain(&self, error: &BadKeys) {
        tracing::warn!(%error, source = %self.source, "there are no new keys of the identity provider");
    }
}

async fn read(path: &Path) -> Result<Vec<u8>, BadKeys> {
    tokio::fs::read(path).await.map_err(|source| BadKeys::Read {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn a_source_is_shown_without_what_may_be_secret() {
        let shown = |text: &str| {
            text.parse::<Source>()
                .map(|source| format!("{source} {source:?}"))
        };
        let place = "https://id.example.com:8443/keys";
        assert_eq!(
            shown("https://id.example.com:8443/keys?code=secret"),
            Ok(format!("{place} {place}"))
        );
        assert_eq!(shown("keys.json"), Ok("keys.json keys.json".to_owned()));
        for text in [
            "https://me:secret@id.example.com/keys",
            "http://me@localhost/keys",
        ] {
            assert_eq!(shown(text), Err(NoSource::Credentials), "{text}");
        }
    }

    /// Keys of a provider that takes connections, and answers nothing. They were asked for a second ago.
    async fn keys_of_nobody(listener: &TcpListener) -> Arc<Keys> {
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let keys = Keys::load(url.parse().unwrap()).await.unwrap();
        sleep(Duration::from_secs(1)).await;
        keys
    }

    #[tokio::test(start_paused = true)]
    async fn all_who_wait_for_keys_wait_for_them_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let keys = keys_of_nobody(&listener).await;
        assert!(!keys.renew().await, "they were asked for of late");
        sleep(AT_MOST).await;
        let begun = Instant::now();
        let renewed = join_all((0..5).map(|_| keys.renew())).await;
        assert_eq!(renewed, [true; 5]);
        assert!(begun.elapsed() < AT_MOST * 2, "{:?}", begun.elapsed());
        sleep(Duration::from_secs(1)).await;
        assert!(!keys.renew().await, "they were asked for of late");
    }

    #[tokio::test(start_paused = true)]
    async fn keys_are_not_asked_for_again_for_everybody() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let keys = keys_of_nobody(&listener).await;
        sleep(AT_MOST).await;
        let begun = Instant::now();
        for (may_renew, waits) in [(false, false), (true, true)] {
            let found = keys.find(Some("a"), Algorithm::ES256, may_renew).await;
            assert!(matches!(found, Err(Unbelieved::NoKeys)));
            assert_eq!(begun.elapsed() > Duration::ZERO, waits, "{may_renew}");
        }
    }
}
