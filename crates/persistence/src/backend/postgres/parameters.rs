//! What stands behind the `?` of a URL. The driver passes over what it does not know, and would connect without the TLS
//! that somebody has misspelled.

use std::fs::File;

use url::Url;

/// Those that the driver knows, beside `options[…]`.
const KNOWN: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// Those that name a file.
const FILES: [&str; 7] = [
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
];

/// What is in a certificate or a key that stands in the URL itself.
const PEM: &str = "-----BEGIN";

/// Holds that the driver knows all of a URL's parameters, and can read the files that they name. What is no URL is left
/// to the driver.
///
/// # Errors
/// What is wrong, in which no value stands but the name of a file.
pub(super) fn check(url: &str) -> Result<(), String> {
    let Ok(url) = Url::parse(url) else {
        return Ok(());
    };
    for (name, value) in url.query_pairs() {
        if !is_known(&name) {
            return Err(unknown(&url, &name));
        }
        if FILES.contains(&&*name)
            && !value.contains(PEM)
            && let Err(error) = File::open(&*value)
        {
            return Err(format!("cannot read its {name} {value:?}: {error}"));
        }
    }
    Ok(())
}

fn is_known(name: &str) -> bool {
    let is_setting = name.starts_with("options[") && name.ends_with(']');
    is_setting || KNOWN.contains(&name)
}

/// Names a parameter, unless it could be a part of a password that is not written as it has to be in a URL: such a one may
/// have a `?`, a `&` or an `@` in it.
fn unknown(url: &Url, name: &str) -> String {
    let query = url.query().unwrap_or_default();
    let has_value = query.split('&').all(|parameter| parameter.contains('='));
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.[]".contains(c);
    if has_value && !query.contains('@') && !name.is_empty() && name.chars().all(is_name) {
        format!("its parameter {name:?} is unknown")
    } else {
        "a parameter of it is unknown".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_driver_knows_is_taken() {
        for parameters in [
            "",
            "?",
            "?sslmode=verify-full&port=1",
            "?options[search_path]=a&options=-c%20geqo%3Doff",
            "?host=/run&dbname=b&user=c&password=%26d&application_name=e",
            "?sslrootcert=-----BEGIN CERTIFICATE-----",
            "?sslkey=%20-----BEGIN PRIVATE KEY-----",
        ] {
            assert_eq!(check(&format!("postgres://me@host/db{parameters}")), Ok(()));
        }
    }

    #[test]
    fn what_it_does_not_know_is_named_without_its_value() {
        for name in [
            "ssl_mode",
            "sslmod",
            "sslMode",
            "SSLMODE",
            "connect_timeout",
            "options[a",
        ] {
            let said = check(&format!("postgres://me@host/db?port=1&{name}=s3cret")).unwrap_err();
            assert!(said.contains(&format!("{name:?}")), "{said}");
            assert!(!said.contains("s3cret"), "{said}");
        }
    }

    #[test]
    fn what_may_be_a_part_of_a_password_is_not_shown() {
        for url in [
            "postgres://me:12?s3cret@host/db",
            "postgres://me:12?s3cret=@host/db",
            "postgres://host/db?password=12&s3cret",
            "postgres://host/db?password=12&s3cret&port=1",
            "postgres://host/db?s%3Ccret=1",
        ] {
            let said = check(url).unwrap_err();
            assert!(!said.contains("cret"), "{said}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        for name in FILES {
            let said = check(&format!(
                "postgres://host/db?sslmode=prefer&{name}=/nowhere/ca.pem"
            ))
            .unwrap_err();
            assert!(said.contains(name) && said.contains("/nowhere/ca.pem"), "{said}");
        }
    }
}
