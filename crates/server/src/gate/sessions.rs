//! Who is in for longer than one request, so that they are shown out when their token is revoked.
//!
//! Another server, or the command line, may revoke a token, or make the first one. So somebody looks once a second, for
//! all who are in by then.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, time::sleep};
use understudy_app::{App, Failure, SecretHash};
use understudy_domain::TokenId;

/// How often somebody looks.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// In how much time whoever is in is shown out, as is promised.
const PROMISED: Duration = Duration::from_secs(2);

const _: () = assert!(
    2 * LOOK.as_millis() <= PROMISED.as_millis(),
    "half of the time is for the look itself"
);

/// By what somebody is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum By {
    /// By a token.
    Token(TokenId),
    /// By nothing, since the server is open.
    Nothing,
}

impl By {
    /// Whether it lets nobody in any more.
    ///
    /// # Errors
    /// A failure of the database.
    pub(super) async fn has_ended(self, app: &App) -> Result<bool, Failure> {
        match self {
            Self::Token(token) => Ok(!app.revoked(&[token]).await?.is_empty()),
            Self::Nothing => app.has_tokens().await,
        }
    }
}

type Watched = Arc<Mutex<HashMap<By, watch::Sender<()>>>>;

/// How many secrets are known at most that have let somebody in of late.
const KNOWN: usize = 10_000;

/// Those who are in.
#[derive(Debug, Clone, Default)]
pub(super) struct Sessions {
    watched: Watched,
    /// The tokens that have let somebody in of late, by the hashes of their secrets.
    known: Arc<Mutex<HashMap<SecretHash, TokenId>>>,
}

impl Sessions {
    /// Nobody yet. They are looked after for as long as this is there.
    pub(super) fn watch(app: App) -> Self {
        let sessions = Self::default();
        let watched = Arc::downgrade(&sessions.watched);
        tokio::spawn(async move {
            loop {
                sleep(LOOK).await;
                let Some(watched) = watched.upgrade() else {
                    return;
                };
                if let Err(error) = look(&app, &watched).await {
                    // They stay until the database can be asked again.
                    tracing::debug!(%error, "nobody knows who is still let in");
                }
            }
        });
        sessions
    }

    /// Waits until a token is revoked.
    pub(super) fn of_token(&self, token: TokenId) -> impl Future<Output = ()> + Send + use<> {
        self.of(By::Token(token))
    }

    /// Waits until the server is no longer open.
    pub(super) fn of_anybody(&self) -> impl Future<Output = ()> + Send + use<> {
        self.of(By::Nothing)
    }

    /// Takes notice of the secret of a token that has let somebody in.
    pub(super) fn know(&self, secret: SecretHash, token: TokenId) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(secret, token);
    }

    /// The token of a secret that has let somebody in of late. It may have been revoked since.
    pub(super) fn known(&self, secret: &SecretHash) -> Option<TokenId> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(secret).copied()
    }

    fn of(&self, by: By) -> impl Future<Output = ()> + Send + use<> {
        let watched = Arc::clone(&self.watched);
        // Whoever only sends a request never waits for it, and is not looked after.
        async move {
            let mut end = {
                let mut watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
                watched
                    .entry(by)
                    .or_insert_with(|| watch::channel(()).0)
                    .subscribe()
            };
            // The sender goes when it is over.
            while end.changed().await.is_ok() {}
        }
    }
}

/// Shows those out who are no longer let in.
async fn look(app: &App, watched: &Watched) -> Result<(), Failure> {
    let tokens: Vec<TokenId> = {
        let mut watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.retain(|_, end| end.receiver_count() > 0);
        let tokens = watched.keys().filter_map(|by| match by {
            By::Token(token) => Some(*token),
            By::Nothing => None,
        });
        tokens.collect()
    };
    let is_anybody_in = watched
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .contains_key(&By::Nothing);
    let mut over = vec![];
    if !tokens.is_empty() {
        over.extend(app.revoked(&tokens).await?.into_iter().map(By::Token));
    }
    if is_anybody_in && app.has_tokens().await? {
        over.push(By::Nothing);
    }
    let mut watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
    for by in over {
        watched.remove(&by);
    }
    Ok(())
}
