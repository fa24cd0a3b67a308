//! Segments and Canvases: their names and descriptions follow the campaigns' rules.

use understudy_domain::source::SegmentPatch;
use understudy_domain::text::Patched;
use understudy_domain::{Canvas, CanvasId, InAppLevel, ProblemKind, Segment, Version, filter};
use uuid::Uuid;

use crate::support::{Told, place, segment_id, told};

fn segment(name: Patched<String>, description: Patched<String>) -> Result<Segment, Vec<Told>> {
    let patch = SegmentPatch {
        name,
        description,
        filter: Patched::Keep,
    };
    Segment::create(segment_id(0), patch).map_err(told)
}

fn canvas(name: &str) -> Result<Canvas, Vec<Told>> {
    let id = CanvasId::from_uuid(Uuid::from_u128(1));
    Canvas::create(id, name.to_owned(), place(InAppLevel::Medium, 1)).map_err(told)
}

fn wrong<T>(problems: &[(&str, ProblemKind)]) -> Result<T, Vec<Told>> {
    Err(problems
        .iter()
        .map(|(path, kind)| ((*path).to_owned(), kind.clone()))
        .collect())
}

#[test]
fn a_segment_needs_a_name_and_nothing_else() {
    let made = segment(Patched::Set(" Everyone ".to_owned()), Patched::Keep);
    let made = made.expect("there is nothing wrong");
    assert_eq!((made.name.as_str(), made.description.as_str()), ("Everyone", ""));
    assert_eq!((made.version, made.archived_at), (Version::FIRST, None));

    assert_eq!(
        segment(Patched::Keep, Patched::Null),
        wrong(&[("name", ProblemKind::Missing), ("description", ProblemKind::Null)])
    );
}

#[test]
fn a_segments_texts_have_limits() {
    let set = |character: &str, count| Patched::Set(character.repeat(count));
    assert!(segment(set("ü", 200), set("ü", 10_000)).is_ok());
    assert_eq!(
        segment(set("ü", 201), set("ü", 10_001)),
        wrong(&[
            ("name", ProblemKind::TooLong { limit: 200 }),
            ("description", ProblemKind::TooLong { limit: 10_000 }),
        ])
    );
    assert_eq!(
        segment(set("\0", 1), set("\0", 1)),
        wrong(&[("name", ProblemKind::Nul), ("description", ProblemKind::Nul)])
    );
}

#[test]
fn a_segments_patch_leaves_the_rest_and_the_version_be() {
    let made = segment(
        Patched::Set("Everyone".to_owned()),
        Patched::Set("All.".to_owned()),
    );
    let made = made.expect("there is nothing wrong");
    let patch = SegmentPatch {
        name: Patched::Set("Nobody".to_owned()),
        ..SegmentPatch::default()
    };
    let expected = Segment {
        name: "Nobody".to_owned(),
        ..made.clone()
    };
    assert_eq!(made.clone().patched(patch), Ok(expected));
    assert_eq!(made.clone().patched(SegmentPatch::default()), Ok(made));
}

#[test]
fn a_segments_filter_is_looked_at_before_it_is_kept() {
    let with = |filter| {
        let patch = SegmentPatch {
            name: Patched::Set("Some".to_owned()),
            description: Patched::Keep,
            filter,
        };
        Segment::create(segment_id(0), patch)
    };
    let set = |filter: &str| with(Patched::Set(filter.to_owned()));
    let some = set("recipient.email != null").unwrap();
    assert_eq!(some.filter.as_deref(), Some("recipient.email != null"));
    assert!(some.flaws().is_empty(), "{:?}", some.flaws());
    assert_eq!(with(Patched::Keep).unwrap().filter, None);

    // null is everyone, also where there was a filter.
    let everyone = SegmentPatch {
        filter: Patched::Null,
        ..SegmentPatch::default()
    };
    assert_eq!(some.clone().patched(everyone).unwrap().filter, None);
    assert_eq!(some.clone().patched(SegmentPatch::default()), Ok(some.clone()));

    let problems = set("recipient.email !=").map_err(told).unwrap_err();
    let [(path, ProblemKind::NotAFilter(error))] = &problems[..] else {
        panic!("{problems:?}");
    };
    assert_eq!((path.as_str(), error.line), ("filter", 1));
    let kept = Segment {
        filter: Some("recipient.email !=".to_owned()),
        ..some
    };
    assert_eq!(kept.flaws().len(), 1);

    let limit = filter::LIMIT;
    let padded = |length: usize| format!("{:length$}", "true");
    assert!(set(&padded(limit)).is_ok());
    assert_eq!(
        set(&padded(limit + 1)).map_err(told),
        wrong(&[("filter", ProblemKind::TooLarge { limit })])
    );
}

#[test]
fn a_canvas_is_named_as_campaigns_are() {
    let made = canvas(" Welcome ").expect("there is nothing wrong");
    assert_eq!((made.name.as_str(), made.archived_at), ("Welcome", None));
    assert!(canvas(&"ü".repeat(200)).is_ok());
    assert_eq!(
        canvas(&"ü".repeat(201)),
        wrong(&[("name", ProblemKind::TooLong { limit: 200 })])
    );
    assert_eq!(canvas(" "), wrong(&[("name", ProblemKind::Empty)]));
    assert_eq!(canvas("a\0"), wrong(&[("name", ProblemKind::Nul)]));
}
