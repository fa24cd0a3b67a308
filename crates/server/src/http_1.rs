//! What the library leaves open of how an answer ends, and a connection goes on, in HTTP/1.

use actix_web::{
    body::{BodySize, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{ConnectionType, StatusCode, Version},
};

/// What a request says of its connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    version: Version,
    /// Whether the connection is to become another one after it.
    is_upgrade: bool,
}

impl Wish {
    /// What this request says.
    pub(crate) fn of(request: &ServiceRequest) -> Self {
        Self {
            version: request.version(),
            is_upgrade: request.head().upgrade(),
        }
    }

    /// Has the answer say what becomes of the connection.
    pub(crate) fn settle<B: MessageBody>(self, response: &mut ServiceResponse<B>) {
        // In HTTP/1.0, what has no length ends with its connection: nobody knows of chunks.
        let is_endless = response.response().body().size() == BodySize::Stream;
        let ends_with_connection = self.version <= Version::HTTP_10 && is_endless;
        // The library closes a connection that was to become another one and has not, and says to the client that it has.
        let stays_as_it_was = self.is_upgrade && response.status() != StatusCode::SWITCHING_PROTOCOLS;
        let head = response.response_mut().head_mut();
        if ends_with_connection {
            head.no_chunking(true);
        }
        if ends_with_connection || stays_as_it_was {
            head.set_connection_type(ConnectionType::Close);
        }
    }
}
