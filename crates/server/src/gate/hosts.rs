//! Which hosts are this machine, whoever asks for them.

use std::net::IpAddr;

/// Whether a host, perhaps with a port, is this machine by what it is called, whatever the name may lead to.
pub(super) fn is_of_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.to_ascii_lowercase();
    // Whatever else stands before it, a browser would not take it for a part of the name.
    let is_name = |name: &str| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let address: Option<IpAddr> = address.unwrap_or(&name).parse().ok();
    address.is_some_and(|address| address.to_canonical().is_loopback())
        || name == "localhost"
        || name.strip_suffix(".localhost").is_some_and(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_called_by_its_own_names_alone() {
        for (host, expected) in [
            ("localhost", true),
            ("LocalHost:8000", true),
            ("app.localhost:3000", true),
            ("127.0.0.1:8000", true),
            ("127.1.2.3", true),
            ("[::1]", true),
            ("[::1]:8000", true),
            ("[::ffff:127.0.0.1]:8000", true),
            ("evil.example:8000", false),
            ("localhost.evil.example", false),
            ("notlocalhost", false),
            ("127.0.0.1.evil.example", false),
            ("192.0.2.1:8000", false),
            ("0.0.0.0:8000", false),
            ("[::]:8000", false),
            ("localhost:8000@evil.example", false),
            ("evil.example:localhost", false),
            ("evil.example#.localhost", false),
            ("evil.example/.localhost", false),
            ("user@app.localhost", false),
            ("", false),
            (":8000", false),
        ] {
            assert_eq!(is_of_this_machine(host), expected, "{host}");
        }
    }
}
