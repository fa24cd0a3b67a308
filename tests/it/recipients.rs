//! Recipients: made, changed and erased; and whom a segment holds.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Database, World, codes};

/// Of a recipient that was given so, all that can be read.
async fn read(world: &World, external_id: &str) -> Value {
    let query = "query ($externalId: String!) { recipient(externalId: $externalId) {
        id externalId email attributes createdAt updatedAt } }";
    world.ask(query, json!({ "externalId": external_id })).await["recipient"].take()
}

async fn count(world: &World) -> Value {
    world.ask("{ recipients { totalCount } }", json!({})).await["recipients"]["totalCount"].take()
}

async fn delete(world: &World, id: &str) -> Value {
    let query =
        "mutation ($id: ID!) { deleteRecipient(id: $id) { deletedId userErrors { code message field } } }";
    world.ask(query, json!({ "id": id })).await["deleteRecipient"].take()
}

/// The external ids of those whom a segment holds, and how many it says that there are.
async fn held(world: &World, id: &str) -> (Vec<String>, Value) {
    let query = "query ($id: ID!) { segment(id: $id) { recipientCount recipients(first: 100) { nodes { externalId } } } }";
    let segment = world.ask(query, json!({ "id": id })).await["segment"].take();
    let nodes = segment["recipients"]["nodes"].as_array().unwrap().iter();
    let names = nodes.map(|node| node["externalId"].as_str().unwrap().to_owned());
    (names.collect(), segment["recipientCount"].clone())
}

#[tokio::test]
async fn recipients_are_made_and_changed_by_their_external_ids() {
    let world = World::new().await;
    let payload = world
        .upsert(json!([
            { "externalId": "ada", "email": "ada@example.com", "attributes": { "plan": "pro", "visits": 3 } },
            { "externalId": "Ada" },
        ]))
        .await;
    assert_eq!(codes(&payload), ["x"; 0]);
    let [ada, other] = &payload["recipients"].as_array().unwrap()[..] else {
        panic!("{payload}");
    };
    assert!(ada["id"].as_str().unwrap().starts_with("rcp_"));
    assert_eq!(ada["attributes"], json!({ "plan": "pro", "visits": 3 }));
    assert_eq!(
        (&other["email"], &other["attributes"]),
        (&json!(null), &json!({}))
    );
    assert_ne!(ada["id"], other["id"], "letters of two cases are two letters");
    assert_eq!(read(&world, "ada").await, *ada);

    // The answer is in the order of the request, whoever is new.
    let payload = world
        .upsert(json!([
            { "externalId": "eve" },
            { "externalId": "ada", "attributes": { "visits": 4, "spent": 985.449_095_547_486_1 } },
        ]))
        .await;
    let [eve, changed] = &payload["recipients"].as_array().unwrap()[..] else {
        panic!("{payload}");
    };
    assert_eq!(eve["externalId"], "eve");
    assert_eq!((&changed["id"], &changed["email"]), (&ada["id"], &ada["email"]));
    assert_eq!(
        changed["attributes"],
        json!({ "visits": 4, "spent": 985.449_095_547_486_1 })
    );
    assert_eq!(changed["createdAt"], ada["createdAt"]);
    assert_eq!(count(&world).await, 3);

    // What is already so changes nothing, not even the time.
    let again = json!([{ "externalId": "ada", "email": "ada@example.com", "attributes": { "visits": 4, "spent": 985.449_095_547_486_1 } }]);
    let payload = world.upsert(again).await;
    assert_eq!(payload["recipients"][0], *changed);
    let payload = world
        .upsert(json!([{ "externalId": "ada", "email": null }]))
        .await;
    assert_eq!(payload["recipients"][0]["email"], Value::Null);
    assert_eq!(world.log_end().await, 0, "they are not in the feed of campaigns");
}

#[tokio::test]
async fn a_wrong_recipient_is_told_by_its_place_and_nobody_is_made() {
    let world = World::new().await;
    let kept = world.recipient("kept").await;
    let before = read(&world, "kept").await;
    let payload = world
        .upsert(json!([
            { "externalId": "new" },
            { "externalId": "kept", "email": "nowhere" },
            { "externalId": "a\0b", "attributes": [1] },
            { "externalId": "odd", "attributes": null },
        ]))
        .await;
    assert_eq!(payload["recipients"], json!([]));
    let told: Vec<_> = payload["userErrors"].as_array().unwrap().iter().collect();
    assert!(told.iter().all(|error| error["code"] == "INVALID"), "{told:#?}");
    let fields: Vec<_> = told.iter().map(|error| &error["field"]).collect();
    let expected = [
        json!(["recipients", "1", "email"]),
        json!(["recipients", "2", "externalId"]),
        json!(["recipients", "2", "attributes"]),
        json!(["recipients", "3", "attributes"]),
    ];
    assert_eq!(fields, expected.iter().collect::<Vec<_>>());
    assert_eq!(told[2]["message"], "The attributes are not a JSON object.");
    assert_eq!(
        (count(&world).await, read(&world, "kept").await),
        (json!(1), before)
    );
    assert_eq!(read(&world, "a\0b").await, Value::Null);
    assert_eq!(delete(&world, &kept).await["deletedId"], kept);
}

#[tokio::test]
async fn one_command_takes_a_thousand_each_once() {
    let world = World::new().await;
    let people = |range: std::ops::Range<usize>| -> Value {
        range
            .map(|index| json!({ "externalId": index.to_string() }))
            .collect()
    };
    let payload = world.upsert(people(0..1_001)).await;
    let error = &payload["userErrors"][0];
    assert_eq!(
        (&error["code"], &error["field"]),
        (&json!("TOO_MANY"), &json!(["recipients"]))
    );
    let twice = json!([{ "externalId": "a" }, { "externalId": "b" }, { "externalId": "a" }]);
    let payload = world.upsert(twice).await;
    let error = &payload["userErrors"][0];
    assert_eq!(
        (&error["code"], &error["field"]),
        (&json!("DUPLICATE"), &json!(["recipients", "2"]))
    );
    assert_eq!(
        error["message"],
        "This id stands in the list already; name each recipient once."
    );
    assert_eq!(count(&world).await, 0);
    assert_eq!(codes(&world.upsert(json!([])).await), ["x"; 0]);
    // Those that there are, and as many new ones.
    for people in [people(0..1_000), people(500..1_500)] {
        let payload = world.upsert(people).await;
        assert_eq!(payload["recipients"].as_array().unwrap().len(), 1_000);
    }
    assert_eq!(count(&world).await, 1_500);
}

#[tokio::test]
async fn those_who_make_the_same_recipient_at_once_make_one() {
    let world = World::new().await;
    let people: Value = (0..40)
        .map(|index| json!({ "externalId": index.to_string() }))
        .collect();
    let payloads = join_all((0..6).map(|_| world.upsert(people.clone()))).await;
    let ids = |payload: &Value| -> Vec<Value> {
        let recipients = payload["recipients"].as_array().unwrap().iter();
        recipients.map(|recipient| recipient["id"].clone()).collect()
    };
    assert_eq!(ids(&payloads[0]).len(), 40);
    assert!(payloads.iter().all(|payload| ids(payload) == ids(&payloads[0])));
    assert_eq!(count(&world).await, 40);
}

#[tokio::test]
async fn a_recipient_is_found_by_one_of_two_ids() {
    let world = World::new().await;
    let id = world.recipient("ada").await;
    let both = "query ($id: ID!) { recipient(id: $id) { externalId } node(id: $id) { id ... on Recipient { externalId } } }";
    let found = world.ask(both, json!({ "id": id })).await;
    assert_eq!(found["recipient"]["externalId"], "ada");
    assert_eq!(found["node"], json!({ "id": id, "externalId": "ada" }));
    for arguments in ["", "(id: null)", "(id: \"rcp_1\", externalId: \"ada\")"] {
        let query = format!("{{ recipient{arguments} {{ id }} }}");
        assert_eq!(
            world.error_code(&query, json!({})).await,
            "BAD_USER_INPUT",
            "{query}"
        );
    }
}

#[tokio::test]
async fn whoever_is_erased_leaves_nothing() {
    let world = World::new().await;
    let payload = world
        .upsert(json!([{ "externalId": "ada", "email": "ada@example.com", "attributes": { "of": "hers" } }]))
        .await;
    let id = payload["recipients"][0]["id"].as_str().unwrap();
    let everyone = world.segment("Everyone").await;
    assert_eq!(held(&world, &everyone).await, (vec!["ada".to_owned()], json!(1)));
    assert_eq!(
        delete(&world, id).await,
        json!({ "deletedId": id, "userErrors": [] })
    );
    assert_eq!(read(&world, "ada").await, Value::Null);
    assert_eq!(held(&world, &everyone).await, (vec![], json!(0)));
    let again = delete(&world, id).await;
    assert_eq!(again["deletedId"], Value::Null);
    assert_eq!(codes(&again), ["NOT_FOUND"]);
    assert_eq!(again["userErrors"][0]["field"], json!(["id"]));
    // Whoever comes back is somebody else.
    assert_ne!(world.recipient("ada").await, id);
}

/// Nor in the file, where others may find it who cannot ask for it.
#[tokio::test]
async fn whoever_is_erased_is_overwritten_in_the_file() {
    let world = World::over(Database::in_file()).await;
    // Some are kept on pages of their own, some beside others.
    let secret = "8f3a1c".repeat(1_500);
    let people: Vec<Value> = (0..50)
        .map(|index| {
            let attributes = json!({ "known": secret[..if index % 2 == 0 { 9_000 } else { 60 }] });
            json!({ "externalId": format!("person-{index}"), "email": "ada@erased.example", "attributes": attributes })
        })
        .collect();
    let payload = world.upsert(json!(people)).await;
    for person in payload["recipients"].as_array().unwrap() {
        delete(&world, person["id"].as_str().unwrap()).await;
    }
    let database = world.closed().await;
    let files = std::fs::read_dir(database.folder().unwrap()).unwrap();
    for file in files {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for trace in ["8f3a1c8f3a1c", "erased.example", "person-"] {
            let found = bytes
                .windows(trace.len())
                .any(|window| window == trace.as_bytes());
            assert!(!found, "{trace}");
        }
    }
}

#[tokio::test]
async fn a_segment_holds_whom_its_filter_says() {
    let world = World::new().await;
    world
        .upsert(json!([
            { "externalId": "ada", "email": "ada@example.com",
              "attributes": { "plan": "pro", "visits": 3, "interests": ["camping", "climbing"] } },
            { "externalId": "bob", "attributes": { "plan": "free", "visits": 40 } },
            { "externalId": "eve", "email": "eve@example.org" },
        ]))
        .await;
    for (filter, expected) in [
        ("true", vec!["ada", "bob", "eve"]),
        ("recipient.attributes.plan == 'pro'", vec!["ada"]),
        (
            "recipient.attributes.plan == 'pro' || recipient.email == null",
            vec!["ada", "bob"],
        ),
        // Whoever lacks what it asks for is not held, however it is asked.
        ("recipient.attributes.plan != 'pro'", vec!["bob"]),
        ("!has(recipient.attributes.plan)", vec!["eve"]),
        ("recipient.attributes.visits > 2.5", vec!["ada", "bob"]),
        ("'camping' in recipient.attributes.interests", vec!["ada"]),
        (
            "recipient.attributes.interests.exists(i, i.startsWith('cl'))",
            vec!["ada"],
        ),
        ("recipient.externalId.startsWith('e')", vec!["eve"]),
        ("recipient.email.endsWith('.org')", vec!["eve"]),
        ("false", vec![]),
    ] {
        let segment = world.segment_holding(filter).await;
        let expected: Vec<_> = expected.into_iter().map(str::to_owned).collect();
        let count = json!(expected.len());
        assert_eq!(held(&world, &segment).await, (expected, count), "{filter}");
    }
    // Of a list, all are counted at once.
    let segments = world
        .ask(
            "{ segments(first: 100) { nodes { filter recipientCount } edges { node { recipientCount } } } }",
            json!({}),
        )
        .await["segments"]
        .take();
    let nodes = segments["nodes"].as_array().unwrap();
    let count_of = |filter: &str| {
        let node = nodes.iter().find(|node| node["filter"] == filter).unwrap();
        node["recipientCount"].clone()
    };
    assert_eq!((count_of("true"), count_of("false")), (json!(3), json!(0)));
    assert_eq!(count_of("recipient.attributes.plan != 'pro'"), 1);
    assert_eq!(segments["edges"].as_array().unwrap().len(), nodes.len());
}

#[tokio::test]
async fn a_filter_that_is_none_is_told_by_line_and_column() {
    let world = World::new().await;
    let id = world.segment_holding("true").await;
    let update = "mutation ($id: ID!, $input: SegmentInput!) { updateSegment(id: $id, input: $input) {
        changed userErrors { code message field } segment { filter version } } }";
    let with = async |filter: Value| {
        let variables = json!({ "id": id, "input": { "filter": filter } });
        world.ask(update, variables).await["updateSegment"].take()
    };
    let payload = with(json!("recipient.attributes.plan ==\n  'pro' &&")).await;
    let error = &payload["userErrors"][0];
    assert_eq!(
        (&error["code"], &error["field"]),
        (&json!("INVALID"), &json!(["input", "filter"]))
    );
    let message = error["message"].as_str().unwrap();
    assert!(
        message.starts_with("The filter is wrong at line 2, column "),
        "{message}"
    );
    assert_eq!(payload["segment"], json!({ "filter": "true", "version": 1 }));
    for filter in [
        "",
        "   ",
        "1 + 1",
        "nobody.email == null",
        "recipient.name == 'ada'",
    ] {
        assert_eq!(codes(&with(json!(filter)).await), ["INVALID"], "{filter}");
    }
    let everyone = with(Value::Null).await;
    assert_eq!(everyone["segment"], json!({ "filter": null, "version": 2 }));
    assert_eq!(with(Value::Null).await["changed"], false);
}

/// More than are looked at together, with those whom the filter holds far from each other and from both ends.
#[tokio::test]
async fn pages_of_whom_a_filter_holds_are_whole() {
    let world = World::new().await;
    for thousand in 0..2 {
        let people: Vec<Value> = (0..1_000)
            .map(|index| {
                let number = thousand * 1_000 + index;
                let attributes = json!({ "isHeld": number % 100 == 99 && number > 300 });
                json!({ "externalId": format!("{number}"), "attributes": attributes })
            })
            .collect();
        world.upsert(json!(people)).await;
    }
    let id = world.segment_holding("recipient.attributes.isHeld").await;
    let expected: Vec<String> = (3..20).map(|hundred| format!("{hundred}99")).collect();
    assert_eq!(held(&world, &id).await, (expected.clone(), json!(17)));
    let query =
        "query ($id: ID!, $first: Int, $last: Int, $after: String, $before: String) { segment(id: $id) {
        recipients(first: $first, last: $last, after: $after, before: $before) {
            nodes { externalId } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } }";
    let page = async |variables: Value| {
        let page = world.ask(query, variables).await["segment"]["recipients"].take();
        let nodes = page["nodes"].as_array().unwrap().iter();
        let names: Vec<String> = nodes
            .map(|node| node["externalId"].as_str().unwrap().to_owned())
            .collect();
        (names, page["pageInfo"].clone())
    };
    let (mut forward, mut after) = (vec![], Value::Null);
    loop {
        let (names, info) = page(json!({ "id": id, "first": 5, "after": after })).await;
        forward.extend(names);
        after = info["endCursor"].clone();
        if info["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(forward, expected);
    let (mut backward, mut before) = (vec![], Value::Null);
    loop {
        let (mut names, info) = page(json!({ "id": id, "last": 4, "before": before })).await;
        names.extend(backward);
        backward = names;
        before = info["startCursor"].clone();
        if info["hasPreviousPage"] == false {
            break;
        }
    }
    assert_eq!(backward, expected);
}
