//! `/`: `GraphiQL`, with tabs of operations that are ready to run.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use serde_json::json;

/// The page, but for the tabs. Its libraries come from a CDN, in the versions that async-graphql's own page names.
const TEMPLATE: &str = include_str!("graphiql/page.html");

/// Where the tabs go.
const TABS_PLACE: &str = "{{ tabs }}";

/// An operation that waits in a tab.
#[derive(Debug, Serialize)]
struct Tab {
    query: &'static str,
    variables: Option<&'static str>,
}

/// The tabs, in the order in which a newcomer would try them.
const TABS: [Tab; 5] = [
    Tab {
        query: include_str!("graphiql/pairs.graphql"),
        variables: None,
    },
    Tab {
        query: include_str!("graphiql/save_draft.graphql"),
        variables: Some(include_str!("graphiql/save_draft.json")),
    },
    Tab {
        query: include_str!("graphiql/launch_draft.graphql"),
        variables: Some(include_str!("graphiql/launch_draft.json")),
    },
    Tab {
        query: include_str!("graphiql/archive_in_bulk.graphql"),
        variables: Some(include_str!("graphiql/archive_in_bulk.json")),
    },
    Tab {
        query: include_str!("graphiql/watch.graphql"),
        variables: Some(include_str!("graphiql/watch.json")),
    },
];

/// The page as it is sent.
#[derive(Debug)]
pub(crate) struct Page(String);

impl Page {
    /// Puts the tabs into the page.
    pub(crate) fn new() -> Self {
        // `<` is the one sign that could end the script element which the tabs stand in.
        let tabs = json!(TABS).to_string().replace('<', "\\u003c");
        Self(TEMPLATE.replace(TABS_PLACE, &tabs))
    }
}

/// `GET /`.
pub(crate) async fn page(page: Data<Page>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(page.0.clone())
}

#[cfg(test)]
mod tests {
    use async_graphql::{Variables, parser::parse_query};

    use super::*;

    #[test]
    fn every_tab_holds_one_named_operation_and_its_variables() {
        for tab in TABS {
            let document = parse_query(tab.query).unwrap();
            let operations: Vec<_> = document.operations.iter().collect();
            let [(Some(name), operation)] = operations[..] else {
                panic!("not one named operation: {}", tab.query)
            };
            let variables: Variables = tab
                .variables
                .map_or_else(Variables::default, |text| serde_json::from_str(text).unwrap());
            for definition in &operation.node.variable_definitions {
                assert!(
                    variables.contains_key(&definition.node.name.node),
                    "{name} lacks a variable"
                );
            }
            assert_eq!(
                variables.len(),
                operation.node.variable_definitions.len(),
                "{name}"
            );
        }
    }

    #[test]
    fn the_page_holds_the_tabs() {
        let page = Page::new().0;
        assert!(!page.contains(TABS_PLACE));
        let (_, rest) = page.split_once("id=\"tabs\">").unwrap();
        let (tabs, _) = rest.split_once("</script>").unwrap();
        let tabs: serde_json::Value = serde_json::from_str(tabs).unwrap();
        assert_eq!(tabs, json!(TABS));
    }
}
