//! A recipient as expressions see them.

use std::collections::HashMap;
use std::sync::Arc;

use cel::Value;
use cel::objects::Key;
use serde_json::{Map, Value as Json};

use crate::Recipient;

/// The variable `recipient`.
pub(super) fn recipient(recipient: &Recipient) -> Value {
    let text = |text: &str| Value::String(Arc::new(text.to_owned()));
    let members = [
        ("externalId", text(&recipient.external_id)),
        ("email", recipient.email.as_deref().map_or(Value::Null, text)),
        ("attributes", object(&recipient.attributes)),
    ];
    let members = members.into_iter().map(|(name, value)| (Key::from(name), value));
    Value::Map(members.collect::<HashMap<_, _>>().into())
}

fn object(members: &Map<String, Json>) -> Value {
    let members = members.iter();
    let members = members.map(|(name, value)| (Key::from(name.as_str()), json(value)));
    Value::Map(members.collect::<HashMap<_, _>>().into())
}

/// A number is a whole one where it can be; both kinds compare with each other.
fn json(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::Int(number),
            (None, Some(number)) => Value::UInt(number),
            (None, None) => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::String(Arc::new(text.clone())),
        Json::Array(items) => Value::List(Arc::new(items.iter().map(json).collect())),
        Json::Object(members) => object(members),
    }
}
