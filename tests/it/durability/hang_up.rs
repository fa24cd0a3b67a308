//! Clients that hang up without waiting for the answer.

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::segment;
use crate::harness::{Database, Dice, Server, assert_whole, audit, email};

/// A mutation as it goes over the wire.
fn request(name: &str) -> Vec<u8> {
    let query =
        "mutation ($content: CampaignContentInput!) { createCampaign(content: $content) { changed } }";
    let body = json!({ "query": query, "variables": { "content": email(name) } }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    (head + &body).into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clients_that_hang_up_break_nothing() {
    let database = Database::new();
    let server = Server::start(&database);
    let mut dice = Dice::new(8);
    let (mut whole, mut cut) = (0, 0);
    for number in 0..60 {
        let request = request(&format!("Campaign {number}"));
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        match number % 3 {
            // In the middle of the request.
            0 => {
                let sent = 1 + dice.roll(request.len() - 2);
                stream.write_all(&request[..sent]).await.unwrap();
                cut += 1;
            }
            // Before the answer, politely or not.
            1 => {
                stream.write_all(&request).await.unwrap();
                stream.shutdown().await.unwrap();
                whole += 1;
            }
            // In the middle of the answer.
            _ => {
                stream.write_all(&request).await.unwrap();
                let mut first = [0];
                assert_eq!(stream.read(&mut first).await.unwrap(), 1);
                whole += 1;
            }
        }
    }
    // Everybody else is served, and what was sent by halves was not done.
    segment(&server).await;
    let books = audit(&server).await;
    assert_eq!(books.events.len(), books.campaigns.len());
    let names: Vec<_> = books
        .campaigns
        .values()
        .map(|campaign| campaign["name"].as_str().unwrap())
        .collect();
    for number in (0..60).filter(|number| number % 3 == 0) {
        assert!(!names.contains(&format!("Campaign {number}").as_str()));
    }
    // An answer that has begun is one of a command that was carried out.
    for number in (0..60).filter(|number| number % 3 == 2) {
        assert!(names.contains(&format!("Campaign {number}").as_str()));
    }
    assert!(names.len() <= whole && whole + cut == 60);
    assert_whole(&database).await;
}
