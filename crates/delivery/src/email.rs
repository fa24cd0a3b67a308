//! Emails, by SMTP.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use url::Url;

use crate::attempt::Failure;

/// The most connections that are kept for the next message.
const KEPT: usize = 8;

/// How emails are sent.
#[derive(Debug, Clone)]
pub struct EmailOptions {
    /// Where they are handed over.
    pub server: SmtpServer,
    /// How long each part of the conversation may take: to connect, to say what is to come, to hand it over.
    pub timeout: Duration,
    /// Who sends what has no sender of its own.
    pub from: Mailbox,
}

/// A server that takes emails, from a URL: `smtp://user:password@host:587`, which is encrypted (STARTTLS) if the server
/// can, and must be with `?tls=required`; or `smtps://host`, which is from the beginning.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpServer {
    host: String,
    port: u16,
    encryption: Encryption,
    credentials: Option<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    IfPossible,
    Required,
    FromTheBeginning,
}

/// Why a text is no server that takes emails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoServer {
    /// It is no URL.
    #[error("it is no URL, such as smtp://user:password@mail.example.com:587")]
    NoUrl,
    /// It is one of something else.
    #[error("its scheme is neither smtp nor smtps")]
    Scheme,
    /// It names no host.
    #[error("it has no host")]
    Host,
    /// It has a parameter that there is not, a path or a fragment.
    #[error("it has {0:?}, of which nothing is known; there is only ?tls=required")]
    Parameter(String),
    /// A name or a password whose escapes are no text.
    #[error("its user or password has escapes that are no text")]
    Credentials,
}

impl std::str::FromStr for SmtpServer {
    type Err = NoServer;

    fn from_str(text: &str) -> Result<Self, NoServer> {
        let url = Url::parse(text).map_err(|_| NoServer::NoUrl)?;
        let mut encryption = match url.scheme() {
            "smtp" => Encryption::IfPossible,
            "smtps" => Encryption::FromTheBeginning,
            _ => return Err(NoServer::Scheme),
        };
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or(NoServer::Host)?;
        if !matches!(url.path(), "" | "/") {
            return Err(NoServer::Parameter(url.path().to_owned()));
        }
        if let Some(fragment) = url.fragment() {
            return Err(NoServer::Parameter(format!("#{fragment}")));
        }
        for (name, value) in url.query_pairs() {
            if (name.as_ref(), value.as_ref()) != ("tls", "required") {
                return Err(NoServer::Parameter(format!("{name}={value}")));
            }
            if encryption == Encryption::IfPossible {
                encryption = Encryption::Required;
            }
        }
        let text = |escaped: &str| unescaped(escaped).ok_or(NoServer::Credentials);
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => Some((text(user)?, text(password.unwrap_or_default())?)),
        };
        let usual_port = if encryption == Encryption::FromTheBeginning {
            465
        } else {
            25
        };
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(usual_port),
            encryption,
            credentials,
        })
    }
}

/// A text with the escapes of URLs taken back.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut plain = vec![];
    while let Some(byte) = bytes.next() {
        plain.push(if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(plain).ok()
}

/// Without the password.
impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// One email.
#[derive(Debug, Clone, Copy)]
pub struct Email<'m> {
    /// To whom.
    pub to: &'m str,
    /// The campaign's sender, if it has one.
    pub from: Option<&'m str>,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<&'m str>,
    /// One line.
    pub subject: &'m str,
    /// HTML.
    pub body: &'m str,
    /// What the message is known by, for ever: the part of its `Message-ID` before the at sign.
    pub key: &'m str,
    /// Where whoever gets it can say that they want no more of it: the value of `List-Unsubscribe`.
    pub unsubscribe: Option<&'m str>,
}

/// Sends emails. Clones share connections.
#[derive(Debug, Clone)]
pub struct Emails {
    options: Arc<EmailOptions>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

struct Connection(AsyncSmtpConnection);

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connection").finish()
    }
}

impl Emails {
    /// Connects to nobody yet.
    #[must_use]
    pub fn new(options: EmailOptions) -> Self {
        Self {
            options: Arc::new(options),
            idle: Arc::default(),
        }
    }

    /// Tries to hand one over, once. It has been if the server has said so after the last line of it.
    ///
    /// # Errors
    /// If it has not; or nobody knows, since the connection broke after that line was on its way.
    pub async fn send(&self, email: Email<'_>, now: DateTime<Utc>) -> Result<(), Failure> {
        let message = self.message(email, now)?;
        let (envelope, text) = (message.envelope().clone(), message.formatted());
        // One that was kept may have been closed by the server, which is seen only when it is asked for something.
        if let Some(Connection(mut connection)) = self.take()
            && let Ok(Ok(answer)) = self.in_time(connection.command(Rset)).await
            && answer.is_positive()
        {
            return self.converse(connection, &envelope, &text).await;
        }
        let connection = self.in_time(self.connect()).await;
        let connection = connection
            .map_err(|_| silent())?
            .map_err(|error| before(&error))?;
        self.converse(connection, &envelope, &text).await
    }

    /// The library waits for an answer for ever.
    async fn in_time<T>(&self, part: impl Future<Output = T>) -> Result<T, Elapsed> {
        timeout(self.options.timeout, part).await
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, smtp::Error> {
        let SmtpServer {
            host,
            port,
            encryption,
            credentials,
        } = &self.options.server;
        let hello = ClientId::default();
        let tls = || TlsParameters::new(host.clone());
        let from_the_beginning = match encryption {
            Encryption::FromTheBeginning => Some(tls()?),
            Encryption::IfPossible | Encryption::Required => None,
        };
        let server = (host.as_str(), *port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, None, &hello, from_the_beginning, None).await?;
        let is_to_be = *encryption == Encryption::Required || connection.can_starttls();
        if is_to_be && !connection.is_encrypted() {
            connection.starttls(tls()?, &hello).await?;
        }
        if let Some((user, password)) = credentials {
            let credentials = Credentials::new(user.clone(), password.clone());
            connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
        }
        Ok(connection)
    }

    /// Hands a message over, and keeps the connection if the server is ready for another.
    async fn converse(
        &self,
        mut connection: AsyncSmtpConnection,
        envelope: &Envelope,
        text: &[u8],
    ) -> Result<(), Failure> {
        let said = self.in_time(announce(&mut connection, envelope)).await;
        let Ok(said) = said else {
            return Err(silent());
        };
        let ended = match said {
            Err(error) => Err((before(&error), error)),
            Ok(()) => match self.in_time(connection.message(text)).await {
                Err(_) => return Err(unanswered()),
                Ok(Err(error)) => Err((answered(&error).unwrap_or_else(unanswered), error)),
                Ok(Ok(_)) => Ok(()),
            },
        };
        // Whoever answers goes on, whatever the answer is.
        if ended
            .as_ref()
            .err()
            .is_none_or(|(_, error)| error.status().is_some())
        {
            self.keep(connection);
        }
        ended.map_err(|(failure, _)| failure)
    }

    fn take(&self) -> Option<Connection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(Connection(connection));
        }
    }

    fn message(&self, email: Email<'_>, now: DateTime<Utc>) -> Result<Message, Failure> {
        let mailbox = |text: &str, of: &str| {
            let parsed = text.parse::<Mailbox>();
            parsed.map_err(|_| Failure::permanent(format!("the {of}'s address cannot be written to")))
        };
        let from = match email.from {
            Some(from) => mailbox(from, "sender")?,
            None => self.options.from.clone(),
        };
        let id = format!("<{}@{}>", email.key, from.email.domain());
        let mut message = Message::builder()
            .from(from)
            .to(mailbox(email.to, "recipient")?)
            .subject(email.subject)
            .date(now.into())
            .message_id(Some(id))
            .header(ContentType::TEXT_HTML);
        if let Some(reply_to) = email.reply_to {
            message = message.reply_to(mailbox(reply_to, "receiver of answers")?);
        }
        if let Some(unsubscribe) = email.unsubscribe {
            let name = HeaderName::new_from_ascii_str("List-Unsubscribe");
            message = message.raw_header(HeaderValue::new(name, unsubscribe.to_owned()));
        }
        message
            .body(email.body.to_owned())
            .map_err(|_| Failure::permanent("the message cannot be written as an email"))
    }
}

/// Says what is to come, up to the point at which the server wants to have it.
async fn announce(connection: &mut AsyncSmtpConnection, envelope: &Envelope) -> Result<(), smtp::Error> {
    let info = connection.server_info();
    let mut parameters = vec![];
    if info.supports_feature(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let addresses = || envelope.from().into_iter().chain(envelope.to());
    if info.supports_feature(Extension::SmtpUtfEight) && !addresses().all(is_ascii) {
        parameters.push(MailParameter::SmtpUtfEight);
    }
    connection
        .command(Mail::new(envelope.from().cloned(), parameters))
        .await?;
    for to in envelope.to() {
        connection.command(Rcpt::new(to.clone(), vec![])).await?;
    }
    connection.command(Data).await?;
    Ok(())
}

fn is_ascii(address: &Address) -> bool {
    AsRef::<str>::as_ref(address).is_ascii()
}

/// What an error means before anything of the message was taken.
fn before(error: &smtp::Error) -> Failure {
    answered(error).unwrap_or_else(|| {
        if error.is_client() {
            Failure::permanent("the mail server cannot do what it is asked for")
        } else if error.is_tls() {
            Failure::temporary("the mail server's encryption does not work")
        } else {
            Failure::temporary("the mail server cannot be reached")
        }
    })
}

fn silent() -> Failure {
    Failure::temporary("the mail server did not answer in time")
}

/// The whole message was on its way.
fn unanswered() -> Failure {
    Failure::Uncertain {
        reason: "the mail server did not say whether it took the message".to_owned(),
    }
}

/// What the server has said. Only the code is told: the text may hold anything.
fn answered(error: &smtp::Error) -> Option<Failure> {
    let code = error.status()?;
    let reason = format!("the mail server answered {code}");
    if error.is_permanent() {
        return Some(Failure::permanent(reason));
    }
    Some(Failure::temporary(reason))
}
