//! The real campaigns, and the model's steps given to them as real commands.

use understudy_domain::campaign::{Circumstances, ContentCommand};
use understudy_domain::content::{ContentPatch, MessagePatch, SegmentStates};
use understudy_domain::text::Patched;
use understudy_domain::{
    ArchiveCause, Campaign, CampaignEvent, Channel, Content, EventKind, InAppLevel, LifecycleCommand,
    Message, MissedPolicy, Refusal, Replay, Transition,
};

use super::invariants;
use super::model::{Answer, Edit, Model, Order, Page, Say, Step};
use crate::strategies::SEGMENTS;
use crate::support::{
    campaign_id, draft_id, email, in_app, message_of, moment, place, plain, reason_name, segment_id,
    segment_states, webhook, with_circumstances,
};

/// A campaign and all its events, the first first.
#[derive(Debug)]
pub(super) struct Actor {
    pub(super) campaign: Campaign,
    pub(super) log: Vec<CampaignEvent>,
    /// What the log says by itself.
    pub(super) replay: Replay,
}

#[derive(Debug, Default)]
pub(super) struct Stage {
    actors: Vec<Actor>,
    archived: [bool; SEGMENTS],
    clock: u32,
}

impl Actor {
    /// Every life replays clean, event by event.
    fn tell(&mut self, event: CampaignEvent) {
        assert_eq!(self.replay.follow(&event), [], "{event:?}");
        self.log.push(event);
    }
}

type Outcome = Result<Transition, Refusal>;

impl Stage {
    pub(super) fn perform(&mut self, step: &Step) -> Vec<(usize, Answer)> {
        self.clock += 1;
        let segments = segment_states(&self.archived);
        match step {
            Step::Create(edit) => {
                let named = ContentPatch {
                    name: Patched::Set(page_name((0, edit.name.unwrap_or(0)))),
                    ..patch(edit)
                };
                let named = if edit.is_wrong { patch(edit) } else { named };
                let id = campaign_id(self.clock);
                let outcome = self.with(&segments, |now| Campaign::create(id, named, now));
                vec![self.begin(outcome)]
            }
            Step::Order(number, order) => {
                let number = number.checked_rem(self.actors.len());
                number
                    .map(|number| self.order(number, order, &segments))
                    .into_iter()
                    .collect()
            }
            Step::ArchiveSegment(segment) => self.archive_segment(*segment),
            Step::UnarchiveSegment(segment) => {
                self.archived[*segment] = false;
                vec![]
            }
        }
    }

    fn with(&self, segments: &SegmentStates, run: impl FnOnce(Circumstances<'_>) -> Outcome) -> Outcome {
        with_circumstances(self.clock, segments, run)
    }

    fn begin(&mut self, outcome: Outcome) -> (usize, Answer) {
        let answer = match outcome {
            Ok(Transition::Changed { campaign, event }) => {
                invariants::check_begin(&campaign, &event);
                let mut actor = Actor {
                    campaign: *campaign,
                    log: vec![],
                    replay: Replay::default(),
                };
                actor.tell(event);
                self.actors.push(actor);
                Answer::Changed
            }
            Ok(Transition::Unchanged(campaign)) => panic!("{campaign:?} was there before it was made"),
            Err(refusal) => Answer::Refused(reason_name(&refusal.reason)),
        };
        (self.actors.len().saturating_sub(1), answer)
    }

    fn order(&mut self, number: usize, order: &Order, segments: &SegmentStates) -> (usize, Answer) {
        let campaign = self.actors[number].campaign.clone();
        let at = moment(self.clock);
        let draft = draft_id(self.clock);
        let edit = |campaign: Campaign, command| self.with(segments, |now| campaign.edit(command, now));
        let outcome = match order {
            Order::Update(change) => edit(campaign, ContentCommand::Update(patch(change))),
            Order::SaveDraft(change) => edit(campaign, ContentCommand::SaveDraft(draft, patch(change))),
            Order::LaunchDraft => edit(campaign, ContentCommand::LaunchDraft),
            Order::DiscardDraft => edit(campaign, ContentCommand::DiscardDraft),
            Order::Launch => campaign.advance(LifecycleCommand::Launch, segments, at),
            Order::Stop => campaign.advance(LifecycleCommand::Stop, segments, at),
            Order::Resume => campaign.advance(LifecycleCommand::Resume(MissedPolicy::Skip), segments, at),
            Order::Archive => campaign.advance(LifecycleCommand::Archive(ArchiveCause::Direct), segments, at),
            Order::Unarchive => campaign.advance(LifecycleCommand::Unarchive, segments, at),
            Order::SetPlace(level) => {
                let new = place(level.unwrap_or(InAppLevel::DEFAULT), self.clock);
                let same = campaign.place.clone().filter(|_| level.is_none());
                campaign.set_in_app_priority(same.unwrap_or(new), segments, at)
            }
            Order::Clone => {
                let id = campaign_id(self.clock);
                let outcome = self.with(segments, |now| campaign.clone_as(id, None, now));
                return self.begin(outcome);
            }
        };
        (number, self.close(number, outcome))
    }

    /// Keeps what became of a command, once the invariants of a single answer were seen to hold.
    fn close(&mut self, number: usize, outcome: Outcome) -> Answer {
        let actor = &mut self.actors[number];
        match outcome {
            Ok(Transition::Changed { campaign, event }) => {
                invariants::check_change(&actor.campaign, &campaign, &event, draft_id(self.clock));
                actor.campaign = *campaign;
                actor.tell(event);
                Answer::Changed
            }
            Ok(Transition::Unchanged(campaign)) => {
                invariants::check_unchanged(&actor.campaign, &campaign);
                Answer::Unchanged
            }
            Err(refusal) => {
                assert_eq!(refusal.status, Some(actor.campaign.lifecycle.status()));
                Answer::Refused(reason_name(&refusal.reason))
            }
        }
    }

    /// The cascade as the application runs it: one command for each campaign whose live content uses the segment.
    fn archive_segment(&mut self, segment: usize) -> Vec<(usize, Answer)> {
        if std::mem::replace(&mut self.archived[segment], true) {
            return vec![];
        }
        let segments = segment_states(&self.archived);
        let id = segment_id(segment);
        let command = LifecycleCommand::Archive(ArchiveCause::Segment(id));
        let mut answers = vec![];
        for number in 0..self.actors.len() {
            let campaign = self.actors[number].campaign.clone();
            if campaign.live.segments.contains(&id) {
                let outcome = campaign.advance(command, &segments, moment(self.clock));
                let answer = self.close(number, outcome);
                if answer != Answer::Unchanged {
                    answers.push((number, answer));
                }
            }
        }
        answers
    }

    pub(super) fn actors(&self) -> &[Actor] {
        &self.actors
    }

    pub(super) fn event_kinds(&self) -> impl Iterator<Item = EventKind> {
        self.actors
            .iter()
            .flat_map(|actor| &actor.log)
            .map(|event| event.kind)
    }

    pub(super) fn check_against(&self, model: &Model) {
        assert_eq!(self.actors.len(), model.campaigns.len());
        for (actor, expected) in self.actors.iter().zip(&model.campaigns) {
            let campaign = &actor.campaign;
            assert_eq!(campaign.lifecycle.status(), expected.status());
            assert_eq!(campaign.version.number(), expected.version);
            assert_eq!(campaign.live, content(&expected.live));
            assert_eq!(
                campaign.draft.as_ref().map(|draft| &draft.content),
                expected.draft.as_ref().map(content).as_ref()
            );
            assert_eq!(
                campaign.place,
                expected.place.map(|(level, number)| place(level, number))
            );
            assert_eq!(campaign.updated_at, moment(expected.updated_at));
        }
    }

    pub(super) fn check_invariants(&self) {
        let segments = segment_states(&self.archived);
        for actor in &self.actors {
            invariants::check_standing(actor, &segments);
        }
    }
}

fn patch(edit: &Edit) -> ContentPatch {
    let name = match edit.name {
        Some(number) => Patched::Set(page_name((0, number))),
        None => Patched::Keep,
    };
    ContentPatch {
        name: if edit.is_wrong {
            Patched::Set(" ".to_owned())
        } else {
            name
        },
        message: match edit.message {
            Say::TheSame => Patched::Keep,
            Say::Nothing => Patched::Null,
            Say::Through(channel) => Patched::Set(message_patch(channel)),
        },
        segments: match &edit.segments {
            None => Patched::Keep,
            Some(segments) => Patched::Set(segments.iter().copied().map(segment_id).collect()),
        },
        ..ContentPatch::default()
    }
}

fn page_name((copies, number): (u8, u8)) -> String {
    let name = format!("{}Campaign {number}", "Copy of ".repeat(usize::from(copies)));
    let cut: String = name.chars().take(200).collect();
    cut.trim().to_owned()
}

fn message_patch(channel: Channel) -> MessagePatch {
    match channel {
        Channel::Email => MessagePatch::Email(email()),
        Channel::InApp => MessagePatch::InApp(in_app()),
        Channel::Webhook => MessagePatch::Webhook(webhook()),
    }
}

fn message(channel: Channel) -> Message {
    message_of(message_patch(channel))
}

fn content(page: &Page) -> Content {
    Content {
        name: page_name(page.name),
        message: page.channel.map(message),
        segments: page.segments.iter().copied().map(segment_id).collect(),
        ..plain()
    }
}
