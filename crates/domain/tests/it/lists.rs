//! Tags and segments: how many, each once, and which segments may be named.

use understudy_domain::content::{ContentPatch, SegmentStates};
use understudy_domain::text::Patched;
use understudy_domain::{Content, ProblemKind, SegmentId};

use crate::support::{Told, plain, segment_id, segment_states, try_patch, try_patch_on};

fn tags(tags: impl IntoIterator<Item = impl Into<String>>) -> ContentPatch {
    ContentPatch {
        tags: Patched::Set(tags.into_iter().map(Into::into).collect()),
        ..ContentPatch::default()
    }
}

fn target(numbers: impl IntoIterator<Item = usize>) -> ContentPatch {
    ContentPatch {
        segments: Patched::Set(ids(numbers)),
        ..ContentPatch::default()
    }
}

fn ids(numbers: impl IntoIterator<Item = usize>) -> Vec<SegmentId> {
    numbers.into_iter().map(segment_id).collect()
}

fn told(path: &str, kind: ProblemKind) -> Told {
    (path.to_owned(), kind)
}

#[test]
fn fifty_tags_and_no_more() {
    let numbered = |count: usize| tags((0..count).map(|number| number.to_string()));
    for count in [0, 1, 50] {
        let content = try_patch(numbered(count)).expect("so many are allowed");
        assert_eq!(content.tags.len(), count);
    }
    assert_eq!(
        try_patch(numbered(51)),
        Err(vec![told("tags", ProblemKind::TooMany { limit: 50 })])
    );
}

#[test]
fn tags_keep_their_order() {
    let content = try_patch(tags(["b", "a", "c"])).expect("there is nothing wrong");
    assert_eq!(content.tags, ["b", "a", "c"]);
}

#[test]
fn each_tag_once_as_it_is_kept() {
    assert_eq!(
        try_patch(tags(["a", "b", " a ", "a"])),
        Err(vec![
            told("tags.2", ProblemKind::Repeated),
            told("tags.3", ProblemKind::Repeated)
        ])
    );
    // Tags are names, not words: what looks alike and is not the same stands beside it.
    assert!(try_patch(tags(["a", "A", "á", "a\u{301}"])).is_ok());
}

#[test]
fn a_hundred_segments_and_no_more() {
    let known = segment_states(&[false; 101]);
    for count in [0, 1, 100] {
        let content = try_patch_on(&plain(), target(0..count), &known).expect("so many are allowed");
        assert_eq!(content.segments.len(), count);
    }
    assert_eq!(
        try_patch_on(&plain(), target(0..101), &known),
        Err(vec![told("segmentIds", ProblemKind::TooMany { limit: 100 })])
    );
}

#[test]
fn each_segment_once_in_the_order_given() {
    let known = segment_states(&[false; 3]);
    let content = try_patch_on(&plain(), target([2, 0, 1]), &known).expect("there is nothing wrong");
    assert_eq!(content.segments, ids([2, 0, 1]));
    assert_eq!(
        try_patch_on(&plain(), target([0, 1, 0]), &known),
        Err(vec![told("segmentIds.2", ProblemKind::Repeated)])
    );
}

#[test]
fn a_segment_must_exist() {
    let missing = segment_id(7);
    assert_eq!(
        try_patch_on(&plain(), target([0, 7]), &segment_states(&[false])),
        Err(vec![told("segmentIds.1", ProblemKind::NoSuchSegment(missing))])
    );
    assert_eq!(
        try_patch_on(&plain(), target([7, 7]), &SegmentStates::default()),
        Err(vec![
            told("segmentIds.0", ProblemKind::NoSuchSegment(missing)),
            told("segmentIds.1", ProblemKind::NoSuchSegment(missing)),
            told("segmentIds.1", ProblemKind::Repeated),
        ])
    );
}

#[test]
fn an_archived_segment_may_stay_but_not_come() {
    let states = segment_states(&[false, true, true]);
    let base = Content {
        segments: ids([0, 1]),
        ..plain()
    };
    let stays = try_patch_on(&base, target([1, 0]), &states).expect("it was there already");
    assert_eq!(stays.segments, ids([1, 0]));
    assert_eq!(
        try_patch_on(&base, target([1, 2]), &states),
        Err(vec![told(
            "segmentIds.1",
            ProblemKind::ArchivedSegment(segment_id(2))
        )])
    );

    // What was taken out is not there any more, so it cannot come back before it is unarchived.
    let without = try_patch_on(&base, target([0]), &states).expect("leaving is always allowed");
    assert_eq!(
        try_patch_on(&without, target([0, 1]), &states),
        Err(vec![told(
            "segmentIds.1",
            ProblemKind::ArchivedSegment(segment_id(1))
        )])
    );
}
