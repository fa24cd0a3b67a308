//! Texts: counted in characters, any Unicode but NUL, and kept byte for byte.

use serde_json::{Value, json};

use super::Stage;

/// A text of a content: its path in the input and in the answer, its rule.
#[derive(Clone, Copy)]
struct Field {
    path: &'static str,
    shown: &'static str,
    limit: usize,
    is_required: bool,
    is_trimmed: bool,
    is_one_line: bool,
}

const fn field(path: &'static str, shown: &'static str, limit: usize) -> Field {
    Field {
        path,
        shown,
        limit,
        is_required: true,
        is_trimmed: false,
        is_one_line: false,
    }
}

const fn line(path: &'static str, shown: &'static str, limit: usize) -> Field {
    Field {
        is_one_line: true,
        ..field(path, shown, limit)
    }
}

const fn trimmed(field: Field) -> Field {
    Field {
        is_trimmed: true,
        ..field
    }
}

const fn optional(field: Field) -> Field {
    Field {
        is_required: false,
        ..field
    }
}

/// The most bytes of a body.
const BODY: usize = 1 << 20;

const FIELDS: [Field; 9] = [
    trimmed(field("name", "/name", 200)),
    optional(field("description", "/description", 10_000)),
    trimmed(field("tags.0", "/tags/0", 100)),
    line("message.email.subject", "/message/subject", 1_000),
    optional(field("message.email.body", "/message/body", BODY)),
    line("message.inApp.title", "/message/title", 1_000),
    line("message.inApp.trigger", "/message/trigger", 200),
    optional(field("message.inApp.body", "/message/body", BODY)),
    optional(field("message.webhook.body", "/message/body", BODY)),
];

/// A content in which this field has this text.
fn content(path: &str, text: &str) -> Value {
    let mut content = match path.split('.').nth(1) {
        Some("email") => json!({ "message": { "email": { "subject": "S", "body": "B" } } }),
        Some("inApp") => json!({ "message": { "inApp": { "title": "T", "body": "B", "trigger": "t" } } }),
        Some("webhook") => json!({ "message": { "webhook": { "url": "https://example.com", "body": "B" } } }),
        Some(_) => return json!({ "tags": [text] }),
        None => json!({}),
    };
    let mut place = &mut content;
    for step in path.split('.') {
        place = &mut place[step];
    }
    *place = json!(text);
    content
}

#[tokio::test]
async fn every_text_has_its_limit_and_some_must_not_be_empty() {
    let stage = Stage::new().await;
    for field in FIELDS {
        let full = "x".repeat(field.limit);
        for side in stage.accept(&content(field.path, &full)).await {
            assert_eq!(side.pointer(field.shown).unwrap(), &full, "{}", field.path);
        }
        stage
            .refuse(&content(field.path, &format!("{full}x")), &[field.path])
            .await;
        if field.is_required {
            stage.refuse(&content(field.path, ""), &[field.path]).await;
        } else {
            stage.accept(&content(field.path, "")).await;
        }
        for nul in ["\0", "a\0b", "\0\0"] {
            stage.refuse(&content(field.path, nul), &[field.path]).await;
        }
    }
}

#[tokio::test]
async fn characters_are_counted_and_for_bodies_bytes() {
    let stage = Stage::new().await;
    for field in FIELDS {
        let (character, count) = if field.limit == BODY {
            ("é", BODY / 2)
        } else {
            ("😀", field.limit)
        };
        for side in stage.accept(&content(field.path, &character.repeat(count))).await {
            assert_eq!(side.pointer(field.shown).unwrap(), &character.repeat(count));
        }
        stage
            .refuse(&content(field.path, &character.repeat(count + 1)), &[field.path])
            .await;
    }
}

#[tokio::test]
async fn names_and_tags_are_trimmed_before_they_are_counted_and_nothing_else_is() {
    let stage = Stage::new().await;
    let space = " \t\r\n\u{a0}\u{2003}\u{3000}";
    for field in FIELDS.iter().filter(|field| !field.is_one_line) {
        let text = format!("{space}a  b{space}");
        let kept = if field.is_trimmed { "a  b" } else { text.as_str() };
        for side in stage.accept(&content(field.path, &text)).await {
            assert_eq!(side.pointer(field.shown).unwrap(), kept, "{}", field.path);
        }
        if field.is_trimmed {
            let full = format!("{space}{}{space}", "x".repeat(field.limit));
            stage.accept(&content(field.path, &full)).await;
            stage.refuse(&content(field.path, space), &[field.path]).await;
        }
    }
    for field in FIELDS.iter().filter(|field| field.is_one_line) {
        for side in stage.accept(&content(field.path, "  a  ")).await {
            assert_eq!(side.pointer(field.shown).unwrap(), "  a  ", "{}", field.path);
        }
    }
}

#[tokio::test]
async fn one_line_is_one_line_in_every_script() {
    let stage = Stage::new().await;
    for field in FIELDS.iter().filter(|field| field.is_one_line) {
        for end in [
            "\n", "\r", "\r\n", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}",
        ] {
            stage
                .refuse(&content(field.path, &format!("Hello{end}Bcc: x")), &[field.path])
                .await;
            stage
                .refuse(&content(field.path, &format!("Hello{end}")), &[field.path])
                .await;
        }
        stage.accept(&content(field.path, "tab\tis fine")).await;
    }
}

/// Texts that programs have been known to change on the way.
const ODD: [&str; 16] = [
    "مرحبا שלום",
    "\u{202e}right to left\u{202c}",
    "\u{200f}\u{200e}marks",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "e\u{301} is not é",
    "Z\u{310}\u{311}\u{312}algo",
    "\u{feff}bom",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠮷",
    "\u{10ffff}\u{fffe}\u{e000}",
    "\\u0041 \\n \" ' ` \\",
    "{{name}} ${x} %s %00 &amp; <b>",
    "'; DROP TABLE campaigns; --",
    "ﬁ ﬀ ß ẞ İ ı ſ",
    "日本語 한국어 ภาษาไทย",
    "a\u{1}\u{1f}\u{7f}b",
    "\u{200b}",
];

#[tokio::test]
async fn any_unicode_survives_the_way_there_and_back() {
    let stage = Stage::new().await;
    for field in FIELDS {
        for text in ODD {
            for side in stage.accept(&content(field.path, text)).await {
                let shown = side.pointer(field.shown).unwrap().as_str().unwrap();
                assert_eq!(shown.as_bytes(), text.as_bytes(), "{} {text:?}", field.path);
            }
        }
    }
    // The same in the document itself, and in what differs.
    let world = &stage.world;
    for text in ODD {
        let query = format!(
            "mutation {{ createCampaign(content: {{ name: {0}, tags: [{0}] }}) {{ campaign {{ name tags }} }} }}",
            json!(text)
        );
        let campaign = world.ask(&query, json!({})).await["createCampaign"]["campaign"].clone();
        assert_eq!(campaign, json!({ "name": text, "tags": [text] }));
        let payload = world
            .save_draft(&stage.active, json!({ "name": format!("{text}!") }))
            .await;
        let changes = &payload.campaign()["draft"]["changes"];
        assert_eq!(changes[0]["draft"], format!("{text}!"));
    }
}
