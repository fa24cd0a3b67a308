//! Connections, as Relay has them: what pages are asked for with, and what they look like.

use std::borrow::Cow;

use async_graphql::{Context, Object, OutputType, SimpleObject, TypeName};
use understudy_app::read::{Direction, Page, Slice};

use crate::cursor::Order;
use crate::error::Failed;
use crate::wants;

/// How many rows a page has if its size is not given.
const USUAL: i32 = 20;

/// The most rows that a page can have.
const MOST: i32 = 100;

/// The arguments that every connection takes.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageArguments {
    pub(crate) first: Option<i32>,
    pub(crate) after: Option<String>,
    pub(crate) last: Option<i32>,
    pub(crate) before: Option<String>,
}

impl PageArguments {
    /// The page that is asked for, of a list in an order.
    pub(crate) fn page<O: Order>(&self, order: &O) -> Result<Page<O::Key>, Failed> {
        let (limit, direction) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(Failed::BadInput {
                    argument: None,
                    message: "a page is counted from one end: give first or last, not both".to_owned(),
                });
            }
            (None, Some(last)) => (size("last", last)?, Direction::Backward),
            (first, None) => (size("first", first.unwrap_or(USUAL))?, Direction::Forward),
        };
        Ok(Page {
            limit,
            direction,
            after: key(order, "after", self.after.as_deref())?,
            before: key(order, "before", self.before.as_deref())?,
        })
    }
}

fn size(argument: &str, size: i32) -> Result<u32, Failed> {
    u32::try_from(size)
        .ok()
        .filter(|_| size <= MOST)
        .ok_or_else(|| Failed::bad_input(argument, format!("{argument} is a number from 0 to {MOST}")))
}

fn key<O: Order>(order: &O, argument: &str, cursor: Option<&str>) -> Result<Option<O::Key>, Failed> {
    let decode = |cursor| {
        order.decode(cursor).ok_or_else(|| {
            Failed::bad_input(
                argument,
                format!("{argument} is not a cursor of this list in this order"),
            )
        })
    };
    cursor.map(decode).transpose()
}

/// Which parts of a connection are selected, so that what is not is not read either.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Selected {
    /// The rows, or where they stand.
    pub(crate) rows: bool,
    /// How many rows the whole list has.
    pub(crate) total: bool,
}

impl Selected {
    pub(crate) fn of(ctx: &Context<'_>) -> Self {
        let is_selected = |name| wants::selected(ctx.field(), &[name]);
        Self {
            rows: ["edges", "nodes", "pageInfo"].into_iter().any(is_selected),
            total: is_selected("totalCount"),
        }
    }
}

/// Something that stands in a connection.
pub(crate) trait Node: OutputType {
    /// The name of the connection's type.
    const CONNECTION: &'static str;
    /// The name of the edges' type.
    const EDGE: &'static str;
}

/// A page of a list.
pub(crate) struct Connection<N> {
    edges: Vec<Edge<N>>,
    has_previous: bool,
    has_next: bool,
    total: Option<u64>,
}

/// One row of a page.
pub(crate) struct Edge<N> {
    cursor: String,
    node: N,
}

impl<N> Connection<N> {
    /// The page with these rows; `edge` makes cursor and node of each. `total` is there if it is selected.
    pub(crate) fn new<T>(
        slice: Slice<T>,
        total: Option<u64>,
        edge: impl FnMut(T) -> Result<(String, N), Failed>,
    ) -> Result<Self, Failed> {
        let edges = slice.items.into_iter().map(edge);
        let edges = edges.map(|edge| edge.map(|(cursor, node)| Edge { cursor, node }));
        Ok(Self {
            edges: edges.collect::<Result<_, _>>()?,
            has_previous: slice.has_previous,
            has_next: slice.has_next,
            total,
        })
    }
}

/// The rows of a page of which only the total is selected.
pub(crate) fn no_rows<T>() -> Slice<T> {
    Slice {
        items: vec![],
        has_previous: false,
        has_next: false,
    }
}

/// A page of a list, as Relay's specification of connections has it.
#[Object(name_type)]
impl<N: Node> Connection<N> {
    /// The rows of this page with their cursors, in the list's order.
    async fn edges(&self) -> &[Edge<N>] {
        &self.edges
    }

    /// The rows of this page without their cursors, in the list's order.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where this page stands in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }

    /// How many rows the whole list has, whatever the page. Counted only when it is selected.
    fn total_count(&self) -> Result<u64, Failed> {
        self.total
            .ok_or_else(|| Failed::impossible("a total was selected and not counted"))
    }
}

/// One row of a page.
#[Object(name_type)]
impl<N: Node> Edge<N> {
    /// Where this row stands. Pass it as `after` or `before` to go on from here; it is opaque, and belongs to this
    /// list in this order.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// What stands here.
    async fn node(&self) -> &N {
        &self.node
    }
}

impl<N: Node> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(N::CONNECTION)
    }
}

impl<N: Node> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(N::EDGE)
    }
}

/// Where a page stands in its list.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether there are rows before this page.
    has_previous_page: bool,
    /// Whether there are rows after this page.
    has_next_page: bool,
    /// The cursor of the page's first row; null if the page is empty.
    start_cursor: Option<String>,
    /// The cursor of the page's last row; null if the page is empty.
    end_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::{ByPlace, BySequence};

    fn page(first: Option<i32>, last: Option<i32>) -> Result<(u32, Direction), Failed> {
        let arguments = PageArguments {
            first,
            last,
            ..PageArguments::default()
        };
        arguments
            .page(&BySequence)
            .map(|page| (page.limit, page.direction))
    }

    fn wrong_argument<T>(result: Result<T, Failed>) -> Option<String> {
        match result {
            Err(Failed::BadInput { argument, .. }) => argument,
            Err(_) | Ok(_) => panic!("not a wrong input"),
        }
    }

    #[test]
    fn a_page_has_twenty_rows_unless_it_is_given_from_0_to_100() {
        assert_eq!(page(None, None).unwrap(), (20, Direction::Forward));
        assert_eq!(page(Some(0), None).unwrap(), (0, Direction::Forward));
        assert_eq!(page(Some(100), None).unwrap(), (100, Direction::Forward));
        assert_eq!(page(None, Some(0)).unwrap(), (0, Direction::Backward));
        assert_eq!(page(None, Some(100)).unwrap(), (100, Direction::Backward));
    }

    #[test]
    fn other_sizes_and_both_ends_are_wrong() {
        assert_eq!(wrong_argument(page(Some(1), Some(1))), None);
        for size in [-1, 101, i32::MIN, i32::MAX] {
            assert_eq!(wrong_argument(page(Some(size), None)).as_deref(), Some("first"));
            assert_eq!(wrong_argument(page(None, Some(size))).as_deref(), Some("last"));
        }
    }

    #[test]
    fn a_cursor_of_another_list_is_wrong() {
        let arguments = PageArguments {
            after: Some(BySequence.encode(&7)),
            before: Some(BySequence.encode(&9)),
            ..PageArguments::default()
        };
        let page = arguments.page(&BySequence).unwrap();
        assert_eq!((page.after, page.before), (Some(7), Some(9)));
        assert_eq!(wrong_argument(arguments.page(&ByPlace)).as_deref(), Some("after"));
    }
}
