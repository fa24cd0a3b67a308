//! Requests as bytes, for heads and bodies that no client would send.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{SET_TIME, Server};

/// An answer, all of which has come.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The lines of its head, in lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

/// What a request is answered with on a connection of its own, which the server must close as is right: an answer that is
/// lost with its connection is none. `rest` is sent while the answer is read, and need not all be taken.
pub(crate) async fn exchange(server: &Server, head: &str, rest: &[u8]) -> Answer {
    let stream = TcpStream::connect(&server.address).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let send = async {
        writing.write_all(head.as_bytes()).await.unwrap();
        let _ = writing.write_all(rest).await;
    };
    let mut answer = vec![];
    let both = async { tokio::join!(send, reading.read_to_end(&mut answer)) };
    let ((), read) = timeout(SET_TIME, both).await.unwrap();
    read.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap();
    Answer {
        status: status.parse().unwrap(),
        head: head.to_lowercase(),
        body: body.to_owned(),
    }
}

/// Posts a body of JSON in this way.
pub(crate) async fn post_raw(server: &Server, body: &[u8]) -> Answer {
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Accept: application/graphql-response+json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    exchange(server, &head, body).await
}
