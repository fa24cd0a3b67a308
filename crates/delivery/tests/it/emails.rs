//! Emails: what is handed over, and what the answers mean.

use std::time::Duration;

use chrono::{DateTime, Utc};
use understudy_delivery::{Email, EmailOptions, Emails, Failure, NoServer, SmtpServer};

use understudy_tests::receivers::Receiver;

fn emails(port: u16) -> Emails {
    emails_by(&format!("smtp://127.0.0.1:{port}"), Duration::from_mins(1))
}

fn emails_by(server: &str, timeout: Duration) -> Emails {
    Emails::new(EmailOptions {
        server: server.parse().unwrap(),
        timeout,
        from: "Example News <news@example.com>".parse().unwrap(),
    })
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_449_600, 0).unwrap()
}

fn email() -> Email<'static> {
    Email {
        to: "ada@example.org",
        from: None,
        reply_to: None,
        subject: "Hello",
        body: "<p>Hello</p>",
        key: "msg-1",
        unsubscribe: None,
    }
}

/// The header lines and the rest of what came.
fn parts(text: &str) -> (Vec<String>, String) {
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ");
    (head.split("\r\n").map(str::to_owned).collect(), body.to_owned())
}

#[tokio::test]
async fn an_email_arrives_as_it_was_meant() {
    let receiver = Receiver::smtp(&[]).await;
    let sent = Email {
        from: Some("Ünal <unal@example.net>"),
        reply_to: Some("answers@example.net"),
        subject: "Grüße, Ada",
        body: "<p>ü</p>\n.\n..x",
        unsubscribe: Some("<https://example.net/u?a=b>"),
        ..email()
    };
    assert_eq!(emails(receiver.port).send(sent, now()).await, Ok(()));
    let (lines, text) = receiver.received().remove(0);
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("MAIL FROM:<unal@example.net>")),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"RCPT TO:<ada@example.org>".to_owned()),
        "{lines:?}"
    );
    let (head, body) = parts(&text);
    for line in [
        "From: =?utf-8?b?w5xuYWw=?= <unal@example.net>",
        "To: ada@example.org",
        "Reply-To: answers@example.net",
        "Subject: =?utf-8?b?R3LDvMOfZSw=?= Ada",
        "Message-ID: <msg-1@example.net>",
        "Date: Mon, 23 Nov 2026 16:00:00 +0000",
        "Content-Type: text/html; charset=utf-8",
        "List-Unsubscribe: <https://example.net/u?a=b>",
    ] {
        assert!(head.iter().any(|own| own == line), "{line} is not in {head:#?}");
    }
    assert!(
        head.iter()
            .any(|line| line.starts_with("Content-Transfer-Encoding: ")),
        "{head:#?}"
    );
    assert!(body.ends_with("\r\n.\r\n"), "{body:?}");
}

#[tokio::test]
async fn who_sends_no_name_has_the_usual_one_and_a_message_has_one_id_for_ever() {
    let receiver = Receiver::smtp(&[]).await;
    let emails = emails(receiver.port);
    for _ in 0..2 {
        assert_eq!(emails.send(email(), now()).await, Ok(()));
    }
    let texts = receiver.received();
    let (first, second) = (parts(&texts[0].1), parts(&texts[1].1));
    assert_eq!(first, second);
    assert!(
        first
            .0
            .contains(&"From: \"Example News\" <news@example.com>".to_owned()),
        "{:#?}",
        first.0
    );
    assert!(first.0.contains(&"Message-ID: <msg-1@example.com>".to_owned()));
    // The connection was kept: its second message needs no second greeting.
    assert!(texts[0].0.iter().any(|line| line.starts_with("EHLO")));
    assert!(
        !texts[1].0.iter().any(|line| line.starts_with("EHLO")),
        "{:?}",
        texts[1].0
    );
}

#[tokio::test]
async fn nothing_in_a_message_is_another_header_or_another_command() {
    let receiver = Receiver::smtp(&[]).await;
    let sent = Email {
        subject: "a\r\nBcc: eve@example.org",
        body: "a\r\n.\r\nMAIL FROM:<eve@example.org>\r\n",
        unsubscribe: Some("<https://example.net/>\r\nBcc: eve@example.org"),
        ..email()
    };
    let _ = emails(receiver.port).send(sent, now()).await;
    for (lines, text) in receiver.received() {
        let (head, _) = parts(&text);
        assert!(
            !head.iter().any(|line| line.to_lowercase().starts_with("bcc")),
            "{head:#?}"
        );
        assert!(!lines.iter().any(|line| line.contains("eve")), "{lines:?}");
    }
    assert!(receiver.received().len() <= 1);
    for to in [
        "ada@example.org\r\nRCPT TO:<eve@example.org>",
        "nobody",
        "a@b, c@d",
    ] {
        let ended = emails(receiver.port).send(Email { to, ..email() }, now()).await;
        let reason = "the recipient's address cannot be written to".to_owned();
        assert_eq!(ended, Err(Failure::Permanent { reason }), "{to:?}");
    }
}

#[tokio::test]
async fn answers_say_whether_to_come_again() {
    let temporary = |reason: &str| {
        Err(Failure::Temporary {
            reason: reason.to_owned(),
            after: None,
        })
    };
    let permanent = |reason: &str| {
        Err(Failure::Permanent {
            reason: reason.to_owned(),
        })
    };
    let uncertain = Err(Failure::Uncertain {
        reason: "the mail server did not say whether it took the message".to_owned(),
    });
    for (command, answer, ended) in [
        ("MAIL", "451 not now", temporary("the mail server answered 451")),
        (
            "RCPT",
            "550 nobody of that name",
            permanent("the mail server answered 550"),
        ),
        ("RCPT", "452 full", temporary("the mail server answered 452")),
        (
            "DATA",
            "421 going down",
            temporary("the mail server answered 421"),
        ),
        (".", "554 spam", permanent("the mail server answered 554")),
        (".", "451 try again", temporary("the mail server answered 451")),
        ("MAIL", "", temporary("the mail server cannot be reached")),
        ("DATA", "", temporary("the mail server cannot be reached")),
        (".", "", uncertain),
    ] {
        let receiver = Receiver::smtp(&[(command, answer)]).await;
        let emails = emails(receiver.port);
        assert_eq!(emails.send(email(), now()).await, ended, "{command} {answer}");
        // What was answered to one is not taken for the answer to the next.
        assert_eq!(
            emails.send(email(), now()).await,
            ended,
            "{command} {answer}, again"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_away_or_says_nothing_is_not_waited_for() {
    let closed = tokio::net::TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let ended = emails(closed.local_addr().unwrap().port())
        .send(email(), now())
        .await;
    let reason = "the mail server cannot be reached".to_owned();
    assert_eq!(ended, Err(Failure::Temporary { reason, after: None }));

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("smtp://{}", listener.local_addr().unwrap());
    let ended = emails_by(&server, Duration::from_millis(50))
        .send(email(), now())
        .await;
    let reason = "the mail server did not answer in time".to_owned();
    assert_eq!(ended, Err(Failure::Temporary { reason, after: None }));
}

/// A password that goes out in plain text is worse than a message that does not.
#[tokio::test]
async fn a_server_that_must_encrypt_and_cannot_gets_nothing() {
    let receiver = Receiver::smtp(&[("EHLO", "250-receiver\r\n250 AUTH PLAIN LOGIN")]).await;
    let server = format!("smtp://ada:secret@127.0.0.1:{}?tls=required", receiver.port);
    let ended = emails_by(&server, Duration::from_mins(1))
        .send(email(), now())
        .await;
    let reason = "the mail server cannot do what it is asked for".to_owned();
    assert_eq!(ended, Err(Failure::Permanent { reason }));
    assert_eq!(receiver.received(), []);
}

#[test]
fn a_server_is_told_by_a_url() {
    for (url, shown) in [
        ("smtp://mail.example.com", "mail.example.com:25"),
        ("smtp://mail.example.com:587?tls=required", "mail.example.com:587"),
        (
            "smtps://ada:pass%20word@mail.example.com/",
            "mail.example.com:465",
        ),
        ("smtp://[::1]:2525", "::1:2525"),
    ] {
        assert_eq!(
            url.parse::<SmtpServer>().map(|server| format!("{server:?}")),
            Ok(shown.to_owned()),
            "{url}"
        );
    }
    for (url, wrong) in [
        ("", NoServer::NoUrl),
        ("mail.example.com", NoServer::NoUrl),
        ("http://mail.example.com", NoServer::Scheme),
        ("smtp://", NoServer::Host),
        (
            "smtp://mail.example.com?tls=maybe",
            NoServer::Parameter("tls=maybe".to_owned()),
        ),
        (
            "smtp://mail.example.com/inbox",
            NoServer::Parameter("/inbox".to_owned()),
        ),
        ("smtp://a%ff@mail.example.com", NoServer::Credentials),
    ] {
        assert_eq!(url.parse::<SmtpServer>(), Err(wrong), "{url}");
    }
}
