//! What of a request may be shown.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::{operation::Operation, text::beginning};

/// The longest path and query that is shown, in characters.
const MOST: usize = 512;

/// A path and its query without secrets.
///
/// Only values of arguments that the services document for a query or a form are shown, and of those
/// not `verification_code`. Where a key stands by mistake, under another name or in the path, there are
/// asterisks.
pub(crate) fn redact(path_and_query: &str) -> String {
    let (path, query) = match path_and_query.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path_and_query, None),
    };
    let mut shown = String::with_capacity(path_and_query.len());
    let is_sign = |rest: &[u8]| ["=", "%3D", "%3d"].iter().any(|s| rest.starts_with(s.as_bytes()));
    match (0..path.len()).find(|&at| is_sign(&path.as_bytes()[at..])) {
        Some(end) => shown.extend([&path[..end], "=***"]),
        None => shown.push_str(path),
    }
    for (place, piece) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
        shown.push(if place == 0 { '?' } else { '&' });
        match piece.split_once('=') {
            Some((name, _)) if !PUBLIC.contains(name) => shown.extend([name, "=***"]),
            None if !piece.is_empty() && !PUBLIC.contains(piece) => shown.push_str("***"),
            _ => shown.push_str(piece),
        }
    }
    if shown.len() > MOST {
        return beginning(&shown, MOST).to_owned();
    }
    shown
}

/// The names of values that may be shown.
static PUBLIC: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let names = Operation::all().iter().flat_map(Operation::shown);
    names.filter(|name| *name != "verification_code").collect()
});
