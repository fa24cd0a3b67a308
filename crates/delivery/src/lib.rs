//! Sending: channels, which carry a rendered message to whom it is for, and the sender, which has them do so.
//!
//! A channel tries once, and tells how that ended; no channel knows a database. When it is tried again, and what is noted
//! of it, is the sender's: it plans who is to get a campaign, takes messages in hand, and notes what became of them. What
//! it has in hand is known to everyone, so that whoever stops a campaign can wait until nothing is.

mod attempt;
mod channels;
mod email;
mod figures;
mod lease;
mod public;
mod rate;
mod sender;
mod webhook;

pub use attempt::{Failure, MOST_ATTEMPTS, pause};
pub use channels::Channels;
pub use email::{Email, EmailOptions, Emails, NoServer, SmtpServer};
pub use figures::describe_metrics;
pub use lease::Watch;
pub use lettre::message::Mailbox;
pub use public::is_public;
pub use sender::{Sender, SenderOptions};
pub use webhook::{Lookup, NoWebhooks, SIGNATURE, Webhook, WebhookOptions, Webhooks};
