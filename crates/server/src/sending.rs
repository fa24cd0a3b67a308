//! What messages are sent by, put together from the options.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use understudy_delivery::{Channels, EmailOptions, Emails, NoWebhooks, WebhookOptions, Webhooks};

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

/// The channels that the options say.
pub(crate) fn channels(options: Sending) -> Result<Channels, CannotSend> {
    let timeout = Duration::from_secs(options.send_timeout.into());
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
