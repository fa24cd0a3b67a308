//! Who is let in, and for how long.

use std::{any::TypeId, fmt, net::IpAddr, sync::Arc, time::Duration};

use actix_web::{
    HttpRequest,
    http::{header, uri::Authority},
};
use async_graphql::Request;
use async_trait::async_trait;
use futures_util::{
    FutureExt as _,
    future::{BoxFuture, Shared, pending},
};
use serde_json::{Map, Value};

/// What is known of somebody from the head of their request, or of the one that became a WebSocket.
#[derive(Clone)]
pub struct Head {
    /// The header `Authorization`. None if there is none, or if it is not text.
    pub authorization: Option<String>,
    /// The host that is asked for, as in the header `Host`; empty if that is not text. None if there is none.
    pub host: Option<String>,
    /// Where they come from; none if that is no network.
    pub address: Option<IpAddr>,
    /// Whether a proxy, be it believed or not, says that they come from another machine.
    pub is_forwarded: bool,
}

/// What somebody shows to be let in.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// With their first request.
    pub head: &'a Head,
    /// The payload of `connection_init`, of those who come by a WebSocket.
    pub payload: Option<&'a Map<String, Value>>,
}

/// Decides who is let in. It is asked once for each request, and once for each WebSocket.
#[async_trait]
pub trait Gate: Send + Sync + 'static {
    /// Lets somebody in, or not.
    ///
    /// # Errors
    /// If they are not.
    async fn admit(&self, shown: Shown<'_>) -> Result<Pass, Denied>;
}

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// What they have shown is nothing to be let in by; what is wrong with it, for them to read.
    Unauthenticated(&'static str),
    /// They have tried too often.
    TooOften(TooOften),
    /// Nobody can say at the moment; why, for them to read.
    Unavailable(&'static str),
}

/// That somebody asks for too much in too little time, and may do so again after this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooOften(pub Duration);

/// Counts what somebody asks for.
pub trait Meter: Send + Sync + 'static {
    /// Takes notice of a request, before it is even read.
    ///
    /// # Errors
    /// If they have asked for too much of late. Then the request is refused.
    fn begin(&self) -> Result<(), TooOften>;

    /// Whether a request that has begun may go on. It may have taken long to come, and others were executed meanwhile.
    ///
    /// # Errors
    /// If they have asked for more than they may, so that they owe some of it. Then the request is refused.
    fn go_on(&self) -> Result<(), TooOften>;

    /// Takes notice of how many values it asks for at most, before it is executed. If that is too much, the next one is
    /// refused.
    fn ask(&self, values: usize);
}

/// Whether a pass is still valid, as soon as that is known.
type Checked = BoxFuture<'static, Result<(), Denied>>;

/// That somebody is let in. Clones are the same pass.
#[derive(Clone)]
pub struct Pass {
    put: Arc<dyn Fn(Request) -> Request + Send + Sync>,
    meter: Option<Arc<dyn Meter>>,
    check: Option<Arc<dyn Fn() -> Checked + Send + Sync>>,
    ended: Shared<BoxFuture<'static, ()>>,
}

impl Pass {
    /// A pass that never ends, of somebody whom those who execute a request know by what is `put` into it.
    #[must_use]
    pub fn new(put: impl Fn(Request) -> Request + Send + Sync + 'static) -> Self {
        Self {
            put: Arc::new(put),
            meter: None,
            check: None,
            ended: pending().boxed().shared(),
        }
    }

    /// The same until `end`. Whoever is still there then is shown out.
    #[must_use]
    pub fn until(self, end: impl Future<Output = ()> + Send + 'static) -> Self {
        Self {
            ended: end.boxed().shared(),
            ..self
        }
    }

    /// The same, where somebody `check`s before anything is executed whether it is still valid: a request may take long to
    /// come, and a socket has many of them.
    #[must_use]
    pub fn checked_by(self, check: impl Fn() -> Checked + Send + Sync + 'static) -> Self {
        Self {
            check: Some(Arc::new(check)),
            ..self
        }
    }

    /// The same, where what they ask for is counted.
    #[must_use]
    pub fn metered(self, meter: impl Meter) -> Self {
        Self {
            meter: Some(Arc::new(meter)),
            ..self
        }
    }

    /// The request, as one of theirs.
    pub(crate) fn put(&self, request: Request) -> Request {
        (self.put)(request).data(self.clone())
    }

    /// Counts a request of theirs.
    ///
    /// # Errors
    /// If they have asked for too much of late.
    pub(crate) fn begin(&self) -> Result<(), TooOften> {
        self.meter.as_ref().map_or(Ok(()), |meter| meter.begin())
    }

    /// The pass of whoever has sent a request, if that is known.
    pub(crate) fn of(request: &Request) -> Option<&Self> {
        request.data.get(&TypeId::of::<Self>())?.downcast_ref()
    }

    /// Whether what they have asked for may still be executed.
    ///
    /// # Errors
    /// If the pass is no longer valid, or they owe for what was executed meanwhile.
    pub(crate) async fn check(&self) -> Result<(), Denied> {
        if let Some(check) = &self.check {
            check().await?;
        }
        self.go_on().map_err(Denied::TooOften)
    }

    /// Whether they owe nothing.
    ///
    /// # Errors
    /// If they do.
    pub(crate) fn go_on(&self) -> Result<(), TooOften> {
        self.meter.as_ref().map_or(Ok(()), |meter| meter.go_on())
    }

    /// Counts the values that a request asks for.
    pub(crate) fn ask(&self, values: usize) {
        if let Some(meter) = &self.meter {
            meter.ask(values);
        }
    }

    /// Waits until it has ended.
    pub(crate) fn ended(&self) -> impl Future<Output = ()> + Send + 'static {
        self.ended.clone()
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass").finish_non_exhaustive()
    }
}

/// What those are told who are there when their pass ends.
pub(crate) const SHOWN_OUT: &str = "What you were let in by is no longer valid.";

/// The gate that stands open.
#[derive(Debug, Clone, Copy, Default)]
pub struct Open;

#[async_trait]
impl Gate for Open {
    async fn admit(&self, _shown: Shown<'_>) -> Result<Pass, Denied> {
        Ok(Pass::new(|request| request))
    }
}

/// The host that is asked for; empty if it is not text.
pub(crate) fn host(request: &HttpRequest) -> Option<&str> {
    let host = request.headers().get(header::HOST);
    // HTTP/2 has it beside the headers.
    let authority = || request.uri().authority().map(Authority::as_str);
    host.map(|host| host.to_str().unwrap_or_default())
        .or_else(authority)
}
