//! `understudy serve`: from an opened database to the last connection's end.

use std::{fs, io, path::PathBuf, time::Duration};

use actix_web::{
    HttpServer,
    dev::Server,
    http::header::X_CONTENT_TYPE_OPTIONS,
    middleware::{Compress, DefaultHeaders, from_fn},
    web::{Data, ServiceConfig},
};
use tokio::time::{sleep, timeout};
use understudy_app::{
    App,
    demo::{self, Filled},
};
use understudy_domain::WorkspaceId;
use understudy_persistence::without_secrets;
use understudy_transport::{
    AnswerSize, Endpoint, Introspection, Limits, Options, TrustedDocuments, TypeSystem,
};

use crate::{
    cli,
    compression::{self, Compressors},
    connection::Connection,
    executor::Shared,
    failure::Failure,
    figures::{self, Figures},
    files,
    gate::{Keeper, jwt::Provider},
    graphiql,
    health::{self, Stopping},
    listen::{self, Place},
    output,
    readable::readable,
    requests,
    sending::{self, AtWork},
    signals::{Reloads, Stops},
    tls::Certificate,
    unread,
};

/// How long running requests, and messages in the hands of a channel, may take to finish once the process is asked to stop. With the two below, and a
/// second for the last traces, it stays under the ten seconds that are promised.
pub(crate) const DRAIN: Duration = Duration::from_secs(5);

/// How much longer the server itself may take, if a worker does not even notice that its time is up.
pub(crate) const DRAIN_GRACE: Duration = Duration::from_secs(1);

/// How long a connection may be idle. Longer than the minute after which proxies usually give up theirs, so that none
/// of them sends a request into a connection that is just being closed.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// How long a request's head may take to be read once its connection is there. A process that was held up, with its
/// machine or by it, finds this time gone by as well, and would turn away those who have sent all they had to.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How much of the bodies on a connection with HTTP/2 a client may send ahead of whoever takes them in, in bytes: of one,
/// and of all together. That much of each connection stands in memory which nothing else counts.
const AHEAD_OF_ONE: u32 = 128 * 1024;
const AHEAD_OF_ALL: u32 = 512 * 1024;

/// How many TLS handshakes a worker may have begun. It accepts no connections while there are as many, and a client that
/// says nothing has three seconds until it is cut off, so a few hundred of these would keep everybody waiting.
const HANDSHAKES: usize = 8 * 1024;

/// How many threads of each worker compress. What a compressor takes belongs to the thread that it was taken on, and goes
/// back to it, whichever one lets go of it: with many threads, each would keep what all need at once.
const COMPRESSING: usize = 1;

/// How long the database may take to close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Serves until the process is asked to stop, then ends in order: no new connections, running requests finished,
/// sockets told to come back elsewhere, the database closed.
///
/// # Errors
/// If the database cannot be opened, the address not listened on, or the server ends by itself.
pub(crate) async fn serve(options: cli::Serve) -> Result<(), Failure> {
    let mut stops = Stops::listen().map_err(Failure::Signals)?;
    let reloads = Reloads::listen().map_err(Failure::Signals)?;
    let transport = transport_options(options.transport)?;
    files::allow_as_many_as_possible(transport.limits.sockets);
    let certificate = match (options.tls_cert, options.tls_key) {
        (Some(certificate), Some(key)) => Some(Certificate::read(certificate, key)?),
        _ => None,
    };
    let (no_sender, sender_options) = (options.no_sender, sending::sender_options(&options.sending));
    let channels = sending::channels(options.sending)?;
    let figures = Figures::collect()?;
    let app = tokio::select! {
        opened = App::open(&options.database.url) => opened?,
        // A database that is slow to open, or to migrate, must not keep the process from being stopped.
        _ = stops.next() => return Ok(()),
    };
    let app = app.with_channels(channels.clone());
    if options.demo {
        fill_demo(&app).await?;
    }

    let (trigger, shutdown) = understudy_transport::channel();
    let stopping = Stopping::default();
    let shown = Shown {
        app: Data::new(app.clone()),
        figures: Data::new(figures),
        stopping: Data::new(stopping.clone()),
    };
    let patience = transport.limits.silence;
    let schema = understudy_api::unfinished(app.clone());
    let schema = understudy_api::trusting(schema).extension(AnswerSize);
    let schema = match transport.introspection {
        Introspection::On => schema,
        Introspection::Off => understudy_api::reticent(schema),
    };
    let types = TypeSystem::parse(&understudy_api::sdl())?.with_scalar("DateTime", understudy_api::is_moment);
    let slow = understudy_api::SLOW_FIELDS.iter();
    let types = slow.fold(types, |types, (of, field, values)| {
        types.with_weight(of, field, *values)
    });
    let provider = match options.jwt.settings() {
        Some(settings) => Some(Provider::know(settings).await?),
        None => None,
    };
    // A proxy hands on what others send, wherever it connects from.
    let is_for_this_machine = options.listen.is_loopback() && transport.proxies.is_empty();
    let is_guarded = provider.is_some() || app.has_tokens().await?;
    let keeper = Keeper::new(app.clone(), provider, options.rates.into(), is_for_this_machine);
    let is_open = keeper.is_open().await?;
    if !is_open && !is_guarded {
        return Err(Failure::Unguarded {
            place: options.listen,
            database: without_secrets(&options.database.url),
        });
    }
    let executor = Shared::new(schema.finish());
    let endpoint = Endpoint::behind(keeper, executor, types, transport, shutdown);
    let listening = bind(&options.listen, patience, certificate.as_ref(), endpoint, shown)?;
    let handle = listening.server.handle();
    tokio::spawn(reload(reloads, certificate));
    let mut running = tokio::spawn(listening.server);
    if is_open {
        tracing::warn!(
            "the server is open: whoever can reach it may do everything, until the first token is made"
        );
    }
    // Examples are there to be looked at, and their recipients do not exist.
    let is_sending = !no_sender && !options.demo;
    let sender = is_sending.then(|| AtWork::begin(&app, channels, sender_options));
    output::print(&format!("Understudy is listening on {}\n", listening.place))?;

    tokio::select! {
        name = stops.next() => tracing::info!(signal = name, "stopping"),
        ended = &mut running => return ended.map_err(|error| Failure::Serve(error.into()))?.map_err(Failure::Serve),
    }
    // Whoever sends traffic here learns first that it is to go elsewhere, while what is still sent is served.
    stopping.begin();
    if let Some(sender) = &sender {
        sender.stop();
    }
    tokio::select! {
        () = sleep(options.drain_delay) => {}
        name = stops.next() => tracing::info!(signal = name, "not waiting any longer"),
    }
    // The sockets first: a graceful stop waits for connections, and a socket never ends by itself.
    trigger.pull();
    let in_time = DRAIN + DRAIN_GRACE;
    let sent = async {
        if let Some(sender) = sender {
            sender.end(in_time).await;
        }
    };
    let (drained, ()) = tokio::join!(timeout(in_time, handle.stop(true)), sent);
    if drained.is_err() {
        tracing::warn!("not all requests finished in time");
    }
    close(app).await;
    Ok(())
}

/// Closes the database, which is the last thing that a process does.
pub(crate) async fn close(app: App) {
    if timeout(CLOSE_TIMEOUT, app.close()).await.is_err() {
        tracing::warn!("the database did not close in time");
    }
    tracing::info!("stopped");
}

/// What is shown beside the API. It is made once, and shared by all workers.
#[derive(Clone)]
struct Shown {
    app: Data<App>,
    figures: Data<Figures>,
    stopping: Data<Stopping>,
}

impl Shown {
    fn routes(&self, config: &mut ServiceConfig) {
        config
            .app_data(Data::clone(&self.app))
            .app_data(Data::clone(&self.figures))
            .app_data(Data::clone(&self.stopping))
            .configure(graphiql::routes)
            .service(readable("/livez", health::live))
            .service(readable("/readyz", health::ready))
            .service(readable("/metrics", figures::show));
    }
}

/// A server that listens, and has still to be run.
struct Listening {
    server: Server,
    /// Where, as clients name it. The port is the one that was really taken, where 0 was asked for.
    place: String,
    /// Of a Unix socket, for as long as it is in use.
    _file: Option<listen::SocketFile>,
}

/// Listens, with TLS if there is a certificate, and keeps nothing whose client takes nothing of it for as long as
/// `patience`.
fn bind(
    place: &Place,
    patience: Duration,
    certificate: Option<&Certificate>,
    endpoint: Endpoint<Shared>,
    shown: Shown,
) -> Result<Listening, Failure> {
    // Made once and shared: the closure below runs again for each worker.
    let compressors = Compressors::default();
    let server = HttpServer::new(move || {
        let (admitting, negotiating) = (compressors.clone(), compressors.clone());
        actix_web::App::new()
            .wrap(from_fn(move |request, next| {
                compression::admit(request, next, admitting.clone())
            }))
            .wrap(Compress::default())
            .wrap(from_fn(move |request, next| {
                compression::negotiate(request, next, negotiating.clone())
            }))
            .service(endpoint.routes("/graphql"))
            .configure(|config| shown.routes(config))
            .wrap(from_fn(move |request, next| {
                unread::watch(request, next, patience)
            }))
            // Nothing that is sent is of another type than it says, whatever it looks like to a browser.
            .wrap(DefaultHeaders::new().add((X_CONTENT_TYPE_OPTIONS, "nosniff")))
            .wrap(from_fn(requests::observe))
    })
    .on_connect(|_, data| {
        data.insert(Connection::default());
    })
    .disable_signals()
    // What is small is not kept back until what was sent before has arrived: events are small, and are waited for.
    .tcp_nodelay(true)
    // Who has closed its side of a connection is taken to be gone: nobody can tell whether it still reads, and most do not.
    .h1_allow_half_closed(false)
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(HEAD_TIMEOUT)
    .h2_initial_window_size(AHEAD_OF_ONE)
    .h2_initial_connection_window_size(AHEAD_OF_ALL)
    .max_connection_rate(HANDSHAKES)
    .worker_max_blocking_threads(COMPRESSING)
    .shutdown_timeout(DRAIN.as_secs());
    let failed = |source| Failure::Listen {
        place: place.clone(),
        source,
    };
    let (server, scheme, file) = match (place, certificate) {
        (Place::Address(address), None) => {
            let listener = listen::open(*address, patience).map_err(failed)?;
            (server.listen(listener).map_err(failed)?, "http://", None)
        }
        (Place::Address(address), Some(certificate)) => {
            let listener = listen::open(*address, patience).map_err(failed)?;
            let server = server.listen_rustls_0_23(listener, certificate.config()?);
            (server.map_err(failed)?, "https://", None)
        }
        #[cfg(unix)]
        (Place::Socket(path), None) => {
            let (listener, file) = listen::claim(path).map_err(failed)?;
            (server.listen_uds(listener).map_err(failed)?, "", Some(file))
        }
        #[cfg(not(unix))]
        (Place::Socket(_), None) => return Err(failed(io::ErrorKind::Unsupported.into())),
        (Place::Socket(_), Some(_)) => {
            let what = "TLS is for addresses; who may use a Unix socket is said by its file";
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, what)));
        }
    };
    let taken = match (place, server.addrs().first()) {
        (Place::Address(_), Some(address)) => address.to_string(),
        _ => place.to_string(),
    };
    Ok(Listening {
        server: server.run(),
        place: format!("{scheme}{taken}"),
        _file: file,
    })
}

/// Reads the certificate again whenever somebody asks for it. A service manager that asks every service to do so must not
/// end one by that which has none.
async fn reload(mut reloads: Reloads, certificate: Option<Certificate>) {
    loop {
        reloads.next().await;
        match certificate.as_ref().map(Certificate::read_again) {
            None => tracing::info!("there is no certificate to be read again"),
            Some(Ok(())) => tracing::info!("the certificate was read again"),
            Some(Err(error)) => {
                tracing::error!(%error, "the certificate was not read again, and the one before stays in use");
            }
        }
    }
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
        proxies: options.proxy,
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
