//! The commands for workspaces and tokens.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait as _;
use serde_json::json;

use super::Stage;
use crate::harness::access::{revoke, token, token_ids, token_of, told, workspace};
use crate::harness::{Database, run};

/// Names that would not stand in a line, but do something to it.
const STEERING: [&str; 7] = [
    "a\tb",
    "a\nb",
    "\u{1b}[2Ja",
    "a\u{85}b",
    "a\u{2028}b",
    "a\u{2029}b",
    "a\u{7f}",
];

/// What is said of a command that must fail.
fn complaint(arguments: &[&str]) -> String {
    let (_, said, status) = run(arguments);
    assert!(!status.success(), "{arguments:?}");
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

/// The list of a workspace's tokens.
fn tokens_of(database: &Database, workspace: &str) -> String {
    let of_whom = ["--database", database.url(), "list", "--workspace", workspace];
    told(&[&["token"], &of_whom[..]].concat())
}

#[test]
fn workspaces_are_made_and_listed() {
    let database = Database::new();
    let of = |arguments: &[&'static str]| [&["workspace", "--database", database.url()], arguments].concat();
    let id = workspace(&database, "Acme");
    assert!(id.starts_with("wsp_"), "{id}");
    let listed = told(&of(&["list"]));
    let names: Vec<_> = listed
        .lines()
        .map(|line| line.split('\t').next_back().unwrap())
        .collect();
    assert_eq!(names, ["Acme", "default"]);
    assert!(listed.contains(&id), "{listed}");
    assert!(complaint(&of(&["create", "Acme"])).contains("taken"));
    assert!(complaint(&of(&["create", " "])).contains("empty"));
    let long: &'static str = Box::leak("x".repeat(201).into_boxed_str());
    assert!(complaint(&of(&["create", long])).contains("200"));
}

#[test]
fn what_is_not_there_is_named() {
    let database = Database::new();
    let of = |arguments: &[&'static str]| [&["token", "--database", database.url()], arguments].concat();
    told(&["migrate", "--database", database.url(), "up"]);
    let create = [
        "create",
        "--role",
        "viewer",
        "--name",
        "a",
        "--workspace",
        "nowhere",
    ];
    assert!(complaint(&of(&create)).contains("no workspace \"nowhere\""));
    assert!(complaint(&of(&["list", "--workspace", "nowhere"])).contains("nowhere"));
    let unknown = "tok_01m817ggyzekdax44q2qmeg1tc";
    assert!(complaint(&of(&["revoke", unknown])).contains(unknown));
    for wrong in [
        &["revoke", "cmp_01m817ggyzekdax44q2qmeg1tc"][..],
        &["create", "--role", "owner", "--name", "a"],
        &["create", "--role", "viewer", "--name", "a", "--expires", "soon"],
        &["create", "--role", "viewer"],
    ] {
        let (_, _, status) = run(&of(wrong));
        assert!(!status.success(), "{wrong:?}");
    }
    for expires in ["--expires=-1d", "--expires=+1d", "--expires=36501d"] {
        let said = complaint(&of(&["create", "--role", "viewer", "--name", "a", expires]));
        assert!(said.contains("36500d at most"), "{said}");
    }
    let said = complaint(&of(&[
        "create",
        "--role",
        "viewer",
        "--name",
        "a",
        "--expires",
        "-1d",
    ]));
    assert!(said.contains("36500d at most"), "{said}");
    assert_eq!(told(&of(&["list"])), "");
}

#[test]
fn a_database_that_is_not_there_is_made_for_what_is_kept_in_it_and_nothing_else() {
    let id = "tok_01m817ggyzekdax44q2qmeg1tc";
    for kept in [
        &["token", "create", "--role", "viewer", "--name", "a"][..],
        &["workspace", "create", "Acme"],
    ] {
        let database = Database::new();
        let named = ["--database", database.url()];
        for command in [
            &["token", "list"][..],
            &["token", "revoke", id],
            &["workspace", "list"],
        ] {
            let said = complaint(&[command, &named].concat());
            assert!(said.contains("no database"), "{said}");
            assert!(said.contains("--database"), "{said}");
            let (_, name) = database.url().rsplit_once('/').unwrap();
            assert!(said.contains(name), "{said}");
            if let Some(folder) = database.folder() {
                assert_eq!(folder.read_dir().unwrap().count(), 0, "{command:?}");
            }
        }
        let (_, said, status) = run(&[kept, &named].concat());
        assert!(status.success(), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("made a new database: "), "{said}");
        // Once it is there, there is nothing to say of it.
        let (_, said, status) = run(&[&["workspace", "create", "other"], &named[..]].concat());
        assert!(status.success() && said.is_empty(), "{said}");
        told(&[&["token", "list"], &named[..]].concat());
    }
}

#[test]
fn a_token_is_of_the_workspace_that_is_named() {
    let database = Database::new();
    let id = workspace(&database, "Acme");
    token_of(&database, "Acme", "viewer", &[]);
    token_of(&database, &id, "Launcher", &["--expires", "90d"]);
    let listed = tokens_of(&database, "Acme");
    let roles: Vec<_> = listed
        .lines()
        .map(|line| line.split('\t').nth(1).unwrap())
        .collect();
    assert_eq!(roles, ["VIEWER", "LAUNCHER"]);
    assert_eq!(told(&["token", "--database", database.url(), "list"]), "");
}

#[test]
fn a_list_of_tokens_says_when_they_were_made_expire_and_were_revoked() {
    let database = Database::new();
    for options in [&[][..], &["--expires", "90d"], &["--expires", "12h"]] {
        token_of(&database, "default", "viewer", options);
    }
    revoke(&database, &token_ids(&database)[2]);
    let listed = told(&["token", "--database", database.url(), "list"]);
    let moment = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let rows: Vec<Vec<_>> = listed.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 3, "{listed}");
    for (row, hours) in rows.iter().zip([None, Some(90 * 24), Some(12)]) {
        let (made, expires) = (moment(row[3]), (row[4] != "-").then(|| moment(row[4])));
        // The command counts from when it begins.
        let life = expires.map(|expires| (expires - made + TimeDelta::minutes(10)).num_hours());
        assert_eq!(life, hours, "{row:?}");
    }
    assert_eq!((rows[0][5], rows[1][5]), ("-", "-"), "{listed}");
    assert!(moment(rows[2][5]) >= moment(rows[2][3]), "{listed}");
}

#[test]
fn the_name_of_a_token_stays_taken() {
    let database = Database::new();
    let of = |arguments: &[&'static str]| [&["token", "--database", database.url()], arguments].concat();
    let create = of(&["create", "--role", "viewer", "--name", "Ada"]);
    told(&create);
    revoke(&database, &token_ids(&database)[0]);
    let said = complaint(&create);
    assert!(
        said.contains("taken, as it stays when a token is revoked"),
        "{said}"
    );
}

#[tokio::test]
async fn names_that_steer_a_screen_are_refused() {
    let stage = Stage::new();
    let admin = token(&stage.database, "admin");
    let database = ["--database", stage.database.url()];
    let create_token = [
        &["token"],
        &database[..],
        &["create", "--role", "viewer", "--name"],
    ]
    .concat();
    let create_workspace = [&["workspace"], &database[..], &["create"]].concat();
    for name in STEERING {
        for create in [&create_token, &create_workspace] {
            let said = complaint(&[&create[..], &[name]].concat());
            assert!(said.contains("its name has a control character"), "{said}");
        }
        let create = "mutation ($name: String!) {
            createToken(input: { name: $name, role: VIEWER }) { secret userErrors { code field } }
        }";
        let made = stage.ask(&admin, create, json!({ "name": name })).await["createToken"].take();
        let invalid = json!([{ "code": "INVALID", "field": ["input", "name"] }]);
        assert_eq!(made, json!({ "secret": null, "userErrors": invalid }), "{name:?}");
    }
    // Around a name, white space is taken off, as for all names.
    told(&[&create_workspace[..], &[" Acme\n"]].concat());
    assert_eq!(
        told(&[&["workspace"], &database[..], &["list"]].concat())
            .lines()
            .count(),
        2
    );
}

#[tokio::test]
async fn the_id_of_a_workspace_is_no_other_ones_name() {
    // Whichever of them is found first.
    for names in [["Acme", "Zest"], ["Zest", "Acme"]] {
        let database = Database::new();
        let ids = names.map(|name| workspace(&database, name));
        let acme = names.iter().position(|name| *name == "Acme").unwrap();
        let id = ids[acme].as_str();
        for name in [id, "wsp_01m817ggyzekdax44q2qmeg1tc", &format!(" {id} ")] {
            let said = complaint(&["workspace", "--database", database.url(), "create", name]);
            assert!(said.contains("is the id of a workspace"), "{said}");
        }
        // Should one be called so all the same, the other is meant.
        let rename = format!("UPDATE workspaces SET name = '{id}' WHERE name = 'Zest'");
        let db = database.connect().await;
        db.execute_unprepared(&rename).await.unwrap();
        token_of(&database, id, "viewer", &[]);
        let listed = tokens_of(&database, "Acme");
        assert_eq!(listed.lines().count(), 1, "{listed}");
    }
}
