//! One command on one campaign, with what stood before it and what the feed told of it.

use serde_json::{Value, json};

use super::{Payload, World};

/// A command that was carried out or refused. Each of the three ways in which it can end is checked as a whole: the
/// answer, the campaign as it is read afterwards, and the feed.
#[must_use]
#[derive(Debug)]
pub(crate) struct Step {
    before: Value,
    payload: Payload,
    after: Value,
    log_end: i64,
    events: Vec<Value>,
}

impl World {
    /// Carries out a command that takes only a campaign: `launchCampaign`, `discardDraft` and the like.
    pub(crate) async fn step(&self, command: &str, id: &str) -> Step {
        self.observe(id, self.run(command, id)).await
    }

    /// Carries out any command on a campaign.
    pub(crate) async fn observe(&self, id: &str, command: impl Future<Output = Payload>) -> Step {
        let before = self.campaign(id).await;
        let log_end = self.log_end().await;
        let payload = command.await;
        let after = self.campaign(id).await;
        let events = self.events_after(log_end).await;
        Step {
            before,
            payload,
            after,
            log_end,
            events,
        }
    }
}

impl Step {
    /// It changed the campaign: one version up, one event, no error. The campaign as it is now.
    #[track_caller]
    pub(crate) fn changed(self, kind: &str, status_before: &str, status_after: &str) -> Value {
        let version = self.before["version"].as_i64().unwrap() + 1;
        let event = json!({
            "sequence": self.log_end + 1,
            "kind": kind,
            "version": version,
            "statusBefore": status_before,
            "statusAfter": status_after,
            "campaignId": self.before["id"],
            "causedBySegment": null,
        });
        assert_eq!(self.payload.codes(), Vec::<&str>::new());
        assert_eq!(self.events, [event]);
        assert!(self.payload.changed());
        assert_eq!(self.before["status"], status_before);
        assert_eq!(self.after["status"], status_after);
        assert_eq!(self.after["version"], version);
        assert_eq!(
            *self.payload.campaign(),
            self.after,
            "the payload shows what is read"
        );
        self.after
    }

    /// It was already so: no event, no new version, no error. The campaign, which is as it was.
    #[track_caller]
    pub(crate) fn unchanged(self) -> Value {
        assert_eq!(self.payload.codes(), Vec::<&str>::new());
        self.untouched()
    }

    /// It was refused, for this one reason. The refusals.
    #[track_caller]
    pub(crate) fn refused(self, code: &str) -> Value {
        assert_eq!(self.payload.codes(), [code]);
        let errors = self.payload.0["userErrors"].clone();
        assert_ne!(errors[0]["message"], "", "a refusal is told in words");
        self.untouched();
        errors
    }

    fn untouched(self) -> Value {
        assert!(!self.payload.changed());
        assert_eq!(self.events, [] as [Value; 0], "no event without a change");
        assert_eq!(self.after, self.before, "nothing is touched");
        assert_eq!(
            *self.payload.campaign(),
            self.before,
            "the payload shows what is read"
        );
        self.after
    }
}

/// The event of a campaign that came into being.
pub(crate) fn created(sequence: i64, id: &str) -> Value {
    json!({
        "sequence": sequence,
        "kind": "CREATED",
        "version": 1,
        "statusBefore": null,
        "statusAfter": "UNLAUNCHED",
        "campaignId": id,
        "causedBySegment": null,
    })
}
