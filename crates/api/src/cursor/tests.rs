use proptest::prelude::*;
use understudy_app::read::page::sort_name;

use super::*;

const SORTS: [CampaignSort; 3] = [
    CampaignSort::CreatedAt,
    CampaignSort::UpdatedAt,
    CampaignSort::Name,
];
const DIRECTIONS: [SortDirection; 2] = [SortDirection::Ascending, SortDirection::Descending];

fn orders() -> impl Iterator<Item = CampaignOrder> {
    let order = |by| DIRECTIONS.map(|direction| CampaignOrder { by, direction });
    SORTS.into_iter().flat_map(order)
}

fn campaign_key(order: CampaignOrder, millis: i64, id: Uuid, name: &str) -> CampaignKey {
    match order.by {
        CampaignSort::CreatedAt | CampaignSort::UpdatedAt => CampaignKey::Time(
            DateTime::from_timestamp_millis(millis).unwrap(),
            CampaignId::from_uuid(id),
        ),
        CampaignSort::Name => CampaignKey::Name(NameKey {
            name: sort_name(name),
            id,
        }),
    }
}

/// A list in one order, as its mark and whether it takes a cursor.
type Taker = (&'static str, Box<dyn Fn(&str) -> bool>);

fn taker(order: impl Order + 'static) -> Taker {
    let mark = order.mark();
    (mark, Box::new(move |cursor| order.decode(cursor).is_some()))
}

/// Every list in every order.
fn takers() -> Vec<Taker> {
    let others = [
        taker(ByName::Segments),
        taker(ByName::Canvases),
        taker(ByPlace),
        taker(BySequence),
        taker(ByAge::Tokens),
        taker(ByAge::Recipients),
        taker(ByAge::SegmentRecipients),
    ];
    orders().map(taker).chain(others).collect()
}

fn only_taker(cursor: &str, mark: &str) {
    for (other, takes) in takers() {
        assert_eq!(takes(cursor), other == mark, "{other} and a cursor of {mark}");
    }
}

proptest! {
    #[test]
    fn a_campaign_is_found_again_in_its_order_and_in_no_other(
        millis in 0..=LAST_MILLISECOND, id in any::<u128>(), name in "[^\0]{0,200}"
    ) {
        for order in orders() {
            let key = campaign_key(order, millis, Uuid::from_u128(id), &name);
            let cursor = order.encode(&key);
            prop_assert_eq!(order.decode(&cursor), Some(key));
            only_taker(&cursor, order.mark());
        }
    }

    #[test]
    fn names_places_and_sequences_are_found_again(
        name in "[^\0]{0,50}", id in any::<u128>(), rank in prop::collection::vec(any::<u8>(), 8..40), sequence in 0..i64::MAX
    ) {
        let key = NameKey { name, id: Uuid::from_u128(id) };
        for list in [ByName::Segments, ByName::Canvases] {
            let cursor = list.encode(&key);
            prop_assert_eq!(list.decode(&cursor), Some(key.clone()));
            only_taker(&cursor, list.mark());
        }
        if let Some(rank) = Rank::from_bytes(rank) {
            for level in [InAppLevel::High, InAppLevel::Medium, InAppLevel::Low] {
                let place = Place { level, rank: rank.clone() };
                let cursor = ByPlace.encode(&place);
                only_taker(&cursor, ByPlace.mark());
                prop_assert_eq!(ByPlace.decode(&cursor), Some(place));
            }
        }
        let cursor = BySequence.encode(&sequence);
        prop_assert_eq!(BySequence.decode(&cursor), Some(sequence));
        only_taker(&cursor, BySequence.mark());
    }

    #[test]
    fn no_text_brings_a_panic(text in ".*", bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for (mark, takes) in takers() {
            takes(&text);
            takes(&URL_SAFE_NO_PAD.encode(&bytes));
            takes(&URL_SAFE_NO_PAD.encode(&text));
            takes(&URL_SAFE_NO_PAD.encode(format!("{mark}:{text}")));
            takes(&URL_SAFE_NO_PAD.encode([mark.as_bytes(), b":", &bytes].concat()));
        }
    }
}

#[test]
fn what_was_never_written_is_no_cursor() {
    let id = Uuid::nil();
    for text in [
        "history:-1".to_owned(),
        "history:".to_owned(),
        "history:9223372036854775808".to_owned(),
        "in-app:".to_owned(),
        "in-app:h".to_owned(),
        "in-app:h80".to_owned(),
        "in-app:x8000000000000000".to_owned(),
        "in-app:h800000000000000001f".to_owned(),
        "in-app:h+000000000000000".to_owned(),
        "in-app:é8000000000000000".to_owned(),
        format!("campaigns/created-down:-1:{id}"),
        format!("campaigns/created-down:{}:{id}", i64::MAX),
        format!("campaigns/created-down:{}:{id}", LAST_MILLISECOND + 1),
        "campaigns/created-down:0:cmp".to_owned(),
        format!("campaigns/name-up:{id}:a\0b"),
        "segments:name".to_owned(),
        "segments".to_owned(),
    ] {
        let cursor = URL_SAFE_NO_PAD.encode(&text);
        for (mark, takes) in takers() {
            assert!(!takes(&cursor), "{mark} takes {text:?}");
        }
    }
}
