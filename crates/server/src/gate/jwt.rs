//! Tokens of an identity provider: JWTs, which say by themselves whom they are about, and are believed for their signature.

mod claims;
mod fetch;
mod keys;
mod ring;
mod set;

use std::{future::pending, sync::Arc};

use jsonwebtoken::{
    Header, Validation, decode, decode_header,
    errors::{Error, ErrorKind},
};
use serde_json::{Map, Value};
use tokio::sync::watch;
use understudy_domain::{Role, Timestamp};

pub(crate) use self::claims::ClaimName;
pub(crate) use self::keys::{BadKeys, Source};
use self::{
    claims::Claims,
    keys::{Keys, Known},
};

/// How long a token may be, in bytes. Those of providers have one or two thousand; a longer one does not fit into the headers
/// of most servers.
const LONGEST: usize = 16 * 1024;

/// How far the provider's clock may be ahead, in seconds. Nobody is let in for longer than a token says.
const LEEWAY: u64 = 60;

/// What is known of an identity provider.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Where its keys are.
    pub(crate) source: Source,
    /// Who it is, as its tokens have it in `iss`.
    pub(crate) issuer: String,
    /// Whom its tokens must be for, by `aud`.
    pub(crate) audience: String,
    /// The claim that names the workspace.
    pub(crate) workspace: ClaimName,
    /// The claim that has the role, or a list with roles in it.
    pub(crate) role: ClaimName,
    /// The claim by which the log calls whoever does something.
    pub(crate) name: ClaimName,
}

/// An identity provider, whose tokens are believed.
#[derive(Debug)]
pub(crate) struct Provider {
    settings: Settings,
    keys: Arc<Keys>,
}

/// What a token says of its bearer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The workspace, by its name or its id.
    pub(crate) workspace: String,
    /// What they may do there.
    pub(crate) role: Role,
    /// What the log calls them.
    pub(crate) name: String,
    /// From when on it lets nobody in.
    pub(crate) expires_at: Timestamp,
}

/// Why a token is not believed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unbelieved {
    /// It is none, or not one of theirs, or not for us, or not of now.
    #[error("it is not valid: {0}")]
    Invalid(#[from] Error),
    /// It has what nobody need send.
    #[error("it is longer than {LONGEST} bytes, or has extensions that must be understood")]
    Strange,
    /// None of the provider's keys has signed it.
    #[error("it names no key of the provider's")]
    UnknownKey,
    /// It is theirs, and says nothing of what its bearer may do here.
    #[error("its claims name no workspace, role and person")]
    Claims,
    /// Nobody knows the provider's keys.
    #[error("the provider's keys are not to be had")]
    NoKeys,
}

/// What a token was believed by. Clones are about the same token.
#[derive(Clone)]
pub(crate) struct Standing {
    provider: Arc<Provider>,
    token: Arc<str>,
    changes: watch::Receiver<Option<Known>>,
}

impl Standing {
    /// Whether it is still believed. As long as the provider has the same keys, nothing need be looked at again.
    pub(crate) async fn holds(&self) -> bool {
        !self.changes.has_changed().unwrap_or(false) || self.is_believed().await
    }

    /// Waits until it is believed no longer.
    pub(crate) async fn ends(mut self) {
        while self.changes.changed().await.is_ok() {
            if !self.is_believed().await {
                return;
            }
        }
        // The server is stopping.
        pending::<()>().await;
    }

    async fn is_believed(&self) -> bool {
        self.provider.believe(&self.token, false).await.is_ok()
    }
}

impl Provider {
    /// Asks for the provider's keys, and looks after them from now on.
    ///
    /// # Errors
    /// If they are in a file that cannot be used. Where they are to be fetched, they may come later.
    pub(crate) async fn know(settings: Settings) -> Result<Self, BadKeys> {
        ring::install();
        let keys = Keys::load(settings.source.clone()).await?;
        Ok(Self { settings, keys })
    }

    /// What looks, as long as it is there, whether a token that is believed just now stays so: the provider may take back
    /// the key by which it was signed.
    pub(crate) fn standing(self: &Arc<Self>, token: &str) -> Standing {
        Standing {
            provider: Arc::clone(self),
            token: Arc::from(token),
            changes: self.keys.changes(),
        }
    }

    /// Whether a text looks like a token of this kind: three parts with full stops between them.
    pub(crate) fn is_one(text: &str) -> bool {
        text.split('.').count() == 3
    }

    /// What a token says, if it is to be believed. For its sake the provider's keys `may_renew`, where none of them has
    /// signed it.
    ///
    /// # Errors
    /// If it is not, or the provider's keys are not to be had.
    pub(crate) async fn believe(&self, token: &str, may_renew: bool) -> Result<Identity, Unbelieved> {
        if token.len() > LONGEST {
            return Err(Unbelieved::Strange);
        }
        // An algorithm that is unknown, `none` among them, is found here.
        let header = decode_header(token)?;
        if header.crit.is_some() {
            return Err(Unbelieved::Strange);
        }
        let claims = match self.verify(token, &header, may_renew).await {
            // A provider may give a new key the name of an old one.
            Err(Unbelieved::Invalid(error))
                if may_renew && *error.kind() == ErrorKind::InvalidSignature && self.keys.renew().await =>
            {
                self.verify(token, &header, false).await?
            }
            verified => verified?,
        };
        claims.identity(&self.settings).ok_or(Unbelieved::Claims)
    }

    /// The claims of a token that has this header, and that one of the provider's keys has signed.
    async fn verify(&self, token: &str, header: &Header, may_renew: bool) -> Result<Claims, Unbelieved> {
        let key = self
            .keys
            .find(header.kid.as_deref(), header.alg, may_renew)
            .await?;
        let mut validation = Validation::new(header.alg);
        // What the key is for decides, not what the token says of itself.
        validation.algorithms.clone_from(&key.algorithms);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY;
        validation.reject_tokens_expiring_in_less_than = LEEWAY;
        Ok(Claims(
            decode::<Map<String, Value>>(token, &key.decoding, &validation)?.claims,
        ))
    }
}
