//! What comes to a client's mind.

use serde_json::{Value, json};

use super::client::Client;
use super::known::Kind;
use crate::harness::{email, in_app, webhook};

/// What a command on one campaign is asked for.
const PAYLOAD: &str = "changed userErrors { code } campaign { id version allowedActions }";

/// What can be done to a campaign, how it is done, and what comes of it.
const ACTIONS: [(&str, &str, Kind); 10] = [
    ("UPDATE", "updateCampaign", "UPDATED"),
    ("LAUNCH", "launchCampaign", "LAUNCHED"),
    ("SAVE_DRAFT", "saveDraft", "DRAFT_SAVED"),
    ("LAUNCH_DRAFT", "launchDraft", "DRAFT_LAUNCHED"),
    ("DISCARD_DRAFT", "discardDraft", "DRAFT_DISCARDED"),
    ("STOP", "stopCampaign", "STOPPED"),
    ("RESUME", "resumeCampaign", "RESUMED"),
    ("ARCHIVE", "archiveCampaign", "ARCHIVED"),
    ("UNARCHIVE", "unarchiveCampaign", "UNARCHIVED"),
    (
        "SET_IN_APP_PRIORITY",
        "setInAppPriority",
        "IN_APP_PRIORITY_CHANGED",
    ),
];

/// A move in the in-app order.
const PLACE: &str = "mutation ($source: ID!, $place: InAppPlace!) {
    payload: setInAppPriority(sourceId: $source, place: $place) {
        changed userErrors { code } campaign: source { ... on Campaign { id version allowedActions } } } }";

/// So many campaigns are made before most clients turn to those that there are.
const BEGINNING: usize = 40;

/// How many campaigns share a tag. A command on many is about those with one tag, so that it takes as long at the end
/// of a long run as at its beginning.
const WAVE: usize = 40;

/// A request, and what it may come to.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) query: String,
    pub(super) variables: Value,
    pub(super) deed: Deed,
    /// Whether it may be answered that it is none.
    pub(super) is_nonsense: bool,
}

/// What a command does if it changes anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    /// A campaign comes into being, with a name that no other has.
    Make { name: String },
    /// One campaign gets one event.
    One {
        id: String,
        kind: Kind,
        /// The version that it must have had.
        expected: Option<i64>,
    },
    /// Each campaign gets one event at most: these, or any.
    Many { kind: Kind, ids: Option<Vec<String>> },
    /// Each campaign that uses a segment is archived.
    Cascade,
    /// One campaign is shown.
    Show { id: String },
    /// No campaign changes.
    Nothing,
}

impl Command {
    /// The one campaign that it is about.
    pub(super) fn campaign(&self) -> Option<&str> {
        match &self.deed {
            Deed::One { id, .. } | Deed::Show { id } => Some(id),
            Deed::Make { .. } | Deed::Many { .. } | Deed::Cascade | Deed::Nothing => None,
        }
    }

    fn new(query: impl Into<String>, variables: Value, deed: Deed) -> Self {
        Self {
            query: query.into(),
            variables,
            deed,
            is_nonsense: false,
        }
    }
}

impl Client {
    /// The next command.
    pub(super) fn think(&mut self) -> Command {
        let count = self.stage.known.campaign_count();
        let Some(id) = self.stage.known.campaign(&mut self.dice) else {
            return self.create();
        };
        match self.dice.roll(100) {
            0..2 => self.create(),
            2..12 if count < BEGINNING => self.create(),
            12..14 => self.clone_campaign(&id),
            14..18 => self.move_canvas(),
            18..26 => self.bulk(),
            26..32 => self.segment(),
            32..35 => self.canvas(),
            35..40 => self.read(id),
            40..44 => self.nonsense(&id),
            _ => self.act(id),
        }
    }

    /// Does something with one campaign, mostly what can be done, as far as it is known.
    fn act(&mut self, id: String) -> Command {
        let mut actions = ACTIONS.to_vec();
        if self.dice.roll(6) > 0 {
            let allowed = self.stage.known.seen(&id).allowed_actions;
            actions.retain(|(action, ..)| allowed.iter().any(|allowed| allowed == action));
        }
        let (_, command, kind) = *self.dice.pick(&actions);
        match command {
            "updateCampaign" | "saveDraft" => self.single_with_content(command, kind, id),
            "setInAppPriority" => self.place(id, kind),
            _ => self.single(command, kind, id),
        }
    }

    fn create(&mut self) -> Command {
        let name = self.name();
        let mut content = self.content();
        content["name"] = json!(name);
        let query = format!(
            "mutation ($content: CampaignContentInput!) {{ payload: createCampaign(content: $content) {{ {PAYLOAD} }} }}"
        );
        Command::new(query, json!({ "content": content }), Deed::Make { name })
    }

    fn clone_campaign(&mut self, id: &str) -> Command {
        let name = self.name();
        let query = format!(
            "mutation ($id: ID!, $name: String) {{ payload: cloneCampaign(id: $id, name: $name) {{ {PAYLOAD} }} }}"
        );
        Command::new(query, json!({ "id": id, "name": name }), Deed::Make { name })
    }

    fn single(&mut self, command: &str, kind: Kind, id: String) -> Command {
        let argument = if command.ends_with("Draft") {
            "campaignId"
        } else {
            "id"
        };
        let expected = self.expected(&id);
        let query = format!(
            "mutation ($id: ID!, $version: Int) {{
                payload: {command}({argument}: $id, expectedVersion: $version) {{ {PAYLOAD} }} }}"
        );
        let variables = json!({ "id": id, "version": expected });
        Command::new(query, variables, Deed::One { id, kind, expected })
    }

    fn single_with_content(&mut self, command: &str, kind: Kind, id: String) -> Command {
        let argument = if command == "saveDraft" {
            "campaignId"
        } else {
            "id"
        };
        let expected = self.expected(&id);
        let query = format!(
            "mutation ($id: ID!, $version: Int, $content: CampaignContentInput!) {{
                payload: {command}({argument}: $id, expectedVersion: $version, content: $content) {{ {PAYLOAD} }} }}"
        );
        let variables = json!({ "id": id, "version": expected, "content": self.content() });
        Command::new(query, variables, Deed::One { id, kind, expected })
    }

    /// A move of a campaign in the in-app order.
    fn place(&mut self, id: String, kind: Kind) -> Command {
        let variables = json!({ "source": id, "place": self.spot() });
        let expected = None;
        Command::new(PLACE, variables, Deed::One { id, kind, expected })
    }

    fn move_canvas(&mut self) -> Command {
        let id = self.stage.known.canvas(&mut self.dice);
        Command::new(
            PLACE,
            json!({ "source": id, "place": self.spot() }),
            Deed::Nothing,
        )
    }

    /// Where something may stand in the in-app order.
    fn spot(&mut self) -> Value {
        let neighbour = match self.stage.known.campaign(&mut self.dice) {
            Some(campaign) if self.dice.roll(2) == 0 => campaign,
            Some(_) | None => self.stage.known.canvas(&mut self.dice),
        };
        match self.dice.roll(3) {
            0 => json!({ "before": neighbour }),
            1 => json!({ "after": neighbour }),
            _ => json!({ "level": self.dice.pick(&["HIGH", "MEDIUM", "LOW"]) }),
        }
    }

    /// A command on many campaigns, by their ids or by a filter.
    fn bulk(&mut self) -> Command {
        let (command, kind) = *self.dice.pick(&[
            ("stopCampaigns", "STOPPED"),
            ("resumeCampaigns", "RESUMED"),
            ("archiveCampaigns", "ARCHIVED"),
            ("unarchiveCampaigns", "UNARCHIVED"),
        ]);
        let (selection, ids) = if self.dice.roll(2) == 0 {
            let mut ids: Vec<String> = (0..=self.dice.roll(12))
                .filter_map(|_| self.stage.known.campaign(&mut self.dice))
                .collect();
            ids.sort();
            ids.dedup();
            self.dice.shuffle(&mut ids);
            (json!({ "ids": ids }), Some(ids))
        } else {
            (json!({ "matching": self.matching() }), None)
        };
        let dry_run = self.dice.roll(5) == 0;
        let policy = *self.dice.pick(&["APPLY_VALID", "APPLY_VALID", "ALL_OR_NOTHING"]);
        let query = format!(
            "mutation ($selection: CampaignSelection!, $options: BulkOptions) {{
                payload: {command}(selection: $selection, options: $options) {{
                    changedCount userErrors {{ code }} results {{ id outcome campaign {{ id version allowedActions }} }} }} }}"
        );
        let variables = json!({ "selection": selection, "options": { "dryRun": dry_run, "policy": policy } });
        let deed = if dry_run {
            Deed::Nothing
        } else {
            Deed::Many { kind, ids }
        };
        Command::new(query, variables, deed)
    }

    fn matching(&mut self) -> Value {
        let mut filter = if self.dice.roll(3) == 0 {
            json!({ "segmentId": self.stage.known.segment(&mut self.dice) })
        } else {
            json!({ "tags": [self.wave()] })
        };
        match self.dice.roll(6) {
            0 => filter["status"] = json!(["ARCHIVED"]),
            1 => filter["status"] = json!(["ACTIVE", "STOPPED"]),
            2 => filter["hasDraft"] = json!(true),
            3 => filter["channel"] = json!(["IN_APP"]),
            4 => filter["search"] = json!("campaign"),
            _ => {}
        }
        let mut matching = json!({ "filter": filter });
        if self.dice.roll(6) == 0 {
            matching["expectedCount"] = json!(self.dice.roll(30));
        }
        matching
    }

    /// Archives a segment with all that use it, or takes one back, or makes another.
    fn segment(&mut self) -> Command {
        let id = self.stage.known.segment(&mut self.dice);
        match self.dice.roll(12) {
            0..3 => {
                let dry_run = self.dice.roll(3) == 0;
                let query = "mutation ($id: ID!, $dryRun: Boolean!) {
                    payload: archiveSegment(id: $id, dryRun: $dryRun) {
                        changed userErrors { code } archivedCampaigns { id version allowedActions } } }";
                let deed = if dry_run { Deed::Nothing } else { Deed::Cascade };
                Command::new(query, json!({ "id": id, "dryRun": dry_run }), deed)
            }
            3..9 => {
                let query = "mutation ($id: ID!) { payload: unarchiveSegment(id: $id) { changed userErrors { code } } }";
                Command::new(query, json!({ "id": id }), Deed::Nothing)
            }
            9 => {
                let query = "mutation ($id: ID!, $input: SegmentInput!) {
                    payload: updateSegment(id: $id, input: $input) { changed userErrors { code } } }";
                let input = json!({ "description": format!("Described {}", self.dice.roll(1_000)) });
                Command::new(query, json!({ "id": id, "input": input }), Deed::Nothing)
            }
            _ => {
                let query = "mutation ($name: String!) { payload: createSegment(input: { name: $name }) {
                    changed userErrors { code } newSegment: segment { id } } }";
                Command::new(query, json!({ "name": self.name() }), Deed::Nothing)
            }
        }
    }

    fn canvas(&mut self) -> Command {
        let id = self.stage.known.canvas(&mut self.dice);
        let command = match self.dice.roll(8) {
            0 => {
                let query = "mutation ($name: String!) { payload: createCanvas(name: $name) {
                    changed userErrors { code } newCanvas: canvas { id } } }";
                return Command::new(query, json!({ "name": self.name() }), Deed::Nothing);
            }
            1..4 => "archiveCanvas",
            _ => "unarchiveCanvas",
        };
        let query = format!(
            "mutation ($id: ID!) {{ payload: {command}(id: $id) {{ changed userErrors {{ code }} }} }}"
        );
        Command::new(query, json!({ "id": id }), Deed::Nothing)
    }

    fn read(&mut self, id: String) -> Command {
        if self.dice.roll(3) == 0 {
            let query = "query ($id: ID!) { payload: campaign(id: $id) {
                id version allowedActions draft { changes { path } } history(last: 3) { nodes { sequence } } } }";
            return Command::new(query, json!({ "id": id }), Deed::Show { id });
        }
        let query = *self.dice.pick(&[
            "query { payload: campaigns(first: 20, filter: { search: \"hello\" }) { nodes { id name } } }",
            "query { payload: inAppOrder(last: 20) { nodes { ... on Campaign { inAppPriority { position } } } } }",
            "query { payload: segments(first: 10) { nodes { id campaigns(first: 3) { nodes { id draft { id } } } } } }",
        ]);
        Command::new(query, json!({}), Deed::Nothing)
    }

    /// What no client should send. Nothing comes of it.
    fn nonsense(&mut self, id: &str) -> Command {
        let unknown = "cmp_01jd0000000000000000000000";
        let query = match self.dice.roll(8) {
            0 => "mutation { payload: launchCampaign(id: \"nonsense\") { changed } }".to_owned(),
            1 => format!("mutation {{ payload: stopCampaign(id: \"{unknown}\") {{ changed userErrors {{ code }} }} }}"),
            2 => "mutation { payload: createCampaign(content: { name: \" \" }) { changed userErrors { code } } }"
                .to_owned(),
            3 => format!(
                "mutation {{ payload: archiveCampaign(id: \"{id}\", expectedVersion: -1) {{
                    changed userErrors {{ code }} }} }}"
            ),
            4 => format!(
                "mutation {{ payload: stopCampaigns(selection: {{ ids: [\"{id}\", \"{id}\"] }}) {{
                    changedCount userErrors {{ code }} }} }}"
            ),
            5 => format!(
                "mutation {{ payload: setInAppPriority(sourceId: \"{id}\", place: {{ before: \"{id}\" }}) {{
                    changed userErrors {{ code }} }} }}"
            ),
            6 => "mutation { payload: nothingOfTheKind }".to_owned(),
            _ => "mutation { payload: ".to_owned(),
        };
        Command {
            is_nonsense: true,
            ..Command::new(query, json!({}), Deed::Nothing)
        }
    }

    /// A patch on a content that says something else each time.
    fn content(&mut self) -> Value {
        let messages = [email(""), in_app(""), in_app(""), webhook("")];
        let mut content = json!({ "description": format!("Described {}", self.dice.roll(1_000_000)) });
        if self.dice.roll(4) > 0 {
            content["message"] = self.dice.pick(&messages)["message"].clone();
        }
        if self.dice.roll(4) > 0 {
            let mut segments: Vec<_> = (0..=self.dice.roll(2))
                .map(|_| self.stage.known.segment(&mut self.dice))
                .collect();
            segments.dedup();
            content["segmentIds"] = json!(segments);
        }
        if self.dice.roll(4) > 0 {
            content["tags"] = json!([self.wave()]);
        }
        if self.dice.roll(6) == 0 {
            content["schedule"] = json!({ "kind": "AT_TIME", "startAt": "2030-01-01T00:00:00Z" });
        }
        content
    }

    /// The version that the campaign was last known to have, for one command in four.
    fn expected(&mut self, id: &str) -> Option<i64> {
        let version = self.stage.known.seen(id).version;
        (self.dice.roll(4) == 0 && version > 0).then_some(version)
    }

    /// A name that nobody else gives to anything.
    fn name(&mut self) -> String {
        self.made += 1;
        format!("Campaign {} of client {}", self.made, self.number)
    }

    /// The tag of the youngest campaigns, or of those before them.
    fn wave(&mut self) -> String {
        let wave = self.stage.known.campaign_count() / WAVE;
        format!("wave {}", wave.saturating_sub(self.dice.roll(2)))
    }
}
