//! Texts for people: times, beginnings of long texts, and the name that was meant.

use std::borrow::Cow;

use serde::Serializer;
use shindan_proto::Timestamp;

use crate::clock::utc;

/// The first so many characters.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// `2024-07-08T04:12:03.000Z`
pub(crate) fn rfc_3339(at: Timestamp) -> String {
    format!("{}.{:03}Z", &utc(at).to_string()[..19], at.unix_ms().rem_euclid(1_000))
}

/// For `serialize_with`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(crate) fn serialize_time<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&rfc_3339(*at))
}

/// A scanned URL without what may be a secret: who logs in, query and fragment.
pub(crate) fn without_secrets(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) =
        url.split_once("://").map_or(("", url), |(_, rest)| url.split_at(url.len() - rest.len()));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    [scheme, host, path].concat()
}

/// How many characters of a name are compared: what is longer is sent to cost time.
pub(crate) const COMPARED: usize = 64;

/// The candidate that needs the fewest changes to become `meant`, by its beginning.
pub(crate) fn nearest<'a, T>(
    meant: &str,
    candidates: impl Iterator<Item = (T, Cow<'a, str>)>,
) -> Option<T> {
    let meant = beginning(meant, COMPARED);
    let nearest = candidates.min_by_key(|(_, text)| changes(meant, text));
    nearest.map(|(candidate, _)| candidate)
}

/// How many bytes have to be put in, taken out or replaced.
pub(crate) fn changes(from: &str, to: &str) -> usize {
    let replaced = |from: &u8, to: &u8| usize::from(from != to);
    distance(from.as_bytes(), to.as_bytes(), |_| 1, replaced)
}

/// The least cost of putting in, taking out and replacing until one list is the other.
pub(crate) fn distance<T>(
    from: &[T],
    to: &[T],
    whole: impl Fn(&T) -> usize,
    replaced: impl Fn(&T, &T) -> usize,
) -> usize {
    let mut row = vec![0];
    row.extend(to.iter().scan(0, |sum, item| {
        *sum += whole(item);
        Some(*sum)
    }));
    for from in from {
        let mut diagonal = row[0];
        row[0] += whole(from);
        for (place, to) in to.iter().enumerate() {
            let instead = diagonal + replaced(from, to);
            diagonal = row[place + 1];
            row[place + 1] = instead.min(diagonal + whole(from)).min(row[place] + whole(to));
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_beginning_of_a_name_is_compared() {
        let (short, long) = ("a".repeat(COMPARED), "b".repeat(3 * COMPARED));
        let candidates = || [&short, &long].into_iter().map(|text| (text, Cow::from(text)));
        assert_eq!(nearest(&format!("{short}{long}"), candidates()), Some(&short));
        assert_eq!(nearest("", [].into_iter().map(|()| ((), Cow::from("")))), None);
    }
}
