//! Traces for a collector of OpenTelemetry, if there is one: the spans that the log has too, with their times.

use std::{
    str::FromStr,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use actix_web::{
    http::header::{HeaderMap, HeaderName},
    web::Bytes,
};
use opentelemetry::{
    propagation::{Extractor, TextMapPropagator as _},
    trace::TracerProvider as _,
};
use opentelemetry_http::{HttpClient, HttpError, hyper::HyperClient};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::{Level, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

/// How long the collector may take to accept what is sent to it.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the end of the process waits for what was not sent yet.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// Where collectors take traces, behind the address that they name.
const PATH: &str = "/v1/traces";

/// Whether anybody collects traces, so that nothing is done for nobody.
static IS_ON: AtomicBool = AtomicBool::new(false);

/// The address of a collector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Collector(String);

/// A text that is no address of a collector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a collector is named as in http://127.0.0.1:4318; it takes OTLP over HTTP, and one on this machine can send it on \
     with TLS"
)]
pub(crate) struct NoCollector;

impl FromStr for Collector {
    type Err = NoCollector;

    fn from_str(text: &str) -> Result<Self, NoCollector> {
        let base = text.trim_end_matches('/');
        let place = base.strip_prefix("http://").ok_or(NoCollector)?;
        let is_plain = !place.contains(['?', '#', '@']) && !place.contains(char::is_whitespace);
        if is_plain && !place.is_empty() && !place.starts_with('/') {
            Ok(Self(format!("{base}{PATH}")))
        } else {
            Err(NoCollector)
        }
    }
}

/// Sends what is traced, until it is told that there is no more.
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send, from the threads of `runtime`.
    ///
    /// # Errors
    /// If the address or the environment's settings of OpenTelemetry are none.
    pub(crate) fn send_to(collector: &Collector, runtime: &Handle) -> Result<Self, ExporterBuildError> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client {
                runtime: runtime.clone(),
                client: HyperClient::with_default_connector(SEND_TIMEOUT, None),
            })
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(&collector.0)
            .with_timeout(SEND_TIMEOUT)
            .build()?;
        let resource = Resource::builder()
            .with_service_name("understudy")
            .with_attribute(opentelemetry::KeyValue::new(
                "service.version",
                env!("CARGO_PKG_VERSION"),
            ))
            .build();
        IS_ON.store(true, Ordering::Relaxed);
        Ok(Self(
            SdkTracerProvider::builder()
                .with_batch_exporter(exporter)
                .with_resource(resource)
                .build(),
        ))
    }

    /// What hands spans over, whatever is logged: our own, and of the store what takes its time.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let ours = Targets::new()
            .with_target("understudy", Level::INFO)
            .with_target("understudy_persistence::store", Level::DEBUG);
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("understudy"))
            // Neither the lines of the source nor the threads are of use to who reads them.
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(ours)
    }

    /// Sends what there is left, if that does not take long.
    pub(crate) fn end(self) {
        if let Err(error) = self.0.shutdown_with_timeout(FLUSH_TIMEOUT) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Makes the span of a request a part of the trace that its client tells of, if it does.
pub(crate) fn adopt(span: &Span, method: &str, path: &str, headers: &HeaderMap) {
    if !IS_ON.load(Ordering::Relaxed) {
        return;
    }
    let parent = TraceContextPropagator::new().extract(&Headers(headers));
    // It fails only where nobody takes this span, e.g. since it is of a level that is left out.
    let _ = span.set_parent(parent);
    span.record("otel.kind", "server");
    span.set_attribute("http.request.method", method.to_owned());
    span.set_attribute("url.path", path.to_owned());
}

/// Tells the span of a request what it was answered with.
pub(crate) fn answered(span: &Span, status: u16) {
    if IS_ON.load(Ordering::Relaxed) {
        span.set_attribute("http.response.status_code", i64::from(status));
    }
}

/// The headers of a request, as those of a trace are looked for.
struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

/// Sends from the threads of the runtime what a thread without one has collected.
#[derive(Debug)]
struct Client {
    runtime: Handle,
    client: HyperClient,
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let client = self.client.clone();
        self.runtime
            .spawn(async move { client.send_bytes(request).await })
            .await?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_an_address_over_plain_http() {
        for (text, url) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://collector:4318/", "http://collector:4318/v1/traces"),
            ("http://proxy/otel", "http://proxy/otel/v1/traces"),
        ] {
            assert_eq!(text.parse(), Ok(Collector(url.to_owned())), "{text}");
        }
        for text in [
            "",
            "collector:4318",
            "https://collector",
            "http://",
            "http:///a",
            "http://a b",
            "http://u:p@c",
        ] {
            assert_eq!(text.parse::<Collector>(), Err(NoCollector), "{text}");
        }
    }
}
