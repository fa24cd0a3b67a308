//! Read models for tests, with all that a campaign can have.

use chrono::DateTime;
use understudy_app::read::{CampaignRead, ContentRead, DraftRead};
use understudy_domain::{
    CampaignId, Date, DraftId, EmailMessage, InAppLevel, InAppMessage, Lifecycle, Message, Place, Progress,
    Rank, Results, Schedule, ScheduleKind, Segment, SegmentId, Timestamp, Version,
};
use uuid::Uuid;

pub(crate) fn at_second(second: i64) -> Timestamp {
    DateTime::from_timestamp(second, 0).unwrap()
}

pub(crate) fn version(number: i32) -> Version {
    Version::from_number(number).unwrap()
}

pub(crate) fn segment(number: u128, archived_at: Option<Timestamp>) -> Segment {
    Segment {
        id: SegmentId::from_uuid(Uuid::from_u128(number)),
        version: version(2),
        name: format!("Segment {number}"),
        description: "Who they are".to_owned(),
        filter: None,
        archived_at,
    }
}

/// What became of a campaign on this day of 1970.
fn results(day: u32) -> (Date, Results) {
    let at = at_second(i64::from(day - 1) * 86_400);
    let results = Results {
        sent: day.into(),
        failed: 1,
        impressions: 2,
        clicks: 1,
        dismissals: 1,
        reached: 2,
        first_sent_at: Some(at),
        last_sent_at: Some(at),
    };
    (at.date_naive(), results)
}

pub(crate) fn content(name: &str, message: Message, segments: Vec<Segment>) -> ContentRead {
    ContentRead {
        name: name.to_owned(),
        description: format!("What {name} is for"),
        tags: vec!["spring".to_owned(), name.to_owned()],
        channel: Some(message.channel()),
        message: Some(message),
        segments,
        schedule: Schedule {
            kind: ScheduleKind::AtTime,
            start_at: Some(at_second(1_000)),
            end_at: Some(at_second(2_000)),
        },
    }
}

/// A campaign with all that one can have, in this lifecycle.
pub(crate) fn full(lifecycle: Lifecycle) -> CampaignRead {
    let in_app = Message::InApp(InAppMessage {
        title: "Hello".to_owned(),
        body: "There".to_owned(),
        trigger: "app_opened".to_owned(),
    });
    let email = Message::Email(EmailMessage {
        subject: "Hello".to_owned(),
        body: "Where".to_owned(),
        from: None,
        reply_to: Some("a@example.com".to_owned()),
    });
    CampaignRead {
        id: CampaignId::from_uuid(Uuid::from_u128(1)),
        version: version(9),
        lifecycle,
        live: content("live", in_app, vec![segment(1, None)]),
        draft: Some(DraftRead {
            id: DraftId::from_uuid(Uuid::from_u128(2)),
            content: content("next", email, vec![segment(2, None), segment(1, None)]),
            based_on_version: version(7),
            created_at: at_second(20),
            updated_at: at_second(30),
        }),
        level: Some(InAppLevel::High),
        place: Some(Place {
            level: InAppLevel::High,
            rank: Rank::first(),
        }),
        position: Some(4),
        archive_segment: Some(segment(1, Some(at_second(50)))),
        progress: Progress {
            planned: 15,
            pending: 1,
            in_flight: 2,
            sent: 3,
            failed: 4,
            canceled: 5,
        },
        results: [1, 2, 4].map(results).to_vec(),
        created_at: at_second(10),
        updated_at: at_second(50),
    }
}
