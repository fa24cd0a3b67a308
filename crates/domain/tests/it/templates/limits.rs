//! Templates that try to run for ever, or to eat memory. Each ends after a number of steps, which is the same anywhere.

use proptest::prelude::*;
use understudy_domain::template::{NESTING, TAG, TAGS};

use super::*;

#[test]
fn what_would_run_for_ever_ends() {
    let letters = "a,b".repeat(1_200);
    for text in [
        "{% for i in (1..1000000000000) %}{% endfor %}".to_owned(),
        "{% for i in (-900000000000000000..900000000000000000) %}{% endfor %}".to_owned(),
        "{% for i in (1..10000) %}{% for j in (1..10000) %}{% endfor %}{% endfor %}".to_owned(),
        format!("{{% for i in (1..10000) %}}{}{{% endfor %}}", "{%if 1==1%}{%endif%}".repeat(1_000)),
        format!("{{% for i in (1..10000) %}}{{% case i %}}{}{{% endcase %}}{{% endfor %}}", "{%when 'a'%}".repeat(3_000)),
        "{% for i in (1..10000) %}{{ '13 Jun 2016 02:30:00 +0300' | date: '%c' }}{% endfor %}".to_owned(),
        "{% for i in (1..1000000) %}{% assign x = recipient %}{% endfor %}".to_owned(),
        "{% for i in (1..1000000) %}{% if recipient.attributes == recipient.attributes %}{% endif %}{% endfor %}".to_owned(),
        "{% for i in (1..1000000) %}{% increment x %}{% endfor %}".to_owned(),
        format!("{{% assign l = '{letters}' | split: ',' %}}{{% for i in (1..1000) %}}{{% assign u = l | uniq %}}{{% endfor %}}"),
        format!("{{% assign l = '{letters}' | split: ',' %}}{{% for i in (1..1000) %}}{{% assign u = l | sort_natural %}}{{% endfor %}}"),
        format!("{{% for i in (1..10000) %}}{{% assign u = '{letters}' | strip_html %}}{{% endfor %}}"),
    ] {
        assert_eq!(render(&text, Escaping::Html), Err(RenderError::TooLong), "{text:.80}");
    }
}

#[test]
fn what_would_eat_memory_ends() {
    let double = "{% assign x = 'x' %}{% for i in (1..15) %}{% assign x = x | append: x %}{% endfor %}";
    for rest in [
        "{% for i in (1..60) %}{% assign x = x | append: x %}{% endfor %}",
        "{% for i in (1..60) %}{% capture x %}{{ x }}{{ x }}{% endcapture %}{% endfor %}",
        "{% assign l = x | split: '' %}{% for i in (1..60) %}{% assign l = l | concat: l %}{% endfor %}",
        "{% assign x = x | replace: '', x %}",
        "{% assign x = x | replace: 'x', x %}",
        "{% assign x = x | split: '' | join: x %}",
        "{{ 'now' | date: '%99999999999d' }}",
        "{{ 'now' | date: '%999999999Y%999999999Y' }}",
        "{% for i in (1..100000) %}{% capture y %}{{ x }}{% endcapture %}{% endfor %}",
    ] {
        let text = format!("{double}{rest}");
        assert_eq!(render(&text, Escaping::None), Err(RenderError::TooLong), "{rest}");
    }
}

#[test]
fn templates_of_one_message_share_their_steps() {
    let half = Template::compile(
        "{% for i in (1..100) %}{% for j in (1..500) %}{% endfor %}{% endfor %}",
        Escaping::None,
    );
    let half = half.unwrap_or_else(|error| panic!("{error}"));
    let stage = stage();
    let rendered: Vec<_> = (0..3).map(|_| half.render(&stage, 10)).collect();
    assert_eq!(rendered[0], Ok(String::new()));
    assert_eq!(rendered[2], Err(RenderError::TooLong));
}

#[test]
fn a_page_of_a_mebibyte_is_rendered() {
    let page = "<p>Dear {{ recipient.attributes.name }}, </p>\n".to_owned() + &" ".repeat((1 << 20) - 100);
    assert!(html(&page).len() > 1_000_000);
    let rows = "{% for i in (1..1000) %}<tr><td>{{ i }}</td><td>{{ recipient.attributes.name }}</td></tr>{% endfor %}";
    assert!(html(rows).len() > 30_000);
}

#[test]
fn more_than_fits_is_refused() {
    let template = Template::compile("{{ recipient.attributes.name }}", Escaping::None);
    let template = template.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(template.render(&stage(), 10), Ok("Ada <Love>".to_owned()));
    assert_eq!(
        template.render(&stage(), 9),
        Err(RenderError::TooLarge { limit: 9 })
    );
}

#[test]
fn whatever_is_deep_long_or_many_is_refused() {
    let nested = |depth: usize| "{% if true %}".repeat(depth) + &"{% endif %}".repeat(depth);
    let indexed = |depth: usize| format!("{{{{ {}1{} }}}}", "a[".repeat(depth), "]".repeat(depth));
    let long = |bytes: usize| format!("{{{{ '{}' }}}}", "x".repeat(bytes));
    for (good, bad, message) in [
        (
            nested(NESTING),
            nested(NESTING + 1),
            "blocks are more than 32 deep",
        ),
        (
            indexed(NESTING),
            indexed(NESTING + 1),
            "brackets are more than 32 deep",
        ),
        (long(TAG - 10), long(TAG), "`{{` is not closed within 4000 bytes"),
        (
            "{{a}}".repeat(TAGS),
            "{{a}}".repeat(TAGS + 1),
            "there are more than 4000 tags",
        ),
    ] {
        assert!(Template::compile(&good, Escaping::None).is_ok(), "{message}");
        let error = Template::compile(&bad, Escaping::None).map(|_| ());
        assert_eq!(error.map_err(|error| error.message), Err(message.to_owned()));
    }
}

#[test]
fn a_text_of_nothing_but_openings_is_looked_at_once() {
    for piece in [
        "{{",
        "{%",
        "{{ '",
        "{%raw%}",
        "{% raw %}{% endra",
        "{{ a[",
        " ",
        "{{-",
        "{% comment %}",
    ] {
        let text = piece.repeat((1 << 20) / piece.len());
        let _ = Template::compile(&text, Escaping::Html);
    }
}

/// Pieces of which texts are made that are nearly templates.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("{{ "),
        Just(" }}"),
        Just("{%- "),
        Just(" -%}"),
        Just("{% "),
        Just(" %}"),
        Just("if "),
        Just("endif"),
        Just("for x in (1..3)"),
        Just("endfor"),
        Just("else"),
        Just("assign y = "),
        Just("capture z"),
        Just("endcapture"),
        Just("recipient.attributes"),
        Just(".list"),
        Just("[0]"),
        Just("[-1]"),
        Just("x"),
        Just(" | "),
        Just("append: "),
        Just("times: "),
        Just("900000000000000000"),
        Just("'a'"),
        Just("\"<\""),
        Just("split: ''"),
        Just("slice: "),
        Just("date: '%s'"),
        Just("raw"),
        Just("endraw"),
        Just("é"),
        Just("\n"),
        Just("'"),
        Just("nil"),
        Just(" == "),
    ]
    .prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn no_text_breaks_anything(pieces in prop::collection::vec(piece(), 0..24)) {
        let text = pieces.concat();
        if let Ok(template) = Template::compile(&text, Escaping::Html) {
            let _ = template.render(&stage(), 1 << 16);
        }
    }

    #[test]
    fn no_value_gets_a_tag_into_a_page(name in ".*", filter in prop::sample::select(vec!["", "| upcase", "| append: '<'", "| split: '' | join: ' '", "| json", "| url_decode"])) {
        let mut ada = ada();
        ada.attributes.insert("name".to_owned(), name.into());
        let stage = Stage::new(&ada, (CampaignId::from_uuid(Uuid::nil()), "Autumn"), &Map::new());
        let text = format!("{{{{ recipient.attributes.name {filter} }}}}");
        let template = Template::compile(&text, Escaping::Html).unwrap_or_else(|error| panic!("{error}"));
        let said = template.render(&stage, 1 << 16);
        prop_assert!(!said.unwrap_or_default().contains(['<', '>', '"', '\'']));
    }
}
