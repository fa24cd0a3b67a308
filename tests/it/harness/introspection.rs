//! The schema as it tells of itself, so that stories can be about every field and every argument there is.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::World;

/// The types of the schema by their names.
pub(crate) struct Types(BTreeMap<String, Value>);

impl Types {
    pub(crate) async fn of(world: &World) -> Self {
        let query = "{ __schema { types {
                kind name isOneOf
                fields { name type { ...Type } args { name defaultValue type { ...Type } } }
                inputFields { name defaultValue type { ...Type } }
                interfaces { name }
                possibleTypes { name }
                enumValues { name } } } }
            fragment Type on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
        let data = world.ask(query, json!({})).await;
        let types = data["__schema"]["types"].as_array().unwrap().clone();
        let named = types
            .into_iter()
            .map(|described| (name(&described).to_owned(), described));
        Self(named.collect())
    }

    /// What kind a type is, e.g. `OBJECT`.
    pub(crate) fn kind(&self, named: &str) -> &str {
        self.0[named]["kind"].as_str().unwrap()
    }

    /// The names of the objects.
    pub(crate) fn objects(&self) -> impl Iterator<Item = &str> {
        let objects = self
            .0
            .iter()
            .filter(|(_, described)| described["kind"] == "OBJECT");
        objects
            .map(|(name, _)| name.as_str())
            .filter(|name| !name.starts_with("__"))
    }

    /// The fields of an object or an interface.
    pub(crate) fn fields(&self, named: &str) -> &[Value] {
        list(&self.0[named]["fields"])
    }

    /// The field of an object or an interface, if it has it.
    pub(crate) fn field(&self, named: &str, field: &str) -> Option<&Value> {
        self.fields(named).iter().find(|known| name(known) == field)
    }

    /// The fields of an input.
    pub(crate) fn input_fields(&self, named: &str) -> &[Value] {
        list(&self.0[named]["inputFields"])
    }

    /// Whether exactly one field of an input is to be given.
    pub(crate) fn is_one_of(&self, named: &str) -> bool {
        self.0[named]["isOneOf"] == true
    }

    /// The objects that a union or an interface can be.
    pub(crate) fn possible(&self, named: &str) -> Vec<&str> {
        list(&self.0[named]["possibleTypes"]).iter().map(name).collect()
    }

    /// The interfaces of an object.
    pub(crate) fn interfaces(&self, named: &str) -> Vec<&str> {
        list(&self.0[named]["interfaces"]).iter().map(name).collect()
    }

    /// The values of an enum.
    pub(crate) fn enum_values(&self, named: &str) -> Vec<&str> {
        list(&self.0[named]["enumValues"]).iter().map(name).collect()
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The name of whatever is described.
pub(crate) fn name(described: &Value) -> &str {
    described["name"].as_str().unwrap()
}

/// What a field or an argument is of, without lists and non-null.
pub(crate) fn named(described: &Value) -> &str {
    let mut reference = &described["type"];
    while !reference["ofType"].is_null() {
        reference = &reference["ofType"];
    }
    name(reference)
}

/// Whether a field or an argument is a list.
pub(crate) fn is_list(described: &Value) -> bool {
    let reference = &described["type"];
    reference["kind"] == "LIST" || reference["ofType"]["kind"] == "LIST"
}

/// Whether an argument has to be given.
pub(crate) fn is_required(described: &Value) -> bool {
    described["type"]["kind"] == "NON_NULL" && described["defaultValue"].is_null()
}

/// The type of an argument as a variable declares it, e.g. `[ID!]!`.
pub(crate) fn declared(described: &Value) -> String {
    fn written(reference: &Value) -> String {
        match reference["kind"].as_str().unwrap() {
            "NON_NULL" => format!("{}!", written(&reference["ofType"])),
            "LIST" => format!("[{}]", written(&reference["ofType"])),
            _ => name(reference).to_owned(),
        }
    }
    written(&described["type"])
}

/// The kinds of ids that an argument takes, by their prefixes. It is named by a way with dots, which begins
/// with its field.
pub(crate) fn id_kinds(argument: &str) -> &'static [&'static str] {
    let field = argument.split('.').next().unwrap();
    match argument.rsplit('.').next().unwrap() {
        "contentId" => &["cmp", "drf"],
        "recipientId" | "recipientIds" | "asRecipient" => &["rcp"],
        "sourceId" | "before" | "after" => &["cmp", "cnv"],
        "segmentId" | "segmentIds" => &["seg"],
        "readyCanvases" => &["cnv"],
        "campaignId" | "campaignIds" => &["cmp"],
        "id" | "ids" => match field {
            "node" | "nodes" => &["cmp", "drf", "seg", "rcp", "cnv", "wsp"],
            _ if field.to_lowercase().contains("token") => &["tok"],
            _ if field.to_lowercase().contains("campaign") => &["cmp"],
            _ if field.to_lowercase().contains("segment") => &["seg"],
            _ if field.to_lowercase().contains("recipient") => &["rcp"],
            _ if field.to_lowercase().contains("canvas") => &["cnv"],
            _ => panic!("{argument} takes an id: let the stories know of which kind"),
        },
        _ => panic!("{argument} takes an id: let the stories know of which kind"),
    }
}
