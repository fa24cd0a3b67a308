//! Identifiers: [TypeIDs](https://github.com/jetify-com/typeid) in public, UUIDs in the database.
//!
//! An id of one kind is never accepted for another: the kind is in its prefix and in its Rust type.

use std::fmt;
use std::str::FromStr;

use type_safe_id::{StaticType, TypeSafeId};
use uuid::Uuid;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is not an id at all.
    #[error("is not an id")]
    Malformed,
    /// The text is an id, but of another kind.
    #[error("is not the id of a {expected}")]
    WrongKind {
        /// What was wanted, in words.
        expected: &'static str,
    },
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal, $words:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix that marks this kind in its text form.
            pub const PREFIX: &'static str = $prefix;

            /// The id over a UUID, which the caller has made or read from the database.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID as it is stored.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        const _: () = {
            #[derive(Default)]
            struct Kind;

            impl StaticType for Kind {
                const TYPE: &'static str = $prefix;
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(&TypeSafeId::<Kind>::from_uuid(self.0), f)
                }
            }

            impl FromStr for $name {
                type Err = IdError;

                fn from_str(text: &str) -> Result<Self, IdError> {
                    match text.parse::<TypeSafeId<Kind>>() {
                        Ok(id) => Ok(Self(id.uuid())),
                        Err(type_safe_id::Error::IncorrectType { actual, .. }) if is_prefix(&actual) => {
                            Err(IdError::WrongKind { expected: $words })
                        }
                        Err(_) => Err(IdError::Malformed),
                    }
                }
            }
        };

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

fn is_prefix(text: &str) -> bool {
    [
        CampaignId::PREFIX,
        DraftId::PREFIX,
        SegmentId::PREFIX,
        CanvasId::PREFIX,
        RecipientId::PREFIX,
        WorkspaceId::PREFIX,
        TokenId::PREFIX,
    ]
    .contains(&text)
}

ids! {
    /// A workspace: everything belongs to exactly one.
    WorkspaceId, "wsp", "workspace";
    /// A token.
    TokenId, "tok", "token";
    /// A campaign.
    CampaignId, "cmp", "campaign";
    /// A draft. It lives as long as the draft: the next one has another id.
    DraftId, "drf", "draft";
    /// A segment.
    SegmentId, "seg", "segment";
    /// A Canvas.
    CanvasId, "cnv", "Canvas";
    /// A recipient.
    RecipientId, "rcp", "recipient";
}

impl WorkspaceId {
    /// The workspace that every installation begins with.
    pub const DEFAULT: Self = Self(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));
}

/// The id of anything that `node` can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeId {
    /// A campaign's.
    Campaign(CampaignId),
    /// A draft's.
    Draft(DraftId),
    /// A segment's.
    Segment(SegmentId),
    /// A Canvas's.
    Canvas(CanvasId),
    /// A recipient's.
    Recipient(RecipientId),
    /// A workspace's.
    Workspace(WorkspaceId),
}

impl FromStr for NodeId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let prefix = text.rsplit_once('_').map_or("", |(prefix, _)| prefix);
        match prefix {
            CampaignId::PREFIX => text.parse().map(Self::Campaign),
            DraftId::PREFIX => text.parse().map(Self::Draft),
            SegmentId::PREFIX => text.parse().map(Self::Segment),
            CanvasId::PREFIX => text.parse().map(Self::Canvas),
            RecipientId::PREFIX => text.parse().map(Self::Recipient),
            WorkspaceId::PREFIX => text.parse().map(Self::Workspace),
            _ => Err(IdError::Malformed),
        }
    }
}

/// The id of something that competes for the in-app slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceId {
    /// An in-app campaign's.
    Campaign(CampaignId),
    /// A Canvas's.
    Canvas(CanvasId),
}

impl SourceId {
    /// The UUID as it is stored.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Campaign(id) => id.uuid(),
            Self::Canvas(id) => id.uuid(),
        }
    }
}

impl FromStr for SourceId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.parse()? {
            NodeId::Campaign(id) => Ok(Self::Campaign(id)),
            NodeId::Canvas(id) => Ok(Self::Canvas(id)),
            NodeId::Draft(_) | NodeId::Segment(_) | NodeId::Recipient(_) | NodeId::Workspace(_) => {
                Err(IdError::WrongKind {
                    expected: "campaign or a Canvas",
                })
            }
        }
    }
}

/// The id of something that has a content: of a campaign, for its live one, or of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentId {
    /// A campaign's.
    Campaign(CampaignId),
    /// A draft's.
    Draft(DraftId),
}

impl FromStr for ContentId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.parse()? {
            NodeId::Campaign(id) => Ok(Self::Campaign(id)),
            NodeId::Draft(id) => Ok(Self::Draft(id)),
            NodeId::Canvas(_) | NodeId::Segment(_) | NodeId::Recipient(_) | NodeId::Workspace(_) => {
                Err(IdError::WrongKind {
                    expected: "campaign or a draft",
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_brings_a_panic(text in ".*", prefix in "(cmp|drf|seg|cnv)?_?") {
            prop_assert!(text.parse::<CampaignId>().is_err());
            prop_assert!((prefix + &text).parse::<NodeId>().is_err());
        }
    }

    #[test]
    fn an_id_survives_its_text_form_and_no_other_kind_takes_it() {
        let id = CampaignId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0042));
        let text = id.to_string();
        assert!(text.starts_with("cmp_"), "{text}");
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(text.parse(), Ok(NodeId::Campaign(id)));
        assert_eq!(
            text.parse::<SegmentId>(),
            Err(IdError::WrongKind { expected: "segment" })
        );
        assert_eq!("nonsense".parse::<CampaignId>(), Err(IdError::Malformed));
    }

    #[test]
    fn odd_texts_are_no_ids() {
        for text in [
            "",
            "_",
            "cmp_",
            "cmp",
            "cmp_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "CMP_00000000000000000000000000",
            "cmp_ü",
        ] {
            assert!(text.parse::<CampaignId>().is_err(), "{text}");
            assert!(text.parse::<NodeId>().is_err(), "{text}");
        }
    }
}
