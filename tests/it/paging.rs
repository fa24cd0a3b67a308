//! Paging: every row once, from either end, whatever happens in between.

mod moving;

use std::mem;

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use understudy_app::Caller;

use crate::harness::introspection::{Types, name, named};
use crate::harness::{List, World, find, in_app};

/// Every connection of the schema over a stage, by a name of its own.
struct Lists {
    world: World,
    lists: Vec<(String, List)>,
}

const FIELDS: &str = "totalCount pageInfo { hasPreviousPage hasNextPage startCursor endCursor }";

/// A query over a connection, which `connection` names with its own arguments after `PAGE`.
fn query(connection: &str, node: &str) -> String {
    format!("list: {connection} {{ {FIELDS} nodes {{ {node} }} edges {{ cursor node {{ {node} }} }} }}")
}

fn list(connection: &str, node: &str) -> List {
    let page = "$first: Int, $after: String, $last: Int, $before: String";
    let query = format!("query ({page}) {{ {} }}", query(connection, node));
    List::new(&query, json!({}))
}

fn list_below(field: &str, id: &str, connection: &str, node: &str) -> List {
    let page = "$id: ID!, $first: Int, $after: String, $last: Int, $before: String";
    let query = format!(
        "query ({page}) {{ {field}(id: $id) {{ {} }} }}",
        query(connection, node)
    );
    List::new(&query, json!({ "id": id }))
}

impl Lists {
    /// Each list has `count` rows, with names and times that are the same here and there.
    async fn of(count: usize) -> Self {
        let world = World::new().await;
        let lists = fill(&world, count).await;
        Self { world, lists }
    }
}

/// Fills each list with `count` rows.
async fn fill(world: &World, count: usize) -> Vec<(String, List)> {
    let segment = world.segment("same").await;
    for index in 1..count {
        world.segment(if index % 3 == 0 { "same" } else { "Same" }).await;
    }
    let mut first = None;
    for index in 0..count.div_ceil(2) {
        let mut content = in_app(["b", "B", "a"][index % 3]);
        content["segmentIds"] = json!([segment]);
        let id = world.create(content).await.id();
        first.get_or_insert(id);
    }
    for index in 0..count / 2 {
        let content = json!({ "name": "B", "segmentIds": [segment], "tags": [index.to_string()] });
        world.create(content).await;
    }
    for index in 0..count / 2 {
        world.canvas("c", ["HIGH", "LOW", "MEDIUM"][index % 3]).await;
    }
    for _ in count / 2..count {
        let id = world.canvas("archived", "LOW").await;
        let query = "mutation ($id: ID!) { archiveCanvas(id: $id) { changed } }";
        world.ask(query, json!({ "id": id })).await;
    }
    let first = first.unwrap();
    for index in 1..count {
        world
            .update(&first, json!({ "description": index.to_string() }))
            .await;
    }
    for index in 0..count {
        let query = "mutation ($name: String!) { createToken(input: { name: $name, role: VIEWER }) { userErrors { code } } }";
        world.ask(query, json!({ "name": index.to_string() })).await;
    }
    let people: Vec<Value> = (0..count)
        .map(|index| json!({ "externalId": index.to_string() }))
        .collect();
    world.upsert(json!(people)).await;
    // As if the first campaign had failed each of them at the same time.
    let db = world.database.connect().await;
    let failed = "INSERT INTO deliveries (id, workspace_id, campaign_id, run_id, recipient_id, state, attempts, due_at, \
        not_before, ended_at, reason) SELECT recipients.id, recipients.workspace_id, first.id, first.id, recipients.id, \
        'FAILED', 1, recipients.created_at, recipients.created_at, recipients.created_at, 'nobody is there' \
        FROM recipients JOIN campaigns AS first ON first.id = (SELECT id FROM campaigns \
        WHERE campaigns.workspace_id = recipients.workspace_id ORDER BY id LIMIT 1) \
        WHERE recipients.id NOT IN (SELECT id FROM deliveries)";
    db.execute_unprepared(failed).await.unwrap();
    db.close().await.unwrap();
    // It holds all of them, and is asked about each.
    let query = "mutation ($id: ID!) { updateSegment(id: $id, input: { filter: \"recipient.email == null\" }) { changed } }";
    world.ask(query, json!({ "id": segment })).await;
    lists(&segment, &first)
}

fn lists(segment: &str, campaign: &str) -> Vec<(String, List)> {
    let mut lists = vec![];
    for field in ["CREATED_AT", "UPDATED_AT", "NAME"] {
        for direction in ["ASC", "DESC"] {
            let order = json!({ "field": field, "direction": direction });
            lists.push((
                format!("{field} {direction}"),
                List::campaigns(&Value::Null, &order),
            ));
        }
    }
    let source = "... on Campaign { id } ... on Canvas { id }";
    let below = |field, id, connection, node| list_below(field, id, connection, node);
    lists.extend([
        ("segments".to_owned(), list("segments(PAGE)", "id")),
        (
            "canvases".to_owned(),
            list("canvases(PAGE, includeArchived: true)", "id"),
        ),
        ("inAppOrder".to_owned(), list("inAppOrder(PAGE)", source)),
        ("tokens".to_owned(), list("tokens(PAGE)", "id")),
        ("recipients".to_owned(), list("recipients(PAGE)", "id")),
        (
            "segment.recipients".to_owned(),
            below("segment", segment, "recipients(PAGE)", "id"),
        ),
        (
            "history".to_owned(),
            below("campaign", campaign, "history(PAGE)", "sequence"),
        ),
        (
            "failures".to_owned(),
            below("campaign", campaign, "failures(PAGE)", "id: key"),
        ),
        (
            "segment.campaigns".to_owned(),
            below("segment", segment, "campaigns(PAGE)", "id"),
        ),
    ]);
    lists
}

/// A connection that is not among the lists is tried by none of these stories.
#[tokio::test]
async fn the_lists_are_all_there_are() {
    let world = World::new().await;
    let types = Types::of(&world).await;
    let mut connections = vec![];
    for of in types.objects() {
        let fields = types.fields(of).iter();
        let fields = fields.filter(|field| named(field).ends_with("Connection"));
        connections.extend(fields.map(|field| format!("{of}.{}", name(field))));
    }
    connections.sort();
    let listed = [
        "Campaign.failures",
        "Campaign.history",
        "Query.campaigns",
        "Query.canvases",
        "Query.inAppOrder",
        "Query.recipients",
        "Query.segments",
        "Query.tokens",
        "Segment.campaigns",
        "Segment.recipients",
    ];
    assert_eq!(connections, listed);
}

#[tokio::test]
async fn a_cursor_of_another_workspace_is_a_place_in_the_own_list() {
    let mut stage = Lists::of(5).await;
    let foreign = stage.world.app.create_workspace("Foreign").await.unwrap().id;
    let foreign = stage.world.of(Caller::system(foreign));
    let own = mem::replace(&mut stage.world.schema, foreign);
    let lists = fill(&stage.world, 5).await;
    let mut cursors = vec![];
    for (_, list) in &lists {
        cursors.push(list.page(&stage.world, json!({})).await.cursors);
    }
    stage.world.schema = own;
    for ((name, list), cursors) in stage.lists.iter().zip(cursors) {
        let whole = list.page(&stage.world, json!({})).await;
        for cursor in cursors {
            let before = list.page(&stage.world, json!({ "before": cursor })).await;
            let after = list.page(&stage.world, json!({ "after": cursor })).await;
            assert_eq!((before.total, after.total), (5, 5), "{name}");
            let others = whole.keys.iter().zip(&whole.cursors);
            let others: Vec<_> = others
                .filter(|(_, own)| **own != cursor)
                .map(|(key, _)| key)
                .collect();
            let found: Vec<_> = before.keys.iter().chain(&after.keys).collect();
            assert_eq!(found, others, "{name}");
        }
    }
}

#[tokio::test]
async fn every_connection_gives_each_row_once_from_either_end() {
    let stage = Lists::of(23).await;
    for (name, list) in &stage.lists {
        let all = list.keys(&stage.world).await;
        let mut each_once = all.clone();
        each_once.sort();
        each_once.dedup();
        assert_eq!((all.len(), each_once.len()), (23, 23), "{name}");
        for size in [1, 5, 22, 23, 24] {
            let pages = list.forward(&stage.world, size).await;
            let keys: Vec<String> = pages.iter().flat_map(|page| page.keys.clone()).collect();
            assert_eq!(keys, all, "{name} by {size}");
            assert_eq!(pages.len(), 23_usize.div_ceil(size), "{name} by {size}");
            for (index, page) in pages.iter().enumerate() {
                assert_eq!(page.total, 23);
                assert_eq!(page.has_previous, index > 0, "{name} by {size}");
            }
            let mut pages = list.backward(&stage.world, size).await;
            pages.reverse();
            let keys: Vec<String> = pages.iter().flat_map(|page| page.keys.clone()).collect();
            assert_eq!(keys, all, "{name} back by {size}");
            for (index, page) in pages.iter().enumerate() {
                assert_eq!(page.has_next, index + 1 < pages.len(), "{name} back by {size}");
            }
        }
    }
}

/// What Relay's specification has for these arguments, by positions in the whole list.
fn window(rows: usize, after: Option<usize>, before: Option<usize>) -> (usize, usize) {
    let start = after.map_or(0, |row| row + 1);
    let end = before.unwrap_or(rows);
    (start.min(end), end)
}

#[tokio::test]
async fn each_part_of_a_connection_says_the_same_alone() {
    let stage = Lists::of(5).await;
    for (name, list) in &stage.lists {
        let page = json!({ "first": 2, "last": null });
        let whole = list.response(&stage.world, &page).await;
        for part in ["totalCount", "pageInfo", "edges", "nodes"] {
            let response = list.with_only(part).response(&stage.world, &page).await;
            assert!(response.get("errors").is_none(), "{name} {part}: {response:#}");
            let of = |response: &Value| find(&response["data"]).unwrap()[part].clone();
            assert_eq!(of(&response), of(&whole), "{name} {part}");
        }
    }
}

#[tokio::test]
async fn after_and_before_cut_a_window_of_which_first_and_last_take_an_end() {
    let stage = Lists::of(5).await;
    let some = |index: usize| (index < 5).then_some(index);
    for (name, list) in &stage.lists {
        let whole = list.page(&stage.world, json!({})).await;
        assert_eq!(whole.keys.len(), 5, "{name}");
        for (after, before, size) in (0..6 * 6 * 3).map(|n| (some(n % 6), some(n / 6 % 6), [0, 2, 9][n / 36]))
        {
            let (start, end) = window(5, after, before);
            let cursor = |row: Option<usize>| row.map(|row| whole.cursors[row].clone());
            let mut arguments = json!({ "after": cursor(after), "before": cursor(before), "first": size });
            let page = list.page(&stage.world, arguments.clone()).await;
            let cut = start + size.min(end - start);
            let context = format!("{name}: {after:?} {before:?} {size}");
            assert_eq!(page.keys, whole.keys[start..cut], "{context}");
            assert_eq!(page.has_next, cut < end, "{context}");
            assert_eq!(page.has_previous, after.is_some(), "{context}");
            arguments["first"] = Value::Null;
            arguments["last"] = json!(size);
            let page = list.page(&stage.world, arguments).await;
            let cut = end - size.min(end - start);
            assert_eq!(page.keys, whole.keys[cut..end], "{context}");
            assert_eq!(page.has_previous, cut > start, "{context}");
            assert_eq!(page.has_next, before.is_some(), "{context}");
        }
    }
}

#[tokio::test]
async fn a_page_has_twenty_rows_unless_said_and_a_hundred_at_most() {
    let stage = Lists::of(23).await;
    for (name, list) in &stage.lists {
        let whole = list.page(&stage.world, json!({ "first": 100 })).await;
        let usual = list.page(&stage.world, json!({})).await;
        assert_eq!(usual.keys, whole.keys[..20], "{name}");
        let nulls = json!({ "first": null, "last": null, "after": null, "before": null });
        assert_eq!(list.page(&stage.world, nulls).await, usual, "{name}");
        let before = json!({ "before": whole.cursors[22] });
        assert_eq!(
            list.page(&stage.world, before).await.keys,
            whole.keys[..20],
            "{name}"
        );
        assert_eq!(
            list.page(&stage.world, json!({ "last": 100 })).await.keys,
            whole.keys,
            "{name}"
        );
        for wrong in [
            json!({ "first": 101 }),
            json!({ "last": 101 }),
            json!({ "first": -1 }),
            json!({ "last": -1 }),
            json!({ "first": i32::MAX }),
            json!({ "last": i32::MIN }),
            json!({ "first": 1, "last": 1 }),
            json!({ "first": 0, "last": 0 }),
        ] {
            let code = list.error_code(&stage.world, wrong.clone()).await;
            assert_eq!(code, "BAD_USER_INPUT", "{name}: {wrong}");
        }
    }
}

/// Texts that no list made.
const GARBAGE: [&str; 12] = [
    "",
    " ",
    "0",
    "nonsense",
    "%%%",
    "é",
    "\0",
    "====",
    "Y2FtcGFpZ25z",
    "Y2FtcGFpZ25zL2NyZWF0ZWQtZG93bjo",
    "aGlzdG9yeTotMQ",
    "aGlzdG9yeTo5OTk5OTk5OTk5OTk5OTk5OTk5",
];

#[tokio::test]
async fn a_cursor_of_another_list_or_order_or_of_nothing_is_refused() {
    let stage = Lists::of(5).await;
    let mut cursors = vec![];
    for (name, list) in &stage.lists {
        cursors.push((name, list.page(&stage.world, json!({})).await.cursors[2].clone()));
    }
    for (name, list) in &stage.lists {
        for (other, cursor) in &cursors {
            // The campaigns of a segment are in the order in which campaigns usually are.
            let same = |name: &str| name.replace("segment.campaigns", "CREATED_AT DESC");
            let is_own = same(name) == same(other);
            for argument in ["after", "before"] {
                let page = json!({ argument: cursor });
                if is_own {
                    assert_eq!(list.page(&stage.world, page).await.keys.len(), 2);
                } else {
                    let code = list.error_code(&stage.world, page).await;
                    assert_eq!(code, "BAD_USER_INPUT", "{name} with a cursor of {other}");
                }
            }
        }
        let own = &cursors.iter().find(|(other, _)| *other == name).unwrap().1;
        let cut = own[..own.len() - 1].to_owned();
        let spoilt = [cut, format!("{own}A"), format!("{own}="), own.to_lowercase()];
        let long = "A".repeat(100_000);
        let garbage = GARBAGE
            .iter()
            .map(ToString::to_string)
            .chain(spoilt)
            .chain([long]);
        for cursor in garbage {
            for argument in ["after", "before"] {
                let response = list.response(&stage.world, &json!({ argument: cursor })).await;
                let codes = response["errors"][0]["extensions"]["code"].as_str();
                // A name may end anywhere, and a number too: such a cursor is one, though none that was given out.
                let is_another = response.get("errors").is_none();
                assert!(
                    codes == Some("BAD_USER_INPUT") || is_another,
                    "{name} {cursor:?}: {response:#}"
                );
                assert!(
                    !is_another || cursor.len() + 4 > own.len(),
                    "{name} takes {cursor:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_cursor_outlives_its_row_and_leads_through_a_narrower_list() {
    let world = World::new().await;
    let mut ids = vec![];
    for name in ["a", "b", "c", "d", "e"] {
        ids.push(world.create(json!({ "name": name })).await.id());
    }
    for field in ["CREATED_AT", "NAME"] {
        let order = json!({ "field": field, "direction": "ASC" });
        let list = List::campaigns(&Value::Null, &order);
        let after = list.page(&world, json!({ "first": 3 })).await.cursors[2].clone();
        assert!(world.run("archiveCampaign", &ids[2]).await.changed());
        let rest = list.page(&world, json!({ "after": after })).await;
        assert_eq!(rest.keys, [format!("{:?}", ids[3]), format!("{:?}", ids[4])]);
        let narrower = List::campaigns(&json!({ "search": "e" }), &order);
        let page = narrower.page(&world, json!({ "after": after })).await;
        assert_eq!((page.keys, page.total), (vec![format!("{:?}", ids[4])], 1));
        world.run("unarchiveCampaign", &ids[2]).await;
    }
}
