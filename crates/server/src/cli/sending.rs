//! The options that say what messages are sent by.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;
use understudy_delivery::{Mailbox, SmtpServer};

/// The options of `serve` and `deliver` for what messages are sent by.
#[derive(Debug, Args)]
#[command(next_help_heading = "What messages are sent by")]
pub(crate) struct Sending {
    /// Where emails are handed over: `smtp://user:password@host:587`, encrypted if the server can, and always with
    /// `?tls=required`; or `smtps://host`. Without it, no emails are sent.
    // A URL may carry a password, which `--help` must not print.
    #[arg(
        long,
        env = "UNDERSTUDY_SMTP_URL",
        hide_env_values = true,
        value_name = "URL",
        requires = "email_from"
    )]
    pub(crate) smtp_url: Option<SmtpServer>,
    /// Who sends the emails that have no sender of their own, e.g. `Example News <news@example.com>`.
    #[arg(long, env = "UNDERSTUDY_EMAIL_FROM", value_name = "ADDRESS")]
    pub(crate) email_from: Option<Mailbox>,
    /// A file with what webhooks are signed with: all of it but white space around it. Without it, they are not signed.
    // Who takes it for the secret itself finds it told nowhere.
    #[arg(
        long,
        env = "UNDERSTUDY_WEBHOOK_SECRET",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub(crate) webhook_secret: Option<PathBuf>,
    /// Let webhooks go to addresses of this machine and of private networks, too. The variable may be true or false, yes or
    /// no, 1 or 0.
    #[arg(
        long,
        env = "UNDERSTUDY_ALLOW_PRIVATE_WEBHOOKS",
        value_parser = BoolishValueParser::new()
    )]
    pub(crate) allow_private_webhooks: bool,
    /// How many messages a second this process hands to each channel at most. Without it, as many as there are.
    #[arg(long, env = "UNDERSTUDY_SEND_RATE", value_name = "NUMBER")]
    pub(crate) send_rate: Option<NonZeroU32>,
    /// How long an attempt to hand over a message may take, in seconds; each part of one, of an email, and twice as long in
    /// all. Stopping a campaign waits for as long, and for the double and two seconds where a process was killed that had
    /// messages in hand.
    #[arg(
        long,
        env = "UNDERSTUDY_SEND_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = 10,
        value_parser = clap::value_parser!(u32).range(1..=3_600)
    )]
    pub(crate) send_timeout: u32,
}
