//! How many files the process may have open, of which each connection is one.

/// How many files the process needs beside its sockets: the database's, and connections that are no sockets.
const BESIDE: u64 = 200;

/// Takes what the system lets it take. Most systems begin with a thousand, for old programs' sake, and a server that has
/// used them up accepts nobody any more.
pub(crate) fn allow_as_many_as_possible(sockets: usize) {
    let wanted = u64::try_from(sockets).unwrap_or(u64::MAX).saturating_add(BESIDE);
    match limit() {
        Ok(allowed) if allowed < wanted => tracing::warn!(
            allowed,
            sockets,
            "the system allows fewer open files than there may be sockets: raise its limit, or lower --max-sockets"
        ),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the limit of open files is not known"),
    }
}

#[cfg(unix)]
fn limit() -> std::io::Result<u64> {
    rlimit::increase_nofile_limit(u64::MAX)
}

/// There is none elsewhere.
#[cfg(not(unix))]
fn limit() -> std::io::Result<u64> {
    Ok(u64::MAX)
}
