//! Which media type a client wants to be answered with.

use actix_web::http::header::{self, HeaderMap, HeaderValue};

/// A media type of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// Plain JSON. Its status is 200 whatever became of the operation.
    Json,
    /// GraphQL's own, with statuses that say what became of the operation.
    GraphqlResponse,
    /// Server-sent events.
    EventStream,
}

impl MediaType {
    /// The type and its subtype.
    fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::Json => ("application", "json"),
            Self::GraphqlResponse => ("application", "graphql-response+json"),
            Self::EventStream => ("text", "event-stream"),
        }
    }

    /// The value of `Content-Type`.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::EventStream => "text/event-stream; charset=utf-8",
        }
    }
}

/// What a client takes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accept(Vec<Range>);

/// One of the ranges of media types in `Accept`.
#[derive(Debug, Clone, PartialEq)]
struct Range {
    /// `*` for any.
    kind: String,
    /// `*` for any.
    subtype: String,
    /// From 0, not at all, to 1000.
    quality: u16,
}

/// How well a type is taken: the quality, then whether it was named itself, then how early.
type Rank = (u16, u8, isize);

impl Accept {
    /// Reads the header. Without one, anything is taken; what cannot be understood of it is left out.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let ranges = headers
            .get_all(header::ACCEPT)
            .filter_map(|value| HeaderValue::to_str(value).ok())
            .flat_map(|value| value.split(','))
            .filter_map(Range::parse)
            .collect::<Vec<_>>();
        let says_nothing = headers
            .get_all(header::ACCEPT)
            .all(|value| value.as_bytes().trim_ascii().is_empty());
        if says_nothing {
            return Self(Range::parse("*/*").into_iter().collect());
        }
        Self(ranges)
    }

    /// The one of `offered` that is taken best; none if none is taken. Of those that are taken equally well, the first
    /// that is named, or else the first that is offered.
    pub(crate) fn best(&self, offered: &[MediaType]) -> Option<MediaType> {
        let mut best: Option<(Rank, MediaType)> = None;
        for &media_type in offered {
            if let Some(rank) = self.rank(media_type)
                && best.is_none_or(|(other, _)| rank > other)
            {
                best = Some((rank, media_type));
            }
        }
        best.map(|(_, media_type)| media_type)
    }

    /// Whether a type is taken, by its name or that of its kind, and not only because anything is.
    pub(crate) fn names(&self, media_type: MediaType) -> bool {
        self.closest(media_type)
            .is_some_and(|(closeness, _, quality)| closeness > 0 && quality > 0)
    }

    /// How well a type is taken, by the range that fits it most closely; none if it is not.
    fn rank(&self, media_type: MediaType) -> Option<Rank> {
        let (closeness, index, quality) = self.closest(media_type)?;
        let is_named = u8::from(closeness == 2);
        let earliness = if closeness == 2 { -index.cast_signed() } else { 0 };
        (quality > 0).then_some((quality, is_named, earliness))
    }

    /// The range that fits a type most closely: how closely, which one it is, and its quality.
    fn closest(&self, media_type: MediaType) -> Option<(u8, usize, u16)> {
        let (kind, subtype) = media_type.parts();
        let fitting = self.0.iter().enumerate().filter_map(|(index, range)| {
            let closeness = match (&*range.kind, &*range.subtype) {
                ("*", "*") => 0,
                (k, "*") if k == kind => 1,
                (k, s) if k == kind && s == subtype => 2,
                _ => return None,
            };
            Some((closeness, index, range.quality))
        });
        // Of two ranges that fit equally, the first.
        fitting.max_by_key(|(closeness, index, _)| (*closeness, -index.cast_signed()))
    }
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let (kind, subtype) = (
            kind.trim().to_ascii_lowercase(),
            subtype.trim().to_ascii_lowercase(),
        );
        if kind.is_empty() || subtype.is_empty() || (kind == "*" && subtype != "*") {
            return None;
        }
        let mut quality = 1000;
        for parameter in parts {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            if name.trim().eq_ignore_ascii_case("q") {
                quality = parse_quality(value.trim())?;
            }
        }
        Some(Self {
            kind,
            subtype,
            quality,
        })
    }
}

/// A quality from 0 to 1, in thousandths.
fn parse_quality(text: &str) -> Option<u16> {
    let value: f32 = text.parse().ok()?;
    if !(0.0..=1.0).contains(&value) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 0 and 1000"
    )]
    Some((value * 1000.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use MediaType::{EventStream, GraphqlResponse, Json};

    use super::*;

    fn best_of(accept: Option<&str>, offered: &[MediaType]) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        if let Some(accept) = accept {
            headers.insert(header::ACCEPT, accept.parse().unwrap());
        }
        Accept::of(&headers).best(offered)
    }

    #[test]
    fn the_best_of_what_is_offered_is_chosen() {
        for (accept, expected) in [
            (None, Some(Json)),
            (Some("*/*"), Some(Json)),
            (Some("application/*"), Some(Json)),
            (Some("application/json"), Some(Json)),
            (Some("application/graphql-response+json"), Some(GraphqlResponse)),
            (
                Some("Application/GraphQL-Response+JSON; charset=utf-8"),
                Some(GraphqlResponse),
            ),
            // As Apollo Client and urql have it.
            (
                Some("application/graphql-response+json,application/json;q=0.9"),
                Some(GraphqlResponse),
            ),
            (
                Some(
                    "application/graphql-response+json, application/graphql+json, application/json, \
                     text/event-stream, multipart/mixed",
                ),
                Some(GraphqlResponse),
            ),
            (
                Some("application/json, application/graphql-response+json"),
                Some(Json),
            ),
            (
                Some("application/json;q=0.5, application/graphql-response+json"),
                Some(GraphqlResponse),
            ),
            (
                Some("*/*;q=0.5, application/graphql-response+json"),
                Some(GraphqlResponse),
            ),
            (
                Some("*/*, application/graphql-response+json"),
                Some(GraphqlResponse),
            ),
            (Some("application/json;q=0, */*"), Some(GraphqlResponse)),
            (Some("*/*;q=0"), None),
            (Some("application/json;q=0"), None),
            (Some("text/html"), None),
            (Some("text/event-stream"), None),
            (Some("text/html, */*;q=0.1"), Some(Json)),
            // What cannot be understood counts as not said, and nothing said at all is not "anything".
            (Some("nonsense, application/json"), Some(Json)),
            (Some("application/json;q=nonsense, */*;q=0.1"), Some(Json)),
            (Some("application/json;q=2"), None),
            (Some("nonsense"), None),
            (Some(" "), Some(Json)),
        ] {
            assert_eq!(best_of(accept, &[Json, GraphqlResponse]), expected, "{accept:?}");
        }
    }

    #[test]
    fn what_stands_in_several_headers_counts_as_if_it_stood_in_one() {
        let mut headers = HeaderMap::new();
        for accept in [
            "text/html",
            "application/json;q=0.5",
            "application/graphql-response+json",
        ] {
            headers.append(header::ACCEPT, accept.parse().unwrap());
        }
        let accept = Accept::of(&headers);
        assert_eq!(accept.best(&[Json, GraphqlResponse]), Some(GraphqlResponse));
    }

    #[test]
    fn events_are_for_those_who_ask_for_them() {
        let all = [Json, GraphqlResponse, EventStream];
        assert_eq!(best_of(Some("text/event-stream"), &all), Some(EventStream));
        assert_eq!(
            best_of(Some("text/event-stream, application/json"), &all),
            Some(EventStream)
        );
        assert_eq!(best_of(Some("*/*"), &all), Some(Json));
        assert_eq!(best_of(Some("text/*"), &all), Some(EventStream));
        for (accept, names) in [
            ("text/event-stream", true),
            ("text/*", true),
            ("text/*;q=0.1, application/json", true),
            ("*/*", false),
            ("text/html", false),
            ("application/*", false),
            ("text/*;q=0, */*", false),
            ("text/event-stream;q=0, text/*", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            assert_eq!(Accept::of(&headers).names(EventStream), names, "{accept}");
        }
    }
}
