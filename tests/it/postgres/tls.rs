//! TLS between a server and its database, as the URL says.

use std::fs;
use std::path::Path;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use sea_orm::{Database, DatabaseConnection};
use understudy_app::App;
use understudy_tests::postgres::Cluster;

use super::{execute, make_database, number, own_cluster};

/// Connections of servers that are or are not encrypted.
const CONNECTIONS: &str = "SELECT COUNT(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
    WHERE application_name LIKE 'understudy%' AND ssl = ";

/// As who may do anything with the cluster.
async fn superuser(cluster: &Cluster) -> DatabaseConnection {
    let url = cluster.url("postgres");
    let (_, place) = url.split_once('@').unwrap();
    Database::connect(format!("postgres://postgres@{place}"))
        .await
        .unwrap()
}

/// Has the cluster speak TLS, with a certificate for localhost, which is also put into a file.
async fn speak_tls(db: &DatabaseConnection, file: &Path) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(file, cert.pem()).unwrap();
    for (name, text) in [
        ("server.crt", cert.pem()),
        ("server.key", signing_key.serialize_pem()),
    ] {
        let copy = format!(
            "COPY (SELECT unnest(string_to_array('{}', E'\\n')))
             TO PROGRAM 'cat > {name} && chmod 600 {name}'",
            text.trim()
        );
        execute(db, &[&copy]).await;
    }
    execute(db, &["ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()"]).await;
    while number(
        db,
        "SELECT COUNT(*) FROM pg_settings WHERE name = 'ssl' AND setting = 'on'",
    )
    .await
        == 0
    {}
}

#[tokio::test]
async fn it_is_spoken_as_the_url_says_and_nobody_is_believed_who_shows_another_certificate() {
    let Some(cluster) = own_cluster() else {
        return;
    };
    let url = make_database(&cluster).await;
    let folder = tempfile::tempdir().unwrap();
    let [right, wrong] = ["right.pem", "wrong.pem"].map(|name| folder.path().join(name));
    let db = superuser(&cluster).await;
    speak_tls(&db, &right).await;
    let other = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(&wrong, other.cert.pem()).unwrap();
    let named = url.replacen("127.0.0.1", "localhost", 1);
    let counts = async || {
        let encrypted = number(&db, &format!("{CONNECTIONS} true")).await;
        (encrypted, number(&db, &format!("{CONNECTIONS} false")).await)
    };
    for options in [
        format!("sslmode=verify-full&sslrootcert={}", right.display()),
        format!("sslmode=verify-ca&sslrootcert={}", right.display()),
        "sslmode=require".to_owned(),
    ] {
        let app = App::open(&format!("{named}?{options}")).await.unwrap();
        assert!(app.is_ready().await, "{options}");
        let (encrypted, plain) = counts().await;
        assert!(encrypted > 0 && plain == 0, "{options}: {encrypted}, {plain}");
        app.close().await;
        while counts().await != (0, 0) {}
    }
    for url in [
        format!("{named}?sslmode=verify-full&sslrootcert={}", wrong.display()),
        format!("{url}?sslmode=verify-full&sslrootcert={}", right.display()),
        format!("{named}?sslmode=verify-full"),
    ] {
        let refused = App::open(&url).await.unwrap_err().to_string();
        assert!(refused.to_lowercase().contains("certificate"), "{refused}");
    }
    let app = App::open(&format!("{named}?sslmode=disable")).await.unwrap();
    let (encrypted, plain) = counts().await;
    assert!(encrypted == 0 && plain > 0, "{encrypted}, {plain}");
    app.close().await;
    db.close().await.unwrap();
}
