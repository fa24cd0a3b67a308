//! The rules table, asked of the real commands: every status, draft or not, whatever either content has, every
//! command. One snapshot shows the answers; the law, written by hand beside this file, says what they must be.

mod situation;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use understudy_domain::{Campaign, Command, Refusal, Transition};

use crate::support::{reason_name, status_name};
pub(crate) use situation::ask;
use situation::{Life, Situation};

/// The table's promises in the table's form. A cell's answers are tried from the left: the first holds whose
/// condition does.
const LAW: &str = include_str!("matrix/law.md");

#[test]
fn every_command_answers_as_the_law_says() {
    let law = Law::read(LAW);
    for command in Command::ALL {
        for situation in Situation::all().filter(|situation| situation.is_reachable()) {
            assert_eq!(
                answer(situation, command),
                law.promise(command, situation),
                "{} where {situation:?}",
                command_name(command),
            );
        }
    }
}

#[test]
fn the_matrix_reads_like_the_rules_table() {
    let mut text = String::from(
        "Answers in parentheses belong to what no command leads to: a draft without a launch before it.\n\
         A content, a draft or a channel is named only where it makes a difference; all were asked.\n",
    );
    for command in Command::ALL {
        print_command(&mut text, command);
    }
    insta::assert_snapshot!("matrix", text);
}

/// What the command does, in the words of the rules table, with all that must hold of any answer.
fn answer(situation: Situation, command: Command) -> String {
    let before = situation.campaign();
    match ask(&before, command, &Situation::segments()) {
        Ok(Transition::Changed { campaign, event }) => {
            assert_eq!(event.version, campaign.version);
            assert_eq!(event.status_after, campaign.lifecycle.status());
            assert_ne!(*campaign, before, "a change changes something");
            change_name(command, &before, &campaign)
        }
        Ok(Transition::Unchanged(campaign)) => {
            assert_eq!(*campaign, before, "what is unchanged is wholly so");
            "unchanged".to_owned()
        }
        Err(Refusal {
            command: refused,
            status,
            reason,
        }) => {
            assert_eq!((refused, status), (command, Some(before.lifecycle.status())));
            reason_name(&reason).to_owned()
        }
    }
}

fn change_name(command: Command, before: &Campaign, after: &Campaign) -> String {
    let (from, to) = (before.lifecycle.status(), after.lifecycle.status());
    if command == Command::Clone {
        assert_ne!(after.id, before.id);
        format!("new {}", status_name(to))
    } else if from != to {
        format!("→ {}", status_name(to))
    } else if before.draft.as_ref().map(|draft| &draft.content) == Some(&after.live) && after.draft.is_none()
    {
        "draft → live".to_owned()
    } else {
        "changed".to_owned()
    }
}

const fn command_name(command: Command) -> &'static str {
    match command {
        Command::Update => "update live",
        Command::Launch => "launch",
        Command::SaveDraft => "save draft",
        Command::LaunchDraft => "launch draft",
        Command::DiscardDraft => "discard draft",
        Command::Stop => "stop",
        Command::Resume => "resume",
        Command::Archive => "archive",
        Command::Unarchive => "unarchive",
        Command::SetInAppPriority => "set in-app priority",
        Command::Clone => "clone",
    }
}

/// The rules table as it was read from the text.
struct Law<'a>(Vec<Vec<&'a str>>);

impl<'a> Law<'a> {
    fn read(text: &'a str) -> Self {
        let row = |line: &'a str| line.trim_matches('|').split('|').map(str::trim).collect();
        let rows: Vec<Vec<&str>> = text
            .lines()
            .filter(|line| !line.starts_with("|-"))
            .map(row)
            .collect();
        assert_eq!(
            rows.len(),
            Command::ALL.len() + 1,
            "a header and a row for each command"
        );
        Self(rows)
    }

    fn promise(&self, command: Command, situation: Situation) -> &'a str {
        let [header, rows @ ..] = self.0.as_slice() else {
            panic!("the law has a header");
        };
        let status = status_name(situation.life.status());
        let column = header.iter().position(|name| *name == status);
        let row = rows
            .iter()
            .find(|row| row.first() == Some(&command_name(command)));
        let cell = column.zip(row).and_then(|(column, row)| row.get(column));
        let cell = cell.expect("the law has every command and status");
        cell.split("; ")
            .find_map(|answer| match answer.split_once(" if ") {
                Some((answer, condition)) => situation.is(condition).then_some(answer),
                None => Some(answer),
            })
            .expect("the last answer of a cell has no condition")
    }
}

fn print_command(text: &mut String, command: Command) {
    let differences = Differences::of(command);
    let mut rows: Vec<(String, Vec<String>)> = vec![];
    let labels: Vec<String> = Situation::all()
        .map(|situation| differences.label(situation))
        .collect();
    let mut seen = BTreeSet::new();
    for label in labels.iter().filter(|label| seen.insert((*label).clone())) {
        let cell = |life| cell(command, life, |situation| differences.label(situation) == *label);
        rows.push((label.clone(), Life::ALL.into_iter().map(cell).collect()));
    }

    let header = Life::ALL.map(|life| life.name().to_owned()).to_vec();
    rows.insert(0, (command_name(command).to_owned(), header));
    text.push('\n');
    for (label, cells) in rows {
        let mut line = format!("{label:<46}");
        for cell in cells {
            write!(line, " | {cell:<19}").expect("a string takes everything");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

/// The one answer of all situations of that life that the row is about.
fn cell(command: Command, life: Life, is_of_row: impl Fn(Situation) -> bool) -> String {
    let of_row = || Situation::all().filter(|situation| situation.life == life && is_of_row(*situation));
    let answers: BTreeSet<String> = of_row().map(|situation| answer(situation, command)).collect();
    let answers = Vec::from_iter(answers).join(" or ");
    if of_row().any(Situation::is_reachable) {
        answers
    } else {
        format!("({answers})")
    }
}

/// Which parts of a situation make a difference to a command's answer, found by asking.
struct Differences {
    live: bool,
    in_app: bool,
    draft: DraftDifference,
}

enum DraftDifference {
    None,
    /// Whether there is one.
    Presence,
    /// What it has.
    Content,
}

impl Differences {
    fn of(command: Command) -> Self {
        let all: Vec<(Situation, String)> = Situation::all()
            .map(|situation| (situation, answer(situation, command)))
            .collect();
        // Two situations that are the same but for one part, and yet are answered differently.
        let differs = |same_but: fn(Situation, Situation) -> Situation| {
            all.iter().any(|(a, answer_to_a)| {
                all.iter()
                    .any(|(b, answer_to_b)| same_but(*a, *b) == *b && answer_to_a != answer_to_b)
            })
        };
        let draft_of = |a, b: Situation| Situation { draft: b.draft, ..a };
        let content_of_draft = |a: Situation, b: Situation| Situation {
            draft: a.draft.and(b.draft).or(a.draft),
            ..a
        };
        Self {
            live: differs(|a, b| Situation { live: b.live, ..a }),
            in_app: differs(|a, b| Situation {
                in_app: b.in_app,
                ..a
            }),
            draft: if differs(content_of_draft) {
                DraftDifference::Content
            } else if differs(draft_of) {
                DraftDifference::Presence
            } else {
                DraftDifference::None
            },
        }
    }

    /// What is worth saying about the situation.
    fn label(&self, situation: Situation) -> String {
        let mut parts = vec![];
        if self.live {
            parts.push(format!("live {}", situation.live.name()));
        }
        if self.in_app {
            parts.push(if situation.in_app { "in-app" } else { "not in-app" }.to_owned());
        }
        match (&self.draft, situation.draft) {
            (DraftDifference::None, _) => {}
            (_, None) => parts.push("no draft".to_owned()),
            (DraftDifference::Presence, Some(_)) => parts.push("a draft".to_owned()),
            (DraftDifference::Content, Some(draft)) => parts.push(format!("draft {}", draft.name())),
        }
        if parts.is_empty() {
            parts.push("always".to_owned());
        }
        format!("  {}", parts.join(", "))
    }
}
