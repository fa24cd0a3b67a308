//! What a campaign says may be done is what the mutations then do.
//!
//! A walk goes through every situation that commands can bring about. In each it tries every action once: those that
//! are allowed must change the campaign, the others must leave it alone. What an action leads to is learned by doing
//! it, and the walk goes on to the nearest situation in which something was not tried yet.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};

use crate::harness::{World, email, in_app};

const ACTIONS: [&str; 11] = [
    "UPDATE",
    "LAUNCH",
    "SAVE_DRAFT",
    "LAUNCH_DRAFT",
    "DISCARD_DRAFT",
    "STOP",
    "RESUME",
    "ARCHIVE",
    "UNARCHIVE",
    "SET_IN_APP_PRIORITY",
    "CLONE",
];

/// What else is done, so that there is more to see: contents of other kinds, and a segment that comes and goes.
const DETOURS: [&str; 6] = [
    "UPDATE to email",
    "UPDATE to in-app",
    "UPDATE to nothing",
    "SAVE_DRAFT to email",
    "SAVE_DRAFT to nothing",
    "archive or unarchive the segment",
];

struct Walk {
    world: World,
    segment: String,
    segment_is_archived: bool,
    /// As the last answer showed it.
    campaign: Value,
    /// So that no text is the same twice.
    steps: u32,
}

impl Walk {
    async fn new() -> Self {
        let world = World::new().await;
        let segment = world.segment("Comes and goes").await;
        let campaign = world.create(json!({ "name": "Walk" })).await;
        Self {
            segment,
            segment_is_archived: false,
            campaign: campaign.campaign().clone(),
            world,
            steps: 0,
        }
    }

    /// All that a decision may depend on, and more.
    fn situation(&self) -> String {
        let content = |content: &Value| {
            let segments = content["segments"].as_array().unwrap().len();
            format!("{} with {segments}", content["message"]["__typename"])
        };
        let campaign = &self.campaign;
        let draft = &campaign["draft"];
        let draft = (!draft.is_null()).then(|| content(draft));
        let launched = !campaign["launchedAt"].is_null();
        format!(
            "{} {launched} {} {draft:?} {}",
            campaign["status"],
            content(campaign),
            self.segment_is_archived
        )
    }

    /// Tries an action, with an argument that would change something; says whether it did.
    async fn act(&mut self, action: &str) -> bool {
        self.steps += 1;
        let world = &self.world;
        let id = self.campaign["id"].as_str().unwrap();
        let text = json!({ "description": format!("step {}", self.steps) });
        let nothing = json!({ "message": null, "segmentIds": [] });
        let with = |content: Value| json!({ "message": content["message"], "segmentIds": [self.segment] });
        let payload = match action {
            "UPDATE" => world.update(id, text).await,
            "UPDATE to email" => world.update(id, with(email(""))).await,
            "UPDATE to in-app" => world.update(id, with(in_app(""))).await,
            "UPDATE to nothing" => world.update(id, nothing).await,
            "SAVE_DRAFT" => world.save_draft(id, text).await,
            "SAVE_DRAFT to email" => world.save_draft(id, with(email(""))).await,
            "SAVE_DRAFT to nothing" => world.save_draft(id, nothing).await,
            "LAUNCH" => world.run("launchCampaign", id).await,
            "LAUNCH_DRAFT" => world.run("launchDraft", id).await,
            "DISCARD_DRAFT" => world.run("discardDraft", id).await,
            "STOP" => world.run("stopCampaign", id).await,
            "RESUME" => world.run("resumeCampaign", id).await,
            "ARCHIVE" => world.run("archiveCampaign", id).await,
            "UNARCHIVE" => world.run("unarchiveCampaign", id).await,
            "CLONE" => world.clone_campaign(id, None).await,
            "SET_IN_APP_PRIORITY" => {
                let is_high = self.campaign["inAppPriority"]["level"] == "HIGH";
                let level = if is_high { "LOW" } else { "HIGH" };
                let payload = world.place(id, json!({ "level": level })).await;
                self.campaign = world.campaign(id).await;
                return payload["changed"].as_bool().unwrap();
            }
            _ => {
                if self.segment_is_archived {
                    world.unarchive_segment(&self.segment).await;
                } else {
                    world.archive_segment(&self.segment, false).await;
                }
                self.segment_is_archived = !self.segment_is_archived;
                self.campaign = world.campaign(id).await;
                return true;
            }
        };
        self.campaign = payload.campaign().clone();
        payload.changed()
    }

    /// Tries all that is not allowed, which must change nothing; gives back what is left to try.
    async fn try_what_is_not_allowed(&mut self) -> BTreeSet<&'static str> {
        let before = self.campaign.clone();
        let allowed = before["allowedActions"].as_array().unwrap();
        let is_allowed = |action: &str| allowed.iter().any(|allowed| allowed == action);
        let order = ACTIONS.iter().filter(|action| is_allowed(action));
        assert!(
            allowed.iter().eq(order),
            "not in the order of the rules: {allowed:?}"
        );
        for action in ACTIONS {
            if !is_allowed(action) {
                assert!(!self.act(action).await, "{action} changed {before:#}");
                assert_eq!(self.campaign, before, "{action}");
            }
        }
        let open = ACTIONS.into_iter().filter(|action| is_allowed(action));
        let detours = DETOURS.into_iter().filter(|detour| {
            detour
                .split_once(" to ")
                .is_none_or(|(action, _)| is_allowed(action))
        });
        open.chain(detours).collect()
    }
}

type Known = BTreeMap<String, BTreeMap<&'static str, String>>;

/// The way from a situation to the nearest one in which something was not tried, and that.
fn way(
    open: &BTreeMap<String, BTreeSet<&'static str>>,
    known: &Known,
    from: &str,
) -> Option<Vec<&'static str>> {
    let mut seen = BTreeSet::from([from.to_owned()]);
    let mut queue = VecDeque::from([(from.to_owned(), vec![])]);
    while let Some((at, way)) = queue.pop_front() {
        if let Some(action) = open.get(&at).and_then(BTreeSet::first) {
            return Some([way, vec![*action]].concat());
        }
        for (action, next) in known.get(&at).into_iter().flatten() {
            if seen.insert(next.clone()) {
                queue.push_back((next.clone(), [way.clone(), vec![*action]].concat()));
            }
        }
    }
    None
}

#[tokio::test]
async fn what_is_allowed_is_what_the_mutations_do_in_every_situation() {
    let mut walk = Walk::new().await;
    let mut open = BTreeMap::new();
    let mut known = Known::new();
    let mut at = walk.situation();
    open.insert(at.clone(), walk.try_what_is_not_allowed().await);
    while let Some(way) = way(&open, &known, &at) {
        for action in way {
            let changed = walk.act(action).await;
            assert!(
                changed || DETOURS.contains(&action),
                "{action} was allowed: {:#}",
                walk.campaign
            );
            open.get_mut(&at).unwrap().remove(action);
            let next = walk.situation();
            known.entry(at).or_default().insert(action, next.clone());
            if !open.contains_key(&next) {
                open.insert(next.clone(), walk.try_what_is_not_allowed().await);
            }
            at = next;
        }
    }
    let tried: BTreeSet<&str> = known.values().flat_map(BTreeMap::keys).copied().collect();
    assert!(ACTIONS.iter().all(|action| tried.contains(action)));
    assert!(
        open.len() >= 60,
        "the walk came to {} situations only",
        open.len()
    );
}
