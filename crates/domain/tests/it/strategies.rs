//! Contents, patches and campaigns made at random.

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::{collection, option, sample};
use understudy_domain::content::{
    ContentPatch, EmailPatch, HeaderPatch, InAppPatch, MessagePatch, SchedulePatch, SegmentStates,
    WebhookPatch,
};
use understudy_domain::text::Patched;
use understudy_domain::{
    ArchiveCause, Campaign, Content, Draft, EmailMessage, Header, InAppMessage, Lifecycle, Message, Schedule,
    ScheduleKind, SegmentId, Version, WebhookMessage,
};

use crate::support::{campaign, draft_id, moment, segment_id, segment_states};

/// So many segments exist in every generated world.
pub(crate) const SEGMENTS: usize = 4;

/// Few different texts, so that two contents often agree in a field.
fn few() -> impl Strategy<Value = String> {
    sample::select(vec!["a", "b", "ü", "Ein Satz."]).prop_map(ToOwned::to_owned)
}

/// A content with nothing wrong, of few different values.
pub(crate) fn content() -> impl Strategy<Value = Content> {
    (
        few(),
        few(),
        sample::subsequence(vec!["x", "y", "z"], 0..=3).prop_shuffle(),
        option::of(message()),
        segments(),
        schedule(),
    )
        .prop_map(|(name, description, tags, message, segments, schedule)| Content {
            name,
            description,
            tags: tags.into_iter().map(ToOwned::to_owned).collect(),
            message,
            segments,
            schedule,
        })
}

fn segments() -> impl Strategy<Value = Vec<SegmentId>> {
    let ids: Vec<SegmentId> = (0..SEGMENTS).map(segment_id).collect();
    sample::subsequence(ids, 0..=SEGMENTS).prop_shuffle()
}

fn message() -> impl Strategy<Value = Message> {
    let address = || {
        let addresses = vec!["news@example.com", "Example News <news@example.com>"];
        option::of(sample::select(addresses).prop_map(ToOwned::to_owned))
    };
    // Without braces, of which not every two are a template.
    let header = ("[A-Za-z-]{1,2}", "[!-z|~]{0,2}").prop_map(|(name, value)| Header { name, value });
    let urls = vec!["https://example.com", "http://[::1]:8080/a?b=c"];
    let url = sample::select(urls).prop_map(ToOwned::to_owned);
    prop_oneof![
        (few(), few(), address(), address()).prop_map(|(subject, body, from, reply_to)| {
            Message::Email(EmailMessage {
                subject,
                body,
                from,
                reply_to,
            })
        }),
        (few(), few(), few()).prop_map(|(title, body, trigger)| Message::InApp(InAppMessage {
            title,
            body,
            trigger
        })),
        (url, few(), collection::vec(header, 0..3))
            .prop_map(|(url, body, headers)| Message::Webhook(WebhookMessage { url, body, headers })),
    ]
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let kinds = vec![
        ScheduleKind::OnLaunch,
        ScheduleKind::AtTime,
        ScheduleKind::ApiTriggered,
    ];
    (sample::select(kinds), option::of(0..3_u32), option::of(3..6_u32)).prop_map(|(kind, start, end)| {
        let start = if kind == ScheduleKind::AtTime {
            start.or(Some(0))
        } else {
            start
        };
        Schedule {
            kind,
            start_at: start.map(moment),
            end_at: end.map(moment),
        }
    })
}

/// A patch of which anything may be wrong.
pub(crate) fn any_patch() -> impl Strategy<Value = ContentPatch> {
    (
        patched(odd_text()),
        patched(odd_text()),
        patched(collection::vec(odd_text(), 0..4)),
        patched(any_message()),
        patched(collection::vec((0..SEGMENTS + 1).prop_map(segment_id), 0..4)),
        patched(any_schedule()),
    )
        .prop_map(
            |(name, description, tags, message, segments, schedule)| ContentPatch {
                name,
                description,
                tags,
                message,
                segments,
                schedule,
            },
        )
}

fn patched<T: Clone + std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Patched<T>> {
    prop_oneof![
        1 => Just(Patched::Keep),
        1 => Just(Patched::Null),
        1 => Just(Patched::Missing),
        6 => value.prop_map(Patched::Set),
    ]
}

/// Texts of the alphabets in which addresses, URLs and headers go wrong, and of everything else.
fn odd_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\PC{0,12}",
        "[ a-z<>@\".\\\\,:\\[\\]üß\u{0}\u{2028}]{0,16}",
        "(A |\"|)[ a<>\"\\\\ü]{0,3} ?<?[a-z\"]{1,3}@[a-zü.]{1,4}>?",
        "[{}% a|'.-]{0,12}",
        "[hH]ttps?:/{0,3}[a-z@:\\[\\]%0-9.?#/ü\t ]{0,12}",
    ]
}

fn any_message() -> impl Strategy<Value = MessagePatch> {
    let text = odd_text;
    let header = (text(), text()).prop_map(|(name, value)| HeaderPatch { name, value });
    prop_oneof![
        (text(), text(), option::of(text()), option::of(text())).prop_map(
            |(subject, body, from, reply_to)| {
                MessagePatch::Email(EmailPatch {
                    subject,
                    body,
                    from,
                    reply_to,
                })
            }
        ),
        (text(), text(), text()).prop_map(|(title, body, trigger)| MessagePatch::InApp(InAppPatch {
            title,
            body,
            trigger
        })),
        (text(), text(), collection::vec(header, 0..3))
            .prop_map(|(url, body, headers)| MessagePatch::Webhook(WebhookPatch { url, body, headers })),
    ]
}

fn any_schedule() -> impl Strategy<Value = SchedulePatch> {
    let kinds = vec![
        ScheduleKind::OnLaunch,
        ScheduleKind::AtTime,
        ScheduleKind::ApiTriggered,
    ];
    let time = || option::of(any::<i32>().prop_map(|n| moment(0) + TimeDelta::microseconds(i64::from(n))));
    (sample::select(kinds), time(), time()).prop_map(|(kind, start_at, end_at)| SchedulePatch {
        kind,
        start_at,
        end_at,
    })
}

/// Segments of which some are archived.
pub(crate) fn states() -> impl Strategy<Value = SegmentStates> {
    any::<[bool; SEGMENTS]>().prop_map(|archived| segment_states(&archived))
}

/// A campaign as its type allows it, reachable or not.
pub(crate) fn any_campaign() -> impl Strategy<Value = Campaign> {
    (lifecycle(), content(), option::of(content())).prop_map(|(lifecycle, live, draft)| Campaign {
        draft: draft.map(|content| Draft {
            id: draft_id(1),
            content,
            based_on_version: Version::FIRST,
            created_at: moment(0),
            updated_at: moment(0),
        }),
        ..campaign(lifecycle, live)
    })
}

fn lifecycle() -> impl Strategy<Value = Lifecycle> {
    let launched_at = moment(1);
    let at = moment(2);
    let archived =
        (any::<bool>(), option::of(0..SEGMENTS)).prop_map(move |(launched, segment)| Lifecycle::Archived {
            launched_at: launched.then_some(launched_at),
            at,
            cause: segment.map_or(ArchiveCause::Direct, |number| {
                ArchiveCause::Segment(segment_id(number))
            }),
        });
    prop_oneof![
        Just(Lifecycle::Unlaunched),
        Just(Lifecycle::Active { launched_at }),
        Just(Lifecycle::Stopped { launched_at, at }),
        archived,
    ]
}
