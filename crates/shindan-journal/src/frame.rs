//! Records as bytes, and back from bytes that may have suffered.

use core::ops::ControlFlow;
use std::io;

use serde::Deserialize;

use crate::{Record, Version};

/// A record as a line: `<length as 8 hex> <CRC-32 as 8 hex> <json>\n`; both are of the JSON alone.
///
/// Fails for [`Record::Other`] and for a path that is not Unicode.
pub fn encode(record: &Record) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(record)?;
    let mut frame = head(&json)?.into_bytes();
    frame.extend(json);
    frame.push(b'\n');
    Ok(frame)
}

/// What the bytes of a file say, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Records, and where something is missing between them.
    pub entries: Vec<Entry>,
    /// Where an incomplete last line begins, in bytes; it is not an entry.
    pub torn_tail: Option<usize>,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a reader must handle damage")]
pub enum Entry {
    /// A whole record.
    Record(Record),
    /// One record or more cannot be read.
    Damage {
        /// Where it begins, in bytes.
        offset: usize,
    },
}

/// The file was written by a later major version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file has format {}.{}; this program reads {} and earlier", .0.major, .0.minor, Version::CURRENT.major)]
#[non_exhaustive]
pub struct Newer(pub Version);

/// Reads every record that is whole, whatever happened to the bytes around it.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Newer> {
    let mut decoded = Decoded::default();
    let mut at = 0;
    let mut first = true;
    while at < bytes.len() {
        // What separates a torn line from the record after it.
        if bytes[at] == b'\n' {
            at += 1;
            continue;
        }
        let Some(json) = payload(&bytes[at..]) else {
            match resume(bytes, at) {
                ControlFlow::Continue(next) => {
                    decoded.damage(at);
                    at = next;
                    continue;
                }
                ControlFlow::Break(last_line) => {
                    if last_line > at {
                        decoded.damage(at);
                    }
                    if last_line < bytes.len() {
                        decoded.torn_tail = Some(last_line);
                    }
                    break;
                }
            }
        };
        if core::mem::take(&mut first) {
            supported(json)?;
        }
        match serde_json::from_slice(json) {
            Ok(record) => decoded.entries.push(Entry::Record(record)),
            Err(_) => decoded.damage(at),
        }
        at += HEAD + json.len();
        match bytes.get(at) {
            Some(b'\n') => at += 1,
            Some(_) => {
                decoded.damage(at);
                // The line's end was replaced, or it is missing.
                at += usize::from(payload(&bytes[at..]).is_none());
            }
            None => decoded.torn_tail = Some(at),
        }
    }
    Ok(decoded)
}

impl Decoded {
    fn damage(&mut self, offset: usize) {
        self.entries.push(Entry::Damage { offset });
    }
}

/// The bytes before the JSON.
const HEAD: usize = 18;

fn head(json: &[u8]) -> io::Result<String> {
    let length = u32::try_from(json.len()).map_err(io::Error::other)?;
    Ok(format!("{length:08x} {:08x} ", crc32fast::hash(json)))
}

/// The JSON of the record that stands here, if its length and its sum are right.
fn payload(bytes: &[u8]) -> Option<&[u8]> {
    let length = core::str::from_utf8(bytes.get(..8)?).ok()?;
    let length = usize::try_from(u32::from_str_radix(length, 16).ok()?).ok()?;
    let json = bytes.get(HEAD..)?.get(..length)?;
    // The head is compared as we would write it, so that no second spelling passes.
    (bytes[..HEAD] == *head(json).ok()?.as_bytes()).then_some(json)
}

/// Where the next whole record begins, or else where the last, unfinished line does.
fn resume(bytes: &[u8], at: usize) -> ControlFlow<usize, usize> {
    let mut line = at;
    while let Some(length) = bytes[line..].iter().position(|byte| *byte == b'\n') {
        line += length + 1;
        if payload(&bytes[line..]).is_some() {
            return ControlFlow::Continue(line);
        }
    }
    ControlFlow::Break(line)
}

#[derive(Deserialize)]
struct Head {
    version: Option<Version>,
}

fn supported(json: &[u8]) -> Result<(), Newer> {
    let version = serde_json::from_slice(json).ok().and_then(|head: Head| head.version);
    match version {
        Some(version) if version.major > Version::CURRENT.major => Err(Newer(version)),
        _ => Ok(()),
    }
}
