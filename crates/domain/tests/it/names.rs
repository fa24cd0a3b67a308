//! What tokens and workspaces may be called.

use understudy_domain::{
    NewToken, ProblemKind, Role, Timestamp, Token, TokenId, WorkspaceId, token::workspace_name,
};
use uuid::Uuid;

/// What is wrong with a name of both.
fn problems(name: &str) -> Vec<ProblemKind> {
    let new = NewToken {
        name: name.to_owned(),
        role: Role::Viewer,
        expires_at: None,
    };
    let token = Token::create(TokenId::from_uuid(Uuid::nil()), new, None, Timestamp::UNIX_EPOCH);
    let token = token.map(|token| token.name);
    assert_eq!(token, workspace_name(name), "{name:?}");
    let problems = token.err().unwrap_or_default();
    assert!(problems.iter().all(|problem| problem.path == ["name"]));
    problems.into_iter().map(|problem| problem.kind).collect()
}

#[test]
fn names_have_nothing_in_them_that_steers_a_screen() {
    for steering in [
        '\t',
        '\n',
        '\r',
        '\u{1}',
        '\u{b}',
        '\u{c}',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{9b}',
        '\u{2028}',
        '\u{2029}',
        '\u{202e}',
        '\u{2066}',
        '\u{ad}',
        '\u{61c}',
        '\u{200b}',
        '\u{200e}',
        '\u{2060}',
        '\u{feff}',
        '\u{180e}',
        '\u{3164}',
        '\u{e0041}',
    ] {
        let name = format!("a{steering}b");
        assert_eq!(problems(&name), [ProblemKind::Control], "{name:?}");
    }
    assert_eq!(problems("a\0b"), [ProblemKind::Nul]);
    assert_eq!(problems(" \n"), [ProblemKind::Empty]);
    for name in [
        "Ada",
        " Ada\n",
        "ada@example.com",
        "Ada, who sends",
        "Ådå",
        "阿达",
        "\u{1f984}",
        "a\u{a0}b",
        // Joiners, without which Persian and some pictures are not written.
        "\u{0645}\u{06cc}\u{200c}\u{062e}",
        "\u{1f469}\u{200d}\u{1f680}",
    ] {
        assert_eq!(problems(name), [], "{name:?}");
    }
}

#[test]
fn a_workspace_is_not_called_by_an_id() {
    let id = WorkspaceId::from_uuid(Uuid::from_u128(7)).to_string();
    for name in [id.clone(), format!(" {id}\n")] {
        let problems = workspace_name(&name).map_err(|problems| problems[0].kind.clone());
        assert_eq!(problems, Err(ProblemKind::AnId));
    }
    for name in [id.to_uppercase(), format!("{id}0"), id.replace("wsp_", "")] {
        assert_eq!(workspace_name(&name), Ok(name));
    }
}
