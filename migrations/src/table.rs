//! Small words for what most migrations say.

use sea_orm_migration::prelude::*;

/// The foreign key of a row's workspace.
pub(crate) fn workspace(table: &'static str) -> ForeignKeyCreateStatement {
    references(table, "workspace_id", "workspaces", "id")
}

/// A foreign key that keeps what it refers to from being deleted.
pub(crate) fn references(
    table: &'static str,
    column: &'static str,
    other: &'static str,
    key: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(other, key).to_owned()
}

/// A foreign key whose row goes with what it refers to.
pub(crate) fn part_of(
    table: &'static str,
    column: &'static str,
    other: &'static str,
    key: &'static str,
) -> ForeignKeyCreateStatement {
    references(table, column, other, key)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

/// An index named after what it is on.
pub(crate) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create()
        .name(index_name(table, columns))
        .table(table)
        .to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}

/// The name of an index on these columns.
pub(crate) fn index_name(table: &str, columns: &[&str]) -> String {
    format!("{table}_{}", columns.join("_"))
}

/// A unique index named after what it is on.
pub(crate) fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(table, columns).unique().to_owned()
}

/// Drops tables, the last one first.
pub(crate) async fn drop(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables.iter().rev() {
        manager.drop_table(Table::drop().table(*table).to_owned()).await?;
    }
    Ok(())
}
