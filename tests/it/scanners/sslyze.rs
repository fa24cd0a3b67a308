//! sslyze looks at what a server offers over TLS, and compares it with what Mozilla holds to be in order.

use std::fs;
use std::time::{Duration, SystemTime};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Database, Scan, Scanner, Server};

const DAY: Duration = Duration::from_hours(24);

/// What a scan must have looked at, and where its result says what; with that which is in order.
fn in_order() -> Vec<(&'static str, &'static str, Value)> {
    let versions = [
        ("ssl_2_0_cipher_suites", false),
        ("ssl_3_0_cipher_suites", false),
        ("tls_1_0_cipher_suites", false),
        ("tls_1_1_cipher_suites", false),
        ("tls_1_2_cipher_suites", true),
        ("tls_1_3_cipher_suites", true),
    ];
    let versions = versions.map(|(version, is)| (version, "/is_tls_version_supported", json!(is)));
    let others = [
        ("tls_compression", "/supports_compression", json!(false)),
        ("tls_1_3_early_data", "/supports_early_data", json!(false)),
        (
            "openssl_ccs_injection",
            "/is_vulnerable_to_ccs_injection",
            json!(false),
        ),
        ("heartbleed", "/is_vulnerable_to_heartbleed", json!(false)),
        (
            "robot",
            "/robot_result",
            json!("NOT_VULNERABLE_RSA_NOT_SUPPORTED"),
        ),
        (
            "session_renegotiation",
            "/is_vulnerable_to_client_renegotiation_dos",
            json!(false),
        ),
        (
            "session_renegotiation",
            "/supports_secure_renegotiation",
            json!(true),
        ),
        ("tls_fallback_scsv", "/supports_fallback_scsv", json!(true)),
        (
            "tls_extended_master_secret",
            "/supports_ems_extension",
            json!(true),
        ),
    ];
    versions.into_iter().chain(others).collect()
}

/// Certificates in a folder: an authority's, and one that it has signed for us.
struct Certificates {
    folder: TempDir,
}

impl Certificates {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        write("authority.pem", authority.self_signed(&key).unwrap().pem());
        let issuer = Issuer::new(authority, key);
        let mut ours = CertificateParams::new(["localhost".to_owned()]).unwrap();
        ours.use_authority_key_identifier_extension = true;
        // For no longer than authorities do it.
        let now = SystemTime::now();
        (ours.not_before, ours.not_after) = ((now - DAY).into(), (now + DAY * 90).into());
        let key = KeyPair::generate().unwrap();
        write("cert.pem", ours.signed_by(&key, &issuer).unwrap().pem());
        write("key.pem", key.serialize_pem());
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

/// Has a server scanned by somebody who trusts an authority.
async fn scan(server: &Server, trusted: &Certificates) -> Option<Scan> {
    let (_, port) = server.address.rsplit_once(':').unwrap();
    let (target, authority) = (format!("localhost:{port}"), trusted.path("authority.pem"));
    let arguments = [
        "--mozilla_config",
        "intermediate",
        "--certinfo_ca_file",
        &authority,
        "--early_data",
        "--resum",
        "--json_out",
        "found.json",
        &target,
    ];
    Some(Scanner::find("sslyze", arguments)?.run().await)
}

#[tokio::test]
async fn sslyze_finds_tls_in_order() {
    let Some(database) = Database::embedded("TLS, which knows no database") else {
        return;
    };
    let certificates = Certificates::new();
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| certificates.path(name));
    let server = Server::start_with(&database, &["--tls-cert", &certificate, "--tls-key", &key]);
    let Some(scan) = scan(&server, &certificates).await else {
        return;
    };
    assert!(scan.is_content, "{}", scan.report);
    let found = scan.file("found.json");
    let result = &found["server_scan_results"][0]["scan_result"];
    for (looked_at, at, expected) in in_order() {
        let part = &result[looked_at];
        assert_eq!(part["status"], "COMPLETED", "{looked_at}");
        assert_eq!(part["result"].pointer(at), Some(&expected), "{looked_at}");
    }
    // Who does not know the authority is told so: it does look.
    let others = Certificates::new();
    let scan = self::scan(&server, &others).await.unwrap();
    assert!(!scan.is_content && scan.report.contains("certificate_path_validation"));
}
