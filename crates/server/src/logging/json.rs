//! The log as JSON: one object a line, all of whose members stand side by side.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::{JsonFields, Writer},
        time::{FormatTime as _, SystemTime},
    },
    registry::{LookupSpan, Scope},
};

/// The members that every line has; a field of the same name is left out.
const OWN: [&str; 3] = ["timestamp", "level", "target"];

/// What comes of the older interface for logs says by these fields where it is from.
const OLDER: [&str; 4] = ["log.target", "log.module_path", "log.file", "log.line"];

/// Writes an event and the spans around it as one flat object. The stock format puts each span into an object of its
/// own, where a request's id is at another place each time.
pub(super) struct Lines;

#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'a str,
    target: &'a str,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl<S> FormatEvent<S, JsonFields> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Map::new();
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            if let Some(formatted) = span.extensions().get::<FormattedFields<JsonFields>>() {
                add(&mut fields, &formatted.fields);
            }
        }
        let mut own = String::new();
        context.format_fields(Writer::new(&mut own), event)?;
        add(&mut fields, &own);
        for name in OWN {
            fields.remove(name);
        }
        // What is told of a span to traces alone.
        fields.retain(|name, _| !name.starts_with("otel."));
        let [target, ..] = OLDER.map(|name| fields.remove(name));
        let mut timestamp = String::new();
        SystemTime.format_time(&mut Writer::new(&mut timestamp))?;
        let line = Line {
            timestamp,
            level: event.metadata().level().as_str(),
            target: target
                .as_ref()
                .and_then(Value::as_str)
                .unwrap_or_else(|| event.metadata().target()),
            fields,
        };
        let line = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
        writeln!(writer, "{line}")
    }
}

/// Adds fields that were formatted as an object. An inner one takes the place of an outer one of the same name.
fn add(fields: &mut Map<String, Value>, formatted: &str) {
    // A span without fields has no object.
    if let Ok(object) = serde_json::from_str::<Map<String, Value>>(formatted) {
        fields.extend(object);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::{fmt::MakeWriter, layer::SubscriberExt as _};

    use super::*;

    /// What was written.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Written {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    #[test]
    fn an_event_and_its_spans_are_one_object_a_line() {
        let written = Written::default();
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(written.clone())
            .fmt_fields(JsonFields::new())
            .event_format(Lines);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let outer = tracing::error_span!(
                "outer",
                request_id = "a\"b\n",
                operation = tracing::field::Empty,
                otel.kind = "server"
            );
            outer.record("operation", "Late");
            let _outer = outer.entered();
            let _inner = tracing::error_span!("inner").entered();
            tracing::warn!(target: "here", count = 3, level = "mine", "two\nlines");
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let mut line: Map<String, Value> = serde_json::from_str(&text).unwrap();
        let timestamp = line.remove("timestamp").unwrap();
        assert!(timestamp.as_str().unwrap().ends_with('Z'), "{timestamp}");
        assert_eq!(
            Value::Object(line),
            serde_json::json!({
                "level": "WARN", "target": "here", "message": "two\nlines", "count": 3,
                "request_id": "a\"b\n", "operation": "Late",
            })
        );
    }
}
