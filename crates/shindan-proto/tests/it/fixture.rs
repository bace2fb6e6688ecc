//! Reads `fixtures/`: messages as they stand on the wire, below comments that say where they are from.

#![expect(clippy::disallowed_methods, reason = "fixtures are files")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response};

/// A response in a file.
pub(crate) struct ResponseFile {
    pub(crate) case: String,
    pub(crate) comments: Vec<(String, String)>,
    pub(crate) response: Response<Bytes>,
}

/// `fixtures/` itself.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// The folder of an operation: `createJob` is in `wsc/create_job`, `v2.startScan` in `vaddy/v2/start_scan`.
pub(crate) fn folder(api: &str, operation: &str) -> PathBuf {
    let mut name = String::new();
    for character in operation.chars() {
        match character {
            '.' => name.push('/'),
            'A'..='Z' => name.extend(['_', character.to_ascii_lowercase()]),
            _ => name.push(character),
        }
    }
    root().join(api).join(name)
}

/// Every file of a folder with this ending, by case.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<(String, String)> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<(String, String)> = entries
        .map(|entry| entry.expect("the folder can be read").path())
        .filter_map(|path| {
            let case = path.file_name()?.to_str()?.strip_suffix(ending)?.to_owned();
            Some((case, fs::read_to_string(&path).expect("a fixture is text")))
        })
        .collect();
    files.sort();
    files
}

/// Every response of a folder.
pub(crate) fn responses(folder: &Path) -> Vec<ResponseFile> {
    let file = |(case, text): (String, String)| {
        read(&case, &text).unwrap_or_else(|| panic!("{}/{case} is no response", folder.display()))
    };
    files(folder, ".response.http").into_iter().map(file).collect()
}

fn read(case: &str, mut text: &str) -> Option<ResponseFile> {
    let mut comments = Vec::new();
    while let Some(comment) = text.strip_prefix("# ") {
        let (line, rest) = comment.split_once('\n')?;
        let (key, value) = line.split_once(": ")?;
        comments.push((key.to_owned(), value.to_owned()));
        text = rest;
    }
    let (head, body) = text.split_once("\n\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?;
    let mut response = Response::new(Bytes::from(body.to_owned()));
    *response.status_mut() = status.parse().ok()?;
    for line in lines {
        let (name, value) = line.split_once(": ")?;
        let name: HeaderName = name.parse().ok()?;
        response.headers_mut().insert(name, HeaderValue::from_str(value).ok()?);
    }
    Some(ResponseFile { case: case.to_owned(), comments, response })
}
