//! Recipients: the people that campaigns are sent to. What they do is not modelled, only who they are.

use serde_json::{Map, Value};

use crate::address::check_bare_address;
use crate::problem::Problems;
use crate::text::{Line, Patched};
use crate::{Flaw, Problem, ProblemKind, RecipientId, Timestamp};

/// The most bytes that attributes may have, as JSON without white space.
pub const ATTRIBUTES: usize = 16 * 1024;

/// How many lists and objects may be within one another in attributes, themselves included.
pub const NESTING: usize = 16;

/// Ids of elsewhere are taken as they are: white space may be a part of them.
const EXTERNAL_ID: Line = Line {
    limit: 200,
    trimmed: false,
    required: true,
};

/// Somebody whom campaigns are sent to.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipient {
    /// Their id.
    pub id: RecipientId,
    /// What they are called where they come from: 1 to 200 characters, none of which [steers](crate::text::steers),
    /// different from those of all other recipients of the workspace.
    pub external_id: String,
    /// Where mail reaches them, without a display name.
    pub email: Option<String>,
    /// Whatever else is known of them, at most [`ATTRIBUTES`] bytes and [`NESTING`] deep.
    pub attributes: Map<String, Value>,
    /// When they came in.
    pub created_at: Timestamp,
    /// When anything of them last changed.
    pub updated_at: Timestamp,
}

/// A recipient by their external id, and a change of them: what is absent stays as it is.
#[derive(Debug, Clone)]
pub struct RecipientPatch {
    /// The external id.
    pub external_id: String,
    /// The address; null takes it away.
    pub email: Patched<String>,
    /// The attributes, all of them; must be an object.
    pub attributes: Patched<Value>,
}

impl Recipient {
    /// A new recipient.
    ///
    /// # Errors
    /// All that is wrong with the input.
    pub fn create(id: RecipientId, patch: RecipientPatch, at: Timestamp) -> Result<Self, Vec<Problem>> {
        let empty = Self {
            id,
            external_id: String::new(),
            email: None,
            attributes: Map::new(),
            created_at: at,
            updated_at: at,
        };
        empty.patched(patch)
    }

    /// The recipient with the patch applied. It does not say when.
    ///
    /// # Errors
    /// All that is wrong with the input.
    pub fn patched(self, patch: RecipientPatch) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let external_id = EXTERNAL_ID.check_plain(&mut problems, "externalId", patch.external_id);
        if !external_id.is_empty() && external_id.trim().is_empty() {
            problems.add("externalId", ProblemKind::Empty);
        }
        let email = match patch.email {
            Patched::Keep | Patched::Missing => self.email,
            Patched::Null => None,
            Patched::Set(email) => Some(check_bare_address(&mut problems, "email", email)),
        };
        let attributes = patch.attributes.resolve(
            &mut problems,
            "attributes",
            Value::Object(self.attributes),
            |problems, attributes| {
                check_object(problems, "attributes", &attributes);
                attributes
            },
        );
        let attributes = match attributes {
            Value::Object(attributes) => attributes,
            _ => Map::new(),
        };
        problems.unless_any(Self {
            external_id,
            email,
            attributes,
            ..self
        })
    }

    /// All that would be wrong with them if they came in today.
    #[must_use]
    pub fn flaws(&self) -> Vec<Flaw> {
        let again = RecipientPatch {
            external_id: self.external_id.clone(),
            email: self.email.clone().map_or(Patched::Keep, Patched::Set),
            attributes: Patched::Set(Value::Object(self.attributes.clone())),
        };
        match self.clone().patched(again) {
            Err(problems) => problems.into_iter().map(Flaw::Problem).collect(),
            // All of it is kept as it came in.
            Ok(_) => vec![],
        }
    }
}

/// Checks that a value is an object that may be kept: at most [`ATTRIBUTES`] bytes and [`NESTING`] deep.
pub(crate) fn check_object(problems: &mut Problems, name: &str, attributes: &Value) {
    let kind = if !attributes.is_object() {
        ProblemKind::NotAnObject
    } else if depth(attributes) > NESTING {
        ProblemKind::TooDeep { limit: NESTING }
    } else if has_nul(attributes) {
        ProblemKind::Nul
    } else if attributes.to_string().len() > ATTRIBUTES {
        ProblemKind::TooLarge { limit: ATTRIBUTES }
    } else {
        return;
    };
    problems.add(name, kind);
}

/// How many lists and objects are within one another.
fn depth(value: &Value) -> usize {
    let deepest = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(members) => members.values().map(depth).max(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return 0,
    };
    deepest.unwrap_or(0) + 1
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
