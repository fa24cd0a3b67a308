//! Cursors: the key of a row as an opaque text, marked with the list and the order that it belongs to.
//!
//! Clients may send anything here. Whatever this crate did not write, or wrote for another list, is no cursor.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use understudy_app::read::{CampaignKey, CampaignOrder, CampaignSort, NameKey, SortDirection};
use understudy_domain::{CampaignId, InAppLevel, Place, Rank, Timestamp};
use uuid::Uuid;

/// A list that can be paged through, in one order.
pub(crate) trait Order {
    /// What a row is found again by.
    type Key;

    /// The mark of this list in this order. No two have the same, and none begins another.
    fn mark(&self) -> &'static str;

    /// The key as a text.
    fn write(&self, key: &Self::Key) -> String;

    /// The key that a text of [`write`](Self::write) came from.
    fn read(&self, text: &str) -> Option<Self::Key>;

    /// The key as a cursor.
    fn encode(&self, key: &Self::Key) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{}", self.mark(), self.write(key)))
    }

    /// The key of a cursor; `None` if it is none of this list in this order.
    fn decode(&self, cursor: &str) -> Option<Self::Key> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let text = std::str::from_utf8(&bytes).ok()?;
        let text = text.strip_prefix(self.mark())?.strip_prefix(':')?;
        self.read(text)
    }
}

/// The last millisecond that is told in four digits of a year.
const LAST_MILLISECOND: i64 = 253_402_300_799_999;

impl Order for CampaignOrder {
    type Key = CampaignKey;

    fn mark(&self) -> &'static str {
        match (self.by, self.direction) {
            (CampaignSort::CreatedAt, SortDirection::Ascending) => "campaigns/created-up",
            (CampaignSort::CreatedAt, SortDirection::Descending) => "campaigns/created-down",
            (CampaignSort::UpdatedAt, SortDirection::Ascending) => "campaigns/updated-up",
            (CampaignSort::UpdatedAt, SortDirection::Descending) => "campaigns/updated-down",
            (CampaignSort::Name, SortDirection::Ascending) => "campaigns/name-up",
            (CampaignSort::Name, SortDirection::Descending) => "campaigns/name-down",
        }
    }

    fn write(&self, key: &CampaignKey) -> String {
        match key {
            CampaignKey::Time(at, id) => write_time(*at, id.uuid()),
            CampaignKey::Name(key) => write_name(key),
        }
    }

    fn read(&self, text: &str) -> Option<CampaignKey> {
        match self.by {
            CampaignSort::CreatedAt | CampaignSort::UpdatedAt => {
                let (at, id) = read_time(text)?;
                Some(CampaignKey::Time(at, CampaignId::from_uuid(id)))
            }
            CampaignSort::Name => read_name(text).map(CampaignKey::Name),
        }
    }
}

fn write_time(at: Timestamp, id: Uuid) -> String {
    format!("{}:{id}", at.timestamp_millis())
}

fn read_time(text: &str) -> Option<(Timestamp, Uuid)> {
    let (at, id) = text.split_once(':')?;
    let at = at.parse().ok().filter(|at| (0..=LAST_MILLISECOND).contains(at))?;
    Some((DateTime::from_timestamp_millis(at)?, id.parse().ok()?))
}

/// The deliveries of a campaign that have failed, the first one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failures;

impl Order for Failures {
    type Key = (Timestamp, Uuid);

    fn mark(&self) -> &'static str {
        "failures"
    }

    fn write(&self, (at, id): &(Timestamp, Uuid)) -> String {
        write_time(*at, *id)
    }

    fn read(&self, text: &str) -> Option<(Timestamp, Uuid)> {
        read_time(text)
    }
}

/// The lists that are always in the order of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByName {
    /// The workspace's segments.
    Segments,
    /// The workspace's Canvases.
    Canvases,
}

impl Order for ByName {
    type Key = NameKey;

    fn mark(&self) -> &'static str {
        match self {
            Self::Segments => "segments",
            Self::Canvases => "canvases",
        }
    }

    fn write(&self, key: &NameKey) -> String {
        write_name(key)
    }

    fn read(&self, text: &str) -> Option<NameKey> {
        read_name(text)
    }
}

/// The order in which in-app messages win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ByPlace;

impl Order for ByPlace {
    type Key = Place;

    fn mark(&self) -> &'static str {
        "in-app"
    }

    fn write(&self, key: &Place) -> String {
        let level = match key.level {
            InAppLevel::High => 'h',
            InAppLevel::Medium => 'm',
            InAppLevel::Low => 'l',
        };
        let mut text = String::from(level);
        for byte in key.rank.as_bytes() {
            // Writing to a text does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    fn read(&self, text: &str) -> Option<Place> {
        let (level, rank) = text.split_at_checked(1)?;
        let level = match level {
            "h" => InAppLevel::High,
            "m" => InAppLevel::Medium,
            "l" => InAppLevel::Low,
            _ => return None,
        };
        let byte = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        let bytes: Option<Vec<u8>> = rank.as_bytes().chunks(2).map(byte).collect();
        let place = Place {
            level,
            rank: Rank::from_bytes(bytes?)?,
        };
        // A lone digit or a sign would be read as well; what is written back tells them.
        (self.write(&place) == text).then_some(place)
    }
}

/// The order in which events were committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BySequence;

impl Order for BySequence {
    type Key = i64;

    fn mark(&self) -> &'static str {
        "history"
    }

    fn write(&self, key: &i64) -> String {
        key.to_string()
    }

    fn read(&self, text: &str) -> Option<i64> {
        text.parse().ok().filter(|sequence| *sequence >= 0)
    }
}

/// The lists that are always in the order in which what is in them was made, which is that of its ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByAge {
    /// The workspace's tokens.
    Tokens,
    /// The workspace's recipients.
    Recipients,
    /// Those whom a segment holds.
    SegmentRecipients,
}

impl Order for ByAge {
    type Key = Uuid;

    fn mark(&self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Recipients => "recipients",
            Self::SegmentRecipients => "segment-recipients",
        }
    }

    fn write(&self, key: &Uuid) -> String {
        key.to_string()
    }

    fn read(&self, text: &str) -> Option<Uuid> {
        text.parse().ok()
    }
}

/// The name comes last, since it may have any character in it.
fn write_name(key: &NameKey) -> String {
    format!("{}:{}", key.id, key.name)
}

fn read_name(text: &str) -> Option<NameKey> {
    let (id, name) = text.split_once(':')?;
    let key = NameKey {
        name: name.to_owned(),
        id: id.parse::<Uuid>().ok()?,
    };
    // No name has a NUL, and not every database could compare with one.
    (!name.contains('\0')).then_some(key)
}

#[cfg(test)]
mod tests;
