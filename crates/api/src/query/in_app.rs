//! What to show inside an app.

use async_graphql::{Context, ID};
use understudy_app::read::Wants;
use understudy_app::{InAppQuestion, MOST_CANVASES, Undecided};
use understudy_domain::{InAppVerdict, RecipientId, RenderedMessage};

use crate::error::Failed;
use crate::id;
use crate::showing::Showings;
use crate::types::in_app::{InAppCandidate, InAppDecision};
use crate::types::message::RenderedInApp;
use crate::viewer::Viewer;
use crate::wants;

/// Decides what gets the slot.
pub(super) async fn decision(
    ctx: &Context<'_>,
    recipient: &ID,
    trigger: String,
    canvases: &[ID],
) -> Result<InAppDecision, Failed> {
    let recipient: RecipientId = id::parse(recipient, "recipientId")?;
    if canvases.len() > MOST_CANVASES {
        let message = format!("readyCanvases has more than {MOST_CANVASES} items");
        return Err(Failed::bad_input("readyCanvases", message));
    }
    let question = InAppQuestion {
        recipient,
        trigger,
        canvases: id::parse_all(canvases, "readyCanvases")?,
    };
    let wants = [&["winner"][..], &["candidates", "source"]]
        .into_iter()
        .filter_map(|path| wants::at(ctx.field(), path))
        .reduce(Wants::and);
    let viewer = Viewer::of(ctx)?;
    let mut showing = viewer.app.begin_showing();
    let snapshot = viewer.snapshot().await?;
    let decided = viewer
        .app
        .decide_in_app(&snapshot, &question, wants.unwrap_or_default())
        .await?;
    let decision = decided.map_err(not_found)?;
    drop(snapshot);
    if let Some((campaign, version)) = decision.winning_campaign() {
        showing.shows(viewer.caller.workspace, question.recipient, campaign, version);
    }
    Showings::hold(ctx, showing)?;
    let message = decision.message.map(|message| match message {
        RenderedMessage::InApp { title, body } => Ok(RenderedInApp::new(title, body)),
        RenderedMessage::Email { .. } | RenderedMessage::Webhook { .. } => {
            Err(Failed::impossible("what won the in-app slot is not in-app"))
        }
    });
    let candidates = decision.candidates.into_iter();
    let candidates: Vec<InAppCandidate> = candidates
        .map(|(source, verdict)| InAppCandidate {
            source: source.into(),
            verdict: verdict.into(),
        })
        .collect();
    let winner = candidates
        .iter()
        .find(|candidate| candidate.verdict == InAppVerdict::Won.into());
    Ok(InAppDecision {
        winner: winner.map(|candidate| candidate.source.clone()),
        message: message.transpose()?,
        candidates,
    })
}

fn not_found(undecided: Undecided) -> Failed {
    match undecided {
        Undecided::NoRecipient => Failed::NotFound {
            argument: "recipientId".to_owned(),
            message: "there is no recipient with this id",
        },
        Undecided::NoCanvas(index) => Failed::NotFound {
            argument: format!("readyCanvases.{index}"),
            message: "there is no Canvas with this id",
        },
    }
}
