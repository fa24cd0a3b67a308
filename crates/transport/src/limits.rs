//! How much anybody may ask of the process.

use std::time::Duration;

/// The limits of an endpoint. Each is the most that is let through; one above is refused, with a message that names the
/// limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The body of a POST, the query string of a GET, or a message on a socket, in bytes.
    pub bytes: usize,
    /// Names, values and signs in a document, each of which costs the parser some hundred bytes.
    pub tokens: usize,
    /// Brackets of all kinds in brackets, in a document's text.
    pub nesting: usize,
    /// Values in a request's JSON; and values that its fields and directives are given, with each variable wherever it
    /// is used.
    pub values: usize,
    /// Lists and objects in one another, in a request's JSON, the request itself among them.
    pub json_nesting: usize,
    /// Fields, inline fragments and spreads of a document, with each fragment wherever it is spread.
    pub selections: usize,
    /// Aliases of a document, with each fragment wherever it is spread.
    pub aliases: usize,
    /// Directives of a document, wherever they stand in it.
    pub directives: usize,
    /// Selections in one another, with each fragment wherever it is spread.
    pub depth: usize,
    /// Lists of introspection in one another. Each multiplies the answer by the fields of every type.
    pub introspection_lists: usize,
    /// Values that an operation asks for: fields of objects, with each list as long as it may be, the objects in lists,
    /// and what fields are given.
    pub complexity: usize,
    /// What an answer weighs, or each result of a subscription, in bytes: its texts, and 256 for each value.
    pub answer_bytes: usize,
    /// What all requests may hold at once, in bytes: their documents and variables, and their answers until these are sent.
    /// Half of it is for subscriptions. What is small is let through beyond it, as long as there is room among the requests.
    pub held_bytes: usize,
    /// Requests that are being answered at once, whoever has sent them. What a socket asks for counts as well.
    pub requests: usize,
    /// Bytes that are being received at once, by all connections together: of requests until they are answered, and of
    /// messages on sockets until they are there.
    pub receiving: usize,
    /// How long a request may take to be answered.
    pub request_time: Duration,
    /// Sockets and event streams that are open at once.
    pub sockets: usize,
    /// Of these, the ones to one address.
    pub sockets_of_address: usize,
    /// Operations that run at once on one socket.
    pub operations: usize,
    /// How long a client may take to send `connection_init` on a socket.
    pub init_time: Duration,
    /// How long an open socket may show no sign of life, be it a pong.
    pub silence: Duration,
}

impl Limits {
    /// How much of what is held is for subscriptions, as long as they go on.
    pub(crate) const fn held_by_subscriptions(&self) -> usize {
        self.held_bytes / 2
    }

    /// How much of that is for those of one address: the part that it has of the sockets.
    pub(crate) fn held_by_subscriptions_of_address(&self) -> usize {
        let all = self.held_by_subscriptions();
        let sockets = self.sockets.max(1);
        (all / sockets).saturating_mul(self.sockets_of_address).min(all)
    }

    /// How much is for answers, until they are sent.
    pub(crate) const fn held_by_answers(&self) -> usize {
        self.held_bytes - self.held_by_subscriptions()
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 1024 * 1024,
            // A command in bulk names up to 10,000 campaigns, and each id is a token where it is written into the document.
            tokens: 20_000,
            nesting: 64,
            values: 100_000,
            json_nesting: 64,
            selections: 10_000,
            aliases: 500,
            directives: 500,
            depth: 32,
            // Tools need one.
            introspection_lists: 3,
            // A full page of a hundred campaigns with all of their content and draft; not a hundred times a hundred.
            complexity: 20_000,
            // A page of a hundred campaigns, live and as draft, with mails of 200 KB each.
            answer_bytes: 64 * 1024 * 1024,
            held_bytes: 512 * 1024 * 1024,
            requests: 1_000,
            receiving: 256 * 1024 * 1024,
            request_time: Duration::from_mins(1),
            sockets: 10_000,
            sockets_of_address: 1_000,
            operations: 100,
            init_time: Duration::from_secs(10),
            silence: Duration::from_mins(2),
        }
    }
}
