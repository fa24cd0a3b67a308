//! What the process has counted and measured, as Prometheus asks for it.

use std::time::Duration;

use actix_web::{HttpResponse, web::Data};
use metrics::{counter, describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::time::interval;
use understudy_app::App;

/// The buckets of times, in seconds: a query from memory takes half a millisecond, and nobody waits for a minute.
const SECONDS: [f64; 15] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// The buckets of numbers of campaigns.
const CAMPAIGNS: [f64; 7] = [1.0, 10.0, 50.0, 100.0, 500.0, 1_000.0, 10_000.0];

/// How often what was measured is put into its buckets, where nobody asks for it.
const TIDY_UP: Duration = Duration::from_secs(5);

/// The text format of Prometheus, in its one version.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All figures of the process.
#[derive(Clone)]
pub(crate) struct Figures(PrometheusHandle);

impl Figures {
    /// Begins to collect, for the life of the process.
    ///
    /// # Errors
    /// If somebody else collects already.
    pub(crate) fn collect() -> Result<Self, BuildError> {
        let handle = PrometheusBuilder::new()
            .set_buckets(&SECONDS)?
            .set_buckets_for_metric(Matcher::Full("understudy_bulk_campaigns".to_owned()), &CAMPAIGNS)?
            .install_recorder()?;
        understudy_transport::describe_metrics();
        understudy_app::describe_metrics();
        understudy_delivery::describe_metrics();
        describe();
        gauge!("understudy_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        let figures = Self(handle);
        tokio::spawn(figures.clone().tidy_up());
        Ok(figures)
    }

    /// Keeps what was measured from piling up.
    async fn tidy_up(self) {
        let mut ticks = interval(TIDY_UP);
        loop {
            ticks.tick().await;
            self.0.run_upkeep();
        }
    }
}

/// `GET /metrics`: all figures, those of the database as they are at the moment.
pub(crate) async fn show(figures: Data<Figures>, app: Data<App>) -> HttpResponse {
    let readers = app.readers();
    for (state, number) in [("used", readers.open - readers.idle), ("idle", readers.idle)] {
        gauge!("understudy_database_connections", "state" => state).set(number);
    }
    gauge!("understudy_database_connections_max").set(readers.most);
    // There are at most some thousands.
    #[allow(clippy::cast_precision_loss)]
    gauge!("understudy_database_writes_waiting").set(app.writes_waiting() as f64);
    counter!("understudy_database_statements_total").absolute(app.statements());
    HttpResponse::Ok()
        .content_type(CONTENT_TYPE)
        .body(figures.0.render())
}

fn describe() {
    describe_counter!(
        "understudy_http_requests_total",
        "Requests that were answered, or given up by their clients."
    );
    describe_gauge!(
        "understudy_build_info",
        "Always 1; the version of the binary is its label."
    );
    describe_gauge!(
        "understudy_database_connections",
        "Connections for reading that are open."
    );
    describe_gauge!(
        "understudy_database_connections_max",
        "Connections for reading that there are at most."
    );
    describe_gauge!(
        "understudy_database_writes_waiting",
        "Writes in the queue, those that are being carried out not among them."
    );
    describe_counter!(
        "understudy_database_statements_total",
        "SQL statements that were run."
    );
}
