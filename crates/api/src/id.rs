//! Ids as they come in. An id of another kind is an error, not a miss: it can only come from a mistake in the client.

use std::str::FromStr;

use async_graphql::ID;
use understudy_domain::id::IdError;

use crate::error::Failed;

/// The id in `argument`.
pub(crate) fn parse<Id: FromStr<Err = IdError>>(id: &ID, argument: &str) -> Result<Id, Failed> {
    id.parse()
        .map_err(|error| Failed::bad_input(argument, format!("{argument} {error}")))
}

/// All the ids in `argument`; an error names the first wrong one by its index.
pub(crate) fn parse_all<Id: FromStr<Err = IdError>>(ids: &[ID], argument: &str) -> Result<Vec<Id>, Failed> {
    let parse = |(index, id): (usize, &ID)| match id.parse() {
        Ok(id) => Ok(id),
        Err(error) => {
            let argument = format!("{argument}.{index}");
            let message = format!("{argument} {error}");
            Err(Failed::bad_input(argument, message))
        }
    };
    ids.iter().enumerate().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use understudy_domain::{CampaignId, NodeId, SegmentId, SourceId};
    use uuid::Uuid;

    use super::*;

    fn bad_input<T: std::fmt::Debug>(result: Result<T, Failed>) -> (Option<String>, String) {
        match result {
            Err(Failed::BadInput { argument, message }) => (argument, message),
            other => panic!("not a wrong input: {other:?}"),
        }
    }

    #[test]
    fn an_id_of_another_kind_is_an_error_that_names_the_argument() {
        let segment = ID::from(SegmentId::from_uuid(Uuid::from_u128(7)));
        let (argument, message) = bad_input(parse::<CampaignId>(&segment, "id"));
        assert_eq!(argument.as_deref(), Some("id"));
        assert_eq!(message, "id is not the id of a campaign");
        assert!(parse::<SegmentId>(&segment, "id").is_ok());
        assert!(parse::<NodeId>(&segment, "id").is_ok());
        assert!(parse::<SourceId>(&segment, "sourceId").is_err());
    }

    #[test]
    fn a_wrong_id_in_a_list_is_named_by_its_index() {
        let good = ID::from(CampaignId::from_uuid(Uuid::from_u128(7)));
        let ids = [good.clone(), good, ID("nonsense".to_owned())];
        let (argument, message) = bad_input(parse_all::<CampaignId>(&ids, "ids"));
        assert_eq!(argument.as_deref(), Some("ids.2"));
        assert_eq!(message, "ids.2 is not an id");
    }
}
