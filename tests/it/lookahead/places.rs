//! Everywhere that a campaign, a draft or an event is shown.

use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::Stage;
use crate::harness::World;

/// Where an object is shown.
pub(super) struct Place {
    /// What is shown there.
    pub(super) of: &'static str,
    /// An operation that changes nothing, in which `SHOWN` stands for the selection.
    pub(super) query: String,
}

const STATUSES: &str = "[UNLAUNCHED, ACTIVE, STOPPED, ARCHIVED]";

/// Every field of the schema that answers with campaigns, drafts or their events, the campaigns first.
pub(super) fn places(stage: &Stage) -> Vec<Place> {
    let Stage {
        campaign,
        draft,
        archived,
        segment,
        ..
    } = stage;
    let all = format!("filter: {{ status: {STATUSES} }}");
    let refused = "expectedVersion: 0";
    let campaigns = [
        format!("query {{ campaign(id: \"{campaign}\") {{ SHOWN }} }}"),
        format!("query {{ campaign(id: \"{archived}\") {{ SHOWN }} }}"),
        format!("query {{ node(id: \"{archived}\") {{ SHOWN }} }}"),
        format!("query {{ nodes(ids: [\"{campaign}\", \"{archived}\", \"{campaign}\"]) {{ SHOWN }} }}"),
        format!("query {{ campaigns({all}) {{ nodes {{ SHOWN }} }} }}"),
        format!("query {{ a: campaigns({all}, last: 3) {{ b: edges {{ c: node {{ SHOWN }} }} nodes {{ id }} }} }}"),
        format!(
            "query {{ campaigns({all}, orderBy: {{ field: NAME, direction: ASC }}) {{ edges {{ node {{ SHOWN }} }} }} }}"
        ),
        "query { inAppOrder { nodes { SHOWN } } }".to_owned(),
        "query { inAppOrder { edges { node { SHOWN } } } }".to_owned(),
        format!("query {{ segment(id: \"{segment}\") {{ campaigns({all}) {{ nodes {{ SHOWN }} }} }} }}"),
        format!("query {{ node(id: \"{segment}\") {{ ... on Segment {{ campaigns({all}) {{ edges {{ node {{ SHOWN }} }} }} }} }} }}"),
        format!("query {{ campaign(id: \"{campaign}\") {{ draft {{ campaign {{ SHOWN }} }} }} }}"),
        format!("query {{ node(id: \"{draft}\") {{ ... on CampaignDraft {{ campaign {{ SHOWN }} }} }} }}"),
        format!("query {{ campaign(id: \"{archived}\") {{ history {{ nodes {{ campaign {{ SHOWN }} }} }} }} }}"),
        format!("query {{ campaign(id: \"{campaign}\") {{ history {{ edges {{ node {{ campaign {{ SHOWN }} }} }} }} }} }}"),
        "subscription { campaignEvents(after: 0) { campaign { SHOWN } } }".to_owned(),
        "subscription { e: campaignStatusChanged(after: 0) { campaign { SHOWN } } }".to_owned(),
        format!("mutation {{ p: discardDraft(campaignId: \"{campaign}\", {refused}) {{ campaign {{ SHOWN }} }} }}"),
        format!("mutation {{ launchCampaign(id: \"{campaign}\") {{ campaign {{ id }} campaign {{ SHOWN }} }} }}"),
        format!(
            "query {{ campaign(id: \"{campaign}\") {{ history {{ nodes {{ campaign {{ id }} }} nodes {{ campaign {{ SHOWN }} }} }} }} }}"
        ),
        "subscription { campaignEvents(after: 0) { campaign { id } ... on CampaignEvent { campaign { SHOWN } } } }"
            .to_owned(),
        format!(
            "mutation {{ stopCampaigns(selection: {{ ids: [\"{archived}\", \"{campaign}\"] }}, options: {{ dryRun: true }}) {{
                results {{ campaign {{ SHOWN }} }} }} }}"
        ),
        format!(
            "mutation {{ unarchiveCampaigns(selection: {{ matching: {{ {all} }} }}, options: {{ dryRun: true }}) {{
                results {{ campaign {{ SHOWN }} }} }} }}"
        ),
        format!("mutation {{ archiveSegment(id: \"{segment}\", dryRun: true) {{ archivedCampaigns {{ SHOWN }} }} }}"),
        format!(
            "mutation {{ setInAppPriority(sourceId: \"{campaign}\", place: {{ before: \"{campaign}\" }}) {{ source {{ SHOWN }} }} }}"
        ),
    ];
    let drafts = [
        format!("query {{ node(id: \"{draft}\") {{ SHOWN }} }}"),
        format!("query {{ nodes(ids: [\"{draft}\", \"{segment}\", \"{draft}\"]) {{ SHOWN }} }}"),
        format!("query {{ campaign(id: \"{campaign}\") {{ draft {{ SHOWN }} }} }}"),
        format!("query {{ campaign(id: \"{archived}\") {{ x: draft {{ SHOWN }} }} }}"),
    ];
    let events = [
        format!("query {{ campaign(id: \"{archived}\") {{ history {{ nodes {{ SHOWN }} }} }} }}"),
        format!("query {{ campaign(id: \"{archived}\") {{ history {{ edges {{ node {{ SHOWN }} }} }} }} }}"),
        format!(
            "query {{ node(id: \"{archived}\") {{ ... on Campaign {{ history(last: 2) {{ edges {{ e: node {{ SHOWN }} }} }} }} }} }}"
        ),
        "subscription { campaignEvents(after: 3) { SHOWN } }".to_owned(),
    ];
    let of = |of| move |query| Place { of, query };
    let campaigns = campaigns.into_iter().map(of("Campaign"));
    campaigns
        .chain(drafts.into_iter().map(of("CampaignDraft")))
        .chain(events.into_iter().map(of("CampaignEvent")))
        .collect()
}

impl World {
    /// All answers of a subscription that tells what has happened so far, as one.
    pub(super) async fn events_of(&self, query: &str) -> Value {
        let mut events = Box::pin(self.subscribe(query, json!({})));
        let mut told = vec![];
        for _ in 0..4 {
            told.push(events.next().await.unwrap());
        }
        Value::Array(told)
    }
}
