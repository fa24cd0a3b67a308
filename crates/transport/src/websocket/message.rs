//! The messages of graphql-transport-ws.

use std::fmt::{self, Write as _};
use std::marker::PhantomData;

use actix_ws::{CloseCode, CloseReason};
use async_graphql::{Request, Response, ServerError, Value as ConstValue, indexmap::IndexMap};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Map, Value};

use crate::{
    Limits,
    error::Refused,
    http::{answer::Body, request::JsonRequest},
};

/// The close codes of the protocol, beside those of every `WebSocket`.
pub(super) mod close_code {
    /// A message that the protocol does not know.
    pub(in super::super) const INVALID_MESSAGE: u16 = 4400;
    /// An operation before the connection was acknowledged.
    pub(in super::super) const UNAUTHORIZED: u16 = 4401;
    /// A `connection_init` that is not acknowledged.
    pub(in super::super) const FORBIDDEN: u16 = 4403;
    /// A client that does not speak the subprotocol.
    pub(in super::super) const SUBPROTOCOL_NOT_ACCEPTABLE: u16 = 4406;
    /// No `connection_init` in time.
    pub(in super::super) const INITIALISATION_TIMEOUT: u16 = 4408;
    /// An operation with the id of one that is still running.
    pub(in super::super) const SUBSCRIBER_EXISTS: u16 = 4409;
    /// A second `connection_init`.
    pub(in super::super) const TOO_MANY_INITIALISATION_REQUESTS: u16 = 4429;
}

/// The longest id of an operation, in bytes. Ids are kept, and stand in every answer.
const MAX_ID_BYTES: usize = 256;

/// The longest reason that a close frame has room for, in bytes.
const MAX_REASON_BYTES: usize = 123;

/// What a client may say.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Incoming {
    ConnectionInit {
        #[serde(default, deserialize_with = "object")]
        payload: Option<Map<String, Value>>,
    },
    Ping {
        #[serde(default, deserialize_with = "object")]
        payload: Option<Map<String, Value>>,
    },
    Pong {
        #[serde(default, rename = "payload", deserialize_with = "object")]
        _payload: Option<Map<String, Value>>,
    },
    Subscribe {
        id: String,
        payload: Object<JsonRequest>,
    },
    Complete {
        id: String,
    },
}

/// What stands in a JSON object, and nowhere else: left to itself, serde takes a list of the values as well.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InObject<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for InObject<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(InObject(PhantomData)).map(Self)
    }
}

/// Reads a JSON object or null. Not as `serde_json` would by itself: of an object with a certain key of its own, it reads
/// the text beside that as JSON, which nobody has counted.
fn object<'de, D: Deserializer<'de>>(payload: D) -> Result<Option<Map<String, Value>>, D::Error> {
    let payload = Option::<IndexMap<String, ConstValue>>::deserialize(payload)?;
    let Some(payload) = payload else {
        return Ok(None);
    };
    let values = payload
        .into_iter()
        .map(|(key, value)| Ok((key, value.into_json()?)));
    let values: Result<_, serde_json::Error> = values.collect();
    values.map(Some).map_err(D::Error::custom)
}

/// What a client says.
pub(super) enum Said {
    /// It wants the connection to be acknowledged.
    Init(Option<Map<String, Value>>),
    /// It wants an answer.
    Ping(Option<Map<String, Value>>),
    /// It has answered.
    Pong,
    /// It wants an operation to be carried out; or one that is not even read, since its JSON is beyond a limit.
    Subscribe(String, Result<Box<Request>, Refused>),
    /// It wants no more of an operation.
    Complete(String),
}

/// Understands a message.
///
/// # Errors
/// If it is none of the protocol; the reason is what to close the socket with.
pub(super) fn understand(text: &[u8], limits: &Limits) -> Result<Said, CloseReason> {
    let invalid = |what: &dyn fmt::Display| reason(close_code::INVALID_MESSAGE, what);
    if let Err(error) = crate::guard::check_json(text, limits) {
        return beyond_a_limit(text, error);
    }
    let Object(incoming) =
        serde_json::from_slice(text).map_err(|error| invalid(&format_args!("Invalid message: {error}")))?;
    Ok(match incoming {
        Incoming::ConnectionInit { payload } => Said::Init(payload),
        Incoming::Ping { payload } => Said::Ping(payload),
        Incoming::Pong { _payload } => Said::Pong,
        Incoming::Complete { id } => Said::Complete(check_id(id)?),
        Incoming::Subscribe {
            id,
            payload: Object(payload),
        } => {
            let has_query = payload.has_query();
            let request = match payload.into_request() {
                Ok(request) => request,
                // The message is a good one, and what is wrong with the document is told of the operation.
                Err(_) if has_query => Request::new(""),
                Err(refused) => return Err(invalid(&refused)),
            };
            Said::Subscribe(check_id(id)?, Ok(Box::new(request)))
        }
    })
}

/// What is to be said of a message that is not read: of an operation, that it is refused. The others go on.
fn beyond_a_limit(text: &[u8], error: ServerError) -> Result<Said, CloseReason> {
    /// What there is of a message without its payload, which is passed over however deep it goes.
    #[derive(Deserialize)]
    struct Head {
        #[serde(rename = "type")]
        kind: String,
        id: String,
    }

    match serde_json::from_slice(text) {
        Ok(Object(Head { kind, id })) if kind == "subscribe" => Ok(Said::Subscribe(
            check_id(id)?,
            Err(Refused::Body(Box::new(error))),
        )),
        _ => Err(reason(CloseCode::Policy, &error.message)),
    }
}

fn check_id(id: String) -> Result<String, CloseReason> {
    match id.len() {
        0 => Err(reason(
            close_code::INVALID_MESSAGE,
            &"The id of an operation must not be empty",
        )),
        1..=MAX_ID_BYTES => Ok(id),
        _ => Err(reason(CloseCode::Policy, &"The id of the operation is too long")),
    }
}

/// What the server says.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Outgoing<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Map<String, Value>>,
    },
    Next {
        id: &'a str,
        payload: Body<'a>,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}

impl<'a> Outgoing<'a> {
    /// A result of an operation.
    pub(super) fn next(id: &'a str, response: &'a Response) -> Self {
        Self::Next {
            id,
            payload: Body::of(response),
        }
    }

    /// The message as it is sent.
    ///
    /// # Errors
    /// If it cannot be written, which is a fault of ours.
    pub(super) fn to_text(&self) -> Result<String, CloseReason> {
        serde_json::to_string(self).map_err(|error| {
            tracing::error!(%error, "a message could not be written");
            reason(CloseCode::Error, &"Internal error")
        })
    }
}

/// A reason to close.
pub(super) fn reason(code: impl Into<CloseCode>, description: &(impl fmt::Display + ?Sized)) -> CloseReason {
    let mut cut = Cut(String::new());
    // It tells that something was cut off.
    let _ = write!(cut, "{description}");
    CloseReason {
        code: code.into(),
        description: Some(cut.0),
    }
}

/// As much of a text as a close frame has room for: what a client has sent may stand in it, however long.
struct Cut(String);

impl fmt::Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = MAX_REASON_BYTES - self.0.len();
        // A frame is none where a letter is cut in two.
        let fitting = text.floor_char_boundary(room);
        self.0.push_str(&text[..fitting]);
        if fitting == text.len() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }
}

#[cfg(test)]
mod tests;
