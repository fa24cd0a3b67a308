//! What an orchestrator asks: is the process alive, and may traffic be sent to it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use actix_web::{HttpResponse, web::Data};
use understudy_app::App;

/// Whether the process has been asked to stop, which is known here before anything else ends. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stopping(Arc<AtomicBool>);

impl Stopping {
    /// Says so. There is no taking back.
    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// `GET /livez`: 200 as long as the process can answer at all. It asks the database nothing, since restarting
/// this process would not mend that one.
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("alive\n")
}

/// `GET /readyz`: 200 if the database answers within a second and the process has not been asked to stop, else 503.
pub(crate) async fn ready(app: Data<App>, stopping: Data<Stopping>) -> HttpResponse {
    if stopping.0.load(Ordering::Relaxed) {
        return unready("stopping\n");
    }
    if app.is_ready().await {
        HttpResponse::Ok().content_type("text/plain").body("ready\n")
    } else {
        unready("the database does not answer\n")
    }
}

fn unready(why: &'static str) -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .content_type("text/plain")
        .body(why)
}
