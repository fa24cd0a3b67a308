//! Who asks, and the workspace that they are in.

use async_graphql::{Enum, ID, Object};
use understudy_app::read::WorkspaceRead;

use crate::error::Failed;
use crate::viewer::Viewer;

/// Whoever sent the operation: somebody or something with a token, or anybody where the server is open.
#[Object]
impl Viewer {
    /// The workspace that all the viewer sees and changes belongs to.
    async fn workspace(&self) -> Result<Workspace, Failed> {
        let snapshot = self.snapshot().await?;
        Ok(Workspace(snapshot.workspace().await?))
    }

    /// The name of the viewer's token, or what their identity provider calls them, which events have as their `actor`; null
    /// where the server is open to anybody, since no token was made yet.
    async fn token_name(&self) -> Option<&str> {
        self.caller.name.as_deref()
    }

    /// What the viewer may do.
    async fn role(&self) -> Role {
        self.caller.role.into()
    }
}

/// A workspace.
#[derive(Clone)]
pub(crate) struct Workspace(pub(crate) WorkspaceRead);

/// A workspace: everything belongs to exactly one, and nobody sees anything of another.
#[Object]
impl Workspace {
    /// The workspace's id, with the prefix `wsp`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }
}

/// Roles from least to most; each may do all that those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "understudy_domain::Role")]
pub(crate) enum Role {
    /// Reads.
    Viewer,
    /// Also creates and edits: campaigns, drafts, segments, Canvases, the in-app order.
    Editor,
    /// Also decides what is sent: launches, stops, resumes, archives and unarchives, launches and discards drafts.
    Launcher,
    /// Also makes and revokes tokens.
    Admin,
}

impl Role {
    /// As the schema has it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "VIEWER",
            Self::Editor => "EDITOR",
            Self::Launcher => "LAUNCHER",
            Self::Admin => "ADMIN",
        }
    }
}
