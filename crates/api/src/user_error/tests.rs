use understudy_domain::{
    Command, Escaping, Filter, Problem, ProblemKind, Reason, Refusal, SegmentId, Status, Template, Version,
};
use uuid::Uuid;

use super::*;

const ARGUMENTS: Arguments = Arguments {
    noun: "campaign",
    subject: &["id"],
    input: &["content"],
    neighbour: &["place", "before"],
    list: &["selection", "ids"],
};

fn segment() -> SegmentId {
    SegmentId::from_uuid(Uuid::from_u128(3))
}

/// One of each kind, in the order of [`number_of_kind`].
fn kinds() -> Vec<ProblemKind> {
    vec![
        ProblemKind::Missing,
        ProblemKind::Null,
        ProblemKind::Empty,
        ProblemKind::TooLong { limit: 10_000 },
        ProblemKind::TooLarge { limit: 1_048_576 },
        ProblemKind::TooMany { limit: 50 },
        ProblemKind::Repeated,
        ProblemKind::Nul,
        ProblemKind::LineBreak,
        ProblemKind::NotAnAddress,
        ProblemKind::NotAUrl,
        ProblemKind::NotAHeader,
        ProblemKind::NoStart,
        ProblemKind::EndBeforeStart,
        ProblemKind::NoSuchSegment(segment()),
        ProblemKind::ArchivedSegment(segment()),
        ProblemKind::Past,
        ProblemKind::Taken,
        ProblemKind::Control,
        ProblemKind::AnId,
        ProblemKind::TooDeep { limit: 16 },
        ProblemKind::NotAnObject,
        ProblemKind::NotAFilter(Filter::compile("true &&").unwrap_err()),
        ProblemKind::NotATemplate(Template::compile("{{ a b }}", Escaping::Html).unwrap_err()),
        ProblemKind::OtherChannel(Channel::InApp),
        ProblemKind::Future,
    ]
}

/// A new kind of problem does not compile here until it is in [`kinds`] too.
fn number_of_kind(kind: &ProblemKind) -> usize {
    match kind {
        ProblemKind::Missing => 0,
        ProblemKind::Null => 1,
        ProblemKind::Empty => 2,
        ProblemKind::TooLong { .. } => 3,
        ProblemKind::TooLarge { .. } => 4,
        ProblemKind::TooMany { .. } => 5,
        ProblemKind::Repeated => 6,
        ProblemKind::Nul => 7,
        ProblemKind::LineBreak => 8,
        ProblemKind::NotAnAddress => 9,
        ProblemKind::NotAUrl => 10,
        ProblemKind::NotAHeader => 11,
        ProblemKind::NoStart => 12,
        ProblemKind::EndBeforeStart => 13,
        ProblemKind::NoSuchSegment(_) => 14,
        ProblemKind::ArchivedSegment(_) => 15,
        ProblemKind::Past => 16,
        ProblemKind::Taken => 17,
        ProblemKind::Control => 18,
        ProblemKind::AnId => 19,
        ProblemKind::TooDeep { .. } => 20,
        ProblemKind::NotAnObject => 21,
        ProblemKind::NotAFilter(_) => 22,
        ProblemKind::NotATemplate(_) => 23,
        ProblemKind::OtherChannel(_) => 24,
        ProblemKind::Future => 25,
    }
}

fn problem(path: &[&str], kind: ProblemKind) -> Problem {
    Problem {
        path: path.iter().map(ToString::to_string).collect(),
        kind,
    }
}

fn refused(command: Command, reason: Reason) -> Refused {
    Refused::Campaign(Refusal {
        command,
        status: Some(Status::Stopped),
        reason,
    })
}

fn one(refused: &Refused) -> UserError {
    let mut errors = user_errors(refused, &ARGUMENTS);
    let error = errors.pop().unwrap();
    assert!(errors.is_empty(), "one refusal is one error: {refused:?}");
    check_message(&error.message);
    error
}

fn check_message(message: &str) {
    assert!(message.ends_with('.'), "not a sentence: {message}");
    assert!(
        message.starts_with(char::is_uppercase),
        "not a sentence: {message}"
    );
    assert!(!message.contains("  "), "two spaces: {message}");
}

fn path(error: &UserError) -> Option<Vec<&str>> {
    error
        .field
        .as_ref()
        .map(|field| field.iter().map(String::as_str).collect())
}

#[test]
fn every_problem_is_one_error_at_its_path() {
    let problems: Vec<Problem> = kinds()
        .into_iter()
        .map(|kind| problem(&["message", "email", "subject"], kind))
        .collect();
    let arms: Vec<usize> = problems
        .iter()
        .map(|problem| number_of_kind(&problem.kind))
        .collect();
    assert_eq!(arms, (0..problems.len()).collect::<Vec<_>>());

    let from_campaign = user_errors(
        &refused(Command::Update, Reason::Invalid(problems.clone())),
        &ARGUMENTS,
    );
    assert_eq!(
        from_campaign,
        user_errors(&Refused::Invalid(problems), &ARGUMENTS)
    );
    assert_eq!(from_campaign.len(), arms.len());
    for (error, kind) in from_campaign.iter().zip(kinds()) {
        let code = match kind {
            ProblemKind::ArchivedSegment(_) => UserErrorCode::SegmentArchived,
            _ => UserErrorCode::Invalid,
        };
        assert_eq!(error.code, code, "{kind:?}");
        assert_eq!(path(error), Some(vec!["content", "message", "email", "subject"]));
        check_message(&error.message);
    }
}

#[test]
fn a_problem_is_told_in_words_that_fit_its_field() {
    let told = |path: &[&str], kind| {
        let problems = vec![problem(path, kind)];
        user_errors(&Refused::Invalid(problems), &Arguments::default())
            .pop()
            .unwrap()
    };
    let tag = told(&["tags", "3"], ProblemKind::TooLong { limit: 100 });
    assert_eq!(tag.message, "The tag is too long: at most 100 characters.");
    assert_eq!(path(&tag), Some(vec!["tags", "3"]));
    let name = told(&["name"], ProblemKind::TooLong { limit: 10_000 });
    assert_eq!(name.message, "The name is too long: at most 10,000 characters.");
    let body = told(
        &["message", "email", "body"],
        ProblemKind::TooLarge { limit: 1 << 20 },
    );
    assert_eq!(
        body.message,
        "The body is too large: at most 1,048,576 bytes of UTF-8."
    );
    let header = told(
        &["message", "webhook", "headers", "0", "value"],
        ProblemKind::NotAHeader,
    );
    assert_eq!(
        header.message,
        "The value has characters that HTTP does not allow there."
    );
    let reply_to = told(&["message", "email", "replyTo"], ProblemKind::NotAnAddress);
    assert!(
        reply_to
            .message
            .starts_with("The reply-to address is not an email address")
    );
}

#[test]
fn every_rule_has_its_code_and_no_field() {
    for command in Command::ALL {
        for (reason, code) in [
            (Reason::DraftExists, UserErrorCode::DraftExists),
            (Reason::NoDraft, UserErrorCode::NoDraft),
            (Reason::NotLaunched, UserErrorCode::NotLaunched),
            (Reason::AlreadyLaunched, UserErrorCode::AlreadyLaunched),
            (Reason::CampaignArchived, UserErrorCode::CampaignArchived),
            (Reason::SegmentArchived, UserErrorCode::SegmentArchived),
            (Reason::NotInApp, UserErrorCode::NotInApp),
            (
                Reason::Incomplete {
                    message: true,
                    segments: true,
                },
                UserErrorCode::Incomplete,
            ),
        ] {
            let error = one(&refused(command, reason));
            assert_eq!((error.code, path(&error)), (code, None), "{command:?}");
        }
    }
}

#[test]
fn messages_say_what_to_do() {
    let told = |command, reason| one(&refused(command, reason)).message;
    assert_eq!(
        told(Command::Launch, Reason::AlreadyLaunched),
        "The campaign was launched already and is stopped; resume it."
    );
    assert!(told(Command::SaveDraft, Reason::NotLaunched).contains("directly"));
    assert!(told(Command::Resume, Reason::NotLaunched).contains("launch it"));
    assert!(told(Command::DiscardDraft, Reason::NoDraft).contains("discard"));
    assert!(told(Command::LaunchDraft, Reason::SegmentArchived).contains("draft"));
    let incomplete = |message, segments| told(Command::Launch, Reason::Incomplete { message, segments });
    assert!(incomplete(true, true).contains("a message and at least one segment"));
    assert!(incomplete(true, false).contains("needs a message before"));
    assert!(incomplete(false, true).contains("needs at least one segment before"));
}

#[test]
fn a_version_conflict_names_both_versions() {
    let actual = Version::from_number(7).unwrap();
    let error = one(&refused(
        Command::Stop,
        Reason::VersionConflict { expected: 5, actual },
    ));
    assert_eq!(error.code, UserErrorCode::VersionConflict);
    assert_eq!(path(&error), Some(vec!["expectedVersion"]));
    assert!(error.message.contains('5') && error.message.contains('7'));
    let of_segment = one(&Refused::VersionConflict {
        expected: 5,
        actual: 7,
    });
    assert_eq!(of_segment, error);
}

#[test]
fn other_refusals_name_their_argument() {
    use UserErrorCode as Code;
    let before = Some(vec!["place", "before"]);
    for (refused, code, field) in [
        (
            Refused::NotFound(Target::Subject),
            Code::NotFound,
            Some(vec!["id"]),
        ),
        (
            Refused::NotFound(Target::Neighbour),
            Code::NotFound,
            before.clone(),
        ),
        (Refused::SegmentArchived, Code::SegmentArchived, None),
        (
            Refused::CanvasArchived(Target::Subject),
            Code::CanvasArchived,
            None,
        ),
        (
            Refused::CanvasArchived(Target::Neighbour),
            Code::CanvasArchived,
            before.clone(),
        ),
        (
            Refused::CampaignArchived(Target::Subject),
            Code::CampaignArchived,
            None,
        ),
        (
            Refused::CampaignArchived(Target::Neighbour),
            Code::CampaignArchived,
            before.clone(),
        ),
        (Refused::NotInApp(Target::Subject), Code::NotInApp, None),
        (
            Refused::NotInApp(Target::Neighbour),
            Code::NotInApp,
            before.clone(),
        ),
        (Refused::OwnNeighbour, Code::Invalid, before),
        (
            Refused::CountMismatch {
                expected: 3,
                actual: 4,
            },
            Code::CountMismatch,
            Some(vec!["selection", "matching", "expectedCount"]),
        ),
        (
            Refused::TooMany { limit: 10_000 },
            Code::TooMany,
            Some(vec!["selection", "ids"]),
        ),
        (
            Refused::Duplicate { index: 7 },
            Code::Duplicate,
            Some(vec!["selection", "ids", "7"]),
        ),
    ] {
        let error = one(&refused);
        assert_eq!((error.code, path(&error)), (code, field), "{refused:?}");
    }
}

#[test]
fn an_unknown_campaign_of_a_bulk_command_is_named_by_its_index() {
    let error = bulk_error(&Refused::NotFound(Target::Subject), 7).unwrap();
    assert_eq!(error.code, UserErrorCode::NotFound);
    assert_eq!(path(&error), Some(vec!["selection", "ids", "7"]));
    let error = bulk_error(&refused(Command::Stop, Reason::NotLaunched), 7).unwrap();
    assert_eq!((error.code, path(&error)), (UserErrorCode::NotLaunched, None));
}
