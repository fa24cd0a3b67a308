//! Whose pages may use the endpoint from a browser.

use std::str::FromStr;

use actix_cors::Cors;
use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName, HeaderValue};

use crate::{error::Refused, gate};

/// The header by which a browser says how the page is related to the server.
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What it says of pages of other origins.
const FOREIGN: [&str; 2] = ["cross-site", "same-site"];

/// The origin of a page, e.g. `https://app.example.com`; or of what is like one in an app or a browser's extension, e.g.
/// `capacitor://localhost`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

/// A text that is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an origin is a scheme and a host, and perhaps a port, as in https://app.example.com")]
pub struct NoOrigin;

impl FromStr for Origin {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<Self, NoOrigin> {
        let (scheme, host) = text.split_once("://").ok_or(NoOrigin)?;
        let is_in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        let is_in_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        let is_scheme =
            scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(is_in_scheme);
        if !is_scheme || host.is_empty() || !host.bytes().all(is_in_host) {
            return Err(NoOrigin);
        }
        let origin = text.to_ascii_lowercase();
        // Browsers leave the port out where it is the usual one.
        let without_port = match origin.split_once("://") {
            Some(("https", _)) => origin.strip_suffix(":443"),
            Some(("http", _)) => origin.strip_suffix(":80"),
            _ => None,
        };
        Ok(Self(without_port.unwrap_or(&origin).to_owned()))
    }
}

/// The origins whose pages are let in, beside the endpoint's own. A browser keeps no page from opening a socket or an
/// event stream to another origin, so the endpoint itself has to look.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins(Vec<Origin>);

impl Origins {
    pub(crate) fn new(origins: Vec<Origin>) -> Self {
        Self(origins)
    }

    /// Whether the page that sends this may do so. What is no page says nothing of an origin.
    ///
    /// # Errors
    /// If it is one of another origin, and none that is let in.
    pub(crate) fn check(&self, request: &HttpRequest) -> Result<(), Refused> {
        let header = |name| request.headers().get(name).map(HeaderValue::to_str);
        let Some(origin) = header(header::ORIGIN) else {
            // A browser says nothing of the origin of a page that shows a picture, or has a link, but where it is.
            let site = header(SITE).and_then(Result::ok);
            return if site.is_some_and(|site| FOREIGN.contains(&site)) {
                Err(Refused::ForeignOrigin)
            } else {
                Ok(())
            };
        };
        let origin = origin.unwrap_or_default().to_ascii_lowercase();
        let host = gate::host(request).unwrap_or_default();
        let is_own = origin.split_once("://").is_some_and(|(scheme, place)| {
            // Some proxies name the usual port in the host, which browsers do not in the origin.
            let usual = match scheme {
                // Where the server speaks TLS itself, anybody on the way may have written such a page.
                "http" if request.app_config().secure() => return false,
                "http" => ":80",
                "https" => ":443",
                _ => return false,
            };
            let host = host.strip_suffix(usual).unwrap_or(host);
            !host.is_empty() && place.eq_ignore_ascii_case(host)
        });
        if is_own || self.0.iter().any(|known| known.0 == origin) {
            Ok(())
        } else {
            Err(Refused::ForeignOrigin)
        }
    }

    /// What tells browsers which pages may read answers.
    pub(crate) fn cors(&self) -> Cors {
        let cors = Cors::default()
            .allowed_methods(["GET", "HEAD", "POST"])
            .allow_any_header()
            // The id is the one that the server around the endpoint gives each request.
            .expose_headers([header::RETRY_AFTER, HeaderName::from_static("x-request-id")])
            // Those who are named are trusted with what a browser sends along by itself, such as what a proxy in front
            // knows its users by.
            .supports_credentials()
            .max_age(3600)
            // Whoever is not let in is told so by `check`, as GraphQL tells errors.
            .block_on_origin_mismatch(false);
        self.0
            .iter()
            .fold(cors, |cors, origin| cors.allowed_origin(&origin.0))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn an_origin_has_a_scheme_and_a_host_and_nothing_else() {
        for text in [
            "https://app.example.com",
            "http://localhost:3000",
            "HTTPS://A.example",
            "http://[::1]:8000",
            "http://my_app:3000",
            "capacitor://localhost",
            "tauri://localhost",
            "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb",
            "moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc",
            "vscode-webview://0abc",
        ] {
            assert!(text.parse::<Origin>().is_ok(), "{text}");
        }
        for text in [
            "",
            "*",
            "null",
            "example.com",
            "https://",
            "https://a.example/",
            "capacitor://",
            "://localhost",
            "1app://localhost",
            "my_app://localhost",
            "https://a b",
            "https://a@b",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(NoOrigin), "{text}");
        }
    }

    #[test]
    fn an_origin_is_as_browsers_send_it() {
        for (text, sent) in [
            ("HTTPS://A.example:443", "https://a.example"),
            ("http://a.example:80", "http://a.example"),
            ("http://a.example:443", "http://a.example:443"),
            ("https://a.example:80", "https://a.example:80"),
            ("app://a.example:80", "app://a.example:80"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().0, sent, "{text}");
        }
    }

    #[test]
    fn pages_of_others_are_not_let_in_unless_they_are_named() {
        let origins = Origins::new(vec!["https://app.example.com".parse().unwrap()]);
        for (origin, is_let_in) in [
            (None, true),
            (Some("http://api.example.com:8000"), true),
            (Some("https://api.example.com:8000"), true),
            (Some("https://app.example.com"), true),
            (Some("HTTPS://APP.example.com"), true),
            (Some("http://app.example.com"), false),
            (Some("https://app.example.com:444"), false),
            (Some("https://api.example.com"), false),
            (Some("app://api.example.com:8000"), false),
            (Some("https://app.example.com.evil.example"), false),
            (Some("null"), false),
            (Some(""), false),
        ] {
            let mut request = TestRequest::default().insert_header((header::HOST, "api.example.com:8000"));
            if let Some(origin) = origin {
                request = request.insert_header((header::ORIGIN, origin));
            }
            let checked = origins.check(&request.to_http_request());
            assert_eq!(checked.is_ok(), is_let_in, "{origin:?}");
        }
    }

    #[test]
    fn the_usual_port_may_be_in_the_host() {
        for (host, origin, is_let_in) in [
            ("a.example:443", "https://a.example", true),
            ("a.example:80", "http://a.example", true),
            ("a.example:80", "https://a.example", false),
            ("a.example:443", "http://a.example", false),
            ("a.example:8443", "https://a.example", false),
            ("", "https://", false),
            (":443", "https://", false),
        ] {
            let request = TestRequest::default().insert_header((header::HOST, host));
            let request = request.insert_header((header::ORIGIN, origin)).to_http_request();
            assert_eq!(
                Origins::default().check(&request).is_ok(),
                is_let_in,
                "{host} {origin}"
            );
        }
    }

    #[test]
    fn a_host_is_the_same_in_letters_of_either_case() {
        for (origin, host) in [
            ("http://api.example.com", "API.example.com"),
            ("HTTP://API.example.com", "api.example.com"),
        ] {
            let request = TestRequest::default().insert_header((header::HOST, host));
            let request = request.insert_header((header::ORIGIN, origin)).to_http_request();
            assert!(Origins::default().check(&request).is_ok(), "{origin} {host}");
        }
    }

    #[test]
    fn pictures_and_links_of_other_pages_are_not_let_in() {
        for (site, is_let_in) in [
            ("none", true),
            ("same-origin", true),
            ("same-site", false),
            ("cross-site", false),
        ] {
            let request = TestRequest::default()
                .insert_header((SITE, site))
                .to_http_request();
            assert_eq!(Origins::default().check(&request).is_ok(), is_let_in, "{site}");
        }
        // Whoever names an origin is judged by that.
        let origins = Origins::new(vec!["https://app.example.com:443".parse().unwrap()]);
        let request = TestRequest::default().insert_header((SITE, "cross-site"));
        let request = request.insert_header((header::ORIGIN, "https://app.example.com"));
        assert!(origins.check(&request.to_http_request()).is_ok());
    }
}
