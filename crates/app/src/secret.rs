//! The secrets that tokens are shown by. They are made here, shown once, and kept by nobody: what is stored is a hash.

use std::fmt;

use sha2::{Digest as _, Sha256};
use understudy_persistence::SecretHash;

/// What every secret begins with, so that programs which look for lost secrets know one when they see it.
const PREFIX: &str = "understudy_";

/// How many bytes of a secret are random. Nobody guesses as many, so a hash without salt or many rounds is enough.
const RANDOM: usize = 20;

/// How many letters those are, and how many more there are to find out about a misspelling.
const RANDOM_LETTERS: usize = 2 * RANDOM;
const CHECK_LETTERS: usize = 8;

/// The secret of a token: `understudy_`, forty letters and digits, and eight by which a misspelling is found out.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// That there is no randomness to be had.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes: {0}")]
pub struct NoRandomness(#[from] getrandom::Error);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// If the system has no random bytes to give.
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut random = [0; RANDOM];
        getrandom::fill(&mut random)?;
        let letters: Vec<_> = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let letters = letters.concat();
        let check = check(&letters);
        Ok(Self(format!("{PREFIX}{letters}{check}")))
    }

    /// The secret in a text; none if it cannot be one, which is seen without asking anybody.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (letters, end) = text.strip_prefix(PREFIX)?.split_at_checked(RANDOM_LETTERS)?;
        (end == check(letters)).then(|| Self(text.to_owned()))
    }

    /// The secret itself, to be shown to whoever has asked for it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What of it is kept.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        Sha256::digest(&self.0).into()
    }
}

/// The letters that follow the random ones.
fn check(letters: &str) -> String {
    format!("{:0CHECK_LETTERS$x}", crc32fast::hash(letters.as_bytes()))
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_its_form() {
        let secret = Secret::generate().unwrap();
        let text = secret.reveal();
        assert_eq!(Secret::parse(text), Some(secret.clone()));
        assert_ne!(Secret::generate().unwrap(), secret);
        let other = if text.ends_with('0') { '1' } else { '0' };
        let (start, last) = text.split_at(text.len() - 1);
        for wrong in [
            "",
            PREFIX,
            start,
            &format!("{text}0"),
            &format!(" {text}"),
            &format!("{start}{other}"),
            &text.to_uppercase(),
            &text.replace(PREFIX, "understudy-"),
            &format!("{PREFIX}{}{last}", "é".repeat(30)),
        ] {
            assert_eq!(Secret::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_not_in_the_log() {
        let secret = Secret::generate().unwrap();
        assert_eq!(format!("{secret:?}"), "Secret");
    }
}
