//! What an orchestrator asks: is the process alive, and may traffic be sent to it.

use std::time::Duration;

use actix_web::{HttpResponse, web::Data};
use tokio::time::timeout;
use understudy_app::App;
use understudy_transport::Shutdown;

/// How long the database may take to answer before it counts as not answering.
const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// `GET /livez`: 200 as long as the process can answer at all. It asks the database nothing, since restarting
/// this process would not mend that one.
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("alive\n")
}

/// `GET /readyz`: 200 if the database answers and the process has not been asked to stop, else 503.
pub(crate) async fn ready(app: Data<App>, shutdown: Data<Shutdown>) -> HttpResponse {
    if shutdown.is_requested() {
        return HttpResponse::ServiceUnavailable()
            .content_type("text/plain")
            .body("stopping\n");
    }
    if timeout(READY_TIMEOUT, app.is_ready()).await.unwrap_or(false) {
        HttpResponse::Ok().content_type("text/plain").body("ready\n")
    } else {
        HttpResponse::ServiceUnavailable()
            .content_type("text/plain")
            .body("the database does not answer\n")
    }
}
