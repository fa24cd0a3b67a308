//! Operations made up from the schema. Most of them are right in form, and odd in what they say.

use serde_json::{Map, Value, json};

use crate::harness::introspection::{Types, declared, id_kinds, is_required, name, named};

/// A source of decisions. Once it is empty it always decides for the first, so that what is made comes to an end.
pub(super) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A number below `count`.
    fn below(&mut self, count: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        usize::from(*first) % count.max(1)
    }

    fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// True one time in so many; false when there is nothing left to decide with.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }
}

/// An operation with its variables.
pub(super) struct Operation {
    pub(super) query: String,
    pub(super) variables: Value,
    pub(super) is_query: bool,
}

/// A value as JSON has it and as a document has it.
struct Made {
    json: Value,
    literal: String,
}

impl Made {
    fn of(json: Value) -> Self {
        Self {
            literal: literal(&json),
            json,
        }
    }
}

fn literal(json: &Value) -> String {
    match json {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(literal).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}: {}", literal(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        other => other.to_string(),
    }
}

struct Generator<'a, 'b> {
    types: &'a Types,
    ids: &'a [String],
    choices: &'a mut Choices<'b>,
    /// The variables that are used: declarations and values.
    declared: Vec<String>,
    variables: Map<String, Value>,
    /// The field whose arguments are made up, with a dot.
    way: String,
    /// Makes each alias another one.
    aliases: usize,
}

/// The next operation that the choices lead to.
pub(super) fn operation(types: &Types, ids: &[String], choices: &mut Choices<'_>) -> Operation {
    let is_query = choices.once_in(3);
    let (kind, root) = if is_query {
        ("query", "Query")
    } else {
        ("mutation", "Mutation")
    };
    let mut generator = Generator {
        types,
        ids,
        choices,
        declared: vec![],
        variables: Map::new(),
        way: String::new(),
        aliases: 0,
    };
    let mut body = String::new();
    for _ in 0..=generator.choices.below(2) {
        let fields = types.fields(root);
        let field = &fields[generator.choices.below(fields.len())];
        body.push_str(&generator.field(field, 4));
    }
    let declared = if generator.declared.is_empty() {
        String::new()
    } else {
        format!("({})", generator.declared.join(", "))
    };
    Operation {
        query: format!("{kind} {declared} {{ {body} }}"),
        variables: Value::Object(generator.variables),
        is_query,
    }
}

impl Generator<'_, '_> {
    /// A field with arguments and what is selected below it.
    fn field(&mut self, field: &Value, depth: usize) -> String {
        let mut arguments = vec![];
        for argument in field["args"].as_array().unwrap() {
            // Most of what makes a page, or a conflict, makes an error when it is made up.
            let rarely = ["first", "after", "last", "before", "expectedVersion"].contains(&name(argument));
            if is_required(argument) || self.choices.once_in(if rarely { 8 } else { 2 }) {
                self.way = format!("{}.", name(field));
                let value = self.argument(argument);
                arguments.push(format!("{}: {value}", name(argument)));
            }
        }
        let arguments = if arguments.is_empty() {
            String::new()
        } else {
            format!("({})", arguments.join(", "))
        };
        self.aliases += 1;
        let selection = self.selection(named(field), depth);
        format!("a{}: {}{arguments} {selection} ", self.aliases, name(field))
    }

    fn argument(&mut self, argument: &Value) -> String {
        let made = self.value(&argument["type"], name(argument), 5);
        if self.choices.once_in(2) {
            return made.literal;
        }
        let variable = format!("v{}", self.declared.len());
        self.declared.push(format!("${variable}: {}", declared(argument)));
        self.variables.insert(variable.clone(), made.json);
        format!("${variable}")
    }

    fn selection(&mut self, of: &str, depth: usize) -> String {
        match self.types.kind(of) {
            "OBJECT" => {
                let mut selection = String::from("__typename ");
                let fields = self.types.fields(of);
                for _ in 0..self.choices.below(5) {
                    let field = &fields[self.choices.below(fields.len())];
                    let is_leaf = ["SCALAR", "ENUM"].contains(&self.types.kind(named(field)));
                    if is_leaf || depth > 0 {
                        selection.push_str(&self.field(field, depth.saturating_sub(1)));
                    }
                }
                format!("{{ {selection} }}")
            }
            "UNION" | "INTERFACE" => {
                let possible = self.types.possible(of);
                let object = self.choices.one_of(&possible);
                format!(
                    "{{ __typename ... on {object} {} }}",
                    self.selection(object, depth)
                )
            }
            _ => String::new(),
        }
    }

    fn value(&mut self, reference: &Value, field: &str, depth: usize) -> Made {
        if self.choices.once_in(150) {
            return self.wrong();
        }
        match reference["kind"].as_str().unwrap() {
            "NON_NULL" => self.value(&reference["ofType"], field, depth),
            "LIST" => {
                let count = self.choices.one_of(&[1, 2, 0, 3, 1, 60]);
                let items: Vec<Made> = (0..count)
                    .map(|_| self.value(&reference["ofType"], field, depth))
                    .collect();
                let literals: Vec<&str> = items.iter().map(|made| made.literal.as_str()).collect();
                Made {
                    literal: format!("[{}]", literals.join(", ")),
                    json: items.iter().map(|made| made.json.clone()).collect(),
                }
            }
            "ENUM" => {
                let values = self.types.enum_values(name(reference));
                let value = self.choices.one_of(&values);
                Made {
                    json: json!(value),
                    literal: value.to_owned(),
                }
            }
            "INPUT_OBJECT" => self.input(name(reference), depth),
            _ => self.scalar(name(reference), field),
        }
    }

    fn input(&mut self, of: &str, depth: usize) -> Made {
        let fields = self.types.input_fields(of);
        let only = self.types.is_one_of(of).then(|| self.choices.below(fields.len()));
        let mut made = vec![];
        for (index, field) in fields.iter().enumerate() {
            let is_given = match only {
                Some(only) => index == only,
                None => is_required(field) || (depth > 0 && self.choices.once_in(2)),
            };
            if is_given {
                made.push((
                    name(field),
                    self.value(&field["type"], name(field), depth.saturating_sub(1)),
                ));
            }
        }
        let literals: Vec<String> = made
            .iter()
            .map(|(name, made)| format!("{name}: {}", made.literal))
            .collect();
        Made {
            literal: format!("{{{}}}", literals.join(", ")),
            json: made
                .into_iter()
                .map(|(name, made)| (name.to_owned(), made.json))
                .collect(),
        }
    }

    fn scalar(&mut self, of: &str, field: &str) -> Made {
        Made::of(match of {
            "ID" => json!(self.id(field)),
            "Int" => json!(self.choices.one_of(&[
                1,
                2,
                0,
                3,
                100,
                -1,
                101,
                i64::from(i32::MAX),
                i64::from(i32::MIN)
            ])),
            "Boolean" => json!(self.choices.once_in(2)),
            "DateTime" => json!(self.choices.one_of(&[
                "2030-01-01T00:00:00Z",
                "2031-06-01T12:00:00.123456789+02:00",
                "0000-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999Z",
                "2016-12-31T23:59:60Z",
                "9999-12-31T23:59:59-01:00",
                "soon",
            ])),
            _ => json!(self.text(field)),
        })
    }

    /// An id of the right kind, but for one in ten.
    fn id(&mut self, field: &str) -> String {
        let kinds = id_kinds(&format!("{}{field}", self.way));
        let is_right = |id: &&String| kinds.contains(&id.split_once('_').unwrap().0);
        let mut ids: Vec<&String> = self.ids.iter().filter(is_right).collect();
        if self.choices.once_in(10) {
            ids = self.ids.iter().collect();
        }
        match ids.get(self.choices.below(ids.len() + 1)) {
            Some(id) => (*id).clone(),
            None => format!("{}_01jd0000000000000000000000", kinds[0]),
        }
    }

    fn text(&mut self, field: &str) -> String {
        let usual = match field {
            "url" => "https://example.com/hook",
            "from" | "replyTo" => "news@example.com",
            "name" | "subject" | "title" | "trigger" | "value" | "tags" | "search" => "hello",
            _ => "",
        };
        if self.choices.once_in(2) {
            return usual.to_owned();
        }
        let parts = [
            usual,
            "a",
            "\0",
            "\n",
            "\"",
            "\\",
            "'",
            "%",
            "*",
            "(",
            ")",
            ":",
            "^",
            "-",
            "NEAR",
            " ",
            "\u{1}",
            "\u{7f}",
            "\u{202e}",
            "👩‍👩‍👧",
            "e\u{301}",
            "\u{10ffff}",
            "\u{feff}",
            "\\u0000",
            "{{x}}",
            "é",
            "日本",
            "\u{2028}",
        ];
        let times = self.choices.one_of(&[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 101, 300]);
        let mut text = String::new();
        for _ in 0..=self.choices.below(4) {
            text.push_str(self.choices.one_of(&parts));
        }
        text.repeat(times)
    }

    /// A value of no type in particular.
    fn wrong(&mut self) -> Made {
        Made::of(match self.choices.below(9) {
            0 => Value::Null,
            1 => json!(-1),
            2 => json!(u64::MAX),
            3 => json!(1e300),
            4 => json!([[[["deep"]]]]),
            5 => json!({ "no": { "such": "field" } }),
            6 => json!(true),
            7 => json!("\u{0}\u{1f}\u{9f}"),
            _ => (0..200).fold(json!(0), |inner, _| json!([inner])),
        })
    }
}
