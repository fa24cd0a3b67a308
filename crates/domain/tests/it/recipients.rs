//! Recipients: what their input may be, and what a patch leaves be.

use chrono::DateTime;
use serde_json::{Value, json};
use understudy_domain::recipient::{ATTRIBUTES, NESTING};
use understudy_domain::text::Patched;
use understudy_domain::{Flaw, Problem, ProblemKind, Recipient, RecipientId, RecipientPatch, Timestamp};
use uuid::Uuid;

use crate::support::{Told, told};

fn at(second: i64) -> Timestamp {
    DateTime::from_timestamp(second, 0).expect("it is a moment")
}

fn patch(external_id: &str) -> RecipientPatch {
    RecipientPatch {
        external_id: external_id.to_owned(),
        email: Patched::Keep,
        attributes: Patched::Keep,
    }
}

fn create(patch: RecipientPatch) -> Result<Recipient, Vec<Problem>> {
    Recipient::create(RecipientId::from_uuid(Uuid::from_u128(1)), patch, at(7))
}

fn with_email(email: &str) -> Result<Recipient, Vec<Told>> {
    let email = Patched::Set(email.to_owned());
    create(RecipientPatch {
        email,
        ..patch("ada")
    })
    .map_err(told)
}

fn with_attributes(attributes: Value) -> Result<Recipient, Vec<Told>> {
    let attributes = Patched::Set(attributes);
    create(RecipientPatch {
        attributes,
        ..patch("ada")
    })
    .map_err(told)
}

fn wrong<T>(path: &str, kind: ProblemKind) -> Result<T, Vec<Told>> {
    Err(vec![(path.to_owned(), kind)])
}

/// So many lists within one another.
fn lists(depth: usize) -> Value {
    (1..depth).fold(json!([]), |inner, _| json!([inner]))
}

#[test]
fn a_recipient_needs_an_external_id_and_nothing_else() {
    let made = create(patch(" Ada ")).expect("there is nothing wrong");
    assert_eq!(made.external_id, " Ada ", "it is taken as it is");
    assert_eq!((made.email, made.attributes.len()), (None, 0));
    assert_eq!((made.created_at, made.updated_at), (at(7), at(7)));
    let created = |external_id: &str| create(patch(external_id)).map_err(told);
    assert!(created(&"ü".repeat(200)).is_ok());
    for (external_id, kind) in [
        ("", ProblemKind::Empty),
        ("  ", ProblemKind::Empty),
        (&"ü".repeat(201), ProblemKind::TooLong { limit: 200 }),
        ("a\0", ProblemKind::Nul),
        ("a\nb", ProblemKind::Control),
        ("a\u{202e}b", ProblemKind::Control),
    ] {
        assert_eq!(created(external_id), wrong("externalId", kind), "{external_id:?}");
    }
}

#[test]
fn an_address_is_one_that_mail_can_be_sent_to() {
    for email in [
        "ada@example.com",
        "ada+news@mail.example.co.uk",
        "björn@example.com",
    ] {
        assert_eq!(with_email(email).unwrap().email.as_deref(), Some(email));
    }
    for email in [
        "",
        "ada",
        "ada@localhost",
        "ada@[127.0.0.1]",
        "Ada <ada@example.com>",
        " ada@example.com",
        "ada@example.com, eve@example.com",
    ] {
        assert_eq!(
            with_email(email),
            wrong("email", ProblemKind::NotAnAddress),
            "{email}"
        );
    }
    let split = with_email("ada@example.com\r\nBcc: eve@example.com").unwrap_err();
    assert!(
        split.contains(&("email".to_owned(), ProblemKind::LineBreak)),
        "{split:?}"
    );
}

#[test]
fn attributes_are_an_object_within_limits() {
    for attributes in [json!([]), json!("text"), json!(7), json!(null)] {
        assert_eq!(
            with_attributes(attributes),
            wrong("attributes", ProblemKind::NotAnObject)
        );
    }
    let null = create(RecipientPatch {
        attributes: Patched::Null,
        ..patch("ada")
    });
    assert_eq!(null.map_err(told), wrong("attributes", ProblemKind::Null));

    let nested = |depth| with_attributes(json!({ "a": lists(depth) }));
    assert!(nested(NESTING - 1).is_ok());
    assert_eq!(
        nested(NESTING),
        wrong("attributes", ProblemKind::TooDeep { limit: NESTING })
    );

    // The object itself is nine bytes around the text.
    let long = |bytes: usize| with_attributes(json!({ "a": "x".repeat(bytes) }));
    assert!(long(ATTRIBUTES - 8).is_ok());
    assert_eq!(
        long(ATTRIBUTES - 7),
        wrong("attributes", ProblemKind::TooLarge { limit: ATTRIBUTES })
    );
    for attributes in [
        json!({ "a": ["\0"] }),
        json!({ "a\0": 1 }),
        json!({ "a": { "b\0": 1 } }),
    ] {
        assert_eq!(with_attributes(attributes), wrong("attributes", ProblemKind::Nul));
    }
}

#[test]
fn all_that_is_wrong_is_told() {
    let input = RecipientPatch {
        external_id: String::new(),
        email: Patched::Set("ada".to_owned()),
        attributes: Patched::Set(json!(1)),
    };
    assert_eq!(
        create(input).map_err(told),
        Err(vec![
            ("externalId".to_owned(), ProblemKind::Empty),
            ("email".to_owned(), ProblemKind::NotAnAddress),
            ("attributes".to_owned(), ProblemKind::NotAnObject),
        ])
    );
}

#[test]
fn a_patch_leaves_be_what_it_does_not_name() {
    let made = create(RecipientPatch {
        external_id: "ada".to_owned(),
        email: Patched::Set("ada@example.com".to_owned()),
        attributes: Patched::Set(json!({ "plan": "pro", "visits": 3 })),
    })
    .expect("there is nothing wrong");
    assert_eq!(made.clone().patched(patch("ada")), Ok(made.clone()));
    let without = made.clone().patched(RecipientPatch {
        email: Patched::Null,
        ..patch("ada")
    });
    assert_eq!(
        without.unwrap(),
        Recipient {
            email: None,
            ..made.clone()
        }
    );
    // Attributes take the place of those that there were.
    let other = made.clone().patched(RecipientPatch {
        attributes: Patched::Set(json!({ "visits": 4 })),
        ..patch("ada")
    });
    assert_eq!(Value::Object(other.unwrap().attributes), json!({ "visits": 4 }));
}

#[test]
fn what_would_not_be_let_in_is_a_flaw() {
    let made = with_email("ada@example.com").unwrap();
    assert_eq!(made.flaws(), []);
    let kept = Recipient {
        email: Some("ada".to_owned()),
        ..made
    };
    let problem = Problem {
        path: vec!["email".to_owned()],
        kind: ProblemKind::NotAnAddress,
    };
    assert_eq!(kept.flaws(), [Flaw::Problem(problem)]);
}
