//! Who is let in: whoever has a token, or anybody where the server is open.

mod hosts;
pub(crate) mod jwt;
mod rates;
mod sessions;

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures_util::{FutureExt as _, future::BoxFuture};
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep};
use understudy_api::Charge;
use understudy_app::{App, Bearer, Caller, Clock, Failure, LetInBy, Secret};
use understudy_domain::{Timestamp, WorkspaceId};
use understudy_transport::{Denied, Gate, Meter as _, Pass, Shown, TooOften};

pub(crate) use self::rates::Rates;
use self::{
    hosts::is_of_this_machine,
    jwt::{Identity, Provider, Unbelieved},
    rates::{Buckets, Count, Whose},
    sessions::{By, LOOK, Sessions},
};

/// For how long nobody need look again whether the server is open. What is written is checked anyway.
const JUST_NOW: Duration = Duration::from_millis(50);

/// What somebody is told who shows nothing.
const NOTHING: &str = "This needs a token: send the header Authorization with `Bearer` and the token, or the same in the \
     payload of connection_init.";

/// What somebody is told who asks an open server for another host than this machine, or from another one.
const ELSEWHERE: &str = "Without a token, this server is for its own machine alone: ask for it from there, as localhost, or make a token.";

/// The address of those who have none.
const NOWHERE: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

/// What somebody is told whose token is none, was revoked or has expired: which of it, nobody need know.
const NO_TOKEN: &str = "This token lets nobody in: it is misspelled, revoked or expired.";

/// What somebody is told whose token of an identity provider is believed, and says nothing of this server.
const NO_PLACE: &str =
    "This token is valid, but its claims name no workspace of this server, or no role, or nobody.";

/// What somebody is told while the database does not answer. A close frame has room for it.
const NO_DATABASE: &str = "The database is away or too busy at the moment, so nobody can be let in, and nothing was changed. Try again.";

/// As [`NO_DATABASE`], where the keys of the identity provider never were to be had.
const NO_KEYS: &str = "The identity provider does not tell its keys, so its tokens let nobody in, and nothing was changed. Try again.";

/// The gate of a server.
pub(crate) struct Keeper {
    app: App,
    sessions: Sessions,
    buckets: Buckets,
    /// Whose tokens are believed, beside our own.
    provider: Option<Arc<Provider>>,
    /// Whether anybody may come in while there is no token.
    may_be_open: AtomicBool,
}

impl Keeper {
    /// A gate that `may_be_open` to everybody as long as no token was ever made, and there is no `provider` of others.
    /// Whoever has a token may ask for as much as the `rates` say.
    pub(crate) fn new(app: App, provider: Option<Provider>, rates: Rates, may_be_open: bool) -> Self {
        Self {
            may_be_open: AtomicBool::new(may_be_open && provider.is_none()),
            provider: provider.map(Arc::new),
            buckets: Buckets::new(rates),
            sessions: Sessions::watch(app.clone()),
            app,
        }
    }

    /// Whether anybody is let in now, whatever they show.
    ///
    /// # Errors
    /// If the database fails.
    pub(crate) async fn is_open(&self) -> Result<bool, Failure> {
        if !self.may_be_open.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let is_open = !self.app.has_tokens().await?;
        // Tokens are never forgotten, so it stays closed.
        if !is_open && self.may_be_open.swap(false, Ordering::Relaxed) {
            tracing::info!("there is a token: nobody is let in without one");
        }
        Ok(is_open)
    }

    /// A pass for anybody, for as long as the server is open.
    fn anybody(&self) -> Pass {
        let caller = Caller::anybody(WorkspaceId::DEFAULT);
        let pass = Pass::new(move |request| request.data(caller.clone()));
        let pass = pass.checked_by(self.check_of(By::Nothing, None));
        pass.until(self.sessions.of_anybody())
    }

    /// What finds out whether somebody is still let in by what they were let in by just now.
    fn check_of(
        &self,
        by: By,
        expires_at: Option<Timestamp>,
    ) -> impl Fn() -> BoxFuture<'static, Result<(), Denied>> + use<> {
        let (app, looked) = (self.app.clone(), Arc::new(Mutex::new(Instant::now())));
        let (pause, why) = match by {
            By::Token(_) => (LOOK, NO_TOKEN),
            By::Nothing => (JUST_NOW, NOTHING),
        };
        move || {
            let (app, looked) = (app.clone(), Arc::clone(&looked));
            async move {
                if expires_at.is_some_and(|moment| moment <= Clock.now()) {
                    return Err(Denied::Unauthenticated(why));
                }
                if looked.lock().unwrap_or_else(PoisonError::into_inner).elapsed() < pause {
                    return Ok(());
                }
                let has_ended = by.has_ended(&app).await;
                if has_ended.map_err(|failure| nobody_knows(&failure))? {
                    return Err(Denied::Unauthenticated(why));
                }
                *looked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
                Ok(())
            }
            .boxed()
        }
    }

    /// Lets in whoever has a token, and limits those who try with what is none: a right one cannot be guessed, so whoever
    /// has it is not held up by others from the same address. Those who come from nowhere, as by a Unix
    /// socket, are as those from one address.
    async fn admit_bearer(&self, shown: &str, address: Option<IpAddr>) -> Result<Pass, Denied> {
        let failures = Whose::failures(address.unwrap_or(NOWHERE));
        let admitted = match &self.provider {
            Some(provider) if Provider::is_one(shown) => self.admit_identity(provider, shown, address).await,
            _ => self.admit_secret(shown, address).await,
        };
        if let Err(Denied::Unauthenticated(_)) = &admitted {
            self.buckets.take(failures, 1).map_err(Denied::TooOften)?;
        }
        admitted
    }

    async fn admit_secret(&self, secret: &str, address: Option<IpAddr>) -> Result<Pass, Denied> {
        let Some(secret) = Secret::parse(secret) else {
            return Err(Denied::Unauthenticated(NO_TOKEN));
        };
        let hash = secret.hash();
        if let Some(token) = self.sessions.known(&hash) {
            // Whoever has no points left is refused before the database is asked.
            self.buckets.look(Whose::Token(token)).map_err(Denied::TooOften)?;
        }
        let found = self.app.bearer(&hash).await;
        let found = found.map_err(|failure| nobody_knows(&failure))?;
        let Some(Bearer {
            caller,
            token,
            expires_at,
        }) = found
        else {
            return Err(Denied::Unauthenticated(NO_TOKEN));
        };
        self.sessions.know(hash, token);
        let revoked = self.sessions.of_token(token);
        let pass = self.pass(caller, Whose::Token(token), address);
        let pass = pass.checked_by(self.check_of(By::Token(token), expires_at));
        Ok(pass.until(async move {
            match expires_at {
                None => revoked.await,
                Some(moment) => tokio::select! {
                    () = revoked => {}
                    () = until(moment) => {}
                },
            }
        }))
    }

    async fn admit_identity(
        &self,
        provider: &Arc<Provider>,
        token: &str,
        address: Option<IpAddr>,
    ) -> Result<Pass, Denied> {
        // Who has guessed too often does not have the provider asked for keys.
        let failures = Whose::failures(address.unwrap_or(NOWHERE));
        let may_renew = self.buckets.look(failures).is_ok();
        let standing = provider.standing(token);
        let believed = provider.believe(token, may_renew).await.map_err(|error| {
            tracing::debug!(%error, "a token is not believed");
            match error {
                Unbelieved::NoKeys => Denied::Unavailable(NO_KEYS),
                Unbelieved::Claims => Denied::Unauthenticated(NO_PLACE),
                Unbelieved::Invalid(_) | Unbelieved::Strange | Unbelieved::UnknownKey => {
                    Denied::Unauthenticated(NO_TOKEN)
                }
            }
        })?;
        let Identity {
            workspace,
            role,
            name,
            expires_at,
        } = believed;
        let workspace = self.app.workspace_named(&workspace).await;
        let workspace = workspace
            .map_err(|failure| nobody_knows(&failure))?
            .ok_or(Denied::Unauthenticated(NO_PLACE))?;
        let name = Arc::from(name);
        let whose = Whose::Person(workspace, Arc::clone(&name));
        let caller = Caller {
            workspace,
            role,
            name: Some(name),
            by: LetInBy::Identity(expires_at),
        };
        let taken_back = standing.clone().ends();
        let pass = self.pass(caller, whose, address).until(async move {
            tokio::select! {
                () = taken_back => {}
                () = until(expires_at) => {}
            }
        });
        Ok(pass.checked_by(move || {
            let standing = standing.clone();
            async move {
                let is_valid = Clock.now() < expires_at && standing.holds().await;
                is_valid.then_some(()).ok_or(Denied::Unauthenticated(NO_TOKEN))
            }
            .boxed()
        }))
    }

    /// A pass for a caller, who is put into the data of each request, and counted.
    fn pass(&self, caller: Caller, whose: Whose, address: Option<IpAddr>) -> Pass {
        let count = Count {
            buckets: self.buckets.clone(),
            whose,
            address,
        };
        let (campaigns, debts) = (count.clone(), count.clone());
        let charge = Charge::new(
            move |count| campaigns.charge(count),
            move || debts.go_on().err().map(|TooOften(wait)| wait),
        );
        Pass::new(move |request| request.data(caller.clone()).data(charge.clone())).metered(count)
    }
}

/// Waits for a moment, which may be past. The clock may be set meanwhile, or the machine be asleep.
async fn until(moment: Timestamp) {
    while let Ok(rest) = (moment - Clock.now()).to_std()
        && !rest.is_zero()
    {
        sleep(rest.min(LOOK)).await;
    }
}

/// The database fails, so that nobody can be let in.
fn nobody_knows(failure: &Failure) -> Denied {
    tracing::warn!(error = %failure, "nobody can say who is let in");
    Denied::Unavailable(NO_DATABASE)
}

#[async_trait]
impl Gate for Keeper {
    async fn admit(&self, shown: Shown<'_>) -> Result<Pass, Denied> {
        let head = shown.head;
        let is_open = self.is_open().await;
        if is_open.map_err(|failure| nobody_knows(&failure))? {
            // A page from anywhere may have the name of its own host lead to this machine, and then is no foreign page.
            let is_for_this_machine = head.host.as_deref().is_none_or(is_of_this_machine);
            return if is_for_this_machine && !head.is_forwarded {
                Ok(self.anybody())
            } else {
                Err(Denied::Unauthenticated(ELSEWHERE))
            };
        }
        let in_payload = shown.payload.and_then(of_payload);
        let authorization = in_payload.or(head.authorization.as_deref());
        match authorization {
            None => Err(Denied::Unauthenticated(NOTHING)),
            Some(authorization) => {
                let shown_token = bearer(authorization).ok_or(Denied::Unauthenticated(NOTHING))?;
                self.admit_bearer(shown_token, head.address).await
            }
        }
    }
}

/// What stands in the place of the header in the payload of `connection_init`, as clients write it there.
fn of_payload(payload: &Map<String, Value>) -> Option<&str> {
    let mut members = payload.iter();
    let (_, value) = members.find(|(name, _)| name.eq_ignore_ascii_case("authorization"))?;
    value.as_str()
}

/// The secret in a header of the scheme `Bearer`.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, secret) = authorization.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_stands_behind_its_scheme() {
        for (authorization, expected) in [
            ("Bearer a", Some("a")),
            ("bearer  a ", Some("a")),
            ("BEARER a b", Some("a b")),
            ("Bearer", None),
            ("Bearer ", None),
            ("Basic a", None),
            ("a", None),
            ("", None),
        ] {
            assert_eq!(bearer(authorization), expected, "{authorization}");
        }
    }
}
