//! What is wrong, in words for an operator.

use understudy_domain::replay::Fault;
use understudy_domain::{Breach, CampaignEvent, Flaw, Status};

use crate::codes::Code as _;

/// A status as it is stored, and as clients see it.
fn status(status: Option<Status>) -> &'static str {
    status.map_or("none", Status::code)
}

/// Why an event cannot stand where it stands.
pub(super) fn fault(fault: &Fault, event: &CampaignEvent) -> String {
    match fault {
        Fault::NotCreated => "the campaign's first event must be CREATED".to_owned(),
        Fault::CreatedAgain => "the campaign was created already".to_owned(),
        Fault::Version { expected } => {
            format!("version: expected {expected}, found {}", event.version)
        }
        Fault::StatusBefore { expected } => format!(
            "status before it: expected {}, found {}",
            status(*expected),
            status(event.status_before)
        ),
        Fault::Refused(refusal) => format!(
            "the rules refuse it where the campaign is {}: {:?}",
            status(refusal.status),
            refusal.reason
        ),
        Fault::Unchanged { status } => {
            format!(
                "by the rules it changes nothing where the campaign is {}",
                status.code()
            )
        }
        Fault::StatusAfter { expected } => format!(
            "status after it: expected {}, found {}",
            expected.code(),
            event.status_after.code()
        ),
        Fault::Segment => "it names a segment as its cause, which only ARCHIVED does".to_owned(),
    }
}

/// What no command can have led to.
pub(super) fn breach(breach: &Breach) -> String {
    match breach {
        Breach::NoPlace => "its live message is in-app, and it has no place in the in-app order".to_owned(),
        Breach::NeedlessPlace => {
            "its live message is not in-app, and it has a place in the in-app order".to_owned()
        }
        Breach::Sending(reason) => format!("it is ACTIVE with what the rules do not let send: {reason:?}"),
    }
}

/// What is wrong with something that is kept.
pub(super) fn flaw(flaw: &Flaw) -> String {
    match flaw {
        Flaw::Problem(problem) => {
            format!(
                "{}: the rules do not let it in: {:?}",
                problem.path.join("."),
                problem.kind
            )
        }
        Flaw::KeptOtherwise(path) => format!("{path}: it is not kept as the rules keep it"),
    }
}
