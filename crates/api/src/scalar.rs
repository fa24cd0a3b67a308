//! The scalars that GraphQL does not bring along.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime as ChronoDateTime, Datelike as _, SecondsFormat, Utc};
use understudy_domain::Timestamp;

/// A moment. The store keeps milliseconds, so that is what it is truncated to when it comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateTime(pub(crate) Timestamp);

impl DateTime {
    /// The moment that a text of RFC 3339 means.
    ///
    /// A leap second is read as the second after it, which is how both databases would keep it. An offset may carry a
    /// moment out of the years that RFC 3339 can write: that is an error, since it could never be told again.
    fn read(text: &str) -> Option<Self> {
        let at = ChronoDateTime::parse_from_rfc3339(text).ok()?;
        let at = ChronoDateTime::<Utc>::from_timestamp_millis(at.timestamp_millis())?;
        (0..=9999).contains(&at.year()).then_some(Self(at))
    }
}

/// A moment as RFC 3339 writes it. Answers are in UTC with three digits of milliseconds, e.g.
/// `2026-11-03T09:30:00.000Z`. Inputs may have any offset and any number of digits, and are truncated to the
/// millisecond.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339"
)]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = match &value {
            Value::String(text) => Self::read(text),
            _ => return Err(InputValueError::expected_type(value)),
        };
        read.ok_or_else(|| {
            InputValueError::custom("this is no moment as RFC 3339 writes it, e.g. 2026-11-03T09:30:00Z")
                .with_extension("code", "BAD_USER_INPUT")
        })
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(_))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// Whether a value is one of the scalar `DateTime`, so that it can be refused before anything is carried out.
#[must_use]
pub fn is_moment(value: &Value) -> bool {
    matches!(value, Value::String(text) if DateTime::read(text).is_some())
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date(pub(crate) understudy_domain::Date);

/// A day in UTC, as RFC 3339 writes a full date, e.g. `2026-11-03`.
#[Scalar(name = "Date", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Ok(Self(text.parse()?)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Any JSON value.
#[derive(Debug, Clone)]
pub(crate) struct Json(pub(crate) serde_json::Value);

/// Any value that JSON can write: a text, a number, a truth value, a list, an object or null.
#[Scalar(name = "JSON", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        // What cannot be told is null: the values come from texts and lists of them, all of which can.
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(text: &str) -> Option<String> {
        let parsed = DateTime::parse(Value::String(text.to_owned())).ok()?;
        match parsed.to_value() {
            Value::String(text) => Some(text),
            other => panic!("not a text: {other}"),
        }
    }

    #[test]
    fn a_moment_is_told_in_utc_with_milliseconds() {
        for (text, expected) in [
            ("2026-11-03T09:30:00Z", "2026-11-03T09:30:00.000Z"),
            ("2026-11-03T09:30:00.5Z", "2026-11-03T09:30:00.500Z"),
            ("2026-11-03T09:30:00.123999999Z", "2026-11-03T09:30:00.123Z"),
            ("2026-11-03T09:30:00+02:00", "2026-11-03T07:30:00.000Z"),
            ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
            ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.500Z"),
        ] {
            assert_eq!(told(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_rfc_3339_cannot_write_is_no_moment() {
        for text in [
            "",
            "now",
            "2026-11-03",
            "2026-11-03T09:30:00",
            "2026-02-30T00:00:00Z",
            "+12026-11-03T09:30:00Z",
            "-0001-11-03T09:30:00Z",
            "0000-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
            "9999-12-31T23:59:60Z",
        ] {
            assert_eq!(told(text), None, "{text}");
            assert!(!is_moment(&Value::from(text)), "{text}");
        }
        assert!(is_moment(&Value::from("2026-11-03T09:30:00Z")));
        assert!(DateTime::parse(Value::from(0)).is_err());
        assert!(DateTime::parse(Value::Null).is_err());
    }

    proptest! {
        #[test]
        fn no_text_brings_a_panic_and_what_is_told_is_read_the_same(text in "[0-9+-]{0,5}-?[0-9]{2}-[0-9]{2}[Tt ][0-9:.]{0,15}[Zz+-]?.*") {
            if let Some(once) = told(&text) {
                prop_assert_eq!(told(&once), Some(once));
            }
        }
    }
}
