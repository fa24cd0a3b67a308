//! A WebSocket of the real process, spoken to message by message.

use std::io;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::{Message, Role};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{Feed, Server};

/// How long a message may take that must come; only a fault takes as long.
const PATIENCE: Duration = Duration::from_mins(1);

/// The subprotocol of subscriptions.
pub(crate) const SUBPROTOCOL: &str = "graphql-transport-ws";

/// An open WebSocket.
pub(crate) struct Socket(pub(crate) WebSocketStream<TcpStream>);

/// What a socket brings.
#[derive(Debug, PartialEq)]
pub(crate) enum Received {
    /// A text, which is always JSON.
    Message(Value),
    /// A pong, with what it carries.
    Pong(Vec<u8>),
    /// The end, with the code and the reason of the close frame, or without one.
    End(Option<(u16, String)>),
}

/// A connection with so small a buffer that the server soon notices when nobody reads.
pub(crate) async fn narrow(address: &str) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(8 * 1024)?;
    socket.connect(address.parse().unwrap()).await
}

impl Socket {
    /// Shakes hands, offering these subprotocols; the response if the server refuses.
    pub(crate) async fn shake_hands(server: &Server, headers: &[(&str, &str)]) -> Result<Self, Error> {
        let stream = TcpStream::connect(&server.address).await.unwrap();
        Self::over(stream, &server.address, headers).await
    }

    pub(crate) async fn over(
        stream: TcpStream,
        address: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request
                .headers_mut()
                .append(name, HeaderValue::from_str(value).unwrap());
        }
        let (socket, _) = client_async(request, stream).await?;
        Ok(Self(socket))
    }

    /// Shakes hands with these headers, whatever comes of what they offer: a client of its own would not go on.
    pub(crate) async fn shake_hands_freely(server: &Server, headers: &[(&str, &str)]) -> Self {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        let head = format!(
            "GET /graphql HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
            server.address
        );
        let offers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let request = offers.fold(head, |request, header| request + &header) + "\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = vec![];
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        Self(WebSocketStream::from_raw_socket(stream, Role::Client, None).await)
    }

    /// Shakes hands and initialises.
    pub(crate) async fn open(server: &Server) -> Self {
        Self::try_open(server).await.unwrap()
    }

    /// As [`open`](Self::open); an error if the server is gone, or goes in between.
    pub(crate) async fn try_open(server: &Server) -> Result<Self, Error> {
        Self::try_open_at(&server.address).await
    }

    /// As [`try_open`](Self::try_open), for who knows no more of the server than its address.
    pub(crate) async fn try_open_at(address: &str) -> Result<Self, Error> {
        let stream = TcpStream::connect(address).await?;
        Self::initialised(stream, address).await
    }

    /// As [`open`](Self::open), with so small a buffer that the server soon notices when nobody reads.
    pub(crate) async fn open_narrow(server: &Server) -> Self {
        Self::try_open_narrow_at(&server.address).await.unwrap()
    }

    /// As [`open_narrow`](Self::open_narrow); an error if the server is gone, or goes in between.
    pub(crate) async fn try_open_narrow_at(address: &str) -> Result<Self, Error> {
        Self::initialised(narrow(address).await?, address).await
    }

    async fn initialised(stream: TcpStream, address: &str) -> Result<Self, Error> {
        let mut socket = Self::over(stream, address, &[("Sec-WebSocket-Protocol", SUBPROTOCOL)]).await?;
        socket.send(&json!({ "type": "connection_init" })).await?;
        match socket.receive().await {
            Received::Message(message) if message["type"] == "connection_ack" => Ok(socket),
            // Nobody can say who is let in while the database is away, and whoever comes is told to come again.
            Received::End(Some((1013, reason))) if reason.contains("database") => {
                Err(io::Error::new(io::ErrorKind::ResourceBusy, reason).into())
            }
            Received::End(_) => Err(Error::ConnectionClosed),
            other => panic!("not acknowledged: {other:?}"),
        }
    }

    /// Sends a message of the protocol.
    pub(crate) async fn send(&mut self, message: &Value) -> Result<(), Error> {
        self.0.send(Message::text(message.to_string())).await
    }

    /// Begins an operation. If the server is gone, what is received next says so.
    pub(crate) async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        let message = json!({ "type": "subscribe", "id": id, "payload": payload });
        let _ = self.send(&message).await;
    }

    /// What comes next, the server's own pings aside.
    pub(crate) async fn receive(&mut self) -> Received {
        // The pings must not feed the patience, or a fault would be waited for without end.
        let next = timeout(PATIENCE, self.receive_patiently()).await;
        next.expect("the socket brings nothing more")
    }

    async fn receive_patiently(&mut self) -> Received {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Received::Message(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Pong(payload))) => return Received::Pong(payload.to_vec()),
                Some(Ok(Message::Close(frame))) => {
                    let reason = frame.map(|frame| (frame.code.into(), frame.reason.to_string()));
                    return Received::End(reason);
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Received::End(None),
            }
        }
    }

    /// The next message.
    pub(crate) async fn message(&mut self) -> Value {
        match self.receive().await {
            Received::Message(message) => message,
            other => panic!("not a message: {other:?}"),
        }
    }

    /// The next event of an operation, which must be what comes next.
    pub(crate) async fn event(&mut self, id: &str) -> Value {
        let message = self.message().await;
        assert_eq!(message["type"], "next", "{message}");
        assert_eq!(message["id"], id, "{message}");
        assert!(message["payload"].get("errors").is_none(), "{message}");
        message["payload"]["data"]["event"].clone()
    }

    /// The code that the server closes the socket with, whatever it still says before.
    pub(crate) async fn closed(&mut self) -> u16 {
        self.closed_for().await.0
    }

    /// As [`closed`](Self::closed), with the reason.
    pub(crate) async fn closed_for(&mut self) -> (u16, String) {
        loop {
            match self.receive().await {
                Received::End(Some(closed)) => return closed,
                Received::End(None) => panic!("the socket was cut off without a close frame"),
                Received::Message(_) | Received::Pong(_) => {}
            }
        }
    }

    /// Makes a feed of the socket. It ends when the operation is complete or the connection is gone.
    pub(crate) async fn into_feed(mut self, query: &str, variables: Value) -> Feed {
        self.subscribe("feed", query, variables).await;
        let answers = stream::unfold(self, |mut socket| async move {
            match socket.receive().await {
                Received::Message(mut message) if message["type"] == "next" => {
                    Some((message["payload"].take(), socket))
                }
                Received::Message(mut message) if message["type"] == "error" => {
                    Some((json!({ "errors": message["payload"].take() }), socket))
                }
                Received::Message(_) | Received::Pong(_) | Received::End(_) => None,
            }
        });
        Feed::over(answers)
    }
}
