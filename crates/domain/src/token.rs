//! Tokens: what lets somebody into a workspace, in a role. The secret is none of its parts: nobody keeps it.

use crate::problem::Problems;
use crate::source::name_flaw;
use crate::text::NAME;
use crate::{Flaw, Problem, ProblemKind, Role, Timestamp, TokenId, WorkspaceId};

/// What lets somebody into a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// 1 to 200 characters, none of which [steers](crate::text::steers), different from those of all other tokens of the
    /// workspace: the log calls by it whoever uses the token.
    pub name: String,
    /// What its bearer may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it, as the log calls them; `None` for the system itself.
    pub created_by: Option<String>,
    /// From when on it lets nobody in; `None` if it always does.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked; `None` while it was not.
    pub revoked_at: Option<Timestamp>,
}

/// What a token is to be.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// The name.
    pub name: String,
    /// What its bearer may do.
    pub role: Role,
    /// From when on it lets nobody in.
    pub expires_at: Option<Timestamp>,
}

/// The name of a workspace, as it is kept: 1 to 200 characters, none of which [steers](crate::text::steers). It is no id,
/// since workspaces are named by either.
///
/// # Errors
/// All that is wrong with it.
pub fn workspace_name(name: &str) -> Result<String, Vec<Problem>> {
    let mut problems = Problems::default();
    let name = NAME.check_plain(&mut problems, "name", name.to_owned());
    if name.parse::<WorkspaceId>().is_ok() {
        problems.add("name", ProblemKind::AnId);
    }
    problems.unless_any(name)
}

/// What is wrong with the name of a workspace that is kept already.
#[must_use]
pub fn workspace_name_flaws(name: &str) -> Vec<Flaw> {
    match workspace_name(name) {
        Err(problems) => problems.into_iter().map(Flaw::Problem).collect(),
        Ok(kept) => name_flaw(name, &kept),
    }
}

/// Holds that the log may call somebody so who does something: by a token's name, or by what an identity provider says.
/// `field` is where it stands.
///
/// # Errors
/// All that is wrong with it.
pub fn check_actor(field: &str, actor: &str) -> Result<(), Vec<Problem>> {
    let mut problems = Problems::default();
    NAME.check_plain(&mut problems, field, actor.to_owned());
    problems.unless_any(())
}

impl Token {
    /// A new token, made by somebody at a moment.
    ///
    /// # Errors
    /// All that is wrong with the input.
    pub fn create(
        id: TokenId,
        new: NewToken,
        created_by: Option<String>,
        at: Timestamp,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let name = NAME.check_plain(&mut problems, "name", new.name);
        if new.expires_at.is_some_and(|expires_at| expires_at <= at) {
            problems.add("expiresAt", ProblemKind::Past);
        }
        problems.unless_any(Self {
            id,
            name,
            role: new.role,
            created_at: at,
            created_by,
            expires_at: new.expires_at,
            revoked_at: None,
        })
    }

    /// What the checks of the input would not let in, or keep otherwise.
    #[must_use]
    pub fn flaws(&self) -> Vec<Flaw> {
        let again = NewToken {
            name: self.name.clone(),
            role: self.role,
            expires_at: self.expires_at,
        };
        let mut flaws = match Self::create(self.id, again, self.created_by.clone(), self.created_at) {
            Err(problems) => problems.into_iter().map(Flaw::Problem).collect(),
            Ok(kept) => name_flaw(&self.name, &kept.name),
        };
        if let Some(Err(problems)) = self.created_by.as_deref().map(|by| check_actor("createdBy", by)) {
            flaws.extend(problems.into_iter().map(Flaw::Problem));
        }
        flaws
    }

    /// Whether it lets its bearer in at a moment.
    #[must_use]
    pub fn is_valid(&self, at: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires_at| at < expires_at)
    }
}
