//! The operations of one socket: which are running, and which messages break graphql-transport-ws.

use std::collections::HashSet;

use actix_ws::{CloseCode, CloseReason};
use async_graphql::http::ClientMessage;
use serde::Deserialize;

use super::guard;

/// How many operations may run on one socket at the same time. A client that wants more has forgotten to complete
/// some, or wants to see how many there may be.
const MAX_OPERATIONS: usize = 256;

/// The longest id of an operation, in bytes. Ids are kept, and stand in every answer.
const MAX_ID_BYTES: usize = 256;

/// The close codes of graphql-transport-ws.
pub(super) mod close_code {
    /// A message that the protocol does not know.
    pub(in super::super) const INVALID_MESSAGE: u16 = 4400;
    /// An operation before the connection was acknowledged.
    pub(in super::super) const UNAUTHORIZED: u16 = 4401;
    /// No `connection_init` in time.
    pub(in super::super) const INITIALISATION_TIMEOUT: u16 = 4408;
    /// An operation with the id of one that is still running.
    pub(in super::super) const DUPLICATE: u16 = 4409;
}

/// What one socket has told us so far.
#[derive(Debug, Default)]
pub(super) struct Operations {
    initialised: bool,
    running: HashSet<String>,
    /// Ended by the client, while the executor has not yet said so.
    ended: HashSet<String>,
}

/// A message of ours, as far as it says that an operation is over.
#[derive(Deserialize)]
struct Outgoing {
    r#type: String,
    id: Option<String>,
}

impl Operations {
    /// Whether the client has sent `connection_init`.
    pub(super) fn is_initialised(&self) -> bool {
        self.initialised
    }

    /// Reads a message from the client and notes what it begins and ends.
    ///
    /// # Errors
    /// If the message breaks the protocol; the reason is what to close the socket with.
    pub(super) fn receive(&mut self, text: &[u8]) -> Result<ClientMessage, CloseReason> {
        if let Err(error) = guard::check_json(text) {
            return Err(reason(CloseCode::Policy, error.message));
        }
        let message = ClientMessage::from_bytes(text)
            .map_err(|error| reason(close_code::INVALID_MESSAGE, format!("Invalid message: {error}")))?;
        match &message {
            ClientMessage::ConnectionInit { .. } => self.initialised = true,
            ClientMessage::Start { id, .. } => self.begin(id)?,
            ClientMessage::Stop { id } => {
                if self.running.remove(id) {
                    self.ended.insert(id.clone());
                }
            }
            ClientMessage::ConnectionTerminate => {
                return Err(reason(
                    close_code::INVALID_MESSAGE,
                    "connection_terminate is not of this protocol",
                ));
            }
            ClientMessage::Ping { .. } | ClientMessage::Pong { .. } => {}
        }
        Ok(message)
    }

    /// Notes an operation that the client begins.
    fn begin(&mut self, id: &str) -> Result<(), CloseReason> {
        if !self.initialised {
            return Err(reason(close_code::UNAUTHORIZED, "Unauthorized"));
        }
        if id.len() > MAX_ID_BYTES {
            return Err(reason(CloseCode::Policy, "The operation's id is too long"));
        }
        if self.running.len() >= MAX_OPERATIONS {
            return Err(reason(CloseCode::Policy, "Too many operations on one socket"));
        }
        if !self.running.insert(id.to_owned()) {
            return Err(reason(
                close_code::DUPLICATE,
                format!("Subscriber for {id} already exists"),
            ));
        }
        Ok(())
    }

    /// Notes what a message of the executor's ends, and says whether it is for the client. The end of an operation
    /// that the client itself has ended is not: the id may be in use again when it arrives there.
    pub(super) fn sends(&mut self, text: &str) -> bool {
        // Only short messages end anything; the long ones are answers, and need not be read again.
        if text.len() > 2 * MAX_ID_BYTES + 64 && !text.starts_with("{\"type\":\"complete\"") {
            return true;
        }
        if let Ok(Outgoing { r#type, id: Some(id) }) = serde_json::from_str(text)
            && r#type == "complete"
        {
            if self.ended.remove(&id) {
                return false;
            }
            self.running.remove(&id);
        }
        true
    }
}

/// A reason to close. What does not fit into a close frame is cut off when it is sent.
pub(super) fn reason(code: impl Into<CloseCode>, description: impl Into<String>) -> CloseReason {
    CloseReason {
        code: code.into(),
        description: Some(description.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Receives `text` and returns the code that it closes the socket with, if it does.
    fn code(operations: &mut Operations, text: &str) -> Option<u16> {
        operations
            .receive(text.as_bytes())
            .err()
            .map(|reason| reason.code.into())
    }

    fn subscribe(id: &str) -> String {
        format!("{{\"type\":\"subscribe\",\"id\":\"{id}\",\"payload\":{{\"query\":\"{{ hello }}\"}}}}")
    }

    #[test]
    fn nothing_runs_before_the_handshake() {
        let mut operations = Operations::default();
        assert_eq!(code(&mut operations, &subscribe("1")), Some(4401));
        assert!(!operations.is_initialised());
        assert_eq!(code(&mut operations, "{\"type\":\"connection_init\"}"), None);
        assert!(operations.is_initialised());
        assert_eq!(code(&mut operations, &subscribe("1")), None);
    }

    #[test]
    fn an_id_is_free_again_once_its_operation_is_over() {
        let mut operations = Operations {
            initialised: true,
            ..Operations::default()
        };
        assert_eq!(code(&mut operations, &subscribe("1")), None);
        assert_eq!(code(&mut operations, &subscribe("1")), Some(4409));
        assert!(operations.sends("{\"type\":\"next\",\"id\":\"1\",\"payload\":{\"data\":null}}"));
        assert_eq!(code(&mut operations, &subscribe("1")), Some(4409));
        assert!(operations.sends("{\"type\":\"complete\",\"id\":\"1\"}"));
        assert_eq!(code(&mut operations, &subscribe("1")), None);
        assert_eq!(
            code(&mut operations, "{\"type\":\"complete\",\"id\":\"1\"}"),
            None
        );
        assert_eq!(code(&mut operations, &subscribe("1")), None);
    }

    #[test]
    fn a_client_that_ends_an_operation_is_not_told_that_it_has_ended() {
        let mut operations = Operations {
            initialised: true,
            ..Operations::default()
        };
        let complete = "{\"type\":\"complete\",\"id\":\"1\"}";
        assert_eq!(code(&mut operations, &subscribe("1")), None);
        assert_eq!(code(&mut operations, complete), None);
        assert_eq!(code(&mut operations, &subscribe("1")), None);
        assert!(!operations.sends(complete), "this is about the first one");
        assert_eq!(code(&mut operations, &subscribe("1")), Some(4409));
        assert!(operations.sends(complete));
        assert_eq!(code(&mut operations, &subscribe("1")), None);
    }

    #[test]
    fn what_is_not_of_the_protocol_is_refused() {
        let mut operations = Operations {
            initialised: true,
            ..Operations::default()
        };
        for text in [
            "",
            "nonsense",
            "[]",
            "{}",
            "{\"type\":\"nonsense\"}",
            "{\"type\":\"subscribe\"}",
        ] {
            assert_eq!(code(&mut operations, text), Some(4400), "{text}");
        }
        assert_eq!(
            code(&mut operations, "{\"type\":\"connection_terminate\"}"),
            Some(4400)
        );
    }

    #[test]
    fn operations_and_their_ids_are_limited() {
        let mut operations = Operations {
            initialised: true,
            ..Operations::default()
        };
        assert_eq!(
            code(&mut operations, &subscribe(&"x".repeat(MAX_ID_BYTES + 1))),
            Some(1008)
        );
        for id in 0..MAX_OPERATIONS {
            assert_eq!(code(&mut operations, &subscribe(&id.to_string())), None);
        }
        assert_eq!(code(&mut operations, &subscribe("one more")), Some(1008));
    }
}
