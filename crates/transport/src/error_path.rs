//! Where in the answer an error came up. async-graphql knows it where that is, and forgets it in every list around.

use std::{iter, sync::Arc};

use async_graphql::{PathSegment, QueryPathNode, QueryPathSegment, ServerError};

/// The path of an error, kept in its source, which nobody is shown.
struct Path(Vec<PathSegment>);

/// The error, which has come up at `node` or below, with its path.
pub(crate) fn with_path(mut error: ServerError, node: &QueryPathNode<'_>) -> ServerError {
    let source = error.source.as_ref();
    if let Some(Path(path)) = source.and_then(|source| source.downcast_ref()) {
        error.path.clone_from(path);
    } else {
        error.path = path_to(node);
        error.source = Some(Arc::new(Path(error.path.clone())));
    }
    error
}

/// Whether an error has its path already.
pub(crate) fn has_path(error: &ServerError) -> bool {
    error.source.as_ref().is_some_and(|source| source.is::<Path>())
}

/// What the path to a node takes as it is kept, twice, in bytes.
pub(crate) fn path_bytes(node: &QueryPathNode<'_>) -> usize {
    let bytes = |node: &QueryPathNode<'_>| match node.segment {
        QueryPathSegment::Index(_) => 0,
        QueryPathSegment::Name(name) => name.len(),
    };
    let nodes = iter::once(node).chain(node.parents());
    nodes
        .map(|node| 2 * (size_of::<PathSegment>() + bytes(node)))
        .sum()
}

/// The response keys and indexes that lead to a node.
pub(crate) fn path_to(node: &QueryPathNode<'_>) -> Vec<PathSegment> {
    let nodes = iter::once(node).chain(node.parents());
    let mut path: Vec<_> = nodes
        .map(|node| match node.segment {
            QueryPathSegment::Index(index) => PathSegment::Index(index),
            QueryPathSegment::Name(name) => PathSegment::Field(name.to_owned()),
        })
        .collect();
    path.reverse();
    path
}
