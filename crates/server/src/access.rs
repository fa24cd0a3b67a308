//! `understudy workspace` and `understudy token`: who is let in, and where to.

use std::fmt::Display;

use understudy_app::{
    App, Caller, Clock, CommandError, MadeToken, Refused,
    read::{Direction, Page, WorkspaceRead},
};
use understudy_domain::{NewToken, ProblemKind, Timestamp, Token, TokenId, WorkspaceId};
use understudy_persistence::without_secrets;

use crate::{
    cli::access::{Span, TokenAction, Tokens, WorkspaceAction, Workspaces},
    failure::Failure,
    output,
};

/// Makes or lists workspaces.
///
/// # Errors
/// If the database fails, or the name is none or taken.
pub(crate) async fn workspaces(options: Workspaces) -> Result<(), Failure> {
    let url = &options.database.url;
    let app = match &options.action {
        WorkspaceAction::Create { .. } => open_or_make(url).await?,
        WorkspaceAction::List => App::open_existing(url).await?,
    };
    let done = match options.action {
        WorkspaceAction::Create { name } => create_workspace(&app, &name).await,
        WorkspaceAction::List => output::as_far_as_read(list_workspaces(&app).await),
    };
    app.close().await;
    done
}

/// Makes, lists or revokes tokens.
///
/// # Errors
/// If the database fails, or what is named is not there, or the name is none or taken.
pub(crate) async fn tokens(options: Tokens) -> Result<(), Failure> {
    let url = &options.database.url;
    let app = match &options.action {
        TokenAction::Create { .. } if output::is_thrown_away() => return Err(Failure::Unseen),
        TokenAction::Create { .. } => open_or_make(url).await?,
        TokenAction::List { .. } | TokenAction::Revoke { .. } => App::open_existing(url).await?,
    };
    let done = match options.action {
        TokenAction::Create {
            workspace,
            role,
            name,
            expires,
        } => {
            let new = NewToken {
                name,
                role: role.into(),
                expires_at: expires.map(|Span(span)| Clock.now() + span),
            };
            create_token(&app, &workspace, new).await
        }
        TokenAction::List { workspace } => output::as_far_as_read(list_tokens(&app, &workspace).await),
        TokenAction::Revoke { id } => revoke_token(&app, id.0).await,
    };
    app.close().await;
    done
}

/// Opens the database, and says so where there was none: whoever has forgotten to name the one of their server would have
/// a token that lets into nothing, and a server that is open.
async fn open_or_make(url: &str) -> Result<App, Failure> {
    let app = App::open(url).await?;
    if app.is_new() {
        tracing::warn!("made a new database: {}", without_secrets(url));
    }
    Ok(app)
}

async fn create_workspace(app: &App, name: &str) -> Result<(), Failure> {
    let made = app.create_workspace(name).await;
    let WorkspaceRead { id, .. } = made.map_err(|error| refused("workspace", error))?;
    output::print(&format!("{id}\n"))
}

async fn list_workspaces(app: &App) -> Result<(), Failure> {
    for WorkspaceRead { id, name } in app.workspaces().await? {
        output::print(&line(&[&id, &name]))?;
    }
    Ok(())
}

async fn create_token(app: &App, workspace: &str, new: NewToken) -> Result<(), Failure> {
    let caller = Caller::system(find_workspace(app, workspace).await?);
    let made = app.create_token(&caller, new).await;
    let MadeToken { token, secret } = made.map_err(|error| refused("token", error))?;
    let Err(source) = output::write(&format!("{}\n", secret.reveal())) else {
        return Ok(());
    };
    // Nobody has its secret, or not all of it.
    Err(match app.revoke_token(&caller, token.id).await {
        Ok(_) => Failure::Unprinted { id: token.id, source },
        Err(why) => Failure::Lost {
            id: token.id,
            source,
            why,
        },
    })
}

async fn list_tokens(app: &App, workspace: &str) -> Result<(), Failure> {
    let workspace = find_workspace(app, workspace).await?;
    let mut page = Page {
        limit: 100,
        direction: Direction::Forward,
        after: None,
        before: None,
    };
    loop {
        // A view of each page, so that none is held while somebody reads the list.
        let snapshot = app.snapshot(workspace).await?;
        let tokens = snapshot.token_page(&page).await;
        drop(snapshot);
        let tokens = tokens.map_err(understudy_app::Failure::from)?;
        for token in &tokens.items {
            output::print(&line_of(token))?;
        }
        match tokens.items.last() {
            Some(last) if tokens.has_next => page.after = Some(last.id.uuid()),
            _ => return Ok(()),
        }
    }
}

async fn revoke_token(app: &App, id: TokenId) -> Result<(), Failure> {
    for workspace in app.workspaces().await? {
        match app.revoke_token(&Caller::system(workspace.id), id).await {
            Ok(_) => return Ok(()),
            Err(CommandError::Refused(Refused::NotFound(_))) => {}
            Err(error) => return Err(refused("token", error)),
        }
    }
    Err(Failure::NoSuch(format!("token {id}")))
}

/// The workspace with this name or id.
async fn find_workspace(app: &App, named: &str) -> Result<WorkspaceId, Failure> {
    let found = app.workspace_named(named).await?;
    found.ok_or_else(|| Failure::NoSuch(format!("workspace {named:?}")))
}

/// What the log and lists have of a token.
fn line_of(token: &Token) -> String {
    let moment = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_rfc3339());
    line(&[
        &token.id,
        &format!("{:?}", token.role).to_uppercase(),
        &token.name,
        &token.created_at.to_rfc3339(),
        &moment(token.expires_at),
        &moment(token.revoked_at),
    ])
}

/// Columns with a tab between them, which no name has in it.
fn line(columns: &[&dyn Display]) -> String {
    let columns: Vec<_> = columns.iter().map(ToString::to_string).collect();
    format!("{}\n", columns.join("\t"))
}

/// Why something was not made, for people.
fn refused(what: &'static str, error: CommandError) -> Failure {
    let why = match error {
        CommandError::Failed(failure) => return failure.into(),
        CommandError::Refused(Refused::Invalid(problems)) => {
            match problems.first().map(|problem| &problem.kind) {
                Some(ProblemKind::Taken) if what == "token" => {
                    "its name is taken, as it stays when a token is revoked or expires".to_owned()
                }
                Some(ProblemKind::Taken) => "its name is taken".to_owned(),
                Some(ProblemKind::Empty) => "its name is empty".to_owned(),
                Some(ProblemKind::TooLong { limit }) => format!("its name has more than {limit} characters"),
                Some(ProblemKind::Control) => {
                    "its name has a control character, a line break, or one that cannot be seen".to_owned()
                }
                Some(ProblemKind::AnId) => "its name is the id of a workspace".to_owned(),
                Some(problem) => format!("{problem:?}"),
                None => "it is refused".to_owned(),
            }
        }
        CommandError::Refused(refused) => format!("{refused:?}"),
        CommandError::Forbidden(forbidden) => forbidden.to_string(),
        CommandError::Ended(ended) => ended.to_string(),
    };
    Failure::NotMade { what, why }
}
