//! What a response says.

use reqwest::StatusCode;
use serde_json::Value;

/// The codes of errors that nonsense gets, and nothing else may.
const NONSENSE: [&str; 3] = [
    "BAD_USER_INPUT",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
];

/// What became of a request.
#[derive(Debug)]
pub(super) enum Answer {
    /// It was carried out or refused, and the payload says which. What the payload shows besides may be missing where
    /// the database went away in between.
    Payload(Value),
    /// The database was away. Either nothing was changed, or nobody knows.
    Unavailable { is_unchanged: bool },
    /// The request was none.
    Nonsense,
    /// There was no answer.
    Lost,
}

impl Answer {
    /// Takes in a response. It fails where that is one that no server may give, whatever has happened to it.
    pub(super) fn of(status: StatusCode, text: &str) -> Self {
        let wrong = || format!("status {status}: {text}");
        let mut body: Value = serde_json::from_str(text).unwrap_or_else(|_| panic!("{}", wrong()));
        let no_errors = vec![];
        let errors = match &body["errors"] {
            Value::Null => &no_errors,
            errors => errors.as_array().unwrap_or_else(|| panic!("{}", wrong())),
        };
        let all = |codes: &[&str]| {
            let is_one = |error: &Value| {
                let code = error["extensions"]["code"].as_str();
                code.is_some_and(|code| codes.contains(&code))
            };
            errors.iter().all(is_one)
        };
        if errors.is_empty() {
            assert_eq!(status, StatusCode::OK, "{}", wrong());
            return Self::Payload(body["data"]["payload"].take());
        }
        if all(&NONSENSE) {
            let is_possible = [StatusCode::OK, StatusCode::BAD_REQUEST].contains(&status);
            assert!(is_possible, "{}", wrong());
            return Self::Nonsense;
        }
        assert!(all(&["UNAVAILABLE"]), "{}", wrong());
        if !body["data"]["payload"].is_null() {
            assert_eq!(status, StatusCode::OK, "{}", wrong());
            return Self::Payload(body["data"]["payload"].take());
        }
        let is_possible = [StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE].contains(&status);
        assert!(is_possible, "{}", wrong());
        let says_so = |error: &Value| error["message"].as_str().unwrap().contains("nothing was changed");
        Self::Unavailable {
            is_unchanged: errors.iter().all(says_so),
        }
    }
}
