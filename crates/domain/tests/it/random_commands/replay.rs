//! Random lives whose events somebody has tampered with.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest_state_machine::ReferenceStateMachine as _;
use understudy_domain::replay::{DraftOutcome, Outcome};
use understudy_domain::{Campaign, CampaignEvent, EventKind, Replay, Status, Version};

use super::model::Model;
use super::stage::Stage;
use crate::support::segment_id;

/// What the events of a campaign must come to.
pub(super) fn outcome_of(campaign: &Campaign) -> Outcome {
    Outcome {
        version: campaign.version,
        lifecycle: campaign.lifecycle,
        draft: campaign.draft.as_ref().map(|draft| DraftOutcome {
            based_on_version: draft.based_on_version,
            created_at: draft.created_at,
            updated_at: draft.updated_at,
        }),
        created_at: campaign.created_at,
        updated_at: campaign.updated_at,
        is_guess: false,
    }
}

/// What can be done to a log that cannot stay hidden.
#[derive(Debug, Clone)]
enum Tampering {
    Drop,
    Repeat,
    Swap,
    Version(i32),
    StatusBefore(Option<Status>),
    StatusAfter(Status),
    Kind(EventKind),
    Segment,
}

impl Tampering {
    /// Tampers with the event at `index`; false where the log then says the same, or what may as well have been.
    fn is_done(&self, log: &mut Vec<CampaignEvent>, index: usize) -> bool {
        let before = log.clone();
        let kind = before[index].kind;
        match self {
            Self::Drop => drop(log.remove(index)),
            Self::Repeat => log.insert(index, before[index].clone()),
            Self::Swap => log.swap(index, (index + 1) % before.len()),
            Self::Version(number) => {
                log[index].version = Version::from_number(*number).expect("only such are made");
            }
            Self::StatusBefore(status) => log[index].status_before = *status,
            Self::StatusAfter(status) => log[index].status_after = *status,
            Self::Kind(other) => {
                log[index].kind = *other;
                // Of two that leave the status be, the one may often stand where the other does.
                return *other != kind && (moves(*other) || moves(kind));
            }
            Self::Segment => {
                log[index].caused_by_segment = Some(segment_id(99));
                // Any segment may have archived it.
                return kind != EventKind::Archived;
            }
        }
        *log != before
    }
}

/// Whether events of that kind tell of another status after them than before.
fn moves(kind: EventKind) -> bool {
    match kind {
        EventKind::Created
        | EventKind::Launched
        | EventKind::Stopped
        | EventKind::Resumed
        | EventKind::Archived
        | EventKind::Unarchived => true,
        EventKind::Updated
        | EventKind::DraftSaved
        | EventKind::DraftLaunched
        | EventKind::DraftDiscarded
        | EventKind::InAppPriorityChanged => false,
    }
}

fn tampering() -> impl Strategy<Value = Tampering> {
    let statuses = vec![
        Status::Unlaunched,
        Status::Active,
        Status::Stopped,
        Status::Archived,
    ];
    let status = || select(statuses.clone());
    let kinds = vec![
        EventKind::Created,
        EventKind::Updated,
        EventKind::Launched,
        EventKind::Stopped,
        EventKind::Resumed,
        EventKind::Archived,
        EventKind::Unarchived,
        EventKind::DraftSaved,
        EventKind::DraftLaunched,
        EventKind::DraftDiscarded,
        EventKind::InAppPriorityChanged,
    ];
    prop_oneof![
        Just(Tampering::Drop),
        Just(Tampering::Repeat),
        Just(Tampering::Swap),
        (1..20).prop_map(Tampering::Version),
        prop::option::of(status()).prop_map(Tampering::StatusBefore),
        status().prop_map(Tampering::StatusAfter),
        select(kinds).prop_map(Tampering::Kind),
        Just(Tampering::Segment),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_tampering_with_a_life_stays_hidden(
        (_, steps, _) in Model::sequential_strategy(1..60),
        (actor, event) in any::<(Index, Index)>(),
        tampering in tampering(),
    ) {
        let mut stage = Stage::default();
        for step in &steps {
            stage.perform(step);
        }
        prop_assume!(!stage.actors().is_empty());
        let actor = actor.get(stage.actors());
        let mut log = actor.log.clone();
        let index = event.index(log.len());
        prop_assume!(tampering.is_done(&mut log, index));

        let mut replay = Replay::default();
        let faults: Vec<_> = log.iter().flat_map(|event| replay.follow(event)).collect();
        let is_found = !faults.is_empty() || replay.outcome() != Some(outcome_of(&actor.campaign));
        prop_assert!(is_found, "{tampering:?} at {index}: {log:#?}");
    }
}
