//! Events done again: which fault is told of which tampering, and that it is told once.

use understudy_domain::replay::{DraftOutcome, Fault, Outcome};
use understudy_domain::{
    ArchiveCause, Breach, CampaignEvent, Command, Content, EventKind, Flaw, InAppLevel, Lifecycle, Problem,
    ProblemKind, Readiness, Reason, Refusal, Replay, Segment, SegmentId, Standing, Status, Version,
};
use understudy_domain::{Canvas, CanvasId};

use crate::support::{campaign_id, moment, place, plain, segment_id, segment_states};

use EventKind::{
    Archived, Created, DraftDiscarded, DraftLaunched, DraftSaved, InAppPriorityChanged, Launched, Resumed,
    Stopped, Unarchived, Updated,
};
use Status::{Active, Unlaunched};

/// An event of each kind, at the second that its version names.
fn event(version: i32, kind: EventKind, before: Option<Status>, after: Status) -> CampaignEvent {
    CampaignEvent {
        campaign_id: campaign_id(1),
        kind,
        at: moment(version.unsigned_abs()),
        version: Version::from_number(version).expect("versions begin with 1"),
        status_before: before,
        status_after: after,
        caused_by_segment: None,
    }
}

/// A log as the commands write it: each kind, with the status to which it leads.
fn log(kinds: &[(EventKind, Status)]) -> Vec<CampaignEvent> {
    let mut before = None;
    (1..)
        .zip(kinds)
        .map(|(version, (kind, after))| event(version, *kind, before.replace(*after), *after))
        .collect()
}

/// All that is wrong, by the index of the event.
fn faults(log: &[CampaignEvent]) -> (Vec<(usize, Fault)>, Option<Outcome>) {
    let mut replay = Replay::default();
    let mut found = vec![];
    for (index, event) in log.iter().enumerate() {
        found.extend(replay.follow(event).into_iter().map(|fault| (index, fault)));
    }
    (found, replay.outcome())
}

fn version(number: i32) -> Version {
    Version::from_number(number).expect("versions begin with 1")
}

fn refused(index: usize, command: Command, status: Status, reason: Reason) -> Vec<(usize, Fault)> {
    let refusal = Refusal {
        command,
        status: Some(status),
        reason,
    };
    vec![(index, Fault::Refused(refusal))]
}

#[test]
fn a_life_comes_to_what_it_says() {
    let mut log = log(&[
        (Created, Unlaunched),
        (Updated, Unlaunched),
        (InAppPriorityChanged, Unlaunched),
        (Launched, Active),
        (DraftSaved, Active),
        (DraftSaved, Active),
        (DraftLaunched, Active),
        (Updated, Active),
        (DraftSaved, Active),
        (DraftDiscarded, Active),
        (Stopped, Status::Stopped),
        (DraftSaved, Status::Stopped),
        (DraftSaved, Status::Stopped),
        (Archived, Status::Archived),
        (Unarchived, Status::Stopped),
        (Resumed, Active),
        (Archived, Status::Archived),
    ]);
    log[16].caused_by_segment = Some(segment_id(3));
    let (found, outcome) = faults(&log);
    assert_eq!(found, []);
    let expected = Outcome {
        version: version(17),
        lifecycle: Lifecycle::Archived {
            launched_at: Some(moment(4)),
            at: moment(17),
            cause: ArchiveCause::Segment(segment_id(3)),
        },
        draft: Some(DraftOutcome {
            based_on_version: version(11),
            created_at: moment(12),
            updated_at: moment(13),
        }),
        created_at: moment(1),
        updated_at: moment(17),
        is_guess: false,
    };
    assert_eq!(outcome, Some(expected));
    let (_, outcome) = faults(&log[..15]);
    let stopped = Lifecycle::Stopped {
        launched_at: moment(4),
        at: moment(15),
    };
    assert_eq!(outcome.expect("there are events").lifecycle, stopped);
    assert_eq!(faults(&[]), (vec![], None));
}

#[test]
fn what_was_never_launched_comes_back_unlaunched() {
    let kinds = [
        (Created, Unlaunched),
        (Archived, Status::Archived),
        (Unarchived, Unlaunched),
    ];
    let (found, outcome) = faults(&log(&kinds));
    assert_eq!(found, []);
    assert_eq!(
        outcome.expect("there are events").lifecycle,
        Lifecycle::Unlaunched
    );

    let mut log = log(&kinds);
    log[2].status_after = Status::Stopped;
    let expected = Unlaunched;
    assert_eq!(faults(&log).0, [(2, Fault::StatusAfter { expected })]);
}

#[test]
fn a_clock_that_is_set_back_is_no_fault() {
    let mut log = log(&[(Created, Unlaunched), (Launched, Active), (Updated, Active)]);
    log[2].at = moment(0);
    let (found, outcome) = faults(&log);
    assert_eq!(found, []);
    assert_eq!(outcome.expect("there are events").updated_at, moment(0));
}

#[test]
fn what_the_rules_refuse_is_a_fault_and_the_rest_goes_on() {
    let cases = [
        (
            [
                (Created, Unlaunched),
                (DraftSaved, Unlaunched),
                (Launched, Active),
            ],
            refused(1, Command::SaveDraft, Unlaunched, Reason::NotLaunched),
        ),
        (
            [(Created, Unlaunched), (Launched, Active), (DraftLaunched, Active)],
            refused(2, Command::LaunchDraft, Active, Reason::NoDraft),
        ),
        (
            [
                (Created, Unlaunched),
                (Archived, Status::Archived),
                (Updated, Status::Archived),
            ],
            refused(2, Command::Update, Status::Archived, Reason::CampaignArchived),
        ),
        (
            [
                (Created, Unlaunched),
                (Resumed, Active),
                (Stopped, Status::Stopped),
            ],
            refused(1, Command::Resume, Unlaunched, Reason::NotLaunched),
        ),
    ];
    for (kinds, expected) in cases {
        let (found, outcome) = faults(&log(&kinds));
        assert_eq!(found, expected, "{kinds:?}");
        let outcome = outcome.expect("there are events");
        assert!(outcome.is_guess);
        assert_eq!(outcome.lifecycle.status(), kinds[2].1);
        assert_eq!(outcome.version, version(3));
    }
}

#[test]
fn what_would_have_changed_nothing_is_a_fault() {
    let kinds = [(Created, Unlaunched), (Launched, Active), (Launched, Active)];
    let status = Active;
    assert_eq!(faults(&log(&kinds)).0, [(2, Fault::Unchanged { status })]);
}

#[test]
fn a_lost_event_is_found_at_the_next_one() {
    let mut lost = log(&[
        (Created, Unlaunched),
        (Launched, Active),
        (Stopped, Status::Stopped),
        (Resumed, Active),
        (Updated, Active),
    ]);
    lost.remove(2);
    let (found, outcome) = faults(&lost);
    let expected = [
        (
            2,
            Fault::StatusBefore {
                expected: Some(Active),
            },
        ),
        (2, Fault::Version { expected: version(3) }),
    ];
    assert_eq!(found, expected);
    let launched_at = moment(2);
    assert_eq!(
        outcome.expect("there are events").lifecycle,
        Lifecycle::Active { launched_at }
    );
}

#[test]
fn the_creation_is_first_and_only_once() {
    let kinds = [
        (Created, Unlaunched),
        (Launched, Active),
        (DraftSaved, Active),
        (DraftLaunched, Active),
    ];
    assert_eq!(faults(&log(&kinds)[1..]).0, [(0, Fault::NotCreated)]);
    assert_eq!(faults(&log(&kinds)[2..]).0, [(0, Fault::NotCreated)]);

    let again = log(&[(Created, Unlaunched), (Created, Unlaunched), (Launched, Active)]);
    assert_eq!(faults(&again).0, [(1, Fault::CreatedAgain)]);

    let mut begun = log(&kinds);
    begun[0].status_before = Some(Active);
    begun[0].version = version(2);
    let expected = [
        (0, Fault::Version { expected: version(1) }),
        (0, Fault::StatusBefore { expected: None }),
        (1, Fault::Version { expected: version(3) }),
    ];
    assert_eq!(faults(&begun).0, expected);
}

#[test]
fn only_an_archiving_names_a_segment() {
    let mut log = log(&[(Created, Unlaunched), (Launched, Active)]);
    log[1].caused_by_segment = Some(segment_id(1));
    assert_eq!(faults(&log).0, [(1, Fault::Segment)]);
}

#[test]
fn no_campaign_sends_what_it_could_not_resume() {
    let ready = Readiness {
        has_message: true,
        has_segments: true,
        has_archived_segment: false,
    };
    let empty = Readiness {
        has_message: false,
        has_segments: false,
        has_archived_segment: false,
    };
    let misaimed = Readiness {
        has_archived_segment: true,
        ..ready
    };
    for status in [Unlaunched, Active, Status::Stopped, Status::Archived] {
        for (live, breach) in [
            (ready, None),
            (empty, None),
            (misaimed, Some(Reason::SegmentArchived)),
        ] {
            let standing = Standing {
                status,
                live,
                draft: None,
                in_app: false,
            };
            let breach = breach.filter(|_| status == Active).map(Breach::Sending);
            assert_eq!(standing.breaches(false), Vec::from_iter(breach), "{standing:?}");
        }
    }
}

#[test]
fn a_place_is_there_exactly_where_the_message_is_in_app() {
    for (in_app, has_place, breaches) in [
        (true, true, vec![]),
        (false, false, vec![]),
        (true, false, vec![Breach::NoPlace]),
        (false, true, vec![Breach::NeedlessPlace]),
    ] {
        let standing = Standing {
            status: Unlaunched,
            live: plain().readiness(&segment_states(&[])),
            draft: None,
            in_app,
        };
        assert_eq!(standing.breaches(has_place), breaches);
    }
}

fn problem(path: &[&str], kind: ProblemKind) -> Flaw {
    Flaw::Problem(Problem {
        path: path.iter().map(|name| (*name).to_owned()).collect(),
        kind,
    })
}

#[test]
fn what_is_kept_is_looked_at_as_if_it_came_in() {
    let states = segment_states(&[false, true]);
    let content = Content {
        segments: vec![segment_id(0), segment_id(1)],
        ..plain()
    };
    assert_eq!(content.flaws(&states), [], "what is archived may stay");

    let wrong = Content {
        tags: vec!["a".to_owned(), "a".to_owned()],
        segments: vec![segment_id(7)],
        ..plain()
    };
    let expected = [
        problem(&["tags", "1"], ProblemKind::Repeated),
        problem(&["segmentIds", "0"], ProblemKind::NoSuchSegment(segment_id(7))),
    ];
    assert_eq!(wrong.flaws(&states), expected);

    let untrimmed = Content {
        name: " Plain".to_owned(),
        ..plain()
    };
    assert_eq!(untrimmed.flaws(&states), [Flaw::KeptOtherwise("name".to_owned())]);

    for (name, flaws) in [
        ("Named", vec![]),
        ("", vec![problem(&["name"], ProblemKind::Empty)]),
        ("Named ", vec![Flaw::KeptOtherwise("name".to_owned())]),
    ] {
        let segment = Segment {
            id: SegmentId::from_uuid(uuid::Uuid::nil()),
            version: Version::FIRST,
            name: name.to_owned(),
            description: String::new(),
            filter: None,
            archived_at: None,
        };
        assert_eq!(segment.flaws(), flaws);
        let canvas = Canvas {
            id: CanvasId::from_uuid(uuid::Uuid::nil()),
            name: name.to_owned(),
            archived_at: None,
            place: place(InAppLevel::High, 1),
        };
        assert_eq!(canvas.flaws(), flaws);
    }
}
