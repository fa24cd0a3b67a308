//! What subscribers are told.

use std::sync::Mutex;

use serde_json::Value;

use crate::harness::sequence;

/// All that any subscriber was told, in the order of the sequences. The first one who is told of an event enters it;
/// all others must be told the same.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Vec<String>>);

impl Ledger {
    /// Takes down what a subscriber was told next after the event with the sequence `last`.
    pub(super) fn enter(&self, last: i64, event: &Value) {
        let number = sequence(event);
        assert_eq!(number, last + 1, "no gap and no repeat: {event}");
        let index = usize::try_from(last).unwrap();
        let text = event.to_string();
        let mut told = self.0.lock().unwrap();
        match told.get(index) {
            Some(before) => assert_eq!(text, *before, "another one was told this of the same event"),
            None => told.push(text),
        }
    }

    /// Checks that all that was told is what the log has.
    pub(super) fn check(&self, log: &[Value]) {
        let told = self.0.lock().unwrap();
        for (told, event) in told.iter().zip(log) {
            assert_eq!(*told, event.to_string(), "what was told, and what the log has");
        }
        assert_eq!(told.len(), log.len(), "all was told, and nothing else");
    }
}
