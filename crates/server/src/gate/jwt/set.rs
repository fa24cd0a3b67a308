//! A set of keys (RFC 7517), of which those are taken that a provider can sign tokens with.

use jsonwebtoken::{
    Algorithm, DecodingKey, DecodingKeyKind,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;

/// How long the modulus of an RSA key is, in bytes. With others, ring verifies nothing.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1024;

/// A key.
#[derive(Clone)]
pub(super) struct Key {
    /// What tokens call it.
    pub(super) id: Option<String>,
    /// What it signs with.
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) decoding: DecodingKey,
}

/// A set as it is handed out. A key that is written in a way of its own spoils none of the others.
#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

/// The keys of a set that are for signatures, and that nobody but the provider can sign with: no shared secrets. There may
/// be none.
///
/// # Errors
/// If the text is no set of keys.
pub(super) fn parse(text: &[u8]) -> Result<Vec<Key>, serde_json::Error> {
    let Set { keys } = serde_json::from_slice(text)?;
    Ok(keys.into_iter().filter_map(key).collect())
}

/// A key that can be used; what cannot is passed over, since sets have keys for other purposes too.
fn key(member: Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(member).ok()?;
    let operations = jwk.common.key_operations.as_ref();
    let is_for_signatures = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature))
        && operations.is_none_or(|operations| operations.contains(&KeyOperations::Verify));
    let mut algorithms = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => vec![
            Algorithm::RS256,
            Algorithm::RS384,
            Algorithm::RS512,
            Algorithm::PS256,
            Algorithm::PS384,
            Algorithm::PS512,
        ],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => vec![Algorithm::ES256],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => vec![Algorithm::ES384],
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            vec![Algorithm::EdDSA]
        }
        _ => return None,
    };
    if let Some(named) = jwk.common.key_algorithm {
        let named = Algorithm::try_from(named).ok()?;
        algorithms.retain(|algorithm| *algorithm == named);
    }
    let decoding = DecodingKey::from_jwk(&jwk).ok()?;
    let can_be_used = is_for_signatures && !algorithms.is_empty() && has_a_good_length(&decoding);
    can_be_used.then(|| Key {
        id: jwk.common.key_id,
        algorithms,
        decoding,
    })
}

/// Whether a key is long enough to be believed; one of a curve always is.
fn has_a_good_length(key: &DecodingKey) -> bool {
    match key.kind() {
        DecodingKeyKind::RsaModulusExponent { n, .. } => {
            let zeros = n.iter().take_while(|byte| **byte == 0).count();
            MODULUS.contains(&(n.len() - zeros))
        }
        DecodingKeyKind::SecretOrDer(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The ids of the keys that are taken from a set with these.
    fn taken(keys: &Value) -> Vec<String> {
        let set = json!({ "keys": keys }).to_string();
        let keys = parse(set.as_bytes()).unwrap();
        keys.into_iter().map(|key| key.id.unwrap_or_default()).collect()
    }

    /// A key on P-256, with what is different in it.
    fn with(more: &Value) -> Value {
        let mut key = json!({ "kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA", "kid": "odd" });
        for (name, value) in more.as_object().unwrap() {
            key[name] = value.clone();
        }
        key
    }

    /// An RSA key with a modulus of so many letters in Base64, of which four are three bytes.
    fn rsa(kid: &str, modulus: &str) -> Value {
        json!({ "kty": "RSA", "e": "AQAB", "kid": kid, "n": modulus })
    }

    #[test]
    fn a_key_that_cannot_be_read_spoils_no_other() {
        let good = with(&json!({ "kid": "good" }));
        for odd in [
            json!(null),
            json!(7),
            json!([]),
            json!({}),
            with(&json!({ "kid": 7 })),
            with(&json!({ "use": 1 })),
            with(&json!({ "x5c": "…" })),
            with(&json!({ "key_ops": "verify" })),
            with(&json!({ "kty": null })),
            with(&json!({ "kty": "of the future" })),
            with(&json!({ "crv": "P-521" })),
            with(&json!({ "use": "enc" })),
            with(&json!({ "alg": "ES384" })),
            with(&json!({ "x": "no Base64" })),
        ] {
            assert_eq!(taken(&json!([odd, good])), ["good"], "{odd}");
        }
        assert_eq!(taken(&json!([])), Vec::<String>::new());
        for text in ["", "[]", "{}", "{\"keys\":{}}", "{\"keys\":null}"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn keys_of_rsa_are_passed_over_that_are_too_short_or_too_long() {
        let keys = json!([
            rsa("1024 bits", &"_".repeat(172)),
            // Zeros in front count for nothing.
            rsa("2016 bits", &format!("{}{}", "A".repeat(8), "_".repeat(336))),
            rsa("2048 bits", &format!("{}w", "_".repeat(341))),
            rsa("4096 bits", &format!("{}8", "_".repeat(682))),
            rsa("16384 bits", &format!("{}8", "_".repeat(2730))),
        ]);
        assert_eq!(taken(&keys), ["2048 bits", "4096 bits"]);
    }
}
