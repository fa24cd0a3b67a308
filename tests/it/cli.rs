//! The command line: what it prints, and that what is wrong gets one clear line and an exit code.

mod options;
mod unread;

use std::fs;
use std::net::TcpListener;

use sea_orm::ConnectionTrait as _;
use serde_json::json;
use understudy_persistence::migrate;

use crate::harness::{Database, Server, Socket, command, run};

/// Runs a command that must succeed; its stdout.
fn stdout(arguments: &[&str]) -> String {
    let (stdout, stderr, status) = run(arguments);
    assert!(status.success(), "{arguments:?}: {stderr}");
    assert_eq!(stderr, "", "{arguments:?}");
    stdout
}

/// Runs a command that must fail; the one line that says why.
fn complaint(arguments: &[&str]) -> String {
    let (stdout, stderr, status) = run(arguments);
    assert!(!status.success(), "{arguments:?}");
    assert_eq!(stdout, "", "{arguments:?}");
    // That a password stands in the command line is told before.
    let warned = stderr.lines().filter(|line| line.contains(" WARN "));
    let warned = warned.map(|line| line.len() + 1).sum::<usize>();
    let stderr = &stderr[warned..];
    let line = stderr
        .strip_suffix('\n')
        .unwrap_or_else(|| panic!("{arguments:?}: {stderr:?}"));
    assert!(!line.contains('\n'), "{arguments:?}: {stderr}");
    let reason = line.strip_prefix("understudy: ");
    reason
        .unwrap_or_else(|| panic!("{arguments:?}: {stderr}"))
        .to_owned()
}

/// `serve` on a database, which must fail; the one line that says why.
fn complaint_about(url: &str) -> String {
    complaint(&["serve", "--listen", "127.0.0.1:0", "--database", url])
}

#[test]
fn schema_prints_the_schema() {
    assert!(stdout(&["schema"]) == understudy_api::sdl());
}

#[test]
fn help_and_version_go_to_stdout() {
    for arguments in [
        &["--help"][..],
        &["serve", "--help"],
        &["migrate", "down", "--help"],
        &["check", "--help"],
    ] {
        assert!(stdout(arguments).contains("Usage: understudy"), "{arguments:?}");
    }
    assert_eq!(
        stdout(&["--version"]),
        format!("understudy {}\n", env!("CARGO_PKG_VERSION"))
    );
    let help = command()
        .args(["serve", "--help"])
        .env("UNDERSTUDY_DATABASE", "postgres://someone:hush-hush@host/db")
        .env("UNDERSTUDY_SMTP_URL", "smtp://someone:hush-hush@host")
        .env("UNDERSTUDY_WEBHOOK_SECRET", "hush-hush")
        .output()
        .unwrap();
    assert!(!String::from_utf8(help.stdout).unwrap().contains("hush-hush"));
}

/// The variables that stand in for options of `serve`.
fn variables() -> Vec<String> {
    let help = stdout(&["serve", "--help"]);
    let names = help
        .split("[env: ")
        .skip(1)
        .map(|rest| rest.split(['=', ']']).next().unwrap());
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn variables_that_are_empty_are_as_good_as_none() {
    let database = Database::new();
    let variables = variables();
    assert!(variables.len() > 25, "{variables:?}");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--database", database.url()];
    let mut command = command();
    command.args(serve).env("UNDERSTUDY_LOG", "");
    command.envs(variables.iter().map(|name| (name, "")));
    let server = Server::start_as(&mut command);
    server.ask("{ __schema { queryType { name } } }", json!({})).await;
}

#[tokio::test]
async fn what_is_on_or_off_is_said_in_any_usual_way() {
    let database = Database::new();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--database", database.url()];
    for (value, is_refused) in [
        ("1", true),
        ("yes", true),
        ("true", true),
        ("0", false),
        ("no", false),
    ] {
        let mut command = command();
        command.args(serve).env("UNDERSTUDY_NO_INTROSPECTION", value);
        let server = Server::start_as(&mut command);
        let query = "{ __schema { queryType { name } } }";
        let answer = server.try_execute(query, json!({})).await.unwrap();
        assert_eq!(answer.get("errors").is_some(), is_refused, "{value}: {answer}");
    }
    let mut command = command();
    command.args(serve).env("UNDERSTUDY_NO_INTROSPECTION", "perhaps");
    assert!(!command.status().unwrap().success());
}

#[tokio::test]
async fn the_largest_limits_are_limits() {
    let database = Database::new();
    let largest = [
        ("--max-requests", "1000000000"),
        ("--max-sockets", "1000000000"),
        ("--max-sockets-per-address", "1000000000"),
        ("--max-operations", "1000000000"),
        ("--max-request-bytes", "1099511627776"),
        ("--max-held-bytes", "1099511627776"),
        ("--max-receiving-bytes", "1099511627776"),
        ("--max-answer-bytes", "1099511627776"),
        ("--request-timeout", "1000000"),
        ("--init-timeout", "1000000"),
        ("--socket-timeout", "1000000"),
    ];
    let options: Vec<_> = largest
        .iter()
        .flat_map(|(option, value)| [*option, value])
        .collect();
    let server = Server::start_with(&database, &options);
    server.ask("{ __typename }", json!({})).await;
    Socket::open(&server).await;
    drop(server);
    for (option, value) in largest {
        let beyond = format!("{value}0");
        let said = complaint(&["serve", "--database", database.url(), option, &beyond]);
        assert!(
            said.contains(option) && said.contains(&format!("1..={value}")),
            "{said}"
        );
    }
}

#[test]
fn migrate_goes_up_and_down_and_says_what_it_did() {
    let database = Database::new();
    let migrate =
        |arguments: &[&str]| stdout(&[&["migrate", "--database", database.url()], arguments].concat());
    let up = migrate(&["up"]);
    let names: Vec<_> = up
        .lines()
        .map(|line| line.strip_prefix("applied ").unwrap())
        .collect();
    assert!(names.len() > 1 && names[0].starts_with("m0001_"), "{up}");
    assert_eq!(migrate(&["up"]), "nothing to do\n");
    assert_eq!(migrate(&["status"]), up);

    let last = names.len() - 1;
    assert_eq!(migrate(&["down"]), format!("taken back {}\n", names[last]));
    let mut expected: Vec<_> = names[..last]
        .iter()
        .map(|name| format!("applied {name}\n"))
        .collect();
    expected.push(format!("pending {}\n", names[last]));
    assert_eq!(migrate(&["status"]), expected.concat());

    let all = migrate(&["down", "--steps", "100"]);
    assert_eq!(all.lines().count(), last);
    assert_eq!(migrate(&["down"]), "nothing to do\n");
    assert_eq!(migrate(&["up"]), up);
}

#[tokio::test]
async fn a_database_that_fails_is_said_to_fail_once() {
    let database = Database::new();
    stdout(&["migrate", "--database", database.url(), "up"]);
    let db = database.connect().await;
    db.execute_unprepared("DROP TABLE tokens").await.unwrap();
    let said = complaint(&["token", "list", "--database", database.url()]);
    assert_eq!(said.matches("the database failed").count(), 1, "{said}");
}

#[test]
fn wrong_options_are_told_in_one_line() {
    for (arguments, named) in [
        (&["nonsense"][..], "nonsense"),
        (&["serve", "--nonsense"], "--nonsense"),
        (&["serve", "nonsense"], "nonsense"),
        (&["serve", "--listen"], "--listen"),
        (&["serve", "--listen", "nowhere"], "nowhere"),
        (&["serve", "--listen", "127.0.0.1:70000"], "127.0.0.1:70000"),
        (&["serve", "--smtp-url", "mail.example.com"], "mail.example.com"),
        (&["serve", "--smtp-url", "smtp://localhost"], "--email-from"),
        (&["serve", "--email-from", "Example News"], "Example News"),
        (&["serve", "--send-timeout", "0"], "--send-timeout"),
        (&["migrate", "down", "--steps", "0"], "--steps"),
        (&["migrate", "sideways"], "sideways"),
    ] {
        let complaint = complaint(arguments);
        assert!(complaint.contains(named), "{arguments:?}: {complaint}");
        assert!(complaint.contains("--help"), "{arguments:?}: {complaint}");
    }
}

#[test]
fn wrong_variables_are_told_in_one_line() {
    for (variable, value) in [("UNDERSTUDY_LISTEN", "nowhere"), ("UNDERSTUDY_LOG", "a=b=c")] {
        let database = Database::new();
        let output = command()
            .args(["serve", "--database", database.url()])
            .env(variable, value)
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(stderr.starts_with("understudy: "), "{stderr}");
    }
}

#[test]
fn an_address_that_is_taken_is_named() {
    let database = Database::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let complaint = complaint(&["serve", "--listen", &address, "--database", database.url()]);
    assert!(
        complaint.contains(&address) && complaint.contains("in use"),
        "{complaint}"
    );
}

#[test]
fn databases_that_are_none_are_named() {
    let Some(database) = Database::embedded("files that are none") else {
        return;
    };
    let folder = database.folder().unwrap();
    let at = |name: &str| format!("sqlite://{}", folder.join(name).display());
    fs::create_dir(folder.join("folder")).unwrap();
    fs::write(folder.join("letter.txt"), "Dear database,\n".repeat(1_000)).unwrap();
    for (name, said) in [
        ("folder", "directory"),
        ("letter.txt", "not a database"),
        ("nowhere/understudy.db", "unable to open"),
        ("letter.txt/understudy.db", "unable to open"),
    ] {
        let complaint = complaint_about(&at(name));
        assert!(
            complaint.contains(&at(name)) && complaint.contains(said),
            "{complaint}"
        );
        for action in ["up", "down", "status"] {
            let again = self::complaint(&["migrate", action, "--database", &at(name)]);
            assert!(again.contains(said), "{action}: {again}");
        }
    }
    let letter = fs::read_to_string(folder.join("letter.txt")).unwrap();
    assert_eq!(letter, "Dear database,\n".repeat(1_000), "and left alone");
}

#[test]
fn databases_that_no_server_has_are_named() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let (server, name) = database.url().rsplit_once('/').unwrap();
    let place = server.rsplit_once('@').unwrap().1;
    for (url, said) in [
        (format!("{server}/nowhere"), "\"nowhere\" does not exist"),
        (
            format!("postgres://somebody@{place}/{name}"),
            "\"somebody\" does not exist",
        ),
        ("postgres://somebody@127.0.0.1:1/understudy".to_owned(), "refused"),
    ] {
        let complaint = complaint_about(&url);
        assert!(complaint.contains(said), "{complaint}");
        for action in ["up", "down", "status"] {
            let again = self::complaint(&["migrate", action, "--database", &url]);
            assert!(again.contains(said), "{action}: {again}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_database_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt as _;

    let Some(database) = Database::embedded("who may read it") else {
        return;
    };
    stdout(&["migrate", "up", "--database", database.url()]);
    let path = database.folder().unwrap().join("understudy.db");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&path).is_ok() {
        // Whoever runs this may read everything.
        return;
    }
    let complaint = complaint_about(database.url());
    assert!(complaint.contains(database.url()), "{complaint}");
}

#[test]
fn databases_that_cannot_be_used_are_named_without_their_passwords() {
    for (url, shown) in [
        // Nobody listens on this port.
        ("postgres://someone:secret@127.0.0.1:1/db", "127.0.0.1:1/db"),
        (
            "postgresql://127.0.0.1:1/db?user=someone&password=secret",
            "127.0.0.1:1/db",
        ),
        // Nobody is asked who might not speak TLS.
        (
            "postgres://someone@127.0.0.1:1/db?sslmod=secret",
            "its parameter \"sslmod\" is unknown",
        ),
        (
            "postgres://someone@127.0.0.1:1/db?sslrootcert=/nowhere/ca.pem&password=secret",
            "cannot read its sslrootcert \"/nowhere/ca.pem\"",
        ),
        ("mysql://someone:s:ecr@et@host/db", "host/db"),
        ("foo.db", "\"foo.db\": its URL must begin with sqlite://"),
        ("", "\"\": its URL must begin with sqlite://"),
        ("sqlite://", "memory"),
        ("sqlite::memory:", "memory"),
        ("sqlite://understudy.db?mode=memory", "memory"),
    ] {
        let complaint = complaint_about(url);
        assert!(complaint.contains(shown), "{complaint}");
        assert!(
            !complaint.contains("secret") && !complaint.contains("ecr"),
            "{complaint}"
        );
    }
}

#[tokio::test]
async fn a_database_that_is_newer_than_the_binary_is_refused() {
    let database = Database::new();
    migrate::up(database.url()).await.unwrap();
    let db = database.connect().await;
    db.execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 0)")
        .await
        .unwrap();
    db.execute_unprepared("UPDATE compatibility SET oldest_migration = 'm9999_future'")
        .await
        .unwrap();
    db.close().await.unwrap();
    let complaint = complaint_about(database.url());
    assert!(complaint.contains("newer than this binary"), "{complaint}");
    assert!(complaint.contains("m9999_future"), "{complaint}");
    for action in ["up", "down", "status"] {
        let again = self::complaint(&["migrate", action, "--database", database.url()]);
        assert!(again.contains("newer than this binary"), "{action}: {again}");
    }
}
