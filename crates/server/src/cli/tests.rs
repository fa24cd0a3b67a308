//! What command lines are read as.

use understudy_transport::Limits;

use super::*;

/// Parses a command line. The variables that stand in for options are not set where tests run.
fn parse(line: &str) -> Result<Command, clap::Error> {
    Cli::try_parse_from(line.split_whitespace()).map(|cli| cli.command)
}

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn serve_has_defaults_for_everything() {
    let Command::Serve(serve) = parse("understudy serve").unwrap() else {
        panic!("not serve")
    };
    assert_eq!(serve.listen, "127.0.0.1:8000".parse().unwrap());
    assert_eq!(serve.database.url, "sqlite://understudy.db");
    assert!(!serve.demo);
    assert_eq!(Limits::from(serve.transport.limits), Limits::default());
}

#[test]
fn limits_are_at_least_one_and_json_nests_no_deeper_than_it_is_read() {
    let line = "understudy serve --max-request-bytes 8388608 --request-timeout 5 --max-json-nesting 120";
    let Command::Serve(serve) = parse(line).unwrap() else {
        panic!("not serve")
    };
    let limits = Limits::from(serve.transport.limits);
    assert_eq!(limits.bytes, 8 << 20);
    assert_eq!(limits.request_time.as_secs(), 5);
    assert_eq!(limits.json_nesting, 120);
    for option in [
        "--max-sockets 0",
        "--max-depth -1",
        "--max-json-nesting 121",
        "--max-nesting 121",
        "--max-depth 61",
        "--max-tokens many",
        "--max-requests 1000000001",
        "--max-requests 9223372036854775807",
        "--max-held-bytes 1099511627777",
        "--socket-timeout 1000001",
        "--request-timeout 18446744073709551615",
    ] {
        assert!(parse(&format!("understudy serve {option}")).is_err(), "{option}");
    }
}

#[test]
fn limits_may_be_as_large_as_anybody_can_count() {
    let line =
        "understudy serve --max-requests 1000000000 --max-held-bytes 1099511627776 --socket-timeout 1000000";
    let Command::Serve(serve) = parse(line).unwrap() else {
        panic!("not serve")
    };
    let limits = Limits::from(serve.transport.limits);
    assert_eq!(limits.requests, 1_000_000_000);
    assert_eq!(limits.held_bytes, 1 << 40);
    assert_eq!(limits.silence, Duration::from_secs(1_000_000));
}

#[test]
fn serve_takes_any_socket_address() {
    let line = "understudy serve --listen [::1]:0 --database sqlite://other.db --demo";
    let Command::Serve(serve) = parse(line).unwrap() else {
        panic!("not serve")
    };
    assert_eq!(serve.listen, "[::1]:0".parse().unwrap());
    assert_eq!(serve.database.url, "sqlite://other.db");
    assert!(serve.demo);
}

#[test]
fn the_database_may_stand_before_or_after_what_is_done_with_it() {
    for line in [
        "understudy migrate --database sqlite://a.db up",
        "understudy migrate up --database sqlite://a.db",
    ] {
        let Command::Migrate(migrate) = parse(line).unwrap() else {
            panic!("not migrate")
        };
        assert_eq!(migrate.database.url, "sqlite://a.db", "{line}");
    }
}

#[test]
fn check_takes_a_database_and_nothing_else() {
    let Command::Check(check) = parse("understudy check --database sqlite://other.db").unwrap() else {
        panic!("not check")
    };
    assert_eq!(check.database.url, "sqlite://other.db");
    assert!(parse("understudy check").is_ok());
    assert!(parse("understudy check other.db").is_err());
}

#[test]
fn down_takes_back_one_migration_unless_told_otherwise() {
    for (line, expected) in [
        ("understudy migrate down", 1),
        ("understudy migrate down --steps 3", 3),
    ] {
        let Command::Migrate(Migrate {
            action: MigrateAction::Down { steps },
            ..
        }) = parse(line).unwrap()
        else {
            panic!("not down")
        };
        assert_eq!(steps, expected);
    }
}

#[test]
fn copy_takes_both_of_its_ends() {
    let line = "understudy copy --to postgres://host/b --from sqlite://a.db";
    let Command::Copy(copying) = parse(line).unwrap() else {
        panic!("not copy")
    };
    assert_eq!(copying.from, "sqlite://a.db");
    assert_eq!(copying.to, "postgres://host/b");
}

#[test]
fn nonsense_is_refused() {
    for line in [
        "understudy",
        "understudy nonsense",
        "understudy serve --nonsense",
        "understudy serve --listen nowhere",
        "understudy serve --log-format xml",
        "understudy serve --otlp-endpoint https://collector:4318",
        "understudy serve --tls-cert a.pem",
        "understudy serve --tls-key a.pem",
        "understudy serve --drain-delay -1",
        "understudy serve --listen 127.0.0.1:70000",
        "understudy migrate",
        "understudy migrate down --steps 0",
        "understudy migrate down --steps -1",
        "understudy copy --from sqlite://a.db",
        "understudy copy --to sqlite://a.db",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
}
