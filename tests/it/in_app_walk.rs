//! Random lives of the in-app order, against a plain list: whatever is done, the order is total, every position is
//! told as it is, and what is archived finds its place again.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::harness::{World, email, in_app};

const LEVELS: [&str; 3] = ["HIGH", "MEDIUM", "LOW"];

/// What is done next; what it is done to is picked among those that are there.
#[derive(Debug, Clone)]
enum Deed {
    CreateCampaign,
    CreateCanvas(usize),
    Clone(prop::sample::Index),
    MoveToLevel(prop::sample::Index, usize),
    MoveBeside(prop::sample::Index, prop::sample::Index, bool),
    ArchiveOrUnarchive(prop::sample::Index),
    SaveDraft(prop::sample::Index, bool),
    LaunchDraft(prop::sample::Index),
    ChangeMessage(prop::sample::Index, bool),
}

fn deed() -> impl Strategy<Value = Deed> {
    let any = any::<prop::sample::Index>;
    prop_oneof![
        1 => Just(Deed::CreateCampaign),
        1 => (0..3_usize).prop_map(Deed::CreateCanvas),
        1 => any().prop_map(Deed::Clone),
        2 => (any(), 0..3_usize).prop_map(|(source, level)| Deed::MoveToLevel(source, level)),
        6 => (any(), any(), prop::bool::ANY).prop_map(|(one, two, side)| Deed::MoveBeside(one, two, side)),
        3 => any().prop_map(Deed::ArchiveOrUnarchive),
        1 => (any(), prop::bool::ANY).prop_map(|(source, is_in_app)| Deed::SaveDraft(source, is_in_app)),
        1 => any().prop_map(Deed::LaunchDraft),
        1 => (any(), prop::bool::ANY).prop_map(|(source, is_in_app)| Deed::ChangeMessage(source, is_in_app)),
    ]
}

#[derive(Debug, Clone)]
struct Source {
    id: String,
    is_archived: bool,
    /// Whether its draft's message is in-app, if there is one.
    draft: Option<bool>,
}

impl Source {
    fn is_canvas(&self) -> bool {
        self.id.starts_with("cnv_")
    }
}

struct Walk {
    world: World,
    segment: String,
    sources: Vec<Source>,
    /// By level, those that have a place there, the archived too, as numbers of sources.
    order: [Vec<usize>; 3],
}

impl Walk {
    fn place(&self, source: usize) -> Option<(usize, usize)> {
        let find = |(level, order): (usize, &Vec<usize>)| {
            Some((level, order.iter().position(|other| *other == source)?))
        };
        self.order.iter().enumerate().find_map(find)
    }

    fn leave(&mut self, source: usize) {
        for order in &mut self.order {
            order.retain(|other| *other != source);
        }
    }

    fn add(&mut self, id: String, level: usize) {
        self.order[level].insert(0, self.sources.len());
        self.sources.push(Source {
            id,
            is_archived: false,
            draft: None,
        });
    }

    /// The live message becomes in-app, or stops being it.
    fn set_in_app(&mut self, source: usize, is_in_app: bool) {
        match (self.place(source), is_in_app) {
            (None, true) => self.order[1].insert(0, source),
            (Some(_), false) => self.leave(source),
            (None, false) | (Some(_), true) => {}
        }
    }

    fn is_visible(&self, source: usize) -> bool {
        !self.sources[source].is_archived && self.place(source).is_some()
    }

    /// The nearest that is seen, beside a place.
    fn visible_neighbour(&self, of: usize, before: bool) -> Option<usize> {
        let (level, at) = self.place(of)?;
        let order = &self.order[level];
        let seen = |source: &&usize| !self.sources[**source].is_archived;
        if before {
            order[..at].iter().rev().find(seen).copied()
        } else {
            order[at + 1..].iter().find(seen).copied()
        }
    }

    async fn make_move(&mut self, source: usize, place: Value, expected: Option<bool>) {
        let end = self.world.log_end().await;
        let payload = self.world.place(&self.sources[source].id, place).await;
        assert_eq!(
            payload["userErrors"] == json!([]),
            expected.is_some(),
            "{payload}"
        );
        assert_eq!(payload["changed"], expected == Some(true));
        let told = i64::from(expected == Some(true) && !self.sources[source].is_canvas());
        assert_eq!(self.world.log_end().await, end + told);
    }

    async fn move_to_level(&mut self, source: usize, level: usize) {
        let expected = self
            .is_visible(source)
            .then(|| self.place(source).unwrap().0 != level);
        self.make_move(source, json!({ "level": LEVELS[level] }), expected)
            .await;
        if expected == Some(true) {
            self.leave(source);
            self.order[level].insert(0, source);
        }
    }

    async fn move_beside(&mut self, source: usize, neighbour: usize, before: bool) {
        let can = self.is_visible(source) && self.is_visible(neighbour) && source != neighbour;
        let expected = can.then(|| self.visible_neighbour(neighbour, before) != Some(source));
        let side = if before { "before" } else { "after" };
        let place = json!({ (side): self.sources[neighbour].id });
        self.make_move(source, place, expected).await;
        if expected == Some(true) {
            self.leave(source);
            let (level, at) = self.place(neighbour).unwrap();
            self.order[level].insert(if before { at } else { at + 1 }, source);
        }
    }

    async fn archive_or_unarchive(&mut self, source: usize) {
        let world = &self.world;
        let Source { id, is_archived, .. } = &self.sources[source];
        let verb = if *is_archived { "unarchive" } else { "archive" };
        if self.sources[source].is_canvas() {
            world.run_on_canvas(&format!("{verb}Canvas"), id).await;
        } else {
            world.run(&format!("{verb}Campaign"), id).await;
        }
        self.sources[source].is_archived ^= true;
    }

    /// Changes a campaign's message, or drafts it, or launches the draft; where it may.
    async fn edit(&mut self, source: usize, deed: &Deed) {
        let Source {
            id,
            is_archived,
            draft,
        } = self.sources[source].clone();
        if self.sources[source].is_canvas() || is_archived {
            return;
        }
        let content = |is_in_app: bool| {
            let content = if is_in_app { in_app("") } else { email("") };
            json!({ "message": content["message"], "description": format!("{is_in_app}") })
        };
        match *deed {
            Deed::SaveDraft(_, is_in_app) => {
                // Refused where the campaign never was launched, unchanged where it would differ in nothing.
                let saved = self.world.save_draft(&id, content(is_in_app)).await;
                let has_draft = !saved.campaign()["draft"].is_null();
                self.sources[source].draft = has_draft.then_some(is_in_app);
            }
            Deed::ChangeMessage(_, is_in_app) if draft.is_none() => {
                let payload = self.world.update(&id, content(is_in_app)).await;
                assert_eq!(payload.codes(), ["x"; 0]);
                self.set_in_app(source, is_in_app);
            }
            Deed::LaunchDraft(_) => {
                if let Some(is_in_app) = draft {
                    assert!(self.world.run("launchDraft", &id).await.changed());
                    self.sources[source].draft = None;
                    self.set_in_app(source, is_in_app);
                }
            }
            _ => {}
        }
    }

    async fn create(&mut self) {
        let mut content = in_app("Campaign");
        content["segmentIds"] = json!([self.segment]);
        let id = self.world.active(content).await;
        self.add(id, 1);
    }

    async fn clone(&mut self, source: usize) {
        if self.sources[source].is_canvas() {
            return;
        }
        let clone = self.world.clone_campaign(&self.sources[source].id, None).await;
        self.add(clone.id(), 1);
        if self.place(source).is_none() {
            self.leave(self.sources.len() - 1);
        }
    }

    async fn run(&mut self, deed: Deed) {
        let pick = |index: &prop::sample::Index| index.index(self.sources.len());
        match &deed {
            Deed::CreateCampaign => self.create().await,
            Deed::CreateCanvas(level) => {
                let id = self.world.canvas("Canvas", LEVELS[*level]).await;
                self.add(id, *level);
            }
            Deed::Clone(source) => self.clone(pick(source)).await,
            Deed::MoveToLevel(source, level) => self.move_to_level(pick(source), *level).await,
            Deed::MoveBeside(source, neighbour, before) => {
                self.move_beside(pick(source), pick(neighbour), *before).await;
            }
            Deed::ArchiveOrUnarchive(source) => self.archive_or_unarchive(pick(source)).await,
            Deed::SaveDraft(source, _) | Deed::LaunchDraft(source) | Deed::ChangeMessage(source, _) => {
                self.edit(pick(source), &deed).await;
            }
        }
        let in_level = |(level, order): (&&str, &Vec<usize>)| {
            let seen = order.iter().filter(|source| !self.sources[**source].is_archived);
            let places: Vec<(String, String)> = seen
                .map(|source| (self.sources[*source].id.clone(), (*level).to_owned()))
                .collect();
            places
        };
        let expected: Vec<(String, String)> = LEVELS.iter().zip(&self.order).flat_map(in_level).collect();
        let sources = self.world.sources().await;
        for (position, source) in (1..).zip(&sources) {
            assert_eq!(source["inAppPriority"]["position"], position);
        }
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let told = sources
            .iter()
            .map(|source| (text(&source["id"]), text(&source["inAppPriority"]["level"])));
        assert_eq!(told.collect::<Vec<_>>(), expected, "after {deed:?}");
    }
}

async fn walk(deeds: Vec<Deed>) {
    let world = World::new().await;
    let mut walk = Walk {
        segment: world.segment("Everyone").await,
        world,
        sources: vec![],
        order: [vec![], vec![], vec![]],
    };
    walk.run(Deed::CreateCampaign).await;
    walk.run(Deed::CreateCanvas(1)).await;
    for deed in deeds {
        walk.run(deed).await;
    }
}

#[test]
fn the_order_is_that_of_a_plain_list_whatever_is_done() {
    let config = Config {
        cases: 12,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, random);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runner
        .run(&prop::collection::vec(deed(), 60), |deeds| {
            runtime.block_on(walk(deeds));
            Ok(())
        })
        .unwrap();
}
