//! The invariants, a function each, by the names that the design gives them.

use understudy_domain::content::SegmentStates;
use understudy_domain::{
    ArchiveCause, Campaign, CampaignEvent, DraftId, EventKind, Lifecycle, Status, Version,
};

use super::replay;
use super::stage::Actor;

/// Of a campaign that has just come into being.
pub(super) fn check_begin(campaign: &Campaign, event: &CampaignEvent) {
    assert_eq!(campaign.lifecycle, Lifecycle::Unlaunched);
    assert_eq!(
        (campaign.version, event.version),
        (Version::FIRST, Version::FIRST)
    );
    assert_eq!((event.kind, event.campaign_id), (EventKind::Created, campaign.id));
    assert_eq!(
        (event.status_before, event.status_after),
        (None, Status::Unlaunched)
    );
    assert_eq!(campaign.draft, None);
}

/// Of every change of a campaign that was there. `offered` is the id that a new draft was to take.
pub(super) fn check_change(before: &Campaign, after: &Campaign, event: &CampaignEvent, offered: DraftId) {
    every_change_is_one_version_up_and_one_event(before, after, event);
    archived_changes_by_nothing_but_unarchiving(before, event);
    unarchiving_never_sends(after, event);
    one_draft_with_one_id(before, after, event, offered);
    archiving_names_its_cause(after, event);
    if event.kind == EventKind::DraftDiscarded {
        discarding_gives_back_the_live_content(before, after);
    }
    if event.kind == EventKind::DraftLaunched {
        launching_a_draft_leaves_the_place_be(before, after);
    }
    only_content_events_change_the_live_content(before, after, event);
    assert_eq!((after.id, after.created_at), (before.id, before.created_at));
    if let Some(launched_at) = before.lifecycle.launched_at() {
        assert_eq!(
            after.lifecycle.launched_at(),
            Some(launched_at),
            "a launch is never forgotten"
        );
    }
}

/// Of every command that found things as it wants them.
pub(super) fn check_unchanged(before: &Campaign, after: &Campaign) {
    assert_eq!(
        before, after,
        "unchanged means the same version and nothing else touched"
    );
}

/// Of every campaign at any time.
pub(super) fn check_standing(actor: &Actor, segments: &SegmentStates) {
    replaying_the_events_gives_the_status(actor);
    replaying_the_events_gives_the_campaign(actor);
    let Actor { campaign, log, .. } = actor;
    assert_eq!(
        campaign.place.is_some(),
        campaign.live.is_in_app(),
        "there is a place exactly where the live message is in-app"
    );
    assert_eq!(
        campaign.version.number().cast_unsigned() as usize,
        log.len(),
        "one event a version"
    );
    if campaign.lifecycle.launched_at().is_none() {
        assert_eq!(campaign.draft, None, "what was never launched has no draft");
    }
    let standing = campaign.standing(segments);
    assert_eq!(standing.breaches(campaign.place.is_some()), []);
    assert_eq!(campaign.live.flaws(segments), []);
    if let Some(draft) = &campaign.draft {
        assert_eq!(draft.content.flaws(segments), []);
    }
    if campaign.lifecycle.status() == Status::Active {
        let archived = campaign.live.readiness(segments).has_archived_segment;
        assert!(!archived, "nothing is sent to an archived segment");
    }
}

fn every_change_is_one_version_up_and_one_event(before: &Campaign, after: &Campaign, event: &CampaignEvent) {
    assert_eq!(after.version.number(), before.version.number() + 1);
    assert_eq!((event.version, event.campaign_id), (after.version, after.id));
    assert_eq!(event.status_before, Some(before.lifecycle.status()));
    assert_eq!(event.status_after, after.lifecycle.status());
    assert_eq!(event.at, after.updated_at);
}

fn archived_changes_by_nothing_but_unarchiving(before: &Campaign, event: &CampaignEvent) {
    if before.lifecycle.status() == Status::Archived {
        assert_eq!(event.kind, EventKind::Unarchived);
    }
}

fn unarchiving_never_sends(after: &Campaign, event: &CampaignEvent) {
    if event.kind == EventKind::Unarchived {
        assert_ne!(after.lifecycle.status(), Status::Active);
    }
}

/// At most one draft holds by type; that it is the same one while it lives does not.
fn one_draft_with_one_id(before: &Campaign, after: &Campaign, event: &CampaignEvent, offered: DraftId) {
    match (&before.draft, &after.draft) {
        (None, None) => {}
        (None, Some(new)) => {
            assert_eq!(event.kind, EventKind::DraftSaved);
            assert_eq!((new.id, new.based_on_version), (offered, before.version));
            assert_ne!(new.content, before.live, "there are no phantom drafts");
        }
        (Some(old), Some(new)) => {
            assert_eq!(old.id, new.id);
            assert_eq!(
                (old.based_on_version, old.created_at),
                (new.based_on_version, new.created_at)
            );
            assert_eq!(old.content != new.content, event.kind == EventKind::DraftSaved);
        }
        (Some(_), None) => {
            assert!(matches!(
                event.kind,
                EventKind::DraftLaunched | EventKind::DraftDiscarded
            ));
        }
    }
}

fn archiving_names_its_cause(after: &Campaign, event: &CampaignEvent) {
    let segment = match after.lifecycle {
        Lifecycle::Archived {
            cause: ArchiveCause::Segment(id),
            ..
        } => Some(id),
        Lifecycle::Archived {
            cause: ArchiveCause::Direct,
            ..
        }
        | Lifecycle::Unlaunched
        | Lifecycle::Active { .. }
        | Lifecycle::Stopped { .. } => None,
    };
    assert_eq!(event.caused_by_segment, segment);
}

fn discarding_gives_back_the_live_content(before: &Campaign, after: &Campaign) {
    assert_eq!((&after.live, &after.draft), (&before.live, &None));
    assert_eq!((&after.place, after.lifecycle), (&before.place, before.lifecycle));
}

fn launching_a_draft_leaves_the_place_be(before: &Campaign, after: &Campaign) {
    let draft = before.draft.as_ref().expect("only a draft is launched");
    assert_eq!(after.live, draft.content);
    assert_eq!(after.lifecycle, before.lifecycle);
    if before.live.is_in_app() && after.live.is_in_app() {
        assert_eq!(after.place, before.place);
    }
}

fn only_content_events_change_the_live_content(before: &Campaign, after: &Campaign, event: &CampaignEvent) {
    let is_content_event = matches!(event.kind, EventKind::Updated | EventKind::DraftLaunched);
    assert!(is_content_event || after.live == before.live, "{event:?}");
    let is_place_event = is_content_event || event.kind == EventKind::InAppPriorityChanged;
    assert!(is_place_event || after.place == before.place, "{event:?}");
}

fn replaying_the_events_gives_the_campaign(actor: &Actor) {
    assert_eq!(actor.replay.outcome(), Some(replay::outcome_of(&actor.campaign)));
}

fn replaying_the_events_gives_the_status(actor: &Actor) {
    let mut replayed = None;
    for event in &actor.log {
        assert_eq!(event.status_before, replayed);
        replayed = Some(event.status_after);
    }
    assert_eq!(replayed, Some(actor.campaign.lifecycle.status()));
}
