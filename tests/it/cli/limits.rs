//! The limits that the program has, and the page that tells of them.

use super::stdout;

/// The page with the table of all limits.
const PAGE: &str = include_str!("../../../docs/transport.md");

/// Each option and its default, as a number, as `serve --help` tells them.
fn of_the_program() -> Vec<(String, u64)> {
    let help = stdout(&["serve", "--help"]);
    let (_, limits) = help.split_once("\nLimits:\n").unwrap();
    let option = |text: &str| {
        let name = text.split(' ').next().unwrap();
        let (_, default) = text.split_once("[default: ").unwrap();
        let default = default.split(']').next().unwrap();
        (format!("--{name}"), default.parse().unwrap())
    };
    limits
        .split("\n      --")
        .map(|text| option(text.trim_start().trim_start_matches('-')))
        .collect()
}

/// A number as people write it, of bytes or seconds where it has a unit.
fn number(text: &str) -> u64 {
    let (digits, unit) = text.split_once(' ').unwrap_or((text, ""));
    let digits: u64 = digits.replace(',', "").parse().unwrap();
    let unit = match unit {
        "" | "s" => 1,
        "min" => 60,
        "MiB" => 1024 * 1024,
        other => panic!("{other}"),
    };
    digits * unit
}

/// The same, as the table on the page has them.
fn of_the_page() -> Vec<(String, u64)> {
    let (_, table) = PAGE.split_once("| option | default |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::to_owned).collect();
        let [_, options, defaults] = &cells[..] else {
            panic!("{line}")
        };
        let options = options.split('`').skip(1).step_by(2).map(str::to_owned);
        let defaults = defaults.split(';').map(|text| number(text.trim()));
        options.zip(defaults).collect::<Vec<_>>()
    };
    rows.flat_map(row).collect()
}

#[test]
fn every_limit_stands_on_the_page_with_its_default() {
    let (mut program, mut page) = (of_the_program(), of_the_page());
    program.sort();
    page.sort();
    assert!(program.len() > 20, "{program:?}");
    assert_eq!(program, page);
}
