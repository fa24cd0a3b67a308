//! The signals that ask the process for something.

use std::io;

/// The signals that ask the process to stop: SIGTERM and Ctrl-C.
#[derive(Debug)]
pub(crate) struct Stops(system::Stops);

/// The signals that ask the process to read its files again: SIGHUP.
#[derive(Debug)]
pub(crate) struct Reloads(system::Reloads);

impl Stops {
    /// Starts to listen for them. From here on they do not kill the process.
    ///
    /// # Errors
    /// If the operating system refuses.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self(system::Stops::listen()?))
    }

    /// Waits for the next one, and tells its name.
    pub(crate) async fn next(&mut self) -> &'static str {
        self.0.next().await
    }
}

impl Reloads {
    /// Starts to listen for them. From here on they do not kill the process.
    ///
    /// # Errors
    /// If the operating system refuses.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self(system::Reloads::listen()?))
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        self.0.next().await;
    }
}

#[cfg(unix)]
mod system {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    #[derive(Debug)]
    pub(super) struct Stops {
        terminate: Signal,
        interrupt: Signal,
    }

    impl Stops {
        pub(super) fn listen() -> io::Result<Self> {
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
            })
        }

        pub(super) async fn next(&mut self) -> &'static str {
            tokio::select! {
                _ = self.terminate.recv() => "SIGTERM",
                _ = self.interrupt.recv() => "SIGINT",
            }
        }
    }

    #[derive(Debug)]
    pub(super) struct Reloads(Signal);

    impl Reloads {
        pub(super) fn listen() -> io::Result<Self> {
            signal(SignalKind::hangup()).map(Self)
        }

        pub(super) async fn next(&mut self) {
            self.0.recv().await;
        }
    }
}

/// As on Unix, with the only signal that is known elsewhere.
#[cfg(not(unix))]
mod system {
    use std::{future, io};

    #[derive(Debug)]
    pub(super) struct Stops;

    impl Stops {
        #[expect(clippy::unnecessary_wraps, reason = "it fails on Unix")]
        pub(super) fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) async fn next(&mut self) -> &'static str {
            // Without a way to be asked, the process runs until it is killed.
            if tokio::signal::ctrl_c().await.is_err() {
                future::pending::<()>().await;
            }
            "Ctrl-C"
        }
    }

    #[derive(Debug)]
    pub(super) struct Reloads;

    impl Reloads {
        #[expect(clippy::unnecessary_wraps, reason = "it fails on Unix")]
        pub(super) fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) async fn next(&mut self) {
            future::pending().await
        }
    }
}
