//! Receivers on loopback: they write down what came, and answer what they are told to.

#![expect(clippy::unwrap_used, reason = "what fails here is to fail the test")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a receiver got, each with its lines before the body and the body.
type Received = Arc<Mutex<Vec<(Vec<String>, String)>>>;

/// A receiver of one kind.
pub struct Receiver {
    /// The port on loopback at which it listens.
    pub port: u16,
    received: Received,
}

impl Receiver {
    /// Over HTTP: each request is answered by the next of these, and by the last one ever after; nothing for an empty one,
    /// after which the connection is cut off.
    pub async fn http(answers: &[&str]) -> Self {
        let answers: Vec<String> = answers.iter().map(ToString::to_string).collect();
        Self::start(move |stream, received| http(stream, received, answers.clone(), Duration::ZERO)).await
    }

    /// Over HTTP: each request is answered by this, after a time.
    pub async fn http_after(time: Duration, answer: &str) -> Self {
        let answer = answer.to_owned();
        Self::start(move |stream, received| http(stream, received, vec![answer.clone()], time)).await
    }

    /// Over SMTP: to a command that begins with one of these, the server answers what stands beside it.
    pub async fn smtp(answers: &[(&'static str, &'static str)]) -> Self {
        let answers = answers.to_vec();
        Self::start(move |stream, received| smtp(stream, received, answers.clone())).await
    }

    async fn start<F: Future<Output = std::io::Result<()>> + Send + 'static>(
        serve: impl Fn(TcpStream, Received) -> F + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Received::default();
        let kept = Arc::clone(&received);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Self { port, received }
    }

    /// A URL of it with this path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What came so far.
    ///
    /// # Panics
    /// If a connection failed in mid-message.
    #[must_use]
    pub fn received(&self) -> Vec<(Vec<String>, String)> {
        self.received.lock().unwrap().clone()
    }
}

async fn http(
    stream: TcpStream,
    received: Received,
    answers: Vec<String>,
    time: Duration,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut lines, mut length) = (vec![], 0);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_owned();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            lines.push(line);
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let number = {
            let mut received = received.lock().unwrap();
            received.push((lines, String::from_utf8(body).unwrap()));
            received.len()
        };
        let answer = &answers[(number - 1).min(answers.len() - 1)];
        if answer.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(time).await;
        let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await?;
    }
}

async fn smtp(
    stream: TcpStream,
    received: Received,
    answers: Vec<(&'static str, &'static str)>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 receiver\r\n").await?;
    let mut lines = vec![];
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        let told = |command: &str| {
            answers
                .iter()
                .find(|(of, _)| command.starts_with(of))
                .map(|(_, answer)| *answer)
        };
        let usual = match line.split(' ').next().unwrap() {
            "EHLO" => "250-receiver\r\n250 8BITMIME",
            "DATA" => "354 go on",
            _ => "250 so be it",
        };
        let answer = told(&line).unwrap_or(usual);
        let is_data = line == "DATA" && answer.starts_with("354");
        lines.push(line);
        if answer.is_empty() {
            return Ok(());
        }
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        if is_data {
            let mut body = String::new();
            while !body.ends_with("\r\n.\r\n") {
                if stream.read_line(&mut body).await? == 0 {
                    return Ok(());
                }
            }
            received.lock().unwrap().push((std::mem::take(&mut lines), body));
            let answer = told(".").unwrap_or("250 taken");
            if answer.is_empty() {
                return Ok(());
            }
            stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
    }
}
