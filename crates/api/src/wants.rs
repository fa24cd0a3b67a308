//! What a selection needs of the store, told from the selection before anything is read.
//!
//! It is told by the names of the fields alone, whatever the type conditions around them: at worst that reads a part
//! too many, and it never misses one.

use async_graphql::{ScalarType as _, SelectionField};
use understudy_app::read::Wants;
use understudy_domain::Days;

use crate::scalar::DateTime;

const NOTHING: Wants = Wants {
    content: false,
    message: false,
    tags: false,
    segments: false,
    draft: false,
    priority: false,
    archive_segment: false,
    results: None,
    progress: false,
};

const CONTENT: Wants = Wants {
    content: true,
    ..NOTHING
};

/// What the cursor of a list in the in-app order needs.
pub(crate) const PRIORITY: Wants = Wants {
    priority: true,
    ..NOTHING
};

/// What the cursor of a list ordered by name needs.
pub(crate) const NAME: Wants = CONTENT;

/// What finding a draft by its id needs.
pub(crate) const DRAFT: Wants = Wants {
    draft: true,
    ..NOTHING
};

/// What is selected of the campaigns, or the drafts, that `field` answers with.
pub(crate) fn of(field: SelectionField<'_>) -> Wants {
    field.selection_set().map(of_part).fold(NOTHING, Wants::and)
}

/// What is selected of the campaigns at the end of `path` below `field`; `None` if the path itself is not selected.
pub(crate) fn at(field: SelectionField<'_>, path: &[&str]) -> Option<Wants> {
    let Some((name, rest)) = path.split_first() else {
        return Some(of(field));
    };
    let steps = field.selection_set().filter(|step| step.name() == *name);
    steps.filter_map(|step| at(step, rest)).reduce(Wants::and)
}

/// As [`at`], for what stands on the page that `field` answers with.
pub(crate) fn of_rows(field: SelectionField<'_>, path: &[&str]) -> Option<Wants> {
    let below = |start: &[&str]| at(field, &[start, path].concat());
    [below(&["nodes"]), below(&["edges", "node"])]
        .into_iter()
        .flatten()
        .reduce(Wants::and)
}

/// Whether `path` is selected below `field`.
pub(crate) fn selected(field: SelectionField<'_>, path: &[&str]) -> bool {
    at(field, path).is_some()
}

/// What one field of a campaign or a draft needs. The fields that are reads of their own (`history`, a segment's
/// `campaigns`) need nothing here.
fn of_part(field: SelectionField<'_>) -> Wants {
    match field.name() {
        "name" | "description" | "schedule" => CONTENT,
        "message" => Wants {
            message: true,
            ..CONTENT
        },
        "tags" => Wants {
            tags: true,
            ..CONTENT
        },
        "segments" => Wants {
            segments: true,
            ..CONTENT
        },
        "allowedActions" => Wants::STANDING,
        "changes" => Wants {
            message: true,
            tags: true,
            segments: true,
            draft: true,
            ..CONTENT
        },
        "inAppPriority" => PRIORITY,
        "archivedBy" => Wants {
            archive_segment: true,
            ..NOTHING
        },
        "analytics" => Wants {
            results: Some(days(field)),
            ..NOTHING
        },
        "delivery" => Wants {
            progress: true,
            ..NOTHING
        },
        "draft" => DRAFT.and(of(field)),
        "campaign" => of(field),
        _ => NOTHING,
    }
}

/// The days that the arguments of `analytics` mean. Those that are no moments are told of where it is answered.
fn days(field: SelectionField<'_>) -> Days {
    let arguments = field.arguments().unwrap_or_default();
    let moment = |wanted| {
        let (_, value) = arguments.iter().find(|(name, _)| name == wanted)?;
        let DateTime(at) = DateTime::parse(value.clone()).ok()?;
        Some(at)
    };
    Days::between(moment("from"), moment("to"))
}

#[cfg(test)]
mod tests;
