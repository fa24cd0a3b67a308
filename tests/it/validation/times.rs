//! Times, and the schedules made of them.

use serde_json::{Value, json};

use super::Stage;

fn schedule(kind: &str, start: Option<&str>, end: Option<&str>) -> Value {
    json!({ "schedule": { "kind": kind, "startAt": start, "endAt": end } })
}

#[tokio::test]
async fn a_schedule_at_a_time_has_the_time_and_ends_after_it_starts() {
    let stage = Stage::new().await;
    let (early, late) = (Some("2030-01-01T00:00:00Z"), Some("2030-01-01T00:00:00.001Z"));
    for kind in ["ON_LAUNCH", "AT_TIME", "API_TRIGGERED"] {
        for (start, end, wrong) in [
            (early, None, None),
            (early, late, None),
            (None, late, Some("schedule.startAt").filter(|_| kind == "AT_TIME")),
            (None, None, Some("schedule.startAt").filter(|_| kind == "AT_TIME")),
            (early, early, Some("schedule.endAt")),
            (late, early, Some("schedule.endAt")),
            (
                Some("2030-01-01T00:00:00.0001Z"),
                Some("2030-01-01T00:00:00.0009Z"),
                Some("schedule.endAt"),
            ),
            (early, Some("2030-01-01T01:00:00+02:00"), Some("schedule.endAt")),
        ] {
            let content = schedule(kind, start, end);
            match wrong {
                Some(field) => stage.refuse(&content, &[field]).await,
                None => assert_eq!(stage.accept(&content).await.len(), 3),
            }
        }
    }
}

#[tokio::test]
async fn a_time_is_told_in_utc_to_the_millisecond_whatever_it_came_in() {
    let stage = Stage::new().await;
    for (time, told) in [
        ("2030-06-01T12:00:00Z", "2030-06-01T12:00:00.000Z"),
        ("2030-06-01t12:00:00z", "2030-06-01T12:00:00.000Z"),
        ("2030-06-01T12:00:00+05:45", "2030-06-01T06:15:00.000Z"),
        ("2030-06-01T12:00:00-23:59", "2030-06-02T11:59:00.000Z"),
        ("2030-06-01T12:00:00.1Z", "2030-06-01T12:00:00.100Z"),
        ("2030-06-01T12:00:00.123999999Z", "2030-06-01T12:00:00.123Z"),
        ("2030-06-01T12:00:00.000000001Z", "2030-06-01T12:00:00.000Z"),
        ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
        ("2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
        ("0000-12-31T23:59:59.999Z", "0000-12-31T23:59:59.999Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ("9999-12-31T23:59:59+01:00", "9999-12-31T22:59:59.000Z"),
    ] {
        for side in stage.accept(&schedule("AT_TIME", Some(time), None)).await {
            assert_eq!(side["schedule"]["startAt"], told, "{time}");
        }
        let draft = stage.world.campaign(&stage.active).await["draft"].clone();
        let changes = draft["changes"].as_array().unwrap();
        let change = changes.iter().find(|change| change["path"] == "schedule.startAt");
        assert_eq!(change.unwrap()["draft"], told, "{time}");
    }
    let years = [
        "0000-01-01T00:00:00Z",
        "0999-06-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
    ];
    for pair in years.windows(2) {
        stage
            .accept(&schedule("AT_TIME", Some(pair[0]), Some(pair[1])))
            .await;
        stage
            .refuse(
                &schedule("AT_TIME", Some(pair[1]), Some(pair[0])),
                &["schedule.endAt"],
            )
            .await;
    }
}

#[tokio::test]
async fn what_is_no_time_is_an_error_and_changes_nothing() {
    let stage = Stage::new().await;
    let before = stage.state().await;
    for wrong in [
        json!(""),
        json!("now"),
        json!("2030-06-01"),
        json!("12:00:00"),
        json!("2030-06-01T12:00:00"),
        json!("2030-06-01T12:00Z"),
        json!("2030-06-01T24:00:00Z"),
        json!("2030-06-01T12:60:00Z"),
        json!("2030-06-01T12:00:61Z"),
        json!("2030-06-31T12:00:00Z"),
        json!("2030-02-29T12:00:00Z"),
        json!("2030-06-01T12:00:00+24:00"),
        json!("2030-06-01T12:00:00Z "),
        json!("2030-06-01T12:00:00Z\u{0}"),
        json!("٢٠٣٠-06-01T12:00:00Z"),
        json!("10000-01-01T00:00:00Z"),
        json!("+10000-01-01T00:00:00Z"),
        json!("-0001-06-01T12:00:00Z"),
        json!("9999-12-31T23:59:59-01:00"),
        json!("0000-01-01T00:00:00+00:01"),
        json!("9999-12-31T23:59:60Z"),
        json!(1_900_000_000),
        json!(1.5),
        json!(true),
        json!([]),
        json!({}),
    ] {
        for field in ["startAt", "endAt"] {
            let mut schedule = json!({ "kind": "ON_LAUNCH" });
            schedule[field] = wrong.clone();
            let query = "mutation ($schedule: ScheduleInput) {
                createCampaign(content: { name: \"x\", schedule: $schedule }) { changed } }";
            let response = stage.world.execute(query, json!({ "schedule": schedule })).await;
            assert_eq!(response["data"], Value::Null, "{wrong}");
            let error = &response["errors"][0];
            let code = &error["extensions"]["code"];
            // A text is read by the scalar; anything else is refused with the document.
            assert!(
                !wrong.is_string() || code == "BAD_USER_INPUT",
                "{wrong}: {response:#}"
            );
            assert_ne!(code, "INTERNAL_SERVER_ERROR", "{wrong}");
            assert!(!error["message"].as_str().unwrap().is_empty());
            let query = format!(
                "mutation {{ createCampaign(content: {{ name: \"x\",
                    schedule: {{ kind: ON_LAUNCH, {field}: {} }} }}) {{ changed }} }}",
                if wrong.is_object() {
                    "{}".to_owned()
                } else {
                    wrong.to_string()
                }
            );
            let response = stage.world.execute(&query, json!({})).await;
            assert!(response.get("errors").is_some(), "{wrong}");
        }
    }
    assert_eq!(stage.state().await, before);
}
