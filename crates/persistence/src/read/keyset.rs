//! Pages by key, in SQL.

use sea_orm::sea_query::{Expr, ExprTrait as _, Order, SimpleExpr, Value};
use sea_orm::{EntityTrait, IntoSimpleExpr, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select};

use super::page::{Direction, Page, Slice, SortDirection};

/// What a list is ordered by: expressions that together are different for every row.
pub(super) struct Keyset {
    pub(super) columns: Vec<SimpleExpr>,
    pub(super) direction: SortDirection,
}

impl Keyset {
    /// A list by these columns, the smallest first.
    pub(super) fn ascending<C: IntoSimpleExpr>(columns: impl IntoIterator<Item = C>) -> Self {
        let columns = columns
            .into_iter()
            .map(IntoSimpleExpr::into_simple_expr)
            .collect();
        Self {
            columns,
            direction: SortDirection::Ascending,
        }
    }

    /// Orders the rows and keeps those of the page, and one more, which tells whether there are more.
    pub(super) fn page<E: EntityTrait, K>(
        &self,
        mut rows: Select<E>,
        page: &Page<K>,
        values: impl Fn(&K) -> Vec<Value>,
    ) -> Select<E> {
        let ascending = self.direction == SortDirection::Ascending;
        let tuple = || SimpleExpr::from(Expr::tuple(self.columns.clone()));
        let key = |key: &K| Expr::tuple(values(key).into_iter().map(Expr::val));
        if let Some(after) = &page.after {
            rows = rows.filter(if ascending {
                tuple().gt(key(after))
            } else {
                tuple().lt(key(after))
            });
        }
        if let Some(before) = &page.before {
            rows = rows.filter(if ascending {
                tuple().lt(key(before))
            } else {
                tuple().gt(key(before))
            });
        }
        let forward = page.direction == Direction::Forward;
        let order = if ascending == forward {
            Order::Asc
        } else {
            Order::Desc
        };
        for column in &self.columns {
            rows = rows.order_by(column.clone(), order.clone());
        }
        rows.limit(u64::from(page.limit) + 1)
    }
}

/// The page of the rows that [`Keyset::page`] found.
pub(super) fn slice<T, K>(mut rows: Vec<T>, page: &Page<K>) -> Slice<T> {
    let has_more = rows.len() > page.limit as usize;
    rows.truncate(page.limit as usize);
    match page.direction {
        Direction::Forward => Slice {
            items: rows,
            has_previous: page.after.is_some(),
            has_next: has_more,
        },
        Direction::Backward => {
            rows.reverse();
            Slice {
                items: rows,
                has_previous: has_more,
                has_next: page.before.is_some(),
            }
        }
    }
}

impl<T> Slice<T> {
    /// The same page of other items, one for each.
    pub(super) fn with_items<U>(self, items: Vec<U>) -> Slice<U> {
        Slice {
            items,
            has_previous: self.has_previous,
            has_next: self.has_next,
        }
    }
}
