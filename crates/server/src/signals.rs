//! The signals that ask the process to stop.

use std::io;

/// Starts to listen for the signals that ask the process to stop: SIGTERM and Ctrl-C. From here on they do not kill
/// it. The future ends with the name of the one that came.
///
/// # Errors
/// If the operating system refuses.
#[cfg(unix)]
pub(crate) fn listen() -> io::Result<impl Future<Output = &'static str>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    })
}

/// As on Unix, with the only signal that is known elsewhere.
///
/// # Errors
/// None that can be seen before the signal is waited for.
#[cfg(not(unix))]
pub(crate) fn listen() -> io::Result<impl Future<Output = &'static str>> {
    Ok(async {
        // Without a way to be asked, the process runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        "Ctrl-C"
    })
}
