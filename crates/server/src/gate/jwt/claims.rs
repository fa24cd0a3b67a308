//! What a token's claims mean here.

use std::str::FromStr;

use serde_json::{Map, Value};
use understudy_domain::{Role, Timestamp, token::check_actor};

use super::{Identity, Settings};

/// Which claim is meant: one by its name; or where it is in others, by a JSON Pointer (RFC 6901), e.g. `/realm_access/roles`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaimName(String);

/// A text that names no claim.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoClaim {
    /// There is nothing in it.
    #[error("a claim has a name, and this is empty")]
    Empty,
    /// It begins as a pointer does.
    #[error("in a JSON Pointer, ~ stands before 0 or 1 alone: ~0 is ~, and ~1 is /")]
    Pointer,
}

impl FromStr for ClaimName {
    type Err = NoClaim;

    fn from_str(text: &str) -> Result<Self, NoClaim> {
        if text
            .trim_matches(|c: char| c == '/' || c.is_whitespace())
            .is_empty()
        {
            return Err(NoClaim::Empty);
        }
        let mut escapes = text.split('~').skip(1);
        if text.starts_with('/') && !escapes.all(|rest| rest.starts_with(['0', '1'])) {
            return Err(NoClaim::Pointer);
        }
        Ok(Self(text.to_owned()))
    }
}

/// The claims of a token that is believed.
#[derive(Debug)]
pub(super) struct Claims(pub(super) Map<String, Value>);

impl Claims {
    /// Whom they are about; none if they do not say.
    pub(super) fn identity(self, settings: &Settings) -> Option<Identity> {
        let claims = Value::Object(self.0);
        let claim = |name: &ClaimName| {
            if name.0.starts_with('/') {
                claims.pointer(&name.0)
            } else {
                claims.get(&name.0)
            }
        };
        let text = |name| {
            claim(name)?
                .as_str()
                .map(str::trim)
                .filter(|text| !text.is_empty())
        };
        // Names come into the log as those of tokens do, and have nothing in them that those may not have.
        let name = text(&settings.name).filter(|name| check_actor("name", name).is_ok())?;
        // One of a list may be anybody's.
        claims.get("iss").filter(|issuer| issuer.is_string())?;
        Some(Identity {
            workspace: text(&settings.workspace)?.to_owned(),
            role: role(claim(&settings.role)?)?,
            name: name.to_owned(),
            expires_at: moment(claims.get("exp")?)?,
        })
    }
}

/// The role in a claim: its name, or of a list the highest that is the name of one.
fn role(claim: &Value) -> Option<Role> {
    match claim {
        Value::String(name) => Role::ALL
            .into_iter()
            .find(|role| format!("{role:?}").eq_ignore_ascii_case(name)),
        Value::Array(names) => names
            .iter()
            .filter(|name| name.is_string())
            .filter_map(role)
            .max(),
        _ => None,
    }
}

/// A moment as tokens have it: in seconds, perhaps with a fraction.
fn moment(claim: &Value) -> Option<Timestamp> {
    let seconds = claim.as_i64().or_else(|| {
        // Beyond what a number can be, it is none that anybody lives to see.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a fraction of a second, or a time in millions of years"
        )]
        claim.as_f64().map(|seconds| seconds as i64)
    })?;
    Timestamp::from_timestamp_millis(seconds.checked_mul(1000)?)
}
