//! What recipients do with messages, and what is counted of it.

use serde_json::{Value, json};

use crate::harness::{World, codes, email, findings, in_app};

const ANALYTICS: &str = "query ($id: ID!, $from: DateTime, $to: DateTime) { campaign(id: $id) {
    analytics(from: $from, to: $to) { sent failed impressions clicks dismissals uniqueRecipients firstSentAt lastSentAt
        daily { date sent failed impressions clicks dismissals } } } }";

/// How many were recorded, how many were known, and the codes of what was wrong.
fn outcome(payload: &Value) -> (i64, i64, Vec<&str>) {
    let number = |field| payload[field].as_i64().unwrap();
    (number("recorded"), number("duplicates"), codes(payload))
}

async fn analytics(world: &World, id: &str, from: Value, to: Value) -> Value {
    let variables = json!({ "id": id, "from": from, "to": to });
    world.ask(ANALYTICS, variables).await["campaign"]["analytics"].take()
}

/// Impressions, clicks, dismissals and recipients, on all days.
async fn total(world: &World, id: &str) -> [i64; 4] {
    let analytics = analytics(world, id, json!(null), json!(null)).await;
    ["impressions", "clicks", "dismissals", "uniqueRecipients"]
        .map(|field| analytics[field].as_i64().unwrap())
}

fn told(id: &str, campaign: &str, recipient: &str, kind: &str, at: &str) -> Value {
    json!({ "id": id, "campaignId": campaign, "recipientId": recipient, "kind": kind, "at": at })
}

#[tokio::test]
async fn engagements_are_counted_by_the_day_and_each_id_once() {
    let world = World::new().await;
    let (id, other) = (
        world.active(in_app("It")).await,
        world.active(email("Other")).await,
    );
    let (ada, eve) = (world.recipient("ada").await, world.recipient("eve").await);
    let engagements = json!([
        told("a", &id, &ada, "IMPRESSION", "2026-03-01T23:59:59.999Z"),
        told("b", &id, &ada, "IMPRESSION", "2026-03-02T00:00:00Z"),
        told("c", &id, &eve, "IMPRESSION", "2026-03-02T01:00:00+02:00"),
        told("d", &id, &ada, "CLICK", "2026-03-04T00:00:00Z"),
        told("d", &id, &ada, "CLICK", "2026-03-04T00:00:00Z"),
        told("e", &id, &eve, "DISMISSAL", "2026-03-04T00:00:00Z"),
        told("f", &other, &eve, "CLICK", "2026-03-04T00:00:00Z"),
    ]);
    assert_eq!(outcome(&world.record(engagements.clone()).await), (6, 1, vec![]));
    assert_eq!(outcome(&world.record(engagements).await), (0, 7, vec![]));
    assert_eq!(total(&world, &id).await, [3, 1, 1, 2]);
    assert_eq!(
        total(&world, &other).await,
        [0, 1, 0, 0],
        "a click alone shows nothing"
    );
    let whole = analytics(&world, &id, json!(null), json!(null)).await;
    let day = |date: &str, impressions: i64, clicks: i64, dismissals: i64| {
        json!({ "date": date, "sent": 0, "failed": 0, "impressions": impressions, "clicks": clicks,
            "dismissals": dismissals })
    };
    let (first, second, last) = (
        day("2026-03-01", 2, 0, 0),
        day("2026-03-02", 1, 0, 0),
        day("2026-03-04", 0, 1, 1),
    );
    assert_eq!(whole["daily"], json!([first, second, last]));
    assert_eq!((&whole["sent"], &whole["firstSentAt"]), (&json!(0), &json!(null)));

    // Whole days of which some part is asked for; whom it reached first on others is not counted.
    let part = analytics(
        &world,
        &id,
        json!("2026-03-02T12:00:00Z"),
        json!("2026-03-04T00:00:00Z"),
    )
    .await;
    assert_eq!(part["daily"], json!([second]));
    assert_eq!(
        (&part["impressions"], &part["uniqueRecipients"]),
        (&json!(1), &json!(0))
    );
    let none = analytics(
        &world,
        &id,
        json!("2026-03-05T00:00:00Z"),
        json!("2026-03-01T00:00:00Z"),
    )
    .await;
    assert_eq!((&none["daily"], &none["clicks"]), (&json!([]), &json!(0)));
    assert_eq!(world.log_end().await, 4, "they are not in the feed of campaigns");
    assert_eq!(findings(world.database.url()).await, [""; 0]);
}

#[tokio::test]
async fn what_is_wrong_with_one_keeps_no_other_from_being_recorded() {
    let world = World::new().await;
    let id = world.active(in_app("It")).await;
    let unlaunched = world.unlaunched(in_app("Never")).await;
    let ada = world.recipient("ada").await;
    let nobody = ada.replace(&ada[ada.len() - 4..], "0000");
    let at = "2026-03-01T00:00:00Z";
    let later = "9999-01-01T00:00:00Z";
    let payload = world
        .record(json!([
            told("", &id, &ada, "CLICK", at),
            told("a\nb", &id, &ada, "CLICK", later),
            told("c", &unlaunched, &ada, "CLICK", at),
            told("d", &id, &nobody, "CLICK", at),
            told("e", &id.replace(&id[id.len() - 4..], "0000"), &ada, "CLICK", at),
            told("f", &id, &ada, "CLICK", at),
        ]))
        .await;
    assert_eq!(
        (&payload["recorded"], &payload["duplicates"]),
        (&json!(1), &json!(0))
    );
    let errors = payload["userErrors"].as_array().unwrap().iter();
    let errors: Vec<_> = errors
        .map(|error| json!([error["code"], error["field"]]))
        .collect();
    let expected = json!([
        ["INVALID", ["engagements", "0", "id"]],
        ["INVALID", ["engagements", "1", "id"]],
        ["INVALID", ["engagements", "1", "at"]],
        ["NOT_LAUNCHED", ["engagements", "2", "campaignId"]],
        ["NOT_FOUND", ["engagements", "3", "recipientId"]],
        ["NOT_FOUND", ["engagements", "4", "campaignId"]],
    ]);
    assert_eq!(json!(errors), expected);
    assert_eq!(total(&world, &id).await, [0, 1, 0, 0]);

    let many: Vec<_> = (0..1_001)
        .map(|n| told(&n.to_string(), &id, &ada, "CLICK", at))
        .collect();
    let payload = world.record(json!(many)).await;
    assert_eq!(outcome(&payload), (0, 0, vec!["TOO_MANY"]));
    assert_eq!(total(&world, &id).await, [0, 1, 0, 0]);
    let payload = world.record(json!(many[..1_000])).await;
    assert_eq!(outcome(&payload), (1_000, 0, vec![]));
    assert_eq!(total(&world, &id).await, [0, 1_001, 0, 0]);
    assert_eq!(outcome(&world.record(json!([])).await), (0, 0, vec![]));
}

#[tokio::test]
async fn a_clock_that_is_ahead_counts_as_now() {
    let world = World::new().await;
    let id = world.active(in_app("It")).await;
    let ada = world.recipient("ada").await;
    let ahead = |hours| {
        let at = chrono_now() + chrono::TimeDelta::hours(hours);
        json!([told(&hours.to_string(), &id, &ada, "CLICK", &at.to_rfc3339())])
    };
    let before = chrono_now().date_naive();
    assert_eq!(outcome(&world.record(ahead(23)).await), (1, 0, vec![]));
    assert_eq!(outcome(&world.record(ahead(25)).await), (0, 0, vec!["INVALID"]));
    let daily = analytics(&world, &id, json!(null), json!(null)).await["daily"].take();
    let day: chrono::NaiveDate = daily[0]["date"].as_str().unwrap().parse().unwrap();
    assert!((before..=chrono_now().date_naive()).contains(&day), "{day}");
}

#[tokio::test]
async fn results_outlive_the_archiving_the_draft_and_the_recipient() {
    let world = World::new().await;
    let id = world.active(in_app("It")).await;
    let ada = world.recipient("ada").await;
    let at = "2026-03-01T00:00:00Z";
    let seen =
        |id: &str, campaign: &str, recipient: &str| json!([told(id, campaign, recipient, "IMPRESSION", at)]);
    assert_eq!(outcome(&world.record(seen("a", &id, &ada)).await), (1, 0, vec![]));
    assert!(world.save_draft(&id, json!({ "name": "Next" })).await.changed());
    assert!(world.run("launchDraft", &id).await.changed());
    assert!(world.run("archiveCampaign", &id).await.changed());
    assert_eq!(total(&world, &id).await, [1, 0, 0, 1]);
    // What happened before the archiving may be told after it.
    assert_eq!(outcome(&world.record(seen("b", &id, &ada)).await), (1, 0, vec![]));
    assert_eq!(total(&world, &id).await, [2, 0, 0, 1]);

    let delete = "mutation ($id: ID!) { deleteRecipient(id: $id) { userErrors { code } } }";
    world.ask(delete, json!({ "id": ada })).await;
    assert_eq!(total(&world, &id).await, [2, 0, 0, 1]);
    assert_eq!(
        outcome(&world.record(seen("a", &id, &ada)).await),
        (0, 0, vec!["NOT_FOUND"])
    );
    // Whoever comes back is somebody else: nothing is known of who they were.
    let again = world.recipient("ada").await;
    assert_eq!(
        outcome(&world.record(seen("a", &id, &again)).await),
        (1, 0, vec![])
    );
    assert_eq!(total(&world, &id).await, [3, 0, 0, 2]);
    assert_eq!(findings(world.database.url()).await, [""; 0]);
}

#[tokio::test]
async fn a_list_is_read_with_its_results_in_as_many_statements_as_without() {
    let world = World::new().await;
    let ada = world.recipient("ada").await;
    let query = "query ($first: Int!) { campaigns(first: $first, orderBy: { field: NAME, direction: ASC }) { nodes {
        march: analytics(from: \"2026-03-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\") { clicks daily { date } }
        april: analytics(from: \"2026-04-01T00:00:00Z\", to: \"2026-05-01T00:00:00Z\") { clicks } } } }";
    let mut engagements = vec![];
    for number in 0..4 {
        let id = world.active(in_app(&format!("It {number}"))).await;
        for (month, times) in [("02", 1), ("03", number), ("04", 1)] {
            for time in 0..times {
                let name = format!("{number}-{month}-{time}");
                let at = format!("2026-{month}-15T00:00:00Z");
                engagements.push(told(&name, &id, &ada, "CLICK", &at));
            }
        }
    }
    let expected = i64::try_from(engagements.len()).unwrap();
    assert_eq!(
        outcome(&world.record(json!(engagements)).await),
        (expected, 0, vec![])
    );
    let mut statements = vec![];
    for first in [1, 4] {
        let before = world.app.statements();
        let data = world.ask(query, json!({ "first": first })).await;
        statements.push(world.app.statements() - before);
        let nodes = data["campaigns"]["nodes"].as_array().unwrap();
        for (number, node) in nodes.iter().enumerate() {
            let days = if number == 0 {
                json!([])
            } else {
                json!([{ "date": "2026-03-15" }])
            };
            let march = json!({ "clicks": number, "daily": days });
            assert_eq!(*node, json!({ "march": march, "april": { "clicks": 1 } }));
        }
    }
    assert_eq!(statements[0], statements[1]);
}

fn chrono_now() -> chrono::DateTime<chrono::Utc> {
    understudy_app::Clock.now()
}
