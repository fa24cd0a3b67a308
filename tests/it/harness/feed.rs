//! Subscriptions as the stories read them: one event after the other, with patience.

use std::time::Duration;

use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _};
use serde_json::Value;

use super::World;

/// How long an event may take that must come; only a fault takes as long.
const PATIENCE: Duration = Duration::from_mins(1);

/// All that an event says by itself. Its one field is called `event`, here and wherever a [`Feed`] is read.
pub(crate) const CAMPAIGN_EVENTS: &str = "
    subscription ($after: Int, $filter: CampaignEventFilter) {
        event: campaignEvents(after: $after, filter: $filter) {
            sequence kind version statusBefore statusAfter campaignId causedBySegment { id }
        }
    }";

/// As [`CAMPAIGN_EVENTS`], of the other subscription.
pub(crate) const STATUS_CHANGES: &str = "
    subscription ($after: Int, $campaignId: ID) {
        event: campaignStatusChanged(after: $after, campaignId: $campaignId) {
            sequence kind version statusBefore statusAfter campaignId causedBySegment { id }
        }
    }";

/// The answers of a subscription, wherever they come from.
pub(crate) struct Feed(BoxStream<'static, Value>);

impl World {
    /// Follows a subscription whose field is called `event`. It begins when its first event is asked for.
    pub(crate) fn feed(&self, query: &str, variables: Value) -> Feed {
        Feed::over(self.subscribe(query, variables))
    }
}

impl Feed {
    pub(crate) fn over(answers: impl Stream<Item = Value> + Send + 'static) -> Self {
        Self(answers.boxed())
    }

    /// The next answer, whatever it is; none if the subscription has ended.
    pub(crate) async fn answer(&mut self) -> Option<Value> {
        tokio::time::timeout(PATIENCE, self.0.next())
            .await
            .expect("the feed brings nothing more")
    }

    /// The next event.
    pub(crate) async fn event(&mut self) -> Value {
        let answer = self.answer().await.expect("the feed has ended");
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"]["event"].clone()
    }

    /// The next events, as many as asked for.
    pub(crate) async fn events(&mut self, count: usize) -> Vec<Value> {
        let mut events = Vec::with_capacity(count);
        while events.len() < count {
            events.push(self.event().await);
        }
        events
    }

    /// The `extensions.code` and the message of the one answer of a subscription that fails at once.
    pub(crate) async fn failure(mut self) -> (String, String) {
        let answer = self.answer().await.expect("the feed has ended");
        let error = &answer["errors"][0];
        let text = |value: &Value| {
            let text = value.as_str();
            text.unwrap_or_else(|| panic!("no error with a code: {answer:#}"))
                .to_owned()
        };
        let failure = (text(&error["extensions"]["code"]), text(&error["message"]));
        assert_eq!(self.answer().await, None, "an error ends the feed");
        failure
    }
}

/// The sequence of an event.
pub(crate) fn sequence(event: &Value) -> i64 {
    event["sequence"].as_i64().unwrap()
}

/// The sequences of events.
pub(crate) fn sequences(events: &[Value]) -> Vec<i64> {
    events.iter().map(sequence).collect()
}

/// A field of events that is a text or null, as texts.
pub(crate) fn texts<'e>(events: &'e [Value], field: &str) -> Vec<&'e str> {
    let text = |event: &'e Value| event[field].as_str().unwrap_or("-");
    events.iter().map(text).collect()
}
