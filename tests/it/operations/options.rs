//! The options of `serve`, as whoever runs it reads of them: in its help, and on the page about the wire.

use std::collections::BTreeMap;

use crate::harness::run;

/// The page that says which limits there are.
const PAGE: &str = include_str!("../../../docs/transport.md");

/// Limits that stand elsewhere on the page than in its table, in their own units.
const ELSEWHERE: [(&str, &str); 2] = [("--init-timeout", "10"), ("--socket-timeout", "120")];

/// What the help says of an option.
struct Helped {
    variable: Option<String>,
    default: Option<String>,
    is_limit: bool,
}

/// What stands in brackets behind a name, as in `[default: 10]`.
fn bracketed(paragraph: &str, name: &str) -> Option<String> {
    let (_, rest) = paragraph.split_once(&format!("[{name}: "))?;
    Some(rest.split(']').next().unwrap().to_owned())
}

/// All options of `serve`, by their names.
fn helped() -> BTreeMap<String, Helped> {
    let (help, _, _) = run(&["serve", "--help"]);
    // Only the lines that begin an option begin so.
    let options = |text: &str, is_limit: bool| -> Vec<_> {
        let paragraphs = text.split("\n      --").skip(1);
        let option = paragraphs.map(|paragraph| {
            let name = paragraph.split_whitespace().next().unwrap();
            let helped = Helped {
                variable: bracketed(paragraph, "env").map(|variable| variable.replace('=', "")),
                default: bracketed(paragraph, "default"),
                is_limit,
            };
            (format!("--{name}"), helped)
        });
        option.collect()
    };
    let (others, limits) = help.split_once("\nLimits:").unwrap();
    let all = [options(others, false), options(limits, true)];
    all.into_iter().flatten().collect()
}

/// A number as the page writes it, e.g. `1 MiB` or `60 s`, in the units of its option.
fn number(written: &str) -> String {
    let (digits, unit) = written.split_once(' ').unwrap_or((written, ""));
    let factor = match unit {
        "MiB" => 1024 * 1024,
        "s" | "" => 1,
        other => panic!("an unknown unit: {other}"),
    };
    let digits: u64 = digits.replace(',', "").parse().unwrap();
    (digits * factor).to_string()
}

/// The limits in the page's table, with their defaults.
fn on_the_page() -> BTreeMap<String, String> {
    let (_, table) = PAGE.split_once("\n## Limits\n").unwrap();
    let rows = table.lines().skip_while(|line| !line.starts_with("|---"));
    let rows = rows.skip(1).take_while(|line| line.starts_with('|'));
    let mut limits = BTreeMap::new();
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, options, defaults] = cells[..] else {
            panic!("no row: {row}")
        };
        if options == "none" {
            continue;
        }
        let (options, defaults) = (options.split(", "), defaults.split("; "));
        assert_eq!(options.clone().count(), defaults.clone().count(), "{row}");
        for (option, default) in options.zip(defaults) {
            limits.insert(option.trim_matches('`').to_owned(), number(default));
        }
    }
    limits
}

#[test]
fn the_limits_on_the_page_are_those_of_the_server() {
    let elsewhere = ELSEWHERE.map(|(option, default)| (option.to_owned(), default.to_owned()));
    let mut said = on_the_page();
    said.extend(elsewhere);
    let limits = helped().into_iter().filter(|(_, helped)| helped.is_limit);
    let limits: BTreeMap<_, _> = limits
        .map(|(option, helped)| (option, helped.default.unwrap()))
        .collect();
    assert_eq!(said, limits);
    assert!(PAGE.contains("`--socket-timeout` says (2 min)"));
    assert!(PAGE.contains("| 4408 | no `connection_init` within `--init-timeout` |"));
}

#[test]
fn every_option_but_that_for_trying_it_out_has_a_variable_of_its_name() {
    let options = helped();
    assert!(options.len() > 25, "{:?}", options.keys());
    for (option, helped) in options {
        let name = option.trim_start_matches('-').to_uppercase().replace('-', "_");
        let expected = (option != "--demo").then(|| format!("UNDERSTUDY_{name}"));
        assert_eq!(helped.variable, expected, "{option}");
    }
}
