//! Commands on one campaign.

use std::sync::Arc;

use understudy_domain::campaign::{Circumstances, ContentCommand};
use understudy_domain::content::ContentPatch;
use understudy_domain::{
    Action, Campaign, CampaignId, Command, DraftId, InAppLevel, LifecycleCommand, MissedPolicy, SegmentId,
    Transition,
};
use understudy_persistence::read::{Fenced, Held};
use understudy_persistence::{StoreError, WriteTx};
use uuid::Uuid;

use crate::error::{CommandError, Refused, Target};
use crate::fence::is_fenced;
use crate::{App, Caller};

/// A command that was not refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied<Id> {
    /// What it was about, or made.
    pub id: Id,
    /// False where it was already so: no event, no new version.
    pub changed: bool,
}

impl App {
    /// Makes a new campaign.
    ///
    /// # Errors
    /// A wrong input, or a failure of the database.
    pub async fn create_campaign(
        &self,
        caller: &Caller,
        patch: ContentPatch,
    ) -> Result<Applied<CampaignId>, CommandError> {
        let (id, clock) = (CampaignId::from_uuid(Uuid::now_v7()), self.clock);
        let patch = Arc::new(patch);
        self.write(caller, Action::CreateCampaign, move |tx| {
            let patch = Arc::clone(&patch);
            Box::pin(async move {
                let segments = tx.segment_states(patch.segment_ids().iter().copied()).await?;
                let entry = tx.place_on_top(InAppLevel::DEFAULT).await?;
                let now = Circumstances {
                    at: clock.now(),
                    segments: &segments,
                    entry: &entry,
                };
                let transition = Campaign::create(id, (*patch).clone(), now)?;
                Ok(save(tx, None, transition).await?)
            })
        })
        .await
    }

    /// Makes a new campaign of the live content of another.
    ///
    /// # Errors
    /// An unknown campaign, a wrong name, or a failure of the database.
    pub async fn clone_campaign(
        &self,
        caller: &Caller,
        original: CampaignId,
        name: Option<String>,
    ) -> Result<Applied<CampaignId>, CommandError> {
        let (id, clock) = (CampaignId::from_uuid(Uuid::now_v7()), self.clock);
        self.write(caller, Action::Campaign(Command::Clone), move |tx| {
            let name = name.clone();
            Box::pin(async move {
                let original = load(tx, original).await?;
                let segments = tx.segment_states(original.segment_ids()).await?;
                let entry = tx.place_on_top(InAppLevel::DEFAULT).await?;
                let now = Circumstances {
                    at: clock.now(),
                    segments: &segments,
                    entry: &entry,
                };
                let transition = original.clone_as(id, name, now)?;
                Ok(save(tx, None, transition).await?)
            })
        })
        .await
    }

    /// Changes the live content.
    ///
    /// # Errors
    /// As [`edit`](Self::edit).
    pub async fn update_campaign(
        &self,
        caller: &Caller,
        id: CampaignId,
        patch: ContentPatch,
        expected_version: Option<i32>,
    ) -> Result<Applied<CampaignId>, CommandError> {
        self.edit(caller, id, ContentCommand::Update(patch), expected_version)
            .await
    }

    /// Makes the draft, or changes the one there is.
    ///
    /// # Errors
    /// As [`edit`](Self::edit).
    pub async fn save_draft(
        &self,
        caller: &Caller,
        id: CampaignId,
        patch: ContentPatch,
        expected_version: Option<i32>,
    ) -> Result<Applied<CampaignId>, CommandError> {
        let draft = DraftId::from_uuid(Uuid::now_v7());
        self.edit(
            caller,
            id,
            ContentCommand::SaveDraft(draft, patch),
            expected_version,
        )
        .await
    }

    /// Carries out a command on a campaign's contents.
    ///
    /// # Errors
    /// An unknown campaign, another version than expected, what the rules refuse, a wrong input, or a failure of the
    /// database.
    pub async fn edit(
        &self,
        caller: &Caller,
        id: CampaignId,
        command: ContentCommand,
        expected_version: Option<i32>,
    ) -> Result<Applied<CampaignId>, CommandError> {
        let action = Action::Campaign(command.command());
        let (command, clock) = (Arc::new(command), self.clock);
        let changes_live = matches!(*command, ContentCommand::Update(_) | ContentCommand::LaunchDraft);
        let applied = self.write(caller, action, move |tx| {
            let command = Arc::clone(&command);
            Box::pin(async move {
                let before = load(tx, id).await?;
                before.check_version(command.command(), expected_version)?;
                let named = command
                    .patch()
                    .map_or(&[] as &[SegmentId], ContentPatch::segment_ids);
                let segments = tx
                    .segment_states(before.segment_ids().chain(named.iter().copied()))
                    .await?;
                let entry = tx.place_on_top(InAppLevel::DEFAULT).await?;
                let now = Circumstances {
                    at: clock.now(),
                    segments: &segments,
                    entry: &entry,
                };
                let transition = before.clone().edit((*command).clone(), now)?;
                // What is sent from then on is the new content.
                let held = if changes_live {
                    tx.held(Fenced::Campaigns(&[id])).await?
                } else {
                    Held::default()
                };
                Ok::<_, CommandError>((save(tx, Some(&before), transition).await?, held))
            })
        });
        let (applied, held) = applied.await?;
        self.until_let_go(caller.workspace, Fenced::Campaigns(&[id]), held)
            .await?;
        Ok(applied)
    }

    /// Carries out a command on a campaign's lifecycle.
    ///
    /// # Errors
    /// An unknown campaign, another version than expected, what the rules refuse, or a failure of the database.
    pub async fn advance(
        &self,
        caller: &Caller,
        id: CampaignId,
        command: LifecycleCommand,
        expected_version: Option<i32>,
    ) -> Result<Applied<CampaignId>, CommandError> {
        let (action, clock) = (Action::Campaign(command.command()), self.clock);
        let applied = self.write(caller, action, move |tx| {
            Box::pin(async move {
                let before = load(tx, id).await?;
                before.check_version(command.command(), expected_version)?;
                let segments = tx.segment_states(before.segment_ids()).await?;
                let now = clock.now();
                let transition = before.clone().advance(command, &segments, now)?;
                if let (LifecycleCommand::Resume(MissedPolicy::Skip), Transition::Changed { .. }) =
                    (command, &transition)
                {
                    tx.skip_missed(&[id], now).await?;
                }
                let held = if is_fenced(&command) {
                    tx.held(Fenced::Campaigns(&[id])).await?
                } else {
                    Held::default()
                };
                Ok::<_, CommandError>((save(tx, Some(&before), transition).await?, held))
            })
        });
        let (applied, held) = applied.await?;
        self.until_let_go(caller.workspace, Fenced::Campaigns(&[id]), held)
            .await?;
        Ok(applied)
    }
}

/// The campaign, or the refusal that there is none.
pub(crate) async fn load(tx: &WriteTx, id: CampaignId) -> Result<Campaign, CommandError> {
    Ok(tx.campaign(id).await?.ok_or(Refused::NotFound(Target::Subject))?)
}

/// Saves what a transition changed, if it changed anything.
pub(crate) async fn save(
    tx: &mut WriteTx,
    before: Option<&Campaign>,
    transition: Transition,
) -> Result<Applied<CampaignId>, StoreError> {
    match transition {
        Transition::Unchanged(campaign) => Ok(Applied {
            id: campaign.id,
            changed: false,
        }),
        Transition::Changed { campaign, event } => {
            let id = campaign.id;
            match before {
                Some(before) => tx.update_campaign(before, &campaign, event).await?,
                None => tx.insert_campaign(&campaign, event).await?,
            }
            Ok(Applied { id, changed: true })
        }
    }
}
