//! Reads a JSON document, leaving out list elements that cannot be read.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use crate::Rejected;

/// How many bad elements are left out before the whole document counts as unreadable: each of them
/// costs another reading of everything.
const MAX_REJECTED: usize = 10;

/// Where and why a document cannot be read; never what stands there.
pub(crate) struct Misread {
    pub(crate) at: String,
    pub(crate) reason: String,
}

/// Reads a document: the value, and the list elements that had to be left out.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<(T, Vec<Rejected>), Misread> {
    let whole = |reason: &str| Misread { at: "the document".to_owned(), reason: reason.to_owned() };
    let text = core::str::from_utf8(body).map_err(|_| whole("expected utf-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.trim_start().bytes().next() {
        None => return Err(whole("expected json, found nothing")),
        Some(b'<') => return Err(whole("expected json, found markup")),
        Some(b'{') => {}
        // A list would do for a struct, too.
        Some(_) => return Err(whole("expected a json object")),
    }
    match read_all(text) {
        Ok(value) => Ok((value, Vec::new())),
        Err(error) => read_without_bad_elements(text, error),
    }
}

type PathError = serde_path_to_error::Error<serde_json::Error>;

fn read_all<T: DeserializeOwned>(text: &str) -> Result<T, PathError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    T::deserialize(serde_path_to_error::Deserializer::new(&mut deserializer, &mut track))
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| PathError::new(track.path(), error))
}

/// The rare path: each round takes the element out in which the last error stood.
fn read_without_bad_elements<T: DeserializeOwned>(
    text: &str,
    mut error: PathError,
) -> Result<(T, Vec<Rejected>), Misread> {
    let Ok(mut document) = serde_json::from_str::<Value>(text) else { return Err(error.into()) };
    let mut removed: Vec<Removed> = Vec::new();
    while removed.len() < MAX_REJECTED {
        let Some(next) = remove_element(&mut document, &error, &removed) else { break };
        removed.push(next);
        match read_all(&document.to_string()) {
            Ok(value) => {
                return Ok((value, removed.into_iter().map(|removed| removed.report).collect()));
            }
            Err(next) => error = next,
        }
    }
    Err(error.into())
}

struct Removed {
    list: String,
    index: usize,
    report: Rejected,
}

/// Takes the innermost list element around an error out of the document.
fn remove_element(document: &mut Value, error: &PathError, removed: &[Removed]) -> Option<Removed> {
    let path: Vec<&Segment> = error.path().iter().collect();
    let at = path.iter().rposition(|segment| matches!(segment, Segment::Seq { .. }))?;
    let (to_list, Segment::Seq { index }) = (&path[..at], path[at]) else { return None };
    let index = *index;
    let list = to_list.iter().try_fold(document, |node, segment| match segment {
        Segment::Seq { index } => node.get_mut(index),
        Segment::Map { key } => node.get_mut(key),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    let elements = list?.as_array_mut().filter(|elements| index < elements.len())?;
    elements.remove(index);

    let list = original(to_list, removed);
    let index = unshifted(index, &list, removed);
    let report = Rejected::new(original(&path, removed), reason(error.inner()));
    Some(Removed { list, index, report })
}

/// Writes a path as it is in the document as it came.
fn original(path: &[&Segment], removed: &[Removed]) -> String {
    let mut written = String::new();
    for segment in path {
        if let Segment::Seq { index } = segment {
            let index = unshifted(*index, &written, removed);
            written.push_str(&Segment::Seq { index }.to_string());
            continue;
        }
        if !written.is_empty() {
            written.push('.');
        }
        written.push_str(&segment.to_string());
    }
    written
}

/// Earlier removals have shifted the rest of their list to the left.
fn unshifted(index: usize, list: &str, removed: &[Removed]) -> usize {
    let mut earlier: Vec<usize> =
        removed.iter().filter(|r| r.list == list).map(|r| r.index).collect();
    earlier.sort_unstable();
    earlier.into_iter().fold(index, |index, gone| index + usize::from(gone <= index))
}

impl From<PathError> for Misread {
    fn from(error: PathError) -> Self {
        let path: Vec<&Segment> = error.path().iter().collect();
        let at = if path.is_empty() { "the document".to_owned() } else { original(&path, &[]) };
        Self { at, reason: reason(error.inner()) }
    }
}

/// serde quotes what it did not expect; it comes from the network and may be a secret.
fn reason(error: &serde_json::Error) -> String {
    let message = error.to_string();
    // Field names in backticks are ours; a number or a boolean in backticks is not.
    let quote = if message.starts_with("invalid ") { ['"', '`'] } else { ['"', '"'] };
    match (message.find(quote), message.rfind(quote)) {
        (Some(first), Some(last)) if first < last => {
            format!("{}..{}", &message[..=first], &message[last..])
        }
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use wsc_model::{JobPage, Reply};

    use super::*;

    fn page(records: &str) -> Result<(Reply<JobPage>, Vec<Rejected>), Misread> {
        read(
            format!(
                r#"{{"returnCode":"0","resources":{{"total_cnt":"3","total_page_cnt":1,
                "current_start_page":1,"current_end_page":1,"record_data":[{records}]}}}}"#
            )
            .as_bytes(),
        )
    }

    #[test]
    fn good_elements_survive_bad_ones() {
        let bad = r#"{"instanceNo":"x"}"#;
        let (reply, rejected) =
            page(&format!(r#"{bad},{{"instanceNo":7}},{bad},{{"instanceNo":"8","slave_data":[{bad}]}},{{"instanceNo":9,"scan_cnt":-1}}"#)).ok().unwrap();
        let numbers: Vec<&str> =
            reply.resources.record_data.iter().map(|job| job.instance_no.as_str()).collect();
        assert_eq!(numbers, ["7", "8"]);
        let places: Vec<&str> = rejected.iter().map(|rejected| rejected.at.as_str()).collect();
        assert_eq!(
            places,
            [
                "resources.record_data[0].instanceNo",
                "resources.record_data[2].instanceNo",
                "resources.record_data[3].slave_data[0].instanceNo",
                "resources.record_data[4].scan_cnt",
            ]
        );
        assert!(
            rejected[3].reason.contains("a number, a string or null"),
            "{}",
            rejected[3].reason
        );
    }

    #[test]
    fn errors_outside_lists_name_the_path_and_quote_nothing() {
        let misread =
            read::<Reply<JobPage>>(br#"{"returnCode":"0","resources":"hunter2"}"#).err().unwrap();
        assert_eq!(misread.at, "resources");
        assert!(!misread.reason.contains("hunter2"), "{}", misread.reason);
        let misread =
            read::<Reply<JobPage>>(br#"{"returnCode":"0","resources":271828}"#).err().unwrap();
        assert!(!misread.reason.contains("271828"), "{}", misread.reason);
    }

    #[test]
    fn what_is_not_json_is_named() {
        for (body, reason) in [
            ("", "expected json, found nothing"),
            (" \n", "expected json, found nothing"),
            ("<html>", "expected json, found markup"),
            ("[0]", "expected a json object"),
            ("7", "expected a json object"),
        ] {
            assert_eq!(read::<Value>(body.as_bytes()).err().unwrap().reason, reason);
        }
        assert!(read::<Value>(b"\xff").is_err());
        assert!(read::<Value>(b"{} {}").is_err());
        assert!(read::<Value>("\u{feff}{}".as_bytes()).is_ok());
    }
}
