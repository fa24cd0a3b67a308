//! What messages are sent by, put together from the options.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use understudy_delivery::{
    Channels, EmailOptions, Emails, NoWebhooks, SenderOptions, WebhookOptions, Webhooks,
};

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout as timeout_of;
use understudy_app::App;

use crate::cli::sending::Sending;

/// Why nothing can be sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotSend {
    /// What webhooks are signed with cannot be read.
    #[error("cannot read {}: {source}", file.display())]
    Secret {
        /// Where it should be.
        file: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// There is nothing to sign webhooks with.
    #[error("there is nothing in {}, with which webhooks are to be signed", .0.display())]
    NoSecret(PathBuf),
    /// Webhooks cannot be sent at all.
    #[error("cannot send webhooks: {0}")]
    Webhooks(#[from] NoWebhooks),
}

/// What the sender is told, by the options.
pub(crate) fn sender_options(options: &Sending) -> SenderOptions {
    SenderOptions {
        // An email has several parts, each of which may take as long as an attempt.
        attempt_within: timeout(options) * 2,
        rate: options.send_rate,
    }
}

fn timeout(options: &Sending) -> Duration {
    Duration::from_secs(options.send_timeout.into())
}

/// The channels that the options say.
pub(crate) fn channels(options: Sending) -> Result<Channels, CannotSend> {
    let timeout = timeout(&options);
    let secret = options.webhook_secret.map(secret).transpose()?;
    let webhooks = Webhooks::new(&WebhookOptions {
        timeout,
        secret,
        allow_private: options.allow_private_webhooks,
    })?;
    let emails = options.smtp_url.zip(options.email_from);
    let emails = emails.map(|(server, from)| {
        Emails::new(EmailOptions {
            server,
            timeout,
            from,
        })
    });
    Ok(Channels { emails, webhooks })
}

/// A sender at work.
#[derive(Debug)]
pub(crate) struct AtWork {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl AtWork {
    /// Has a sender begin.
    pub(crate) fn begin(app: &App, channels: Channels, options: SenderOptions) -> Self {
        let (stop, is_stopping) = watch::channel(false);
        let sender = app.sender(channels, options, is_stopping);
        Self {
            stop,
            running: tokio::spawn(sender.run()),
        }
    }

    /// Has it take nothing in hand any more.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Waits until what it has in hand has ended, but no longer than this. What has not by then is lost with the process.
    pub(crate) async fn end(mut self, within: Duration) {
        self.stop();
        if timeout_of(within, &mut self.running).await.is_err() {
            tracing::warn!("not all messages were handed over in time");
            self.running.abort();
        }
    }
}

fn secret(file: PathBuf) -> Result<Vec<u8>, CannotSend> {
    let secret = match std::fs::read(&file) {
        Ok(secret) => secret.trim_ascii().to_owned(),
        Err(source) => return Err(CannotSend::Secret { file, source }),
    };
    if secret.is_empty() {
        return Err(CannotSend::NoSecret(file));
    }
    Ok(secret)
}
