//! Rows beside what the code would write for them.

use sea_orm::sea_query::Value;
use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait, Iden as _, Iterable as _, ModelTrait};
use understudy_domain::SegmentId;

/// How many characters of a text are told.
const SHOWN: usize = 60;

/// The columns in which a row is not as it would be written. What is not set is not compared.
pub(super) fn differences<M, A>(row: &M, written: &A) -> Vec<String>
where
    M: ModelTrait,
    A: ActiveModelTrait<Entity = M::Entity>,
{
    let columns = <M::Entity as EntityTrait>::Column::iter();
    let different = columns.filter_map(|column| {
        let expected = match written.get(column) {
            ActiveValue::Set(value) | ActiveValue::Unchanged(value) => value,
            ActiveValue::NotSet => return None,
        };
        let found = row.get(column);
        let name = column.to_string();
        let (expected_text, found_text) = (shown(&name, &expected), shown(&name, &found));
        (expected != found).then(|| format!("{name}: expected {expected_text}, found {found_text}"))
    });
    different.collect()
}

/// A value as it is told: in one line, cut where it is long.
fn shown(column: &str, value: &Value) -> String {
    let cut = |text: String| {
        if text.chars().nth(SHOWN).is_some() {
            text.chars().take(SHOWN).chain(['…']).collect()
        } else {
            text
        }
    };
    match value {
        Value::String(Some(text)) => cut(format!("{text:?}")),
        Value::Json(Some(json)) => cut(json.to_string()),
        Value::Bytes(Some(bytes)) => cut(format!("{bytes:02x?}")),
        Value::ChronoDateTimeUtc(Some(at)) => at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        Value::Uuid(Some(id)) if column.ends_with("segment_id") => SegmentId::from_uuid(*id).to_string(),
        Value::Uuid(Some(id)) => id.to_string(),
        Value::SmallInt(Some(number)) => number.to_string(),
        Value::Int(Some(number)) => number.to_string(),
        Value::BigInt(Some(number)) => number.to_string(),
        // The tables have no columns of other types.
        _ => "none".to_owned(),
    }
}
