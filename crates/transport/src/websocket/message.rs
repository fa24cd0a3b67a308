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
mod tests {
    use super::*;

    fn code_of(text: &str) -> Option<u16> {
        understand(text.as_bytes(), &Limits::default())
            .err()
            .map(|reason| reason.code.into())
    }

    #[test]
    fn what_is_of_the_protocol_is_understood() {
        for text in [
            "{\"type\":\"connection_init\"}",
            "{\"type\":\"connection_init\",\"payload\":null}",
            "{\"type\":\"connection_init\",\"payload\":{\"token\":\"x\"}}",
            "{\"type\":\"ping\"}",
            "{\"type\":\"ping\",\"payload\":{\"n\":1}}",
            "{\"type\":\"pong\",\"payload\":null}",
            "{\"type\":\"complete\",\"id\":\"1\"}",
            "{\"id\":\"1\",\"type\":\"subscribe\",\"payload\":{\"query\":\"{ a }\"}}",
            "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":\"{ a }\",\"variables\":null,\
             \"operationName\":null,\"extensions\":null}}",
            "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":\"{ a }\",\"variables\":{\"b\":[1]},\
             \"operationName\":\"c\",\"extensions\":{}},\"more\":true}",
        ] {
            assert_eq!(code_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_in_a_payload_is_never_read_as_json() {
        let nested = |count: usize| format!("{}{}", "[".repeat(count), "]".repeat(count));
        let mut text = nested(30);
        for _ in 0..30 {
            let inner = serde_json::to_string(&text).unwrap();
            text = format!("[[[{{\"$serde_json::private::RawValue\":{inner}}}]]]");
            if text.len() > 500_000 {
                break;
            }
        }
        for kind in ["connection_init", "ping", "pong"] {
            for value in [text.as_str(), "{\"$serde_json::private::RawValue\":\"]\"}"] {
                let message = format!("{{\"type\":\"{kind}\",\"payload\":{{\"a\":{value}}}}}");
                let said = understand(message.as_bytes(), &Limits::default()).map_err(|reason| reason.code);
                if let Said::Ping(payload) = said.unwrap() {
                    let pong = Outgoing::Pong { payload }.to_text().unwrap();
                    let (_, echo) = pong.split_once("\"payload\"").unwrap();
                    assert!(message.ends_with(echo), "{pong}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_of_the_protocol_is_refused() {
        for text in [
            "",
            "nonsense",
            "[]",
            "null",
            "{}",
            "{\"type\":0}",
            "{\"type\":1}",
            "{\"type\":\"ping\",\"type\":\"pong\"}",
            "[\"ping\"]",
            "[\"ping\",null]",
            "[\"subscribe\",\"1\",[\"{__typename}\"]]",
            "[\"subscribe\",\"1\",{\"query\":\"{__typename}\"}]",
            "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":[\"{__typename}\"]}",
            "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":[]}",
            "{\"type\":\"connection_init\",\"payload\":[]}",
            "{\"type\":\"nonsense\"}",
            "{\"type\":\"connection_ack\"}",
            "{\"type\":\"connection_init\",\"payload\":1}",
            "{\"type\":\"ping\",\"payload\":[]}",
            "{\"type\":\"complete\"}",
            "{\"type\":\"complete\",\"id\":1}",
            "{\"type\":\"complete\",\"id\":\"\"}",
            "{\"type\":\"subscribe\"}",
            "{\"type\":\"subscribe\",\"id\":\"1\"}",
            "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{}}",
            "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":1}}",
            "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":\"{ a }\",\"variables\":[]}}",
            "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":\"{ a }\",\"operationName\":1}}",
            "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":\"{ a }\",\"extensions\":\"\"}}",
            "{\"type\":\"subscribe\",\"id\":\"\",\"payload\":{\"query\":\"{ a }\"}}",
            "{\"type\":\"subscribe\",\"payload\":{\"query\":\"{ a }\"}}",
        ] {
            assert_eq!(code_of(text), Some(4400), "{text}");
        }
    }

    #[test]
    fn json_beyond_a_limit_is_not_read() {
        let limits = Limits::default();
        let ping = |value: String| format!("{{\"type\":\"ping\",\"payload\":{{\"a\":{value}}}}}");
        // In the message, in its payload.
        let nested = |depth: usize| ping("[".repeat(depth - 2) + &"]".repeat(depth - 2));
        // Its two members, the one of the payload, and the list.
        let many = |count: usize| ping(format!("[{}]", vec!["1"; count - 3].join(",")));
        for (text, code) in [
            (nested(limits.json_nesting), None),
            (nested(limits.json_nesting + 1), Some(1008)),
            (many(limits.values), None),
            (many(limits.values + 1), Some(1008)),
        ] {
            assert_eq!(code_of(&text), code, "{} bytes", text.len());
        }
    }

    #[test]
    fn an_operation_whose_json_is_beyond_a_limit_is_refused_by_its_id() {
        let subscribe = |value: &str, rest: &str| {
            format!(
                "{{\"payload\":{{\"query\":\"{{ a }}\",\"variables\":{{\"a\":{value}}}}},\"type\":\"subscribe\"{rest}}}"
            )
        };
        let refused = |text: &str| match understand(text.as_bytes(), &Limits::default()) {
            Ok(Said::Subscribe(id, Err(Refused::Body(error)))) => Ok((id, error.message)),
            Ok(_) => panic!("it is read"),
            Err(reason) => Err(u16::from(reason.code)),
        };
        // However deep it is, nobody recurses over it.
        for depth in [100, 200, 200_000] {
            let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            let (id, message) = refused(&subscribe(&deep, ",\"id\":\"1\"")).unwrap();
            assert_eq!(id, "1");
            assert!(message.contains("64"), "{message}");
            assert_eq!(refused(&subscribe(&deep, "")), Err(1008));
            assert_eq!(refused(&subscribe(&deep, ",\"id\":\"\"")), Err(4400));
            let long = format!(",\"id\":\"{}\"", "x".repeat(MAX_ID_BYTES + 1));
            assert_eq!(refused(&subscribe(&deep, &long)), Err(1008));
            assert_eq!(
                refused(&subscribe(&deep, ",\"id\":\"1\",\"id\":\"2\"")),
                Err(1008)
            );
            assert_eq!(refused(&format!("[\"subscribe\",\"1\",{deep}]")), Err(1008));
        }
    }

    #[test]
    fn an_id_is_as_long_as_it_may_be_and_no_longer() {
        for (length, code) in [(256, None), (257, Some(1008))] {
            let id = "x".repeat(length);
            for rest in [
                "\"type\":\"complete\"",
                "\"type\":\"subscribe\",\"payload\":{\"query\":\"{ a }\"}",
            ] {
                assert_eq!(
                    code_of(&format!("{{{rest},\"id\":\"{id}\"}}")),
                    code,
                    "{length} {rest}"
                );
            }
        }
    }

    #[test]
    fn a_reason_fits_into_its_frame() {
        let described = |text: &str| reason(1000, text).description.unwrap();
        assert_eq!(described(&"ä".repeat(100)), "ä".repeat(61));
        assert_eq!(described(&"a".repeat(123)), "a".repeat(123));
        assert_eq!(described(&"a".repeat(124)), "a".repeat(123));
        // Nothing comes after what was cut off.
        let long = format_args!("{}{}{}", "a", "ä".repeat(100), "b").to_string();
        assert_eq!(described(&long), format!("a{}", "ä".repeat(61)));
        let reason = reason(1000, &format_args!("{}{}", "ä".repeat(62), "b"));
        assert_eq!(reason.description.unwrap(), "ä".repeat(61));
        let message = format!("{{\"type\":\"ping\",\"payload\":\"{}\"}}", "x".repeat(500_000));
        let Err(reason) = understand(message.as_bytes(), &Limits::default()) else {
            panic!("it is understood")
        };
        assert_eq!(reason.description.map(|reason| reason.len()), Some(123));
    }
}
