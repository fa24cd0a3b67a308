//! Whole lives of campaigns: random sequences of commands against a reference that keeps its own, simpler books, and
//! against the invariants by name.

mod invariants;
mod model;
mod replay;
mod stage;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use understudy_domain::EventKind;

use model::{Answer, Model, Step};
use stage::Stage;

/// Campaigns that follow whatever steps the model thinks up.
struct Lives;

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        model::step().boxed()
    }

    fn apply(model: Self, step: &Step) -> Self {
        model.after(step)
    }
}

impl StateMachineTest for Lives {
    type SystemUnderTest = Stage;
    type Reference = Model;

    fn init_test(_: &Model) -> Stage {
        Stage::default()
    }

    fn apply(mut stage: Stage, model: &Model, step: Step) -> Stage {
        let answers = stage.perform(&step);
        assert_eq!(answers, model.answers, "the answers to {step:?}");
        stage
    }

    fn check_invariants(stage: &Stage, model: &Model) {
        stage.check_against(model);
        stage.check_invariants();
    }
}

prop_state_machine! {
    #![proptest_config(Config { cases: 400, ..Config::default() })]

    #[test]
    fn campaigns_live_as_the_reference_says(sequential 1..80 => Lives);
}

/// A test of random sequences is worth what the sequences reach, so this counts it: every kind of event, and every
/// refusal that a command by itself can bring.
#[test]
fn the_random_sequences_reach_everything() {
    let mut runner = TestRunner::deterministic();
    let mut kinds = BTreeSet::new();
    let mut refusals = BTreeSet::new();
    for _ in 0..200 {
        let lives = Model::sequential_strategy(1..80).new_tree(&mut runner);
        let (_, steps, _) = lives.expect("the strategy rejects nothing").current();
        let mut stage = Stage::default();
        for step in &steps {
            for (_, answer) in stage.perform(step) {
                if let Answer::Refused(reason) = answer {
                    refusals.insert(reason);
                }
            }
        }
        kinds.extend(stage.event_kinds());
    }
    assert_eq!(
        Vec::from_iter(kinds),
        [
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
        ]
    );
    assert_eq!(
        Vec::from_iter(refusals),
        [
            "ALREADY_LAUNCHED",
            "CAMPAIGN_ARCHIVED",
            "DRAFT_EXISTS",
            "INCOMPLETE",
            "INVALID",
            "NOT_IN_APP",
            "NOT_LAUNCHED",
            "NO_DRAFT",
            "SEGMENT_ARCHIVED",
        ]
    );
}
