//! Which campaigns, in which order, and which events.

use async_graphql::{ID, InputObject};
use understudy_app::read;

use crate::error::Failed;
use crate::id;
use crate::types::campaign::CampaignStatus;
use crate::types::campaign_list::{CampaignOrderField, OrderDirection};
use crate::types::event::CampaignEventKind;
use crate::types::message::Channel;

/// As many tags as a content can have.
const MOST_TAGS: usize = 50;

/// The most characters of a search.
const MOST_SEARCH: usize = 1_000;

/// The most campaigns that a filter of events can name.
const MOST_CAMPAIGNS: usize = 1_000;

/// Which campaigns a list has: those for which all that is given is true. What is left out, or `null`, does not narrow
/// the list. Everything is about the live content, never about a draft's.
#[derive(Debug, Default, InputObject)]
pub(crate) struct CampaignFilter {
    /// In one of these statuses. Left out or `null`: in any but `ARCHIVED`. An empty list finds nothing.
    status: Option<Vec<CampaignStatus>>,
    /// Whether there is a draft.
    has_draft: Option<bool>,
    /// With a message of one of these kinds. An empty list finds nothing.
    channel: Option<Vec<Channel>>,
    /// With all of these tags, at most 50, exactly as they are written. An empty list does not narrow the list.
    tags: Option<Vec<String>>,
    /// With this segment.
    segment_id: Option<ID>,
    /// With all of these words in name, description, tags or message text, regardless of case; the beginning of a word
    /// will do. Up to 1,000 characters; a blank text does not narrow the list.
    search: Option<String>,
}

/// The order of a list of campaigns. Equal values are ordered by id.
#[derive(Debug, InputObject)]
pub(crate) struct CampaignOrder {
    /// By what.
    field: CampaignOrderField,
    /// Which way.
    direction: OrderDirection,
}

/// Which events a subscription tells: those for which all that is given is true. What is left out, or `null`, does not
/// narrow them. Sequences stay those of the whole workspace, so a narrowed feed has gaps in them.
#[derive(Debug, Default, InputObject)]
pub(crate) struct CampaignEventFilter {
    /// Of one of these campaigns, at most 1,000. An empty list tells nothing.
    campaign_ids: Option<Vec<ID>>,
    /// Of one of these kinds. An empty list tells nothing.
    kinds: Option<Vec<CampaignEventKind>>,
}

impl CampaignFilter {
    /// The filter, in the argument `argument`.
    pub(crate) fn into_filter(self, argument: &str) -> Result<read::CampaignFilter, Failed> {
        let within = |field: &str| format!("{argument}.{field}");
        let tags = self.tags.unwrap_or_default();
        check_count(&within("tags"), tags.len(), MOST_TAGS)?;
        for (index, tag) in tags.iter().enumerate() {
            check_text(&within(&format!("tags.{index}")), tag)?;
        }
        let search = self.search.filter(|search| !search.trim().is_empty());
        if let Some(search) = &search {
            let argument = within("search");
            check_text(&argument, search)?;
            if search.chars().nth(MOST_SEARCH).is_some() {
                let message = format!("{argument} has more than {MOST_SEARCH} characters");
                return Err(Failed::bad_input(argument, message));
            }
        }
        let segment = self.segment_id.map(|id| id::parse(&id, &within("segmentId")));
        Ok(read::CampaignFilter {
            status: self.status.map(each_once),
            has_draft: self.has_draft,
            channel: self.channel.map(each_once),
            tags,
            segment: segment.transpose()?,
            search,
        })
    }
}

impl From<CampaignOrder> for read::CampaignOrder {
    fn from(order: CampaignOrder) -> Self {
        Self {
            by: order.field.into(),
            direction: order.direction.into(),
        }
    }
}

impl CampaignEventFilter {
    /// The filter, in the argument `argument`.
    pub(crate) fn into_filter(self, argument: &str) -> Result<read::EventFilter, Failed> {
        let parse = |ids: Vec<ID>| {
            let argument = format!("{argument}.campaignIds");
            check_count(&argument, ids.len(), MOST_CAMPAIGNS)?;
            id::parse_all(&ids, &argument)
        };
        Ok(read::EventFilter {
            campaigns: self.campaign_ids.map(parse).transpose()?,
            kinds: self.kinds.map(each_once),
            status_changes_only: false,
        })
    }
}

fn check_count(argument: &str, count: usize, most: usize) -> Result<(), Failed> {
    if count <= most {
        return Ok(());
    }
    let message = format!("{argument} has more than {most} items");
    Err(Failed::bad_input(argument, message))
}

/// Not every database could look for a NUL, and no text that is kept has one.
fn check_text(argument: &str, text: &str) -> Result<(), Failed> {
    if !text.contains('\0') {
        return Ok(());
    }
    let message = format!("{argument} has a NUL character");
    Err(Failed::bad_input(argument, message))
}

/// The values of an enumeration as the application has them, each once however often the client repeats it.
fn each_once<T: Into<U>, U: PartialEq>(values: Vec<T>) -> Vec<U> {
    let mut once = vec![];
    for value in values {
        let value = value.into();
        if !once.contains(&value) {
            once.push(value);
        }
    }
    once
}
