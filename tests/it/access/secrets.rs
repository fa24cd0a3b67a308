//! Passwords, and files with secrets, that others on the machine could see.

use std::fs;

use crate::harness::access::{token, told};
use crate::harness::{Database, command, run};

/// A password, as it would be found in whatever is said.
const PASSWORD: &str = "correct-horse";

/// What a command says that fails, which must not have the password in it.
fn said(arguments: &[&str]) -> String {
    let (told, said, status) = run(arguments);
    assert!(!status.success(), "{arguments:?}: {told}");
    assert!(
        !said.contains(PASSWORD) && !told.contains(PASSWORD),
        "{told}{said}"
    );
    said
}

#[test]
fn a_password_in_the_command_line_is_warned_of_and_said_nowhere() {
    // Nobody is asked by it: there is no such mode.
    let url = format!("postgres://me:{PASSWORD}@127.0.0.1:1/understudy?sslmode=nonsense");
    for command in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["token", "list"],
        &["token", "create", "--role", "viewer", "--name", "a"],
        &["workspace", "list"],
        &["migrate", "status"],
        &["check"],
    ] {
        let said = said(&[command, &["--database", &url]].concat());
        assert!(said.contains("a password stands in the command line"), "{said}");
        assert!(said.contains("UNDERSTUDY_DATABASE"), "{said}");
    }
    let said = said(&["copy", "--from", &url, "--to", &url]);
    assert!(said.contains("a password stands in the command line"), "{said}");
    assert!(!said.contains("UNDERSTUDY_DATABASE"), "{said}");
    // Where there is none, nothing is warned of.
    let database = Database::in_file();
    let (_, said, status) = run(&["migrate", "--database", database.url(), "up"]);
    assert!(status.success() && said.is_empty(), "{said}");
}

#[test]
fn a_command_line_that_is_wrong_is_not_repeated_with_its_passwords() {
    let url = format!("https://me:{PASSWORD}@id.example.com/keys");
    let query = format!("ftp://id.example.com/keys?code={PASSWORD}");
    let jwt = ["--jwt-issuer", "a", "--jwt-audience", "b"];
    let refused = said(&[&["serve", "--jwt-jwks", &url], &jwt[..]].concat());
    assert!(refused.contains("without a name or a password"), "{refused}");
    let refused = said(&[&["serve", "--jwt-jwks", &query], &jwt[..]].concat());
    assert!(refused.contains("https://"), "{refused}");
    for wrong in [
        vec!["serve", "--otlp-endpoint", &url],
        vec!["serve", &url],
        vec![url.as_str()],
    ] {
        assert!(said(&wrong).contains('…'), "{wrong:?}");
    }
}

#[test]
fn what_is_asked_for_by_the_address_of_keys_is_said_nowhere() {
    let database = Database::in_file();
    // Nobody listens there, and the server would start all the same, but for where it is to listen.
    let folder = tempfile::tempdir().unwrap();
    let taken = format!("unix:{}", folder.path().join("missing").join("socket").display());
    let keys = format!("http://127.0.0.1:1/keys?code={PASSWORD}");
    let said = said(&[
        "serve",
        "--database",
        database.url(),
        "--listen",
        &taken,
        "--jwt-jwks",
        &keys,
        "--jwt-issuer",
        "a",
        "--jwt-audience",
        "b",
    ]);
    assert!(said.contains("http://127.0.0.1:1/keys"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_key_for_the_database_that_others_may_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    fs::write(&key, "a key").unwrap();
    let url = format!(
        "postgres://me@127.0.0.1:1/understudy?sslmode=nonsense&sslkey={}",
        key.display()
    );
    for (mode, is_warned_of) in [(0o644, true), (0o640, true), (0o600, false)] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        let said = said(&["check", "--database", &url]);
        assert_eq!(
            said.contains("others than its owner may read"),
            is_warned_of,
            "{said}"
        );
        assert_eq!(said.contains("key.pem"), is_warned_of, "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_of_passwords_that_others_may_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let named = folder.path().join("passwords");
    let of_home = folder.path().join(".pgpass");
    for file in [&named, &of_home] {
        fs::write(file, format!("*:*:*:*:{PASSWORD}")).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    // What is said of a database, where this variable leads there.
    let said = |database: &str, variable: (&str, &str)| {
        let mut check = command();
        check.args(["check", "--database", database]);
        for name in ["PGPASSWORD", "PGPASSFILE"] {
            check.env_remove(name);
        }
        check.env("HOME", folder.path()).env(variable.0, variable.1);
        let said = String::from_utf8(check.output().unwrap().stderr).unwrap();
        assert!(!said.contains(PASSWORD), "{said}");
        said
    };
    let url = "postgres://me@127.0.0.1:1/understudy?sslmode=nonsense";
    let passfile = ("PGPASSFILE", named.to_str().unwrap());
    let warning = "others than its owner may read";
    assert!(!said(url, passfile).contains(warning));
    for (file, variable) in [(&named, passfile), (&of_home, ("PGUSER", "me"))] {
        for (mode, is_warned_of) in [(0o644, true), (0o640, true), (0o600, false)] {
            fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
            let said = said(url, variable);
            let is_named = said.contains(warning) && said.contains(file.to_str().unwrap());
            assert_eq!(is_named, is_warned_of, "{said}");
        }
        // Nobody looks into it for these.
        fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
        for database in [
            "postgres://me:other@127.0.0.1:1/understudy?sslmode=nonsense",
            "postgres://127.0.0.1:1/understudy?sslmode=nonsense&password=other",
            "sqlite:///nowhere/understudy.db",
        ] {
            assert!(!said(database, variable).contains(warning), "{database}");
        }
        assert!(!said(url, ("PGPASSWORD", "other")).contains(warning));
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_token_whose_secret_nobody_sees_lets_nobody_in() {
    use std::fs::File;
    use std::io;
    use std::process::Stdio;

    let database = Database::new();
    told(&["migrate", "--database", database.url(), "up"]);
    let create = |name: &str| {
        let mut create = command();
        create.args(["token", "--database", database.url(), "create"]);
        create.args(["--role", "viewer", "--name", name]);
        create
    };
    let listed = || told(&["token", "--database", database.url(), "list"]);
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let full = File::options().write(true).open("/dev/full").unwrap();
    for (name, nowhere) in [("full", Stdio::from(full)), ("gone", Stdio::from(writer))] {
        let output = create(name).stdout(nowhere).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains("revoked"), "{said}");
        let last = listed();
        let columns: Vec<_> = last.lines().next_back().unwrap().split('\t').collect();
        assert!(said.contains(columns[0]) && columns[2] == name, "{said}{last}");
        assert_ne!(columns[5], "-", "{last}");
    }
    // Where it is known before, none is made.
    let made = listed();
    let closed = "exec \"$0\" token --database \"$1\" create --role viewer --name closed >&-";
    let mut sh = std::process::Command::new("sh");
    sh.args(["-c", closed])
        .arg(command().get_program())
        .arg(database.url());
    for mut create in [sh, create("null")] {
        let output = create.stdout(Stdio::null()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && said.contains("nobody would see"),
            "{said}"
        );
        assert_eq!(listed(), made);
    }
    // As it does who sees it.
    assert!(token(&database, "viewer").starts_with("understudy_"));
}
