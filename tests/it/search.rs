//! What a search finds: words of the live content, from their beginnings, whatever signs stand around them.

use serde_json::{Value, json};

use crate::harness::{World, email};

/// A world with one campaign, which has this description.
async fn described(description: &str) -> World {
    let world = World::new().await;
    let content = json!({ "name": "it", "description": description });
    assert_eq!(world.create(content).await.codes(), Vec::<&str>::new());
    world
}

/// Asks whether each search finds the one campaign there is.
async fn check(world: &World, cases: &[(&str, bool)]) {
    let mut wrong = vec![];
    for (search, is_found) in cases {
        if world.searched(search).await.len() != usize::from(*is_found) {
            wrong.push((search, is_found));
        }
    }
    assert_eq!(wrong, [], "what is searched for, and whether it should be found");
}

#[tokio::test]
async fn the_words_of_every_text_are_found() {
    let world = World::new().await;
    let message = |message: Value| json!({ "name": "x", "message": message });
    let contents = [
        ("named", json!({ "name": "x named" })),
        (
            "described",
            json!({ "name": "x", "description": "it is described" }),
        ),
        ("tagged", json!({ "name": "x", "tags": ["one", "is tagged"] })),
        (
            "subjected",
            message(json!({ "email": { "subject": "subjected", "body": "" } })),
        ),
        (
            "embodied",
            message(json!({ "email": { "subject": "s", "body": "<b>embodied</b>" } })),
        ),
        (
            "titled",
            message(json!({ "inApp": { "title": "titled", "body": "", "trigger": "t" } })),
        ),
        (
            "inside",
            message(json!({ "inApp": { "title": "t", "body": "inside", "trigger": "t" } })),
        ),
        (
            "hooked",
            message(json!({ "webhook": { "url": "https://example.com/hooked", "body": "" } })),
        ),
        (
            "posted",
            message(json!({ "webhook": { "url": "https://example.com/", "body": "{\"posted\": 1}" } })),
        ),
    ];
    for (word, mut content) in contents.clone() {
        let name = format!("{} {word}!", content["name"].as_str().unwrap());
        if word != "named" {
            content["name"] = json!(name.replace(word, &word.chars().rev().collect::<String>()));
        }
        assert_eq!(world.create(content).await.codes(), Vec::<&str>::new(), "{word}");
    }
    for (word, _) in contents {
        assert_eq!(world.searched(word).await.len(), 1, "{word}");
    }
    assert_eq!(world.searched("x").await.len(), 9);
}

#[tokio::test]
async fn all_words_must_be_there_in_any_order_and_anywhere() {
    let world = World::new().await;
    let content = json!({
        "name": "Summer sale", "description": "half price", "tags": ["loyal"],
        "message": { "email": { "subject": "Hurry", "body": "ends tomorrow" } },
    });
    world.create(content).await;
    check(
        &world,
        &[
            ("summer", true),
            ("summer sale", true),
            ("sale summer", true),
            ("tomorrow loyal hurry half summer", true),
            ("  sale \t\n\u{3000} summer  ", true),
            ("summer summer SUMMER", true),
            ("summer winter", false),
            ("summer or winter", false),
            ("sum", true),
            ("s", true),
            ("sal summ", true),
            ("ummer", false),
            ("summers", false),
            ("SUMMER", true),
            ("SuMm hAlF", true),
        ],
    )
    .await;
}

#[tokio::test]
async fn case_makes_no_difference_in_any_script_nor_do_diacritics_of_latin_letters() {
    let text = "Crème Brûlée, Žluťoučký kůň; Việt Nam; ПРИВЕТ мир; й; ΣΊΣΥΦΟΣ; naïve e\u{301}toile; Straße";
    let world = described(text).await;
    check(
        &world,
        &[
            ("creme brulee", true),
            ("CRÈME", true),
            ("cre\u{300}me", true),
            ("zlutoucky kun", true),
            ("viet", true),
            ("Việt", true),
            ("привет МИР", true),
            ("σίσυφος", true),
            ("ΣΊΣΥΦΟΣ", true),
            ("étoile", true),
            ("etoile", true),
            ("naive", true),
            ("straße", true),
            ("й", true),
            ("и\u{306}", true),
            ("STRAẞE", true),
        ],
    )
    .await;
}

#[tokio::test]
async fn signs_and_operators_of_the_index_are_plain_text() {
    let world =
        described("Rock AND Roll NEAR you (not here) col:umn C++ 50% off* ^top o'clock x-ray a_b \"quoted\"")
            .await;
    check(
        &world,
        &[
            ("AND", true),
            ("rock AND roll", true),
            ("rock OR roll", false),
            ("NOT rock", true),
            ("rock NOT jazz", false),
            ("NEAR", true),
            ("NEAR(rock roll)", false),
            ("NEAR( rock roll )", true),
            ("(not", true),
            ("here)", true),
            ("(((", false),
            ("col:umn", true),
            ("words:rock", false),
            ("words : rock", false),
            ("rock : roll", true),
            ("{words} rock", false),
            ("C++", true),
            ("50%", true),
            ("off*", true),
            ("of*", true),
            ("*rock", true),
            ("ro*ck", false),
            ("^top", true),
            ("^rock", true),
            ("^roll", true),
            ("o'clock", true),
            ("' OR 1=1 --", false),
            ("x-ray", true),
            ("-rock", true),
            ("rock - roll", true),
            ("a_b", true),
            ("\"quoted\"", true),
            ("\"rock", true),
            ("rock\"", true),
            ("\"\"rock\"\"", true),
            ("rock\"roll", false),
            ("rock\"and", true),
            ("rock \" \" roll", true),
            ("rock + roll", true),
            ("?1 $1 :a @b", false),
            ("rock\\", true),
        ],
    )
    .await;
}

#[tokio::test]
async fn only_signs_find_nothing_and_a_blank_does_not_narrow() {
    let world = described("* \" ( ) : ^ - + . , ! ❤").await;
    for signs in [
        "*", "\"", "\"\"", "(", ")", "()", ":", "^", "-", "--", "' '", "%", "_", "!?", "…", "\u{1}",
    ] {
        assert_eq!(world.searched(signs).await.len(), 0, "{signs:?}");
    }
    for blank in ["", " ", "\t\r\n", "\u{3000}\u{a0}\u{2003}"] {
        assert_eq!(world.searched(blank).await.len(), 1, "{blank:?}");
    }
    assert_eq!(world.searched(&" ".repeat(100_000)).await.len(), 1);
}

#[tokio::test]
async fn many_words_are_searched_for_at_once() {
    let words: Vec<String> = (0..500).map(|index| format!("w{index}")).collect();
    let world = described(&words.join(" ")).await;
    assert_eq!(world.searched(&words[100..200].join(" ")).await.len(), 1);
    assert_eq!(world.searched(&words[0..200].join(" ")).await.len(), 1);
    let one_missing = format!("{} missing", words[100..200].join(" "));
    assert_eq!(world.searched(&one_missing).await.len(), 0);
    assert_eq!(world.searched(&"w ".repeat(500)).await.len(), 1);
    assert_eq!(world.searched(&"w.".repeat(500)).await.len(), 0);
    assert_eq!(world.searched(&"\"".repeat(1_000)).await.len(), 0);
    assert_eq!(world.searched(&"w\"".repeat(500)).await.len(), 0);
    let long = "m".repeat(100_000);
    let content = json!({ "name": "long", "message": { "email": { "subject": "s", "body": long } } });
    world.create(content).await;
    assert_eq!(world.searched(&"m".repeat(1_000)).await, ["long"]);
}

#[tokio::test]
async fn other_scripts_and_emoji_can_be_searched_for() {
    let world =
        described("夏のセール 開催中! ขายลดราคา مرحبا بالعالم שלום Ελλάδα 👩‍👩‍👧 party 🎉 𝔘nicode ½").await;
    check(
        &world,
        &[
            ("夏のセール", true),
            ("夏の", true),
            ("開催中", true),
            ("冬", false),
            ("مرحبا", true),
            ("שלום", true),
            ("Ελλ", true),
            ("ΕΛΛΆΔΑ", true),
            ("party 🎉", true),
            ("🎉party", true),
            ("🎉", false),
            ("👩‍👩‍👧", false),
            ("½", true),
            ("Ⓐ", false),
            ("Ⓐ party", true),
            ("party \u{345}", true),
            ("\u{345}", false),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_drafts_words_find_the_campaign_once_they_are_live_and_the_old_ones_no_longer() {
    let world = World::new().await;
    let id = world.active(email("oldname")).await;
    let draft = json!({
        "name": "newname", "tags": ["newtag"], "description": "newtext",
        "message": { "email": { "subject": "newsubject", "body": "newbody" } },
    });
    world.save_draft(&id, draft).await;
    let new = ["newname", "newtag", "newtext", "newsubject", "newbody"];
    for word in new {
        assert_eq!(world.searched(word).await.len(), 0, "{word} is a draft's");
    }
    assert_eq!(world.searched("oldname hello").await.len(), 1);
    world
        .save_draft(&id, json!({ "tags": ["newtag", "second"] }))
        .await;
    world.run("launchDraft", &id).await;
    for word in new.iter().chain(&["second"]) {
        assert_eq!(world.searched(word).await.len(), 1, "{word} is live");
    }
    for word in ["oldname", "hello"] {
        assert_eq!(world.searched(word).await.len(), 0, "{word} is gone");
    }
}

#[tokio::test]
async fn discarded_and_replaced_words_find_nothing() {
    let world = World::new().await;
    let id = world.active(email("keptname")).await;
    world.save_draft(&id, json!({ "name": "discarded" })).await;
    world.run("discardDraft", &id).await;
    assert_eq!(world.searched("discarded").await.len(), 0);
    assert_eq!(world.searched("keptname").await.len(), 1);
    world
        .update(&id, json!({ "name": "updated", "message": null }))
        .await;
    assert_eq!(world.searched("keptname").await.len(), 0);
    assert_eq!(world.searched("hello").await.len(), 0);
    assert_eq!(world.searched("updated").await.len(), 1);
    world.update(&id, json!({ "name": "keptname" })).await;
    assert_eq!(world.searched("keptname").await.len(), 1);
    assert_eq!(world.searched("updated").await.len(), 0);
}
