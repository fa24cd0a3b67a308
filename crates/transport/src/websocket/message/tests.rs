//! What is understood of what clients send, and what is not.

use super::*;

fn code_of(text: &str) -> Option<u16> {
    understand(text.as_bytes(), &Limits::default())
        .err()
        .map(|reason| reason.code.into())
}

#[test]
fn what_is_of_the_protocol_is_understood() {
    for text in [
        "{\"type\":\"connection_init\"}",
        "{\"type\":\"connection_init\",\"payload\":null}",
        "{\"type\":\"connection_init\",\"payload\":{\"token\":\"x\"}}",
        "{\"type\":\"ping\"}",
        "{\"type\":\"ping\",\"payload\":{\"n\":1}}",
        "{\"type\":\"pong\",\"payload\":null}",
        "{\"type\":\"complete\",\"id\":\"1\"}",
        "{\"id\":\"1\",\"type\":\"subscribe\",\"payload\":{\"query\":\"{ a }\"}}",
        "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":\"{ a }\",\"variables\":null,\
         \"operationName\":null,\"extensions\":null}}",
        "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":\"{ a }\",\"variables\":{\"b\":[1]},\
         \"operationName\":\"c\",\"extensions\":{}},\"more\":true}",
    ] {
        assert_eq!(code_of(text), None, "{text}");
    }
}

#[test]
fn a_text_in_a_payload_is_never_read_as_json() {
    let nested = |count: usize| format!("{}{}", "[".repeat(count), "]".repeat(count));
    let mut text = nested(30);
    for _ in 0..30 {
        let inner = serde_json::to_string(&text).unwrap();
        text = format!("[[[{{\"$serde_json::private::RawValue\":{inner}}}]]]");
        if text.len() > 500_000 {
            break;
        }
    }
    for kind in ["connection_init", "ping", "pong"] {
        for value in [text.as_str(), "{\"$serde_json::private::RawValue\":\"]\"}"] {
            let message = format!("{{\"type\":\"{kind}\",\"payload\":{{\"a\":{value}}}}}");
            let said = understand(message.as_bytes(), &Limits::default()).map_err(|reason| reason.code);
            if let Said::Ping(payload) = said.unwrap() {
                let pong = Outgoing::Pong { payload }.to_text().unwrap();
                let (_, echo) = pong.split_once("\"payload\"").unwrap();
                assert!(message.ends_with(echo), "{pong}");
            }
        }
    }
}

#[test]
fn what_is_not_of_the_protocol_is_refused() {
    for text in [
        "",
        "nonsense",
        "[]",
        "null",
        "{}",
        "{\"type\":0}",
        "{\"type\":1}",
        "{\"type\":\"ping\",\"type\":\"pong\"}",
        "[\"ping\"]",
        "[\"ping\",null]",
        "[\"subscribe\",\"1\",[\"{__typename}\"]]",
        "[\"subscribe\",\"1\",{\"query\":\"{__typename}\"}]",
        "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":[\"{__typename}\"]}",
        "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":[]}",
        "{\"type\":\"connection_init\",\"payload\":[]}",
        "{\"type\":\"nonsense\"}",
        "{\"type\":\"connection_ack\"}",
        "{\"type\":\"connection_init\",\"payload\":1}",
        "{\"type\":\"ping\",\"payload\":[]}",
        "{\"type\":\"complete\"}",
        "{\"type\":\"complete\",\"id\":1}",
        "{\"type\":\"complete\",\"id\":\"\"}",
        "{\"type\":\"subscribe\"}",
        "{\"type\":\"subscribe\",\"id\":\"1\"}",
        "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{}}",
        "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":1}}",
        "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":\"{ a }\",\"variables\":[]}}",
        "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":\"{ a }\",\"operationName\":1}}",
        "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":\"{ a }\",\"extensions\":\"\"}}",
        "{\"type\":\"subscribe\",\"id\":\"\",\"payload\":{\"query\":\"{ a }\"}}",
        "{\"type\":\"subscribe\",\"payload\":{\"query\":\"{ a }\"}}",
    ] {
        assert_eq!(code_of(text), Some(4400), "{text}");
    }
}

#[test]
fn json_beyond_a_limit_is_not_read() {
    let limits = Limits::default();
    let ping = |value: String| format!("{{\"type\":\"ping\",\"payload\":{{\"a\":{value}}}}}");
    // In the message, in its payload.
    let nested = |depth: usize| ping("[".repeat(depth - 2) + &"]".repeat(depth - 2));
    // Its two members, the one of the payload, and the list.
    let many = |count: usize| ping(format!("[{}]", vec!["1"; count - 3].join(",")));
    for (text, code) in [
        (nested(limits.json_nesting), None),
        (nested(limits.json_nesting + 1), Some(1008)),
        (many(limits.values), None),
        (many(limits.values + 1), Some(1008)),
    ] {
        assert_eq!(code_of(&text), code, "{} bytes", text.len());
    }
}

#[test]
fn an_operation_whose_json_is_beyond_a_limit_is_refused_by_its_id() {
    let subscribe = |value: &str, rest: &str| {
        format!(
            "{{\"payload\":{{\"query\":\"{{ a }}\",\"variables\":{{\"a\":{value}}}}},\"type\":\"subscribe\"{rest}}}"
        )
    };
    let refused = |text: &str| match understand(text.as_bytes(), &Limits::default()) {
        Ok(Said::Subscribe(id, Err(Refused::Body(error)))) => Ok((id, error.message)),
        Ok(_) => panic!("it is read"),
        Err(reason) => Err(u16::from(reason.code)),
    };
    // However deep it is, nobody recurses over it.
    for depth in [100, 200, 200_000] {
        let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let (id, message) = refused(&subscribe(&deep, ",\"id\":\"1\"")).unwrap();
        assert_eq!(id, "1");
        assert!(message.contains("64"), "{message}");
        assert_eq!(refused(&subscribe(&deep, "")), Err(1008));
        assert_eq!(refused(&subscribe(&deep, ",\"id\":\"\"")), Err(4400));
        let long = format!(",\"id\":\"{}\"", "x".repeat(MAX_ID_BYTES + 1));
        assert_eq!(refused(&subscribe(&deep, &long)), Err(1008));
        assert_eq!(
            refused(&subscribe(&deep, ",\"id\":\"1\",\"id\":\"2\"")),
            Err(1008)
        );
        assert_eq!(refused(&format!("[\"subscribe\",\"1\",{deep}]")), Err(1008));
    }
}

#[test]
fn an_id_is_as_long_as_it_may_be_and_no_longer() {
    for (length, code) in [(256, None), (257, Some(1008))] {
        let id = "x".repeat(length);
        for rest in [
            "\"type\":\"complete\"",
            "\"type\":\"subscribe\",\"payload\":{\"query\":\"{ a }\"}",
        ] {
            assert_eq!(
                code_of(&format!("{{{rest},\"id\":\"{id}\"}}")),
                code,
                "{length} {rest}"
            );
        }
    }
}

#[test]
fn a_reason_fits_into_its_frame() {
    let described = |text: &str| reason(1000, text).description.unwrap();
    assert_eq!(described(&"ä".repeat(100)), "ä".repeat(61));
    assert_eq!(described(&"a".repeat(123)), "a".repeat(123));
    assert_eq!(described(&"a".repeat(124)), "a".repeat(123));
    // Nothing comes after what was cut off.
    let long = format_args!("{}{}{}", "a", "ä".repeat(100), "b").to_string();
    assert_eq!(described(&long), format!("a{}", "ä".repeat(61)));
    let reason = reason(1000, &format_args!("{}{}", "ä".repeat(62), "b"));
    assert_eq!(reason.description.unwrap(), "ä".repeat(61));
    let message = format!("{{\"type\":\"ping\",\"payload\":\"{}\"}}", "x".repeat(500_000));
    let Err(reason) = understand(message.as_bytes(), &Limits::default()) else {
        panic!("it is understood")
    };
    assert_eq!(reason.description.map(|reason| reason.len()), Some(123));
}
