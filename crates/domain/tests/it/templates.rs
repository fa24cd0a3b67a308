//! Templates: what they say to whom, what is told of wrong ones, and that none takes for ever.

mod limits;
mod messages;

use serde_json::{Map, Value, json};
use understudy_domain::{
    CampaignId, Escaping, Recipient, RecipientId, RenderError, Stage, Template, Timestamp,
};
use uuid::Uuid;

fn ada() -> Recipient {
    let attributes = json!({
        "name": "Ada <Love>", "visits": 3, "ratio": 2.5, "large": u64::MAX, "none": null, "isMember": true,
        "list": [1, 2, "x"], "towns": { "work": "Zürich", "home": "Bern" }, "odd key": "odd", "lines": "a\nb",
    });
    Recipient {
        id: RecipientId::from_uuid(Uuid::nil()),
        external_id: "ada".to_owned(),
        email: Some("ada@example.com".to_owned()),
        attributes: attributes.as_object().cloned().unwrap_or_default(),
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

fn stage() -> Stage {
    let properties = json!({ "order": { "total": 12 } });
    let properties: Map<String, Value> = properties.as_object().cloned().unwrap_or_default();
    Stage::new(
        &ada(),
        (CampaignId::from_uuid(Uuid::nil()), "Autumn"),
        &properties,
    )
}

fn render(text: &str, escaping: Escaping) -> Result<String, RenderError> {
    let template = Template::compile(text, escaping).unwrap_or_else(|error| panic!("{text}: {error}"));
    template.render(&stage(), 1 << 20)
}

/// What Ada gets of a text that is not HTML.
fn plain(text: &str) -> String {
    render(text, Escaping::None).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What Ada gets of a page.
fn html(text: &str) -> String {
    render(text, Escaping::Html).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn what_is_known_of_somebody_is_filled_in() {
    for (text, said) in [
        ("Hi {{ recipient.attributes.name }}!", "Hi Ada <Love>!"),
        (
            "{{ recipient.externalId }}, {{ recipient.email }}",
            "ada, ada@example.com",
        ),
        (
            "{{ campaign.name }} {{ campaign.id }}",
            "Autumn cmp_00000000000000000000000000",
        ),
        ("{{ properties.order.total | times: 2 }}", "24"),
        ("{{ recipient.attributes['odd key'] }}", "odd"),
        (
            "{{ recipient.attributes.list[2] }}{{ recipient.attributes.list.size }}",
            "x3",
        ),
        (
            "{{ recipient.attributes.visits }} {{ recipient.attributes.ratio }}",
            "3 2.5",
        ),
        (
            "{{ 'now' | date: '%Y' | size }} {{ '2026-01-02' | date: '%d.%m.%Y' }}",
            "4 02.01.2026",
        ),
        (
            "{{ '2026-11-23T16:17:35+01:00' | date: '%H:%M %z' }}",
            "16:17 +0100",
        ),
        ("{{ 1795449600 | date: '%Y-%m-%d %H:%M' }}", "2026-11-23 16:00"),
        ("{{ 'tomorrow' | date: '%H:%M' }}", "tomorrow"),
        (
            "{% if recipient.attributes.visits > 2 %}often{% else %}rarely{% endif %}",
            "often",
        ),
        (
            "{% unless recipient.attributes.isMember %}Join!{% endunless %}",
            "",
        ),
        (
            "{% case recipient.attributes.visits %}{% when 1, 2 %}a{% when 3 %}b{% else %}c{% endcase %}",
            "b",
        ),
        (
            "{% assign name = recipient.attributes.name | upcase %}{{ name }}",
            "ADA <LOVE>",
        ),
        (
            "{% capture x %}-{{ recipient.externalId }}-{% endcapture %}{{ x }}{{ x }}",
            "-ada--ada-",
        ),
        (
            "{% increment i %}{% increment i %}{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}",
            "01ab",
        ),
    ] {
        assert_eq!(plain(text), said, "{text}");
    }
}

#[test]
fn what_is_not_known_is_empty() {
    for text in [
        "{{ recipient.attributes.nope }}",
        "{{ recipient.attributes.nope.deeper[3] }}",
        "{{ nobody.at.all }}",
        "{{ recipient.attributes.none }}",
        "{{ recipient.attributes.nope | plus: 1 | round | join: ',' | upcase }}",
        "{% for x in recipient.attributes.nope %}x{% endfor %}",
        "{% for x in recipient.attributes.name %}x{% endfor %}",
        "{% if recipient.attributes.nope == 'x' %}x{% endif %}",
    ] {
        assert_eq!(plain(text), "", "{text}");
    }
    assert_eq!(
        plain("{{ recipient.attributes.nope | default: 'friend' }}"),
        "friend"
    );
}

#[test]
fn loops_go_over_lists_ranges_and_members() {
    for (text, said) in [
        (
            "{% for x in recipient.attributes.list %}{{ forloop.index }}:{{ x }}{% unless forloop.last %}, {% endunless %}{% endfor %}",
            "1:1, 2:2, 3:x",
        ),
        (
            "{% for i in (1..5) limit: 2 offset: 1 reversed %}{{ i }}{% endfor %}",
            "32",
        ),
        (
            "{% for i in (1..5) offset: 9 %}x{% else %}none{% endfor %}",
            "none",
        ),
        ("{% for i in (5..1) %}x{% else %}none{% endfor %}", "none"),
        (
            "{% for t in recipient.attributes.towns %}{{ t[0] }}={{ t[1] }};{% endfor %}",
            "home=Bern;work=Zürich;",
        ),
        (
            "{% for i in (1..9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}.",
            "13.",
        ),
        (
            "{% for i in (1..2) %}{% for j in (1..2) %}{{ i }}{{ j }}{% break %}{% endfor %}{% endfor %}",
            "1121",
        ),
        (
            "{% for i in (1..2) %}{% for j in (1..2) %}{{ forloop.parentloop.index }}{{ forloop.rindex0 }}{{ forloop.parentloop.last }} {% endfor %}{% endfor %}",
            "11false 10false 21true 20true ",
        ),
        (
            "{% for i in (1..2) %}{% assign last = i %}{% endfor %}{{ i }}{{ last }}",
            "2",
        ),
    ] {
        assert_eq!(plain(text), said, "{text}");
    }
}

#[test]
fn what_stands_between_tags_stays_as_it_is() {
    let page = "{ \"a\": {} } % } }} %} \u{a0} é\r\n\t<p style='x'>&amp;</p>";
    assert_eq!(html(page), page);
    for (text, said) in [
        ("a  {{- ' b ' -}}  c", "a b c"),
        ("a  {%- if true -%}  b  {%- endif -%}\n c", "abc"),
        ("{{-1}}{{ '}}' }}{{ \"%}\" }}", "1}}%}"),
        ("{% raw %}{{ x }} {% if %}{% endraw %}.", "{{ x }} {% if %}."),
        ("a {%- raw -%} b {%- endraw -%} c", "abc"),
        (
            "{% comment %}{{ 'unclosed {% if %} {% endcomment %}{% # {{ nothing %}.",
            ".",
        ),
    ] {
        assert_eq!(plain(text), said, "{text}");
    }
}

#[test]
fn values_in_html_are_escaped() {
    let escaped = "Ada &lt;Love&gt;";
    for text in [
        "{{ recipient.attributes.name }}",
        "{{ recipient.attributes.name | escape }}",
        "{{ recipient.attributes.name | escape_once }}",
        "{{ recipient.attributes.name | append: '' }}",
        "{% assign x = recipient.attributes.name %}{{ x }}",
        "{% for x in (1..1) %}{% if true %}{{ recipient.attributes.name }}{% endif %}{% endfor %}",
        "{% capture x %}{{ recipient.attributes.name }}{% endcapture %}{{ x | raw }}",
    ] {
        assert_eq!(html(text), escaped, "{text}");
    }
    assert_eq!(
        html("<b>{{ recipient.attributes.name | raw }}</b>"),
        "<b>Ada <Love></b>"
    );
    assert_eq!(html("{{ \"'&\" | append: '\"' }}"), "&#39;&amp;&quot;");
    // Whatever only looks like the filter that keeps a value as it is.
    assert_eq!(html("{{ '<' | append: ' | raw' }}"), "&lt; | raw");
    assert_eq!(html("{{ '<' | raw | append: '' }}"), "&lt;");
    assert_eq!(html("{{ '<' | default: \"'\" | default: ' | raw' }}"), "&lt;");
    assert_eq!(plain("{{ recipient.attributes.name }}"), "Ada <Love>");
}

#[test]
fn json_is_the_same_each_time() {
    let json = plain("{{ recipient.attributes.towns | json }} {{ 'a\"b' | json }} {{ nobody | json }}");
    assert_eq!(json, r#"{"home":"Bern","work":"Zürich"} "a\"b" null"#);
}

#[test]
fn a_text_that_is_no_template_is_told_its_line() {
    let wrong = [
        "{{ name",
        "line 1\n{{ recipient.name | nofilter }}",
        "\n\n{% if x %}\n  {{ a b }}\n{% endif %}\n{{ c d }}",
        "\n{% if x %}\n{% endfor %}",
        "\n{% endif %}",
        "a\n{% for x in y %}{% if x %}\n{% endif %}",
        "{% if a == %}{% endif %}",
        "{% for x of y %}{% endfor %}",
        "{% for x in y by: 3 %}{% endfor %}",
        "{% for %}{% endfor %}",
        "{{ 9999999999999999999 }}",
        "{% include 'header' %}",
        "{% text 0 %}",
        "{% 'x' %}",
        "{% %}",
        "{{ }}",
        "{% when 3 %}",
        "{% if x %}{% else %}\n{% else %}{% endif %}",
        "{% if x %}\n{% elsif %}{% endif %}",
        "{% unless x %}{% elsif y %}{% endunless %}",
        "{{ a | append }}",
        "{{ a | append: 1, 2 }}",
        "{% assign x %}",
        "{% capture %}{% endcapture %}",
        "{% comment %}",
        "{{ it's }}",
        "\r\n\r\n{{ a b }}",
        "{% endif x %}",
        "{% if x %}{% endif x %}",
        "{{ 'a\nb' | nope }}",
    ];
    let told: Vec<String> = wrong
        .iter()
        .map(|text| match Template::compile(text, Escaping::Html) {
            Ok(_) => format!("{text:?}: is taken"),
            Err(error) => format!("{text:?}: {error}"),
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_cannot_be_done_is_told() {
    let errors: Vec<String> = [
        "{{ 1 | divided_by: 0 }}",
        "{{ 'a' | plus: 1 }}",
        "{{ recipient.attributes.name | join: ',' }}",
        "{% for i in ('a'..'b') %}{% endfor %}",
        "{{ '2026-01-02' | date: '%Q%' }}",
    ]
    .iter()
    .map(|text| match render(text, Escaping::None) {
        Ok(said) => format!("{text}: says {said:?}"),
        Err(error) => format!("{text}: {error}"),
    })
    .collect();
    insta::assert_snapshot!(errors.join("\n"));
}
