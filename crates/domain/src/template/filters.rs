//! Filters of our own, and what all of them cost.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveTime};
use liquid_core::error::Result;
use liquid_core::model::{Value, ValueView};
use liquid_core::parser::{Filter, FilterArguments};
use liquid_core::runtime::{Expression, Runtime};
use liquid_core::{Display_filter, FilterReflection, ParseFilter};

use super::meter::{Meter, meter};

/// What calling a filter costs at least.
const CALL: usize = 64;

/// What it costs to look for a date in a text, in each of the ways in which one may be written.
const DATE: usize = 4_000;

/// A filter of the library, charged for what flows into it and what comes out of it.
#[derive(Clone)]
pub(super) struct Metered(pub(super) Box<dyn ParseFilter>);

impl ParseFilter for Metered {
    fn parse(&self, arguments: FilterArguments<'_>) -> Result<Box<dyn Filter>> {
        let positional: Vec<_> = arguments.positional.collect();
        let filter = self.0.parse(FilterArguments {
            positional: Box::new(positional.clone().into_iter()),
            keyword: arguments.keyword,
        })?;
        Ok(Box::new(MeteredFilter {
            name: self.reflection().name().to_owned(),
            arguments: positional,
            filter,
        }))
    }

    fn reflection(&self) -> &dyn FilterReflection {
        self.0.reflection()
    }
}

#[derive(Debug)]
struct MeteredFilter {
    name: String,
    arguments: Vec<Expression>,
    filter: Box<dyn Filter>,
}

impl fmt::Display for MeteredFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Filter for MeteredFilter {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        let meter = meter(runtime);
        meter.charge(CALL)?;
        if input.is_nil() && wants_something(&self.name) {
            return Ok(Value::Nil);
        }
        meter.charge(self.cost(input, runtime, &meter)?)?;
        let moment = if self.name == "date" { moment(input) } else { None };
        let output = match moment {
            Some(moment) => self.filter.evaluate(&Value::scalar(moment), runtime)?,
            None => self.filter.evaluate(input, runtime)?,
        };
        meter.charge_for(&output)?;
        Ok(output)
    }
}

impl MeteredFilter {
    /// What it costs before anything is done: what is larger than what comes in and what comes out.
    fn cost(&self, input: &dyn ValueView, runtime: &dyn Runtime, meter: &Meter) -> Result<usize> {
        let weight = meter.weigh(input);
        Ok(match self.name.as_str() {
            // A value for each letter.
            "split" | "sort" | "sort_natural" => weight.saturating_mul(16),
            // Four regular expressions.
            "strip_html" => weight.saturating_mul(32),
            // Everything is compared with everything.
            "uniq" => {
                let count = input.as_array().map_or(0, |list| list.values().count());
                weight.saturating_mul(count)
            }
            "replace" | "replace_first" => {
                let text = input.to_kstr();
                let (old, new) = (self.argument(0, runtime)?, self.argument(1, runtime)?);
                let places = text.matches(old.as_str()).count();
                weight.saturating_add(places.saturating_mul(new.len()))
            }
            "join" => {
                let count = input.as_array().map_or(0, |list| list.values().count());
                let separator = self.argument(0, runtime)?;
                weight.saturating_add(count.saturating_mul(separator.len()))
            }
            // Its fields may be padded to any width.
            "date" => {
                let format = self.argument(0, runtime)?;
                let widths = format
                    .split(|c: char| !c.is_ascii_digit())
                    .filter(|digits| !digits.is_empty())
                    .map(|digits| digits.parse().unwrap_or(usize::MAX));
                widths.fold(weight.saturating_add(DATE), usize::saturating_add)
            }
            _ => weight,
        })
    }

    /// An argument as text; one that is not there is empty.
    fn argument(&self, index: usize, runtime: &dyn Runtime) -> Result<String> {
        match self.arguments.get(index) {
            Some(argument) => Ok(argument.evaluate(runtime)?.to_kstr().into_string()),
            None => Ok(String::new()),
        }
    }
}

/// A date or a moment as JSON has them, or as seconds since 1970, as the library knows them.
fn moment(input: &dyn ValueView) -> Option<String> {
    let scalar = input.as_scalar()?;
    let text = scalar.clone().into_cow_str();
    let moment = match DateTime::parse_from_rfc3339(&text) {
        Ok(moment) => moment,
        // Seconds, as programs count them.
        Err(_) if scalar.type_name() == "whole number" => {
            DateTime::from_timestamp(scalar.to_integer()?, 0)?.fixed_offset()
        }
        Err(_) => text
            .parse::<NaiveDate>()
            .ok()?
            .and_time(NaiveTime::MIN)
            .and_utc()
            .fixed_offset(),
    };
    Some(moment.format("%Y-%m-%d %H:%M:%S %z").to_string())
}

/// Whether a filter fails of nothing. It then makes nothing of it, so that whoever lacks an attribute gets a message anyway.
fn wants_something(name: &str) -> bool {
    matches!(
        name,
        "abs"
            | "at_least"
            | "at_most"
            | "ceil"
            | "compact"
            | "concat"
            | "divided_by"
            | "first"
            | "floor"
            | "join"
            | "last"
            | "map"
            | "minus"
            | "modulo"
            | "plus"
            | "reverse"
            | "round"
            | "slice"
            | "sort"
            | "sort_natural"
            | "times"
            | "uniq"
            | "where"
    )
}

/// `raw`: a value as it is, where values are escaped otherwise.
#[derive(Clone, ParseFilter, FilterReflection)]
#[filter(name = "raw", description = "As it is.", parsed(RawFilter))]
pub(super) struct Raw;

#[derive(Debug, Default, Display_filter)]
#[name = "raw"]
struct RawFilter;

impl Filter for RawFilter {
    fn evaluate(&self, input: &dyn ValueView, _runtime: &dyn Runtime) -> Result<Value> {
        Ok(input.to_value())
    }
}

/// `json`: a value as JSON has it.
#[derive(Clone, ParseFilter, FilterReflection)]
#[filter(name = "json", description = "As JSON.", parsed(JsonFilter))]
pub(super) struct Json;

#[derive(Debug, Default, Display_filter)]
#[name = "json"]
struct JsonFilter;

impl Filter for JsonFilter {
    fn evaluate(&self, input: &dyn ValueView, _runtime: &dyn Runtime) -> Result<Value> {
        // In JSON's own tree, members have an order.
        let json = serde_json::to_value(input.to_value());
        json.map(|json| Value::scalar(json.to_string()))
            .map_err(|_| liquid_core::Error::with_msg("a value has no form in JSON"))
    }
}

/// `html_escaped`: what a scan puts behind values in HTML.
#[derive(Clone, ParseFilter, FilterReflection)]
#[filter(
    name = "html_escaped",
    description = "Escaped for HTML.",
    parsed(EscapeFilter)
)]
pub(super) struct Escape;

#[derive(Debug, Default, Display_filter)]
#[name = "html_escaped"]
struct EscapeFilter;

impl Filter for EscapeFilter {
    fn evaluate(&self, input: &dyn ValueView, _runtime: &dyn Runtime) -> Result<Value> {
        let text = input.render().to_string();
        let mut escaped = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                _ => escaped.push(c),
            }
        }
        Ok(Value::scalar(escaped))
    }
}
