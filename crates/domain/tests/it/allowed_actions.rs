//! What an editor offers is what the server does.

use proptest::prelude::*;
use proptest::sample::select;
use understudy_domain::rules::allowed_actions;
use understudy_domain::{Action, Command, Role, Transition};

use crate::matrix::ask;
use crate::strategies::{any_campaign, states};

proptest! {
    /// An action is offered exactly where its command, given something new to say, would change something, to those
    /// whose role allows it.
    #[test]
    fn an_action_is_allowed_exactly_where_its_command_changes_something(
        campaign in any_campaign(),
        segments in states(),
        role in select(&Role::ALL),
    ) {
        let allowed = allowed_actions(&campaign.standing(&segments), role);
        for command in Command::ALL {
            let answer = ask(&campaign, command, &segments);
            let changes = matches!(answer, Ok(Transition::Changed { .. }));
            let is_offered = changes && role.may(Action::Campaign(command));
            prop_assert_eq!(allowed.contains(&command), is_offered, "{:?}: {:?}", command, answer);
        }
    }

    /// The order is the rules table's, and each action is named once.
    #[test]
    fn allowed_actions_come_in_the_order_of_the_table(campaign in any_campaign(), segments in states()) {
        let allowed = allowed_actions(&campaign.standing(&segments), Role::Admin);
        let position = |command: &Command| Command::ALL.iter().position(|known| known == command);
        prop_assert!(allowed.is_sorted_by_key(position));
        let mut once = allowed.clone();
        once.dedup();
        prop_assert_eq!(once, allowed);
    }
}
