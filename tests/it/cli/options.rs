//! The options that `serve --help` tells of, and the page that has the limits among them.

use super::stdout;

/// The page with the table of all limits.
const PAGE: &str = include_str!("../../../docs/transport.md");

/// What stands in brackets behind a name, as in `[default: 10]`.
fn bracketed(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("[{name}: "))?;
    Some(rest.split(']').next().unwrap().to_owned())
}

/// The options in a part of the help, each with what is said of it.
fn options(help: &str) -> Vec<(String, String)> {
    let option = |text: &str| {
        let name = text.split_whitespace().next().unwrap();
        (format!("--{name}"), text.to_owned())
    };
    // Only the lines that begin an option begin so.
    help.split("\n      --").skip(1).map(option).collect()
}

/// Each limit and its default, as a number, as `serve --help` tells them.
fn of_the_program() -> Vec<(String, u64)> {
    let help = stdout(&["serve", "--help"]);
    let (_, limits) = help.split_once("\nLimits:").unwrap();
    let limit = |(option, text): (String, String)| {
        let default = bracketed(&text, "default").unwrap();
        (option, default.parse().unwrap())
    };
    options(limits).into_iter().map(limit).collect()
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

/// The same limits, as the table on the page has them.
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

#[test]
fn every_option_but_that_for_trying_it_out_has_a_variable_of_its_name() {
    let of = |command| options(&stdout(&[command, "--help"]));
    let (of_serve, of_deliver) = (of("serve"), of("deliver"));
    assert!(of_serve.len() > 25, "{of_serve:?}");
    assert!(of_deliver.len() > 6, "{of_deliver:?}");
    for (option, text) in of_serve.into_iter().chain(of_deliver) {
        let name = option.trim_start_matches('-').to_uppercase().replace('-', "_");
        let expected = (option != "--demo").then(|| format!("UNDERSTUDY_{name}"));
        let variable = bracketed(&text, "env").map(|variable| variable.replace('=', ""));
        assert_eq!(variable, expected, "{option}");
    }
}
