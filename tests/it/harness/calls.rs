//! Calls of the root fields as the schema tells them, and the arguments that take ids.

use serde_json::{Value, json};

use super::introspection::{Types, declared, is_list, is_required, name, named};

/// A call of a root field, with all that has to be given; and if its path leads to one, with an argument, or a field of
/// one, that takes an id or a list of them.
pub(crate) struct Call {
    /// The root field and the way to the argument, with dots.
    pub(crate) path: String,
    /// `query`, `mutation` or `subscription`.
    operation: &'static str,
    /// The declarations of the root field's arguments that are given, and their values; where the id is to stand, or
    /// another one, stands the path in angle brackets.
    given: Vec<(String, String, Value)>,
    is_list: bool,
    /// What is selected.
    selection: &'static str,
}

const ROOTS: [(&str, &str); 3] = [
    ("query", "Query"),
    ("mutation", "Mutation"),
    ("subscription", "Subscription"),
];

/// A call of each root field, in the order of the schema.
pub(crate) fn calls(types: &Types) -> Vec<Call> {
    let of_root = |(operation, root)| {
        let call = move |field: &Value| Call {
            given: given(types, field, one_of(name(field))),
            path: name(field).to_owned(),
            operation,
            is_list: false,
            selection: selection(types, named(field)),
        };
        types.fields(root).iter().map(call)
    };
    ROOTS.into_iter().flat_map(of_root).collect()
}

/// The argument to give to a field that takes one of several.
fn one_of(field: &str) -> &'static str {
    match field {
        "recipient" => "recipient.id",
        _ => "",
    }
}

/// A call for each argument that takes ids, in the order of the schema.
pub(crate) fn arguments(types: &Types) -> Vec<Call> {
    let mut found = vec![];
    for (operation, root) in ROOTS {
        for field in types.fields(root) {
            let field_name = name(field);
            for argument in field["args"].as_array().unwrap() {
                for (path, is_list) in ways(types, argument, field_name) {
                    found.push(Call {
                        given: given(types, field, &path),
                        path,
                        operation,
                        is_list,
                        selection: selection(types, named(field)),
                    });
                }
            }
        }
    }
    found
}

/// The arguments of fields below the roots that take ids.
pub(crate) fn nested(types: &Types) -> Vec<String> {
    let mut found = vec![];
    for object in types
        .objects()
        .filter(|object| !["Query", "Mutation", "Subscription"].contains(object))
    {
        for field in types.fields(object) {
            let above = format!("{object}.{}", name(field));
            for argument in field["args"].as_array().unwrap() {
                found.extend(ways(types, argument, &above).into_iter().map(|(path, _)| path));
            }
        }
    }
    found
}

/// The ways from an input to the ids in it.
fn ways(types: &Types, input: &Value, above: &str) -> Vec<(String, bool)> {
    let path = format!("{above}.{}", name(input));
    match named(input) {
        "ID" => vec![(path, is_list(input))],
        of => types
            .input_fields(of)
            .iter()
            .flat_map(|field| ways(types, field, &below(input, &path)))
            .collect(),
    }
}

/// Where the fields of an input stand: of a list, in its first item.
fn below(input: &Value, path: &str) -> String {
    if is_list(input) {
        format!("{path}.0")
    } else {
        path.to_owned()
    }
}

/// The arguments of a field that are needed, and the one that `path` leads through.
fn given(types: &Types, field: &Value, path: &str) -> Vec<(String, String, Value)> {
    let arguments = field["args"].as_array().unwrap().iter();
    let arguments = arguments.filter_map(|argument| {
        let value = value(types, argument, name(field), path)?;
        Some((name(argument).to_owned(), declared(argument), value))
    });
    arguments.collect()
}

/// The least value of an input, with what `path` leads to; `None` if it can be left out.
fn value(types: &Types, input: &Value, above: &str, path: &str) -> Option<Value> {
    let here = format!("{above}.{}", name(input));
    let is_led_through = path == here || path.starts_with(&format!("{here}."));
    if !is_led_through && !is_required(input) {
        return None;
    }
    let of = named(input);
    let value = match types.kind(of) {
        "INPUT_OBJECT" => {
            let here = below(input, &here);
            let mut fields = serde_json::Map::new();
            for field in types.input_fields(of) {
                if let Some(value) = value(types, field, &here, path) {
                    fields.insert(name(field).to_owned(), value);
                }
            }
            if types.is_one_of(of) && fields.is_empty() {
                let one = match types.input_fields(of) {
                    fields if fields.iter().any(|field| name(field) == "level") => "level",
                    fields => name(&fields[0]),
                };
                let chosen = types
                    .input_fields(of)
                    .iter()
                    .find(|field| name(field) == one)
                    .unwrap();
                let led = format!("{here}.{one}");
                let value = value(types, chosen, &here, &led);
                fields.insert(one.to_owned(), value.unwrap());
            }
            Value::Object(fields)
        }
        "ENUM" => json!(types.enum_values(of)[0]),
        _ if of == "ID" => json!(format!("<{here}>")),
        _ => json!("text"),
    };
    Some(if is_list(input) { json!([value]) } else { value })
}

fn in_brackets(items: &[String]) -> String {
    if items.is_empty() {
        String::new()
    } else {
        format!("({})", items.join(", "))
    }
}

fn selection(types: &Types, of: &str) -> &'static str {
    let has = |field| types.field(of, field).is_some();
    match of {
        "Node" | "Campaign" | "Segment" | "Recipient" | "Canvas" | "InAppSource" => "{ id }",
        "Viewer" => "{ role }",
        "InAppDecision" => "{ candidates { verdict } }",
        "BulkPayload" => "{ results { outcome error { code field } } userErrors { code field } }",
        _ if has("changed") => "{ changed userErrors { code field } }",
        _ if has("userErrors") => "{ userErrors { code field } }",
        _ if has("totalCount") => "{ totalCount }",
        _ if has("sequence") => "{ sequence }",
        _ => panic!("what is to be selected of {of}?"),
    }
}

impl Call {
    pub(crate) fn is_mutation(&self) -> bool {
        self.operation == "mutation"
    }

    pub(crate) fn is_subscription(&self) -> bool {
        self.operation == "subscription"
    }

    /// What an error calls the argument: without the root field, and with the index in a list.
    pub(crate) fn named(&self) -> String {
        let path = self.path.split_once('.').unwrap().1;
        if self.is_list {
            format!("{path}.0")
        } else {
            path.to_owned()
        }
    }

    /// What is called: `mutation createCampaign`.
    pub(crate) fn field(&self) -> String {
        format!("{} {}", self.operation, self.path.split('.').next().unwrap())
    }

    /// An operation with `id` in this argument, and in the others what `other` says for their paths.
    pub(crate) fn operation(&self, id: &str, other: &dyn Fn(&str) -> Value) -> (String, Value) {
        let declared: Vec<String> = self
            .given
            .iter()
            .map(|(name, declared, _)| format!("${name}: {declared}"))
            .collect();
        let arguments: Vec<String> = self
            .given
            .iter()
            .map(|(name, ..)| format!("{name}: ${name}"))
            .collect();
        let query = format!(
            "{}{} {{ {}{} {} }}",
            self.operation,
            in_brackets(&declared),
            self.path.split('.').next().unwrap(),
            in_brackets(&arguments),
            self.selection,
        );
        let values = self.given.iter();
        let values = values.map(|(name, _, value)| (name.clone(), self.filled(value, id, other)));
        (query, Value::Object(values.collect()))
    }

    fn filled(&self, value: &Value, id: &str, other: &dyn Fn(&str) -> Value) -> Value {
        match value {
            Value::String(text) => match text.strip_prefix('<').and_then(|text| text.strip_suffix('>')) {
                Some(path) if path == self.path => json!(id),
                Some(path) => other(path),
                None => value.clone(),
            },
            Value::Array(items) => items.iter().map(|item| self.filled(item, id, other)).collect(),
            Value::Object(fields) => {
                let fields = fields.iter();
                let fields = fields.map(|(name, value)| (name.clone(), self.filled(value, id, other)));
                Value::Object(fields.collect())
            }
            other => other.clone(),
        }
    }
}
