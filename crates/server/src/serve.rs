//! `understudy serve`: from an opened database to the last connection's end.

use std::{fs, net::SocketAddr, path::PathBuf, pin::pin, time::Duration};

use actix_web::{
    HttpServer,
    dev::Server,
    middleware::Compress,
    web::{self, Data},
};
use tokio::time::timeout;
use understudy_app::{
    App,
    demo::{self, Filled},
};
use understudy_domain::WorkspaceId;

use understudy_transport::{
    Endpoint, Introspection, Limits, Options, Shutdown, TrustedDocuments, TypeSystem,
};

use crate::{cli, executor::Shared, failure::Failure, graphiql, health, output, signals};

/// How long running requests may take to finish once the process is asked to stop. With the two below it stays
/// under the ten seconds that are promised.
const DRAIN_SECONDS: u64 = 5;

/// How much longer the server itself may take, if a worker does not even notice that its time is up.
const DRAIN_GRACE: Duration = Duration::from_secs(1);

/// How long a connection may be idle. Longer than the minute after which proxies usually give up theirs, so that none
/// of them sends a request into a connection that is just being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// How long a request's head may take to be read once its connection is there. A process that was held up, with its
/// machine or by it, finds this time gone by as well, and would turn away those who have sent all they had to.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the database may take to close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Serves until the process is asked to stop, then ends in order: no new connections, running requests finished,
/// sockets told to come back elsewhere, the database closed.
///
/// # Errors
/// If the database cannot be opened, the address not listened on, or the server ends by itself.
pub(crate) async fn serve(options: cli::Serve) -> Result<(), Failure> {
    let mut signal = pin!(signals::listen().map_err(Failure::Signals)?);
    let transport = transport_options(options.transport)?;
    let app = tokio::select! {
        opened = App::open(&options.database.url) => opened?,
        // A database that is slow to open, or to migrate, must not keep the process from being stopped.
        _ = &mut signal => return Ok(()),
    };
    if options.demo {
        fill_demo(&app).await?;
    }

    let (trigger, shutdown) = understudy_transport::channel();
    let (address, server) = bind(options.listen, transport, &app, &shutdown)?;
    let handle = server.handle();
    let mut running = tokio::spawn(server);
    output::print(&format!("Understudy is listening on http://{address}\n"))?;

    tokio::select! {
        name = &mut signal => tracing::info!(signal = name, "stopping"),
        ended = &mut running => return ended.map_err(|error| Failure::Serve(error.into()))?.map_err(Failure::Serve),
    }
    // The sockets first: a graceful stop waits for connections, and a socket never ends by itself.
    trigger.pull();
    if timeout(
        Duration::from_secs(DRAIN_SECONDS) + DRAIN_GRACE,
        handle.stop(true),
    )
    .await
    .is_err()
    {
        tracing::warn!("not all requests finished in time");
    }
    if timeout(CLOSE_TIMEOUT, app.close()).await.is_err() {
        tracing::warn!("the database did not close in time");
    }
    tracing::info!("stopped");
    Ok(())
}

/// Listens on `address`; the server that comes back has still to be run. With it comes the address that was really
/// taken, which differs where port 0 was asked for.
fn bind(
    address: SocketAddr,
    transport: Options,
    app: &App,
    shutdown: &Shutdown,
) -> Result<(SocketAddr, Server), Failure> {
    // All of this is made once and shared: the closure below runs again for each worker.
    let schema = match transport.introspection {
        Introspection::On => understudy_api::schema(app.clone()),
        Introspection::Off => understudy_api::reticent_schema(app.clone()),
    };
    let types = TypeSystem::parse(&understudy_api::sdl())?;
    let endpoint = Endpoint::new(Shared::new(schema), types, transport, shutdown.clone());
    let app = Data::new(app.clone());
    let shutdown = Data::new(shutdown.clone());
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .wrap(Compress::default())
            .app_data(Data::clone(&app))
            .app_data(Data::clone(&shutdown))
            .service(endpoint.routes("/graphql"))
            .configure(graphiql::routes)
            .route("/livez", web::get().to(health::live))
            .route("/readyz", web::get().to(health::ready))
    })
    .disable_signals()
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(HEAD_TIMEOUT)
    .shutdown_timeout(DRAIN_SECONDS)
    .bind(address)
    .map_err(|source| Failure::Listen { address, source })?;
    let address = server.addrs().first().copied().unwrap_or(address);
    Ok((address, server.run()))
}

/// What the transport is told to let through.
///
/// # Errors
/// If the file of trusted documents cannot be used.
fn transport_options(options: cli::Transport) -> Result<Options, Failure> {
    let limits = options.limits.into();
    let documents = options
        .trusted_documents
        .map(|file| trusted_documents(file, &limits))
        .transpose()?;
    Ok(Options {
        limits,
        origins: options.allow_origin,
        introspection: if options.no_introspection {
            Introspection::Off
        } else {
            Introspection::On
        },
        documents,
    })
}

/// Reads the documents that are carried out.
fn trusted_documents(file: PathBuf, limits: &Limits) -> Result<TrustedDocuments, Failure> {
    let json = match fs::read_to_string(&file) {
        Ok(json) => json,
        Err(source) => return Err(Failure::ReadDocuments { file, source }),
    };
    let documents = TrustedDocuments::parse(&json, limits);
    documents.map_err(|source| Failure::Documents { file, source })
}

/// Fills an empty database with example campaigns, through the same use cases as everyone's.
///
/// A signal does not cut it short: half of the examples would stay half for ever, and all of them take seconds.
///
/// # Errors
/// If the database fails.
async fn fill_demo(app: &App) -> Result<(), Failure> {
    match demo::fill(app, WorkspaceId::DEFAULT).await? {
        Filled::Added { campaigns } => tracing::info!(campaigns, "filled the database with examples"),
        Filled::NotEmpty => tracing::info!("the database is not empty, so no examples were added"),
    }
    Ok(())
}
