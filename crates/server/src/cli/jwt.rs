//! The options for tokens of an identity provider.

use clap::Args;

use crate::gate::jwt::{ClaimName, Settings, Source};

/// The options of `serve` for JWTs. All three of those without a default are given, or none.
#[derive(Debug, Args)]
#[command(next_help_heading = "Tokens of an identity provider")]
pub(crate) struct JwtOptions {
    /// Where the keys are by which the provider signs its tokens (a JWKS): a file, or an address with https://.
    #[arg(
        long = "jwt-jwks",
        env = "UNDERSTUDY_JWT_JWKS",
        value_name = "FILE|URL",
        // A URL may carry a secret, which `--help` must not print.
        hide_env_values = true,
        requires = "issuer",
        requires = "audience"
    )]
    jwks: Option<Source>,
    /// Who the provider is, as its tokens have it in `iss`.
    #[arg(
        id = "issuer",
        long = "jwt-issuer",
        env = "UNDERSTUDY_JWT_ISSUER",
        value_name = "ISSUER",
        value_parser = not_empty,
        requires = "jwks"
    )]
    issuer: Option<String>,
    /// Whom its tokens must be for, by `aud`.
    #[arg(
        id = "audience",
        long = "jwt-audience",
        env = "UNDERSTUDY_JWT_AUDIENCE",
        value_name = "AUDIENCE",
        value_parser = not_empty,
        requires = "jwks"
    )]
    audience: Option<String>,
    /// The claim with the workspace, by its name or id. As for the others, it is the name of a claim, or a JSON Pointer.
    #[arg(
        long = "jwt-workspace-claim",
        env = "UNDERSTUDY_JWT_WORKSPACE_CLAIM",
        value_name = "CLAIM",
        default_value = "workspace",
        requires = "jwks"
    )]
    workspace: ClaimName,
    /// The claim with the role, or with a list of which the highest counts: viewer, editor, launcher or admin.
    #[arg(
        long = "jwt-role-claim",
        env = "UNDERSTUDY_JWT_ROLE_CLAIM",
        value_name = "CLAIM",
        default_value = "role",
        requires = "jwks"
    )]
    role: ClaimName,
    /// The claim by which events name who did something.
    #[arg(
        long = "jwt-name-claim",
        env = "UNDERSTUDY_JWT_NAME_CLAIM",
        value_name = "CLAIM",
        default_value = "sub",
        requires = "jwks"
    )]
    name: ClaimName,
}

/// A text with something in it.
fn not_empty(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        return Err("it is empty");
    }
    Ok(text.to_owned())
}

impl JwtOptions {
    /// What is known of the provider, if there is one.
    pub(crate) fn settings(self) -> Option<Settings> {
        Some(Settings {
            source: self.jwks?,
            issuer: self.issuer?,
            audience: self.audience?,
            workspace: self.workspace,
            role: self.role,
            name: self.name,
        })
    }
}
