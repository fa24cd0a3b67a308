//! Secrets that others on the machine could see. Whoever runs the process is told, since only they can mend it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use url::Url;

use crate::cli::{Command, Copying};

/// Warns of what is exposed by how a command was given.
pub(crate) fn warn_of(command: &Command) {
    let arguments: Vec<_> = env::args_os().collect();
    let arguments: Vec<_> = arguments
        .iter()
        .map(|argument| argument.to_string_lossy())
        .collect();
    if let Some(instead) = instead_of_password(&arguments) {
        tracing::warn!(
            "a password stands in the command line, where everybody on this machine can see it: {instead}"
        );
    }
    let variable = env::var_os("PGSSLKEY").map(PathBuf::from);
    for database in databases(command) {
        if let Some(key) = key_for(database, variable.as_deref()) {
            warn_of_file(&key);
        }
    }
    // One password for all of them goes before a file.
    let needs_file = |database: &&str| env::var_os("PGPASSWORD").is_none() && is_without_password(database);
    if databases(command).iter().any(needs_file) {
        let home = env::home_dir().map(|home| home.join(".pgpass"));
        let named = env::var_os("PGPASSFILE").map(PathBuf::from);
        for file in named.into_iter().chain(home) {
            warn_of_file(&file);
        }
    }
}

/// What to do instead, where there is a password in the command line.
fn instead_of_password(arguments: &[impl AsRef<str>]) -> Option<&'static str> {
    let at = arguments
        .iter()
        .position(|argument| has_password(argument.as_ref()))?;
    let is_database = arguments[at].as_ref().starts_with("--database=")
        || at > 0 && arguments[at - 1].as_ref() == "--database";
    Some(if is_database {
        "give the URL of the database in the variable UNDERSTUDY_DATABASE"
    } else {
        "give it in the option's variable, if `--help` names one, or have PostgreSQL's in a file .pgpass"
    })
}

/// The URLs of the databases that a command is about.
fn databases(command: &Command) -> Vec<&str> {
    match command {
        Command::Serve(options) => vec![&options.database.url],
        Command::Deliver(options) => vec![&options.database.url],
        Command::Migrate(options) => vec![&options.database.url],
        Command::Workspace(options) => vec![&options.database.url],
        Command::Token(options) => vec![&options.database.url],
        Command::Check(options) => vec![&options.database.url],
        Command::Copy(Copying { from, to }) => vec![from, to],
        Command::Schema => vec![],
    }
}

/// Whether a database is asked for without a password in its URL, though it is one that may want one.
fn is_without_password(database: &str) -> bool {
    let Some(url) = postgres_url(database) else {
        return false;
    };
    url.password().is_none() && url.query_pairs().all(|(name, _)| name != "password")
}

/// The URL of a database of PostgreSQL, if it is one.
fn postgres_url(database: &str) -> Option<Url> {
    let url = Url::parse(database).ok()?;
    ["postgres", "postgresql"].contains(&url.scheme()).then_some(url)
}

/// The file with the key by which PostgreSQL is shown who comes to it, as its URL names it, or
/// else a variable.
fn key_for(database: &str, variable: Option<&Path>) -> Option<PathBuf> {
    let url = postgres_url(database)?;
    let keys = url
        .query_pairs()
        .filter(|(name, _)| ["sslkey", "ssl-key"].contains(&&**name));
    let last = keys.last().map(|(_, file)| PathBuf::from(&*file));
    last.or_else(|| variable.map(PathBuf::from))
}

/// Whether there is a password in a URL, perhaps behind `--database=`.
fn has_password(argument: &str) -> bool {
    let Some((_, rest)) = argument.split_once("://") else {
        return false;
    };
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let user = place.rsplit_once('@').map(|(user, _)| user);
    user.is_some_and(|user| user.contains(':')) || rest.contains("password=")
}

/// Warns of a file with a secret in it that others than its owner may read.
pub(crate) fn warn_of_file(file: &Path) {
    if let Ok(true) = fs::metadata(file).map(|metadata| is_readable_by_others(&metadata)) {
        tracing::warn!(
            file = %file.display(),
            "others than its owner may read a file that holds a secret: take that right away (chmod 600)"
        );
    }
}

#[cfg(unix)]
fn is_readable_by_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode() & 0o077 != 0
}

/// Nothing is known of rights elsewhere.
#[cfg(not(unix))]
fn is_readable_by_others(_metadata: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_seen_wherever_a_url_may_have_it() {
        for (argument, expected) in [
            ("postgres://me:secret@db.example/understudy", true),
            ("--database=postgres://me:secret@db.example/understudy", true),
            ("postgres://me:p@ss@db.example", true),
            ("postgres://db.example/understudy?user=me&password=secret", true),
            ("postgres://me@db.example:5432/understudy", false),
            ("postgres://db.example:5432/a@b:c", false),
            ("sqlite:///var/lib/a:b@c.db", false),
            ("http://127.0.0.1:4318", false),
            ("serve", false),
        ] {
            assert_eq!(has_password(argument), expected, "{argument}");
        }
    }

    #[test]
    fn whoever_gives_a_password_is_told_what_to_do_instead() {
        let url = "postgres://me:secret@db.example/understudy";
        for arguments in [
            vec!["understudy", "token", "--database", url, "list"],
            vec!["understudy", "--database=postgres://me:secret@db.example"],
        ] {
            let instead = instead_of_password(&arguments);
            assert!(instead.is_some_and(|instead| instead.contains("UNDERSTUDY_DATABASE")));
        }
        let instead = instead_of_password(&["understudy", "copy", "--from", url, "--to", "sqlite://a.db"]);
        assert!(instead.is_some_and(|instead| !instead.contains("UNDERSTUDY_DATABASE")));
        assert_eq!(
            instead_of_password(&[url, "--database"]).map(str::is_empty),
            Some(false)
        );
        assert_eq!(
            instead_of_password(&["understudy", "serve", "--database", "sqlite://a.db"]),
            None
        );
    }

    #[test]
    fn the_key_for_a_database_is_where_its_url_says() {
        for (url, expected) in [
            (
                "postgres://db.example/a?sslkey=/etc/key.pem",
                Some("/etc/key.pem"),
            ),
            (
                "postgresql://db.example/a?sslmode=require&ssl-key=%2Fa%20b",
                Some("/a b"),
            ),
            ("postgres://db.example/a?sslkey=one&sslkey=other", Some("other")),
            ("postgres://db.example/a?sslcert=/etc/cert.pem", None),
            ("sqlite:///var/lib/a.db?sslkey=/etc/key.pem", None),
            ("nonsense", None),
        ] {
            assert_eq!(key_for(url, None).as_deref(), expected.map(Path::new), "{url}");
        }
        let variable = Some(Path::new("/etc/other.pem"));
        for (url, expected) in [
            (
                "postgres://db.example/a?sslkey=/etc/key.pem",
                Some(Path::new("/etc/key.pem")),
            ),
            ("postgres://db.example/a", variable),
            ("sqlite:///var/lib/a.db", None),
        ] {
            assert_eq!(key_for(url, variable).as_deref(), expected, "{url}");
        }
    }
}
