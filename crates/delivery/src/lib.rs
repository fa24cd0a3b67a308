//! Channels: what carries a rendered message to whom it is for.
//!
//! A channel tries once, and tells how that ended. When it is tried again, and what is noted of it, is decided by whoever
//! sends. Nothing here knows a database.

mod attempt;
mod channels;
mod email;
mod public;
mod webhook;

pub use attempt::{Failure, MOST_ATTEMPTS, pause};
pub use channels::Channels;
pub use email::{Email, EmailOptions, Emails, NoServer, SmtpServer};
pub use lettre::message::Mailbox;
pub use public::is_public;
pub use webhook::{Lookup, NoWebhooks, SIGNATURE, Webhook, WebhookOptions, Webhooks};
