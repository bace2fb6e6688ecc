//! Messages in the reader's language: an English sentence stays in the source and is its own key.
//!
//! What is said is cut into parts at `; `, `: ` and a bracket at the end, and each part is looked up on its own: as it
//! stands, then by the patterns, the most literal one first. What no entry fits is said in English. JSON, exit code
//! names, rule ids, commands, options and help are never translated.

#[cfg(test)]
mod sources;

use std::{cmp::Reverse, collections::BTreeMap, sync::OnceLock};

use clap::ValueEnum;
use shindan_report::Lang as Spoken;

use crate::{environment::Environment, secrets::redact};

const KO: &str = include_str!("lang/ko.txt");
const JA: &str = include_str!("lang/ja.txt");

/// What stands for a text that is known only when it is said.
const HOLE: &str = "{}";
/// Words that may stand in front of a colon. Any other single word there is a name.
const LABELS: [&str; 7] = ["error", "help", "note", "warning", "charged", "alerts", "none"];
/// What stands before a colon and a service's own words, which stay as they are.
const BEFORE_QUOTES: [&str; 2] = ["the service says", "it failed"];
/// A pattern with fewer letters fits nearly everything, so its holes must be single words or sentences of ours.
const FEW_LETTERS: usize = 6;
/// A hole within a hole within a hole is no sentence of ours any more.
const DEEPEST: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// What the locale says.
    Auto,
    En,
    Ko,
    Ja,
}

/// Nothing is in it while English is spoken.
static CATALOG: OnceLock<(Spoken, Catalog)> = OnceLock::new();

/// From now on people are spoken to in this language.
pub(crate) fn speak(lang: Lang, environment: &Environment) {
    let lang = match lang {
        Lang::Auto => of_locale(environment),
        Lang::En => Spoken::En,
        Lang::Ko => Spoken::Ko,
        Lang::Ja => Spoken::Ja,
    };
    let text = match lang {
        Spoken::Ko => KO,
        Spoken::Ja => JA,
        Spoken::En | _ => return,
    };
    CATALOG.get_or_init(|| (lang, Catalog::new(text)));
}

/// The language in which people are spoken to, for reports that nobody wants in another one.
pub(crate) fn spoken() -> Spoken {
    CATALOG.get().map_or(Spoken::En, |(lang, _)| *lang)
}

/// The first of them that is set counts, as everywhere.
fn of_locale(environment: &Environment) -> Spoken {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let locale = names.iter().find_map(|name| environment.path(name)?.to_str());
    match locale.and_then(|locale| locale.get(..2)) {
        Some("ko") => Spoken::Ko,
        Some("ja") => Spoken::Ja,
        Some(_) | None => Spoken::En,
    }
}

/// What a person reads instead of this. It is not escaped yet.
pub(crate) fn said(text: &str) -> String {
    // A secret that looks like a sentence of ours would not be known again after it was translated.
    CATALOG.get().map_or_else(|| text.to_owned(), |(_, catalog)| catalog.said(&redact(text)))
}

/// A word of ours that stands alone, like a column's header.
pub(crate) fn word(word: &str) -> String {
    let known = CATALOG.get().and_then(|(_, catalog)| catalog.exact.get(word));
    known.map_or_else(|| word.to_owned(), |known| (*known).to_owned())
}

/// The sentences of one language.
struct Catalog {
    exact: BTreeMap<&'static str, &'static str>,
    /// The most literal one comes first.
    patterns: Vec<Pattern>,
}

struct Pattern {
    /// What stands before, between and after the holes.
    pieces: Vec<&'static str>,
    letters: usize,
    translation: &'static str,
}

impl Catalog {
    fn new(text: &'static str) -> Self {
        let (with_holes, exact): (Vec<_>, Vec<_>) =
            entries(text).partition(|(english, _)| english.contains(HOLE));
        let pattern = |(english, translation): (&'static str, _)| {
            let pieces: Vec<_> = english.split(HOLE).collect();
            let letters = english.chars().filter(|c| c.is_alphanumeric()).count();
            Pattern { pieces, letters, translation }
        };
        let mut patterns: Vec<_> = with_holes.into_iter().map(pattern).collect();
        patterns.sort_by_key(|pattern| Reverse(pattern.letters));
        Self { exact: exact.into_iter().collect(), patterns }
    }

    fn said(&self, text: &str) -> String {
        let mut quoted = false;
        map_parts(text, |part, before_colon| {
            let is_a_name = before_colon && !part.contains(' ') && !LABELS.contains(&part);
            let translated = if is_a_name || quoted { None } else { self.part(part, 0) };
            quoted |= before_colon && BEFORE_QUOTES.contains(&part);
            translated.unwrap_or_else(|| part.to_owned())
        })
    }

    fn part(&self, part: &str, depth: usize) -> Option<String> {
        if let Some(known) = self.exact.get(part) {
            return Some((*known).to_owned());
        }
        if depth == DEEPEST {
            return None;
        }
        let filled = self.patterns.iter().find_map(|pattern| {
            let holes = holes(&pattern.pieces, part)?;
            let known: Vec<_> = holes.iter().map(|hole| self.part(hole, depth + 1)).collect();
            let fits =
                |(hole, known): (&&str, &Option<String>)| known.is_some() || !hole.contains(' ');
            if pattern.letters < FEW_LETTERS && !holes.iter().zip(&known).all(fits) {
                return None;
            }
            let of_hole = |(hole, known): (&str, Option<String>)| known.unwrap_or(hole.to_owned());
            let filling: Vec<_> = holes.into_iter().zip(known).map(of_hole).collect();
            Some(fill(pattern.translation, &filling))
        });
        filled.or_else(|| self.list(part, depth))
    }

    /// Several of ours in a row.
    fn list(&self, part: &str, depth: usize) -> Option<String> {
        let items: Vec<_> = part.split(", ").collect();
        if items.len() < 2 {
            return None;
        }
        let known: Option<Vec<_>> = items.iter().map(|item| self.part(item, depth + 1)).collect();
        known.map(|known| known.join(", "))
    }
}

/// Pairs of lines: an English part and its translation.
fn entries(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("## "));
    std::iter::from_fn(move || Some((lines.next()?, lines.next()?)))
}

/// Looks at each part of a text and whether a colon follows, and puts the text together again.
fn map_parts(text: &str, mut map: impl FnMut(&str, bool) -> String) -> String {
    let mut rest = text.trim_start_matches(' ');
    let mut out = text[..text.len() - rest.len()].to_owned();
    loop {
        let end = ["; ", ": "].iter().filter_map(|separator| rest.find(separator)).min();
        let part = &rest[..end.unwrap_or(rest.len())];
        let before_colon = rest[part.len()..].starts_with(": ");
        let bracket = part.strip_suffix(')').and_then(|part| part.rsplit_once(" ("));
        match bracket {
            Some((before, within)) => {
                out += &map(before, before_colon);
                out += " (";
                out += &map(within, false);
                out += ")";
            }
            None => out += &map(part, before_colon),
        }
        let Some(end) = end else { return out };
        let (separator, after) = rest[end..].split_at(2);
        out += separator;
        rest = after;
    }
}

/// What fills the holes between these pieces, if the text is made of them. No hole is empty, and none begins with a
/// space: what is aligned is no sentence, like a line for a file.
fn holes<'t>(pieces: &[&str], text: &'t str) -> Option<Vec<&'t str>> {
    let [first, between @ .., last] = pieces else { return None };
    let mut rest = text.strip_prefix(first)?.strip_suffix(last)?;
    let mut holes = Vec::with_capacity(pieces.len() - 1);
    for piece in between {
        let (hole, after) = rest.split_once(piece)?;
        holes.push(hole);
        rest = after;
    }
    holes.push(rest);
    holes.iter().all(|hole| !hole.is_empty() && !hole.starts_with(' ')).then_some(holes)
}

/// The translation with its holes filled: `{1}` is the first hole of the English pattern.
fn fill(translation: &str, holes: &[String]) -> String {
    let (mut out, mut rest) = (String::new(), translation);
    while let Some((before, after)) = rest.split_once('{') {
        out += before;
        let number = after.split_once('}').and_then(|(number, after)| {
            Some((holes.get(number.parse::<usize>().ok()?.checked_sub(1)?)?, after))
        });
        rest = if let Some((hole, after)) = number {
            out += hole;
            after
        } else {
            out.push('{');
            after
        };
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ja() -> Catalog {
        Catalog::new(
            "a b\nA\n\nfound as {}\n{1} 発見\n\nit runs\n実行中\n\nset {} in {}\n{2} に {1}\n\n{} of {}\n{1}/{2}\n\nnote\n注\n\nset {} in the file {}\nF {2} {1}\n\nstart\n開始\n",
        )
    }

    #[test]
    fn parts_are_looked_up_on_their_own() {
        let ja = ja();
        for (english, said) in [
            ("a b", "A"),
            ("a b; a b", "A; A"),
            ("shop: found as 12 (8s)", "shop: 12 発見 (8s)"),
            ("note: shop: it runs (it runs)", "注: shop: 実行中 (実行中)"),
            // The most literal one wins, and holes change places.
            ("set X in the file Y", "F Y X"),
            ("set a b in Y", "Y に A"),
            ("a b, a b", "A, A"),
            ("a b, c", "a b, c"),
            // Few letters, many words.
            ("1 of 3", "1/3"),
            ("the end of it", "the end of it"),
            // A name is no word of ours.
            ("start: it runs", "start: 実行中"),
            ("shop: start", "shop: 開始"),
            ("start; it runs", "開始; 実行中"),
            // What somebody else says stays as it is.
            ("it failed: it runs; it runs", "it failed: it runs; it runs"),
            ("start", "開始"),
            // Nobody's.
            ("found as ", "found as "),
            ("found as    = 1", "found as    = 1"),
            ("nobody's text: {1} {", "nobody's text: {1} {"),
            ("found as {1}: {}", "{1} 発見: {}"),
            ("", ""),
            ("  a b", "  A"),
            ("; : ()", "; : ()"),
        ] {
            assert_eq!(ja.said(english), said, "{english}");
        }
    }

    #[test]
    fn nothing_that_is_said_is_lost() {
        let ja = ja();
        for text in ["\u{1b}[31m; x", "x: \u{202e}y", " (", ")", "a (b) c: (", "日本: 語; ("] {
            assert_eq!(ja.said(text), text);
        }
    }
}
