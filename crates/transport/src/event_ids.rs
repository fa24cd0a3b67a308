//! Where in a feed an event stream stands, so that a client that comes again goes on from there.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::http::header::HeaderMap;

/// The header by which a client says which event it has seen last. Browsers send it by themselves.
const LAST_EVENT_ID: &str = "last-event-id";

/// The ids of an event stream's events. It is in the data of each request that is answered with one, for those who
/// execute it: a subscription whose events can be told apart says which one its next result is about, and begins after
/// the one that the client has seen last.
#[derive(Debug, Clone)]
pub struct EventIds {
    seen: Option<Arc<str>>,
    next: Arc<Mutex<Option<String>>>,
}

impl EventIds {
    /// By the headers of a request.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let seen = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok());
        Self {
            seen: seen.filter(|id| !id.is_empty()).map(Arc::from),
            next: Arc::default(),
        }
    }

    /// The id of the event that the client has seen last, if it says so; whatever it says.
    #[must_use]
    pub fn seen(&self) -> Option<&str> {
        self.seen.as_deref()
    }

    /// Says the id of the event that the next result is about. It is a number or a word: one that would be a line of its
    /// own is not sent.
    pub fn say(&self, id: impl Into<String>) {
        let id: String = id.into();
        if !id.contains(['\n', '\r', '\0']) {
            *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
        }
    }

    /// The id of the result that has just come.
    pub(crate) fn take(&self) -> Option<String> {
        mem::take(&mut *self.next.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    /// Those of a request with this header.
    fn ids(seen: &'static str) -> EventIds {
        let mut headers = HeaderMap::new();
        let name = HeaderName::from_static(LAST_EVENT_ID);
        headers.insert(name, HeaderValue::from_static(seen));
        EventIds::of(&headers)
    }

    #[test]
    fn who_has_seen_nothing_says_nothing() {
        assert_eq!(EventIds::of(&HeaderMap::new()).seen(), None);
        assert_eq!(ids("").seen(), None);
        assert_eq!(ids("12").seen(), Some("12"));
    }

    #[test]
    fn an_id_is_that_of_one_result_and_no_line_of_its_own() {
        let ids = ids("12");
        ids.say("13");
        assert_eq!(ids.clone().take().as_deref(), Some("13"));
        assert_eq!(ids.take(), None);
        for id in ["1\ndata: x", "1\r", "1\0"] {
            ids.say(id);
            assert_eq!(ids.take(), None, "{id:?}");
        }
    }
}
