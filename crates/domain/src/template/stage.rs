//! What a template can name, and what becomes of it while it is rendered.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use liquid_core::error::{Error, Result};
use liquid_core::model::{KString, KStringCow, KStringRef, Object, ScalarCow, Value, ValueCow, ValueView};
use liquid_core::runtime::{PartialStore, Registers, Renderable, Runtime};
use serde_json::Map;

use super::blocks::Texts;
use super::meter::{BUDGET, Meter};
use crate::{CampaignId, Recipient};

/// What the templates of one message name: `recipient`, `campaign` and `properties`. They share the steps that a message may
/// take, so each message has a stage of its own.
pub struct Stage {
    values: Object,
    meter: Meter,
}

impl Stage {
    /// A stage for a message to a recipient. The properties are those that it was triggered with.
    #[must_use]
    pub fn new(
        recipient: &Recipient,
        campaign: (CampaignId, &str),
        properties: &Map<String, serde_json::Value>,
    ) -> Self {
        let email = recipient.email.clone().map_or(Value::Nil, Value::scalar);
        let (id, name) = campaign;
        let values = object([
            (
                "recipient",
                object([
                    ("externalId", Value::scalar(recipient.external_id.clone())),
                    ("email", email),
                    ("attributes", members(&recipient.attributes)),
                ]),
            ),
            (
                "campaign",
                object([
                    ("id", Value::scalar(id.to_string())),
                    ("name", Value::scalar(name.to_owned())),
                ]),
            ),
            ("properties", members(properties)),
        ]);
        Self {
            values: match values {
                Value::Object(values) => values,
                _ => Object::new(),
            },
            meter: Meter::new(BUDGET),
        }
    }

    /// For one template.
    pub(super) fn run(&self, texts: Arc<[String]>) -> Run<'_> {
        let registers = Registers::default();
        *registers.get_mut::<Meter>() = self.meter.clone();
        *registers.get_mut::<Texts>() = Texts(texts);
        Run {
            stage: self,
            assigned: RefCell::default(),
            counters: RefCell::default(),
            registers,
        }
    }
}

fn object<const N: usize>(members: [(&'static str, Value); N]) -> Value {
    let members = members.map(|(name, value)| (KString::from_static(name), value));
    Value::Object(members.into_iter().collect())
}

fn members(json: &Map<String, serde_json::Value>) -> Value {
    let members = json
        .iter()
        .map(|(name, value)| (KString::from_ref(name), from_json(value)));
    Value::Object(members.collect())
}

fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(value) => Value::scalar(*value),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(whole) => Value::scalar(whole),
            None => Value::scalar(number.as_f64().unwrap_or_default()),
        },
        serde_json::Value::String(text) => Value::scalar(text.clone()),
        serde_json::Value::Array(items) => Value::Array(items.iter().map(from_json).collect()),
        serde_json::Value::Object(json) => members(json),
    }
}

/// One template being rendered. Whatever it names and is not there is nothing, which is written as nothing.
pub(super) struct Run<'s> {
    stage: &'s Stage,
    assigned: RefCell<Object>,
    counters: RefCell<Object>,
    registers: Registers,
}

impl Run<'_> {
    pub(super) fn meter(&self) -> &Meter {
        &self.stage.meter
    }
}

/// What is at a path, charged for.
pub(super) fn find<'v>(
    values: &'v dyn ValueView,
    path: &[ScalarCow<'_>],
    meter: &Meter,
) -> Option<ValueCow<'v>> {
    let found = liquid_core::model::try_find(values, path)?;
    meter.charge_for(found.as_view()).ok()?;
    Some(found)
}

/// What a path that leads to nothing gives; an error once the steps are used up.
pub(super) fn or_nothing<'v>(found: Option<ValueCow<'v>>, meter: &Meter) -> Result<ValueCow<'v>> {
    meter.charge(0)?;
    Ok(found.unwrap_or(ValueCow::Owned(Value::Nil)))
}

impl Runtime for Run<'_> {
    fn partials(&self) -> &dyn PartialStore {
        &NoPartials
    }

    fn name(&self) -> Option<KStringRef<'_>> {
        None
    }

    fn roots(&self) -> BTreeSet<KStringCow<'_>> {
        self.stage.values.keys().map(|name| name.clone().into()).collect()
    }

    fn try_get(&self, path: &[ScalarCow<'_>]) -> Option<ValueCow<'_>> {
        let name = path.first()?.to_kstr();
        let own = |values: &RefCell<Object>| {
            let values = values.borrow();
            let is_there = values.contains_key(name.as_str());
            is_there.then(|| Some(find(&*values, path, self.meter())?.into_owned().into()))
        };
        if let Some(assigned) = own(&self.assigned) {
            return assigned;
        }
        if self.stage.values.contains_key(name.as_str()) {
            return find(&self.stage.values, path, self.meter());
        }
        own(&self.counters).flatten()
    }

    fn get(&self, path: &[ScalarCow<'_>]) -> Result<ValueCow<'_>> {
        or_nothing(self.try_get(path), self.meter())
    }

    fn set_global(&self, name: KString, value: Value) -> Option<Value> {
        // Whoever looks at anything next is told that nothing is left.
        let _ = self.meter().charge_for(&value);
        self.assigned.borrow_mut().insert(name, value)
    }

    fn set_index(&self, name: KString, value: Value) -> Option<Value> {
        self.counters.borrow_mut().insert(name, value)
    }

    fn get_index<'a>(&'a self, name: &str) -> Option<ValueCow<'a>> {
        self.counters.borrow().get(name).map(|value| value.clone().into())
    }

    fn registers(&self) -> &Registers {
        &self.registers
    }
}

/// Templates cannot take in others.
#[derive(Debug)]
struct NoPartials;

impl PartialStore for NoPartials {
    fn contains(&self, _name: &str) -> bool {
        false
    }

    fn names(&self) -> Vec<&str> {
        vec![]
    }

    fn try_get(&self, _name: &str) -> Option<Arc<dyn Renderable>> {
        None
    }

    fn get(&self, _name: &str) -> Result<Arc<dyn Renderable>> {
        Err(Error::with_msg("templates cannot take in others"))
    }
}
