//! What tells whether two tables hold the same, on whichever database.

use std::fmt;

use chrono::{DateTime, Utc};
use sea_orm::Value;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::StoreError;
use crate::rows::corrupt;

/// The rows of a table, in the order of their keys: how many they are, and the SHA-256 of all that they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// How many rows.
    pub rows: u64,
    /// Over a form of the rows that is the same for every database.
    pub sha256: [u8; 32],
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "count {}, SHA-256 ", self.rows)?;
        self.sha256.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A sum that is being taken.
pub(super) struct Summing {
    rows: u64,
    hash: Sha256,
}

impl Summing {
    pub(super) fn new() -> Self {
        Self {
            rows: 0,
            hash: Sha256::new(),
        }
    }

    /// How many rows were added so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds the next row, all of its columns in an order that is always the same.
    pub(super) fn add(&mut self, row: &[Value]) -> Result<(), StoreError> {
        self.rows += 1;
        row.iter().try_for_each(|value| self.value(value))
    }

    pub(super) fn finish(self) -> Sum {
        Sum {
            rows: self.rows,
            sha256: self.hash.finalize().into(),
        }
    }

    /// Each value begins with a letter for its kind, and what may have any length with its length, so that no two rows
    /// can be taken for each other. Whole numbers are of one kind, whatever their size, and so is what is not there.
    fn value(&mut self, value: &Value) -> Result<(), StoreError> {
        match value {
            Value::Bool(Some(is_so)) => self.bytes(b'w', &[u8::from(*is_so)]),
            Value::SmallInt(Some(number)) => self.number(i64::from(*number)),
            Value::Int(Some(number)) => self.number(i64::from(*number)),
            Value::BigInt(Some(number)) => self.number(*number),
            Value::String(Some(text)) => self.bytes(b't', text.as_bytes()),
            Value::Bytes(Some(bytes)) => self.bytes(b'b', bytes),
            Value::Uuid(Some(id)) => self.bytes(b'u', id.as_bytes()),
            Value::ChronoDateTimeUtc(Some(at)) => self.time(*at),
            Value::ChronoDate(Some(day)) => self.bytes(b'y', day.to_string().as_bytes()),
            Value::Json(Some(json)) => self.bytes(b'j', canonical(json).as_bytes()),
            null if *null == null.as_null() => self.hash.update([b'0']),
            unknown => return Err(corrupt("value", format!("{unknown:?}"))),
        }
        Ok(())
    }

    fn number(&mut self, number: i64) {
        self.bytes(b'n', &number.to_be_bytes());
    }

    fn time(&mut self, at: DateTime<Utc>) {
        let mut moment = at.timestamp().to_be_bytes().to_vec();
        moment.extend(at.timestamp_subsec_nanos().to_be_bytes());
        self.bytes(b'd', &moment);
    }

    fn bytes(&mut self, kind: u8, bytes: &[u8]) {
        self.hash.update([kind]);
        self.hash.update((bytes.len() as u64).to_be_bytes());
        self.hash.update(bytes);
    }
}

/// JSON without spaces, the members of each object in the order of their names: neither database promises theirs.
fn canonical(json: &Json) -> String {
    let joined = |parts: Vec<String>| parts.join(",");
    match json {
        Json::Array(items) => format!("[{}]", joined(items.iter().map(canonical).collect())),
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let member = |(name, value): (&String, &Json)| {
                format!("{}:{}", Json::String(name.clone()), canonical(value))
            };
            format!("{{{}}}", joined(members.into_iter().map(member).collect()))
        }
        single => single.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sum(rows: &[&[Value]]) -> Sum {
        let mut sum = Summing::new();
        for row in rows {
            sum.add(row).unwrap();
        }
        sum.finish()
    }

    fn json(text: &str) -> Value {
        Value::from(serde_json::from_str::<Json>(text).unwrap())
    }

    #[test]
    fn what_means_the_same_has_the_same_sum() {
        assert_eq!(
            sum(&[&[json(r#"{"b": [1, "x"], "a": {}}"#)]]),
            sum(&[&[json(r#"{"a":{},"b":[1,"x"]}"#)]])
        );
        assert_eq!(sum(&[&[1_i16.into()]]), sum(&[&[1_i64.into()]]));
        let null = |value: Value| sum(&[&[value]]);
        assert_eq!(null(Value::String(None)), null(Value::Json(None)));
    }

    #[test]
    fn what_differs_has_different_sums() {
        let at = DateTime::<Utc>::UNIX_EPOCH;
        let rows: [&[Value]; 15] = [
            &["ab".into(), "c".into()],
            &["a".into(), "bc".into()],
            &["abc".into()],
            &["".into()],
            &[Value::String(None)],
            &[1.into()],
            &["1".into()],
            &[vec![b'1'].into()],
            &[at.into()],
            &[(at + chrono::Duration::microseconds(1)).into()],
            &[at.date_naive().into()],
            &[true.into()],
            &[false.into()],
            &[json!(["a", "b"]).into()],
            &[json!(["b", "a"]).into()],
        ];
        for (index, row) in rows.iter().enumerate() {
            for other in &rows[index + 1..] {
                assert_ne!(sum(&[*row]), sum(&[*other]), "{row:?} {other:?}");
            }
        }
        assert_ne!(sum(&[rows[0], rows[1]]), sum(&[rows[1], rows[0]]));
        assert_ne!(sum(&[]), sum(&[&[]]), "a row without columns is a row");
    }

    #[test]
    fn a_kind_of_value_that_no_table_has_is_told() {
        assert!(Summing::new().add(&[1.5.into()]).is_err());
    }
}
