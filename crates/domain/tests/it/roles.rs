//! Who may give which command.

use std::fmt::Write as _;

use understudy_domain::{Action, Command, Role};

/// Which roles may give each command of the rules table.
#[test]
fn each_command_has_its_roles() {
    let mut text = String::new();
    for command in Command::ALL {
        let roles: Vec<_> = Role::ALL
            .into_iter()
            .filter(|role| role.may(Action::Campaign(command)))
            .collect();
        writeln!(text, "{command:?}: {roles:?}").unwrap();
    }
    insta::assert_snapshot!(text, @"
    Update: [Editor, Launcher, Admin]
    Launch: [Launcher, Admin]
    SaveDraft: [Editor, Launcher, Admin]
    LaunchDraft: [Launcher, Admin]
    DiscardDraft: [Launcher, Admin]
    Stop: [Launcher, Admin]
    Resume: [Launcher, Admin]
    Archive: [Launcher, Admin]
    Unarchive: [Launcher, Admin]
    SetInAppPriority: [Editor, Launcher, Admin]
    Clone: [Editor, Launcher, Admin]
    ");
}
