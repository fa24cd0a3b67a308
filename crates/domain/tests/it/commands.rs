//! What single commands promise beyond the rules table: moments kept, names of copies, versions checked, and the
//! sentences of the design that one short story shows best.

use understudy_domain::campaign::ContentCommand;
use understudy_domain::content::{ContentPatch, MessagePatch, SegmentStates};
use understudy_domain::text::Patched;
use understudy_domain::{
    ArchiveCause, Campaign, Command, Content, InAppLevel, Lifecycle, LifecycleCommand, MissedPolicy,
    ProblemKind, Reason, Refusal, Status, Transition, Version,
};

use crate::support::{
    campaign, campaign_id, changed, draft_id, email, in_app, message_of, moment, place, plain, reason_name,
    rename, say, segment_id, segment_states, told, with_circumstances,
};

/// Segments 0 and 1, both in use.
fn segments() -> SegmentStates {
    segment_states(&[false, false])
}

fn ready() -> Content {
    Content {
        message: Some(message_of(MessagePatch::Email(email()))),
        segments: vec![segment_id(0)],
        ..plain()
    }
}

fn active() -> Campaign {
    campaign(
        Lifecycle::Active {
            launched_at: moment(1),
        },
        ready(),
    )
}

fn edit(campaign: &Campaign, command: ContentCommand, at: u32) -> Result<Transition, Refusal> {
    with_circumstances(at, &segments(), |now| campaign.clone().edit(command, now))
}

fn save_draft(campaign: &Campaign, patch: ContentPatch, at: u32) -> Transition {
    let outcome = edit(campaign, ContentCommand::SaveDraft(draft_id(at), patch), at);
    outcome.expect("a launched campaign takes a draft")
}

fn advance(campaign: &Campaign, command: LifecycleCommand, at: u32) -> Campaign {
    let outcome = campaign.clone().advance(command, &segments(), moment(at));
    changed(outcome.expect("the rules allow it"))
}

#[test]
fn moments_of_a_life_are_kept() {
    let launched = advance(
        &campaign(Lifecycle::Unlaunched, ready()),
        LifecycleCommand::Launch,
        3,
    );
    let launched_at = moment(3);
    assert_eq!(launched.lifecycle, Lifecycle::Active { launched_at });

    let stopped = advance(&launched, LifecycleCommand::Stop, 4);
    let at = moment(4);
    assert_eq!(stopped.lifecycle, Lifecycle::Stopped { launched_at, at });

    let resumed = advance(&stopped, LifecycleCommand::Resume(MissedPolicy::Skip), 5);
    assert_eq!(resumed.lifecycle, Lifecycle::Active { launched_at });

    let cause = ArchiveCause::Segment(segment_id(1));
    let archived = advance(&resumed, LifecycleCommand::Archive(cause), 6);
    assert_eq!(
        archived.lifecycle,
        Lifecycle::Archived {
            launched_at: Some(launched_at),
            at: moment(6),
            cause
        }
    );

    let back = advance(&archived, LifecycleCommand::Unarchive, 7);
    let at = moment(7);
    assert_eq!(back.lifecycle, Lifecycle::Stopped { launched_at, at });
    assert_eq!((back.created_at, back.updated_at), (moment(0), moment(7)));
    assert_eq!(back.version.number(), 6);
}

#[test]
fn archiving_freezes_the_draft_and_unarchiving_gives_it_back() {
    let with_draft = changed(save_draft(&active(), rename("Draft"), 2));
    let archived = advance(&with_draft, LifecycleCommand::Archive(ArchiveCause::Direct), 3);
    assert_eq!(archived.draft, with_draft.draft);
    let back = advance(&archived, LifecycleCommand::Unarchive, 4);
    assert_eq!(back.draft, with_draft.draft);
}

#[test]
fn saving_what_the_live_content_says_makes_no_draft() {
    for patch in [
        ContentPatch::default(),
        rename(" Plain "),
        say(MessagePatch::Email(email())),
    ] {
        assert_eq!(
            save_draft(&active(), patch, 2),
            Transition::Unchanged(Box::new(active()))
        );
    }
}

#[test]
fn a_draft_is_patched_from_itself_and_keeps_its_beginnings() {
    let first = changed(save_draft(&active(), rename("Draft"), 2));
    let second = changed(save_draft(&first, say(MessagePatch::InApp(in_app())), 3));
    let draft = second.draft.as_ref().expect("it was saved");
    assert_eq!(draft.id, draft_id(2));
    assert_eq!(
        (draft.based_on_version, second.version.number()),
        (Version::FIRST, 3)
    );
    assert_eq!((draft.created_at, draft.updated_at), (moment(2), moment(3)));
    assert_eq!(draft.content.name, "Draft");
    assert_eq!(second.live, ready());

    let again = save_draft(&second, rename("Draft"), 4);
    assert_eq!(again, Transition::Unchanged(Box::new(second.clone())));

    // Back to the live content is still a draft, until it is discarded.
    let mut patch = rename("Plain");
    patch.message = Patched::Set(MessagePatch::Email(email()));
    let third = changed(save_draft(&second, patch, 5));
    assert_eq!(third.draft.map(|draft| draft.content), Some(ready()));
}

#[test]
fn a_place_comes_and_goes_with_the_live_message_alone() {
    let with_draft = changed(save_draft(&active(), say(MessagePatch::InApp(in_app())), 2));
    assert_eq!(with_draft.place, None, "a draft has no place");

    let launch = |campaign: &Campaign, at| {
        changed(edit(campaign, ContentCommand::LaunchDraft, at).expect("it can be"))
    };
    let launched = launch(&with_draft, 3);
    assert_eq!(
        launched.place,
        Some(place(InAppLevel::Medium, 3)),
        "the top of the level"
    );

    let moved = launched.set_in_app_priority(place(InAppLevel::High, 4), &segments(), moment(4));
    let moved = changed(moved.expect("it is in-app"));
    let retitled = changed(save_draft(&moved, rename("Retitled"), 5));
    assert_eq!(
        launch(&retitled, 6).place,
        Some(place(InAppLevel::High, 4)),
        "launching leaves it be"
    );

    let update = ContentCommand::Update(say(MessagePatch::Email(email())));
    let left = changed(edit(&moved, update, 7).expect("there is no draft"));
    assert_eq!(left.place, None);
}

#[test]
fn the_same_place_again_is_unchanged_and_an_archived_campaign_keeps_its_own() {
    let shown = Content {
        message: Some(message_of(MessagePatch::InApp(in_app()))),
        ..ready()
    };
    let campaign = campaign(Lifecycle::Unlaunched, shown);
    let same = campaign.place.clone().expect("it is in-app");
    assert_eq!(
        campaign.clone().set_in_app_priority(same, &segments(), moment(2)),
        Ok(Transition::Unchanged(Box::new(campaign.clone())))
    );

    let archived = advance(&campaign, LifecycleCommand::Archive(ArchiveCause::Direct), 3);
    assert_eq!(archived.place, campaign.place);
    assert_eq!(
        advance(&archived, LifecycleCommand::Unarchive, 4).place,
        campaign.place
    );
}

#[test]
fn a_refused_launch_of_a_draft_says_what_is_missing() {
    let clear = ContentPatch {
        message: Patched::Null,
        segments: Patched::Set(vec![]),
        ..ContentPatch::default()
    };
    let with_draft = changed(save_draft(&active(), clear, 2));
    let refusal = edit(&with_draft, ContentCommand::LaunchDraft, 3).expect_err("it lacks everything");
    assert_eq!(
        refusal,
        Refusal {
            command: Command::LaunchDraft,
            status: Some(Status::Active),
            reason: Reason::Incomplete {
                message: true,
                segments: true
            },
        }
    );
}

#[test]
fn only_the_version_that_was_seen_is_changed() {
    let campaign = active();
    assert_eq!(campaign.check_version(Command::Stop, None), Ok(()));
    assert_eq!(campaign.check_version(Command::Stop, Some(1)), Ok(()));
    for expected in [2, 0, -1, i32::MAX, i32::MIN] {
        let refusal = campaign.check_version(Command::Stop, Some(expected));
        let refusal = refusal.expect_err("there is no such version");
        assert_eq!(
            (refusal.command, refusal.status, refusal.reason),
            (
                Command::Stop,
                Some(Status::Active),
                Reason::VersionConflict {
                    expected,
                    actual: Version::FIRST
                }
            )
        );
    }
}

fn clone_as(original: &Campaign, name: Option<&str>) -> Result<Transition, Refusal> {
    let name = name.map(ToOwned::to_owned);
    with_circumstances(9, &segment_states(&[true]), |now| {
        original.clone_as(campaign_id(9), name, now)
    })
}

#[test]
fn a_clone_begins_anew_with_the_live_content() {
    let shown = Content {
        message: Some(message_of(MessagePatch::InApp(in_app()))),
        ..ready()
    };
    let original = Campaign {
        live: shown,
        place: Some(place(InAppLevel::High, 5)),
        ..active()
    };
    let original = changed(save_draft(&original, rename("Draft"), 2));
    let clone = changed(clone_as(&original, None).expect("everything can be cloned"));
    let live = Content {
        name: "Copy of Plain".to_owned(),
        ..original.live
    };
    let expected = Campaign {
        id: campaign_id(9),
        place: Some(place(InAppLevel::Medium, 9)),
        created_at: moment(9),
        updated_at: moment(9),
        ..campaign(Lifecycle::Unlaunched, live)
    };
    assert_eq!(
        clone, expected,
        "an archived segment comes along, and launching will say so"
    );
}

#[test]
fn a_clone_has_a_name_whatever_the_original_is_called() {
    let name_of = |name: &str, given| {
        let original = campaign(
            Lifecycle::Unlaunched,
            Content {
                name: name.to_owned(),
                ..plain()
            },
        );
        clone_as(&original, given).map(|clone| changed(clone).live.name)
    };
    assert_eq!(name_of("A", Some(" B ")), Ok("B".to_owned()));
    assert_eq!(
        name_of(&"ü".repeat(200), None),
        Ok(format!("Copy of {}", "ü".repeat(192)))
    );
    let spaced = format!("{} {}", "a".repeat(191), "b".repeat(8));
    assert_eq!(name_of(&spaced, None), Ok(format!("Copy of {}", "a".repeat(191))));

    let refusal = name_of("A", Some(" ")).expect_err("a name has a character");
    assert_eq!(
        (refusal.command, refusal.status),
        (Command::Clone, Some(Status::Unlaunched))
    );
    let Reason::Invalid(problems) = refusal.reason else {
        panic!("{refusal:?} is for another reason");
    };
    assert_eq!(told(problems), [("name".to_owned(), ProblemKind::Empty)]);
}

#[test]
fn a_creation_that_is_refused_has_no_status() {
    let outcome = with_circumstances(1, &segments(), |now| {
        Campaign::create(campaign_id(1), ContentPatch::default(), now)
    });
    let refusal = outcome.expect_err("it has no name");
    assert_eq!((refusal.status, reason_name(&refusal.reason)), (None, "INVALID"));
}

#[test]
fn versions_count_from_one() {
    assert_eq!(Version::from_number(0), None);
    assert_eq!(Version::from_number(-1), None);
    assert_eq!(Version::from_number(1), Some(Version::FIRST));
    assert_eq!(Version::FIRST.next().number(), 2);
    let last = Version::from_number(i32::MAX).expect("it is above 0");
    assert_eq!(last.next(), last);
}
