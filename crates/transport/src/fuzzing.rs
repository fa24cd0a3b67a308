//! What the fuzzer throws things at (see `fuzz/`), and in small the tests. It is there only for them.

use async_graphql::Request;

use crate::{Limits, guard, http::request, testing::carry_out};

/// A document, as a client would send it.
pub fn document(text: &str) {
    carry_out(|| Request::new(text));
}

/// The body of a POST.
///
/// # Panics
/// If there is a fault.
pub fn body(bytes: &[u8]) {
    let _ = guard::check_json(bytes, &Limits::default());
    if request::parse_body(bytes, &Limits::default()).is_ok() {
        carry_out(|| request::parse_body(bytes, &Limits::default()).expect("it was one a moment ago"));
    }
}
