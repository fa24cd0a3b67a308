//! One signal to everything that must end when the process is asked to.

use std::io;

use tokio::sync::watch;

/// Sees when the process has been asked to stop. Cheap to clone, one for each connection.
#[derive(Clone, Debug)]
pub(crate) struct Shutdown(watch::Receiver<bool>);

/// Asks everything that holds a [`Shutdown`] to stop. Dropping it asks as well.
#[derive(Debug)]
pub(crate) struct Trigger(watch::Sender<bool>);

/// A trigger, and the first of its watchers.
pub(crate) fn channel() -> (Trigger, Shutdown) {
    let (sender, receiver) = watch::channel(false);
    (Trigger(sender), Shutdown(receiver))
}

impl Trigger {
    /// Asks. There is no taking back.
    pub(crate) fn pull(&self) {
        self.0.send_replace(true);
    }
}

impl Shutdown {
    /// Whether the process has been asked to stop.
    pub(crate) fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the process is asked to stop.
    pub(crate) async fn requested(&mut self) {
        // An error says that the trigger is gone, and with it the server that held it.
        let _ = self.0.wait_for(|requested| *requested).await;
    }
}

/// Starts to listen for the signals that ask the process to stop: SIGTERM and Ctrl-C. From here on they do not kill
/// it. The future ends with the name of the one that came.
///
/// # Errors
/// If the operating system refuses.
#[cfg(unix)]
pub(crate) fn signals() -> io::Result<impl Future<Output = &'static str>> {
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
pub(crate) fn signals() -> io::Result<impl Future<Output = &'static str>> {
    Ok(async {
        // Without a way to be asked, the process runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        "Ctrl-C"
    })
}
