//! Messages as one recipient gets them.

use super::message::{MOST_BODY_BYTES, MOST_HEADER_BYTES, is_header_value, is_web_url};
use super::{Header, Message};
use crate::template::{Escaping, RenderError, Stage, Template, TemplateError};
use crate::text::steers;

/// The most bytes of a line when it is rendered: as many as one may have before, if each is a character of four.
const LINE: usize = 4_000;

/// A message whose templates are compiled, to be rendered for many. Clones share what was compiled.
#[derive(Debug, Clone)]
pub enum CompiledMessage {
    /// An email.
    #[allow(missing_docs)]
    Email {
        from: Option<String>,
        reply_to: Option<String>,
        subject: Template,
        body: Template,
    },
    /// A message inside the app.
    #[allow(missing_docs)]
    InApp { title: Template, body: Template },
    /// A webhook; headers are names and values.
    #[allow(missing_docs)]
    Webhook {
        url: Template,
        body: Template,
        headers: Vec<(String, Template)>,
    },
}

/// A message as one recipient gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RenderedMessage {
    /// An email. The subject is one line; the body is HTML.
    #[allow(missing_docs)]
    Email {
        from: Option<String>,
        reply_to: Option<String>,
        subject: String,
        body: String,
    },
    /// A message inside the app. The title is one line; the body is HTML.
    #[allow(missing_docs)]
    InApp { title: String, body: String },
    /// A request to another service.
    #[allow(missing_docs)]
    Webhook {
        url: String,
        body: String,
        headers: Vec<Header>,
    },
}

/// Why a message cannot be rendered for a recipient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unrendered {
    /// A template that cannot be rendered with these values, in this field of the message.
    #[error("{field}: {error}")]
    Template {
        /// The field, as the input names it.
        field: String,
        /// Why.
        error: RenderError,
    },
    /// The address is none when it is filled in.
    #[error("url: what is rendered is not an http or https address with a host")]
    NotAUrl,
    /// A header that would not be one when it is filled in, or more than one.
    #[error("headers.{index}.value: what is rendered has characters that HTTP does not allow there")]
    NotAHeader {
        /// Which header, from 0.
        index: usize,
    },
}

impl Message {
    /// Compiles its templates.
    ///
    /// # Errors
    /// If one of them is none: only in messages that came in when nobody looked.
    pub fn compile(&self) -> Result<CompiledMessage, TemplateError> {
        let line = |text: &str| Template::compile(text, Escaping::None);
        let page = |text: &str| Template::compile(text, Escaping::Html);
        Ok(match self {
            Self::Email(email) => CompiledMessage::Email {
                from: email.from.clone(),
                reply_to: email.reply_to.clone(),
                subject: line(&email.subject)?,
                body: page(&email.body)?,
            },
            Self::InApp(in_app) => CompiledMessage::InApp {
                title: line(&in_app.title)?,
                body: page(&in_app.body)?,
            },
            Self::Webhook(webhook) => CompiledMessage::Webhook {
                url: line(&webhook.url)?,
                body: line(&webhook.body)?,
                headers: webhook
                    .headers
                    .iter()
                    .map(|header| Ok((header.name.clone(), line(&header.value)?)))
                    .collect::<Result<_, _>>()?,
            },
        })
    }
}

impl CompiledMessage {
    /// What it is on this stage.
    ///
    /// # Errors
    /// If a template cannot be rendered, or what comes out is not what it has to be.
    pub fn render(&self, stage: &Stage) -> Result<RenderedMessage, Unrendered> {
        let render = |field: &str, template: &Template, limit| {
            template
                .render(stage, limit)
                .map_err(|error| Unrendered::Template {
                    field: field.to_owned(),
                    error,
                })
        };
        let line = |field, template| Ok(one_line(&render(field, template, LINE)?));
        Ok(match self {
            Self::Email {
                from,
                reply_to,
                subject,
                body,
            } => RenderedMessage::Email {
                from: from.clone(),
                reply_to: reply_to.clone(),
                subject: line("subject", subject)?,
                body: render("body", body, MOST_BODY_BYTES)?,
            },
            Self::InApp { title, body } => RenderedMessage::InApp {
                title: line("title", title)?,
                body: render("body", body, MOST_BODY_BYTES)?,
            },
            Self::Webhook { url, body, headers } => {
                let url = render("url", url, LINE)?.trim().to_owned();
                if !is_web_url(&url) {
                    return Err(Unrendered::NotAUrl);
                }
                let headers = headers.iter().enumerate().map(|(index, (name, value))| {
                    let field = format!("headers.{index}.value");
                    let value = render(&field, value, MOST_HEADER_BYTES)?;
                    let value = value.trim_matches([' ', '\t']).to_owned();
                    if !is_header_value(&value) {
                        return Err(Unrendered::NotAHeader { index });
                    }
                    let name = name.clone();
                    Ok(Header { name, value })
                });
                RenderedMessage::Webhook {
                    headers: headers.collect::<Result<_, _>>()?,
                    body: render("body", body, MOST_BODY_BYTES)?,
                    url,
                }
            }
        })
    }
}

/// A text as one line: whatever would end it, or steer it, is a blank.
fn one_line(text: &str) -> String {
    let line: String = text.chars().map(|c| if steers(c) { ' ' } else { c }).collect();
    line.trim().to_owned()
}
