//! What sends the messages of a world.

use std::num::NonZeroU32;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use understudy_delivery::{Channels, EmailOptions, Emails, SenderOptions, WebhookOptions, Webhooks};
use understudy_tests::receivers::Receiver;

use super::World;

/// Channels that hand emails over to this receiver, and let webhooks go anywhere.
pub(crate) fn channels(mail: Option<&Receiver>) -> Channels {
    let timeout = Duration::from_mins(1);
    let webhooks = Webhooks::new(&WebhookOptions {
        timeout,
        secret: None,
        allow_private: true,
    });
    let emails = mail.map(|mail| {
        Emails::new(EmailOptions {
            server: format!("smtp://127.0.0.1:{}", mail.port).parse().unwrap(),
            timeout,
            from: "Example News <news@example.com>".parse().unwrap(),
        })
    });
    Channels {
        emails,
        webhooks: webhooks.unwrap(),
    }
}

/// A sender at work.
pub(crate) struct Sending {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Sending {
    /// Has it end in order.
    pub(crate) async fn stop(self) {
        self.stop.send(true).unwrap();
        self.running.await.unwrap();
    }

    /// Ends it in mid-work, as a crash does.
    pub(crate) async fn kill(self) {
        self.running.abort();
        let _ = self.running.await;
    }
}

impl World {
    /// A sender over this world's database, at so many messages a second at most.
    pub(crate) fn sender(&self, channels: Channels, rate: Option<u32>) -> Sending {
        let options = SenderOptions {
            attempt_within: Duration::from_secs(2),
            rate: rate.and_then(NonZeroU32::new),
        };
        let (stop, is_stopping) = watch::channel(false);
        let sender = self.app.sender(channels, options, is_stopping);
        Sending {
            stop,
            running: tokio::spawn(sender.run()),
        }
    }

    /// How far the sending of a campaign has come.
    pub(crate) async fn delivery(&self, id: &str) -> Value {
        let query = "query ($id: ID!) { campaign(id: $id) {
            delivery { planned pending inFlight sent failed canceled } } }";
        self.ask(query, json!({ "id": id })).await["campaign"]["delivery"].take()
    }

    /// Waits until nothing of a campaign is to be sent any more, and so many were planned; how that ended.
    pub(crate) async fn until_sent(&self, id: &str, planned: usize) -> Value {
        loop {
            let delivery = self.delivery(id).await;
            if delivery["planned"] == planned && delivery["pending"] == 0 && delivery["inFlight"] == 0 {
                return delivery;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Makes so many recipients, who all have an address.
    pub(crate) async fn people(&self, number: usize) {
        let person = |number: usize| {
            let (name, email) = (format!("it-{number}"), format!("it-{number}@example.com"));
            json!({ "externalId": name, "email": email, "attributes": { "number": number } })
        };
        let people: Vec<Value> = (0..number).map(person).collect();
        for people in people.chunks(1_000) {
            let payload = self.upsert(json!(people)).await;
            assert_eq!(payload["userErrors"], json!([]));
        }
    }
}
