//! `understudy deliver`: the sender alone, from an opened database to the end of the last message in hand.

use std::net::SocketAddr;

use actix_web::{HttpServer, dev::ServerHandle, web::Data};
use understudy_app::App;

use crate::{
    cli,
    failure::Failure,
    figures::{self, Figures},
    health::{self, Stopping},
    listen, output,
    readable::readable,
    sending::{self, AtWork},
    serve,
    signals::Stops,
};

/// Sends until the process is asked to stop, then ends in order: what is in the hands of a channel is waited for, and the
/// database closed.
///
/// # Errors
/// If the database cannot be opened, the options say no channels, or the address is not listened on.
pub(crate) async fn deliver(options: cli::Deliver) -> Result<(), Failure> {
    let mut stops = Stops::listen().map_err(Failure::Signals)?;
    let sender_options = sending::sender_options(&options.sending);
    let channels = sending::channels(options.sending)?;
    let figures = Figures::collect()?;
    let app = tokio::select! {
        opened = App::open(&options.database.url) => opened?,
        // A database that is slow to open, or to migrate, must not keep the process from being stopped.
        _ = stops.next() => return Ok(()),
    };
    let stopping = Stopping::default();
    let shown = match options.health {
        Some(address) => Some(show(address, &app, &figures, &stopping)?),
        None => None,
    };
    let sender = AtWork::begin(&app, channels, sender_options);
    let place = shown
        .as_ref()
        .map(|shown| format!(", and is watched on http://{}", shown.address));
    output::print(&format!(
        "Understudy is delivering{}\n",
        place.unwrap_or_default()
    ))?;

    let name = stops.next().await;
    tracing::info!(signal = name, "stopping");
    stopping.begin();
    sender.end(serve::DRAIN + serve::DRAIN_GRACE).await;
    if let Some(shown) = shown {
        shown.handle.stop(false).await;
    }
    serve::close(app).await;
    Ok(())
}

/// What watches the process is answered here.
struct Shown {
    handle: ServerHandle,
    /// The port is the one that was really taken, where 0 was asked for.
    address: SocketAddr,
}

/// Answers `/livez`, `/readyz` and `/metrics`, and nothing else.
fn show(address: SocketAddr, app: &App, figures: &Figures, stopping: &Stopping) -> Result<Shown, Failure> {
    let (app, figures) = (Data::new(app.clone()), Data::new(figures.clone()));
    let stopping = Data::new(stopping.clone());
    let failed = |source| Failure::Listen {
        place: listen::Place::Address(address),
        source,
    };
    let listener = listen::open(address, serve::KEEP_ALIVE).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(Data::clone(&app))
            .app_data(Data::clone(&figures))
            .app_data(Data::clone(&stopping))
            .service(readable("/livez", health::live))
            .service(readable("/readyz", health::ready))
            .service(readable("/metrics", figures::show))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)
    .map_err(failed)?
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(Shown { handle, address })
}
