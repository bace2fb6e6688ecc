//! Whether the catalogs say what the sources say: every text of our crates that has more than one word is looked for.
//!
//! It reads the sources, so there is something that it cannot see: single words that are no column's header, texts
//! that are put together from words, what other crates and the system say (of files, TOML, JSON, HTTP and TLS), and
//! what an emulator in another process answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::{FEW_LETTERS, HOLE, JA, KO, entries, holes, map_parts};

/// What stays as it is in every language, and after `##` why.
const ENGLISH: &str = include_str!("english.txt");
const CRATES: [&str; 8] = [
    "shindan",
    "shindan-proto",
    "shindan-hyper",
    "shindan-journal",
    "shindan-wire",
    "ncp-sign",
    "wsc-model",
    "vaddy-model",
];
/// What of the reports reaches a person other than on a page, which has texts of its own.
const OF_REPORTS: [&str; 6] = ["door", "verdict", "accept", "check", "lang", "finding"];
/// Help is English, and so are the exit codes that it lists.
const HELP: &str = "src/exit.rs";
/// What stands before a text that nobody is told.
const NOT_SAID: [&str; 14] = [
    "reason =",
    "must_use =",
    "next_help_heading =",
    "default_value =",
    ".expect(",
    "panic!(",
    "unreachable!(",
    "from_static(",
    "strip_prefix(",
    "contains(",
    "starts_with(",
    ".command(",
    ".command(&format!(",
    ".named(",
];

/// What stands before a column's headers.
const HEADERS: [&str; 2] = ["Rows::new(&[", "NAMES: &[&str] = &["];

/// A text in a source, and what stands before it.
struct Literal<'a> {
    text: String,
    before: &'a str,
}

fn literals(source: &str) -> Vec<Literal<'_>> {
    let end = ["\n#[cfg(test)]\nmod tests {", "\n#[cfg(all(test"];
    let end = end.iter().filter_map(|end| source.find(end)).min().unwrap_or(source.len());
    let (source, mut literals, mut at) = (&source[..end], Vec::new(), 0);
    while let Some(c) = source[at..].chars().next() {
        let rest = &source[at..];
        let next = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |n| n + from);
        if rest.starts_with("//") {
            at += next("\n", 0);
        } else if rest.starts_with("r\"") {
            let end = next("\"", 2);
            literals.push(Literal { text: rest[2..end].to_owned(), before: &source[..at] });
            at += end + 1;
        } else if rest.starts_with("r#\"") {
            let end = next("\"#", 3);
            literals.push(Literal { text: rest[3..end].to_owned(), before: &source[..at] });
            at += end + 2;
        } else if rest.starts_with("'\"'") || rest.starts_with("b'\"'") {
            at += next("\"'", 0) + 2;
        } else if rest.starts_with("'\\") {
            // A lifetime has no backslash.
            at += next("'", 3) + 1;
        } else if c == '"' {
            let mut escaped = false;
            let end = rest.char_indices().skip(1).find(|(_, c)| {
                let ends = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            });
            let end = end.map_or(rest.len(), |(end, _)| end);
            literals.push(Literal { text: unescaped(&rest[1..end]), before: &source[..at] });
            at += end + 1;
        } else {
            at += c.len_utf8();
        }
    }
    literals
}

fn unescaped(text: &str) -> String {
    let mut lines = text.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    let whole = lines.fold(first, |whole, line| whole + line.trim_start());
    whole.replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\")
}

/// Names and formats of holes do not matter, nor whether there are several in a row.
fn with_plain_holes(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        out += &before.replace("}}", "}");
        rest = match (after.strip_prefix('{'), after.split_once('}')) {
            (Some(after), _) => {
                out.push('{');
                after
            }
            (None, Some((_, after))) => {
                if !(before.is_empty() && out.ends_with(HOLE)) {
                    out += HOLE;
                }
                after
            }
            (None, None) => after,
        };
    }
    out + &rest.replace("}}", "}")
}

fn parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    map_parts(&with_plain_holes(text), |part, _| {
        parts.push(part.trim().to_owned());
        String::new()
    });
    parts
}

fn is_a_sentence(part: &str) -> bool {
    let ours = part.replace(HOLE, "");
    let letters = |pair: &[u8]| pair.iter().all(u8::is_ascii_lowercase);
    part.trim().contains(' ') && ours.as_bytes().windows(2).any(letters)
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("it is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Each part that a source says, and where; and every part at all.
fn said_by_sources() -> (BTreeMap<String, PathBuf>, BTreeSet<String>) {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it is among others");
    let (mut sentences, mut all) = (BTreeMap::new(), BTreeSet::new());
    let mut paths = Vec::new();
    for name in CRATES {
        files(&crates.join(name).join("src"), &mut paths);
    }
    let reports = crates.join("shindan-report").join("src");
    for name in OF_REPORTS {
        paths.push(reports.join(name).with_extension("rs"));
        if reports.join(name).is_dir() {
            files(&reports.join(name), &mut paths);
        }
    }
    let is_a_test =
        |path: &Path| path.ends_with("door/tests.rs") || path.ends_with("verdict/tests.rs");
    for path in
        paths.into_iter().filter(|path| !path.ends_with("lang/sources.rs") && !is_a_test(path))
    {
        let source = fs::read_to_string(&path).expect("it is a text");
        for Literal { text, before } in literals(&source) {
            let before = before.trim_end();
            let header = HEADERS.iter().any(|begin| {
                before.rsplit_once(begin).is_some_and(|(_, names)| !names.contains(']'))
            });
            let parts = parts(&text);
            all.extend(parts.iter().cloned());
            if NOT_SAID.iter().any(|not| before.ends_with(not)) || path.ends_with(HELP) {
                continue;
            }
            for part in parts {
                if is_a_sentence(&part) && !text.contains('\n') || header && !part.is_empty() {
                    sentences.insert(part, path.clone());
                }
            }
        }
    }
    (sentences, all)
}

/// How often each hole is filled: each at least once.
fn numbers(translation: &str) -> BTreeSet<usize> {
    let after = translation.split('{').skip(1).filter_map(|after| after.split_once('}'));
    after.map(|(number, _)| number.parse().expect("a hole has a number")).collect()
}

#[test]
fn every_sentence_has_its_translations() {
    let (sentences, all) = said_by_sources();
    assert!(sentences.len() > 500, "the sources say more than {}", sentences.len());
    let english: BTreeSet<_> = ENGLISH.lines().filter(|line| !line.starts_with("## ")).collect();
    let mut wrong = Vec::new();
    for (name, text) in [("ko.txt", KO), ("ja.txt", JA)] {
        let known: Vec<_> = entries(text).collect();
        let keys: BTreeSet<_> = known.iter().map(|(english, _)| *english).collect();
        if keys.len() != known.len() {
            wrong.push(format!("{name}: something stands there twice"));
        }
        for (part, path) in &sentences {
            if !keys.contains(part.as_str()) && !english.contains(part.as_str()) {
                wrong.push(format!("{name}: no translation of {part:?} in {}", path.display()));
            }
        }
        for (part, translation) in &known {
            let several = |said: &&String| {
                let pieces: Vec<_> = said.split(HOLE).collect();
                let letters = pieces.concat().chars().filter(|c| c.is_alphanumeric()).count();
                pieces.len() > 2 && letters >= FEW_LETTERS && holes(&pieces, part).is_some()
            };
            let word = part.replace(HOLE, "");
            let is_said = all.contains(*part) || all.contains(word.trim());
            if !is_said && !english.iter().any(|text| several(&&(*text).to_owned())) {
                wrong.push(format!("{name}: nobody says {part:?}"));
            }
            if english.contains(part) {
                wrong.push(format!("{name}: {part:?} stays English"));
            }
            let count = part.matches(HOLE).count();
            if numbers(translation) != (1..=count).collect() {
                wrong.push(format!("{name}: other holes in {translation:?} than in {part:?}"));
            }
        }
    }
    wrong.extend(
        english
            .iter()
            .filter(|text| !all.contains(**text))
            .map(|text| format!("english.txt: nobody says {text:?}")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn texts_are_found_in_a_source() {
    let source = "// \"a comment\"
        Failed::new(Exit::Usage, format!(\"{name} is \\\"wrong\\\"; \\
            see {0:?}{x}\"))
        let c = '\"'; let d = b'\"'; let e: &'a str = r#\"raw \"text\"\"#; '\\'' \"last\"
#[cfg(test)]
mod tests { \"not said\" }";
    let found: Vec<_> = literals(source).into_iter().map(|literal| literal.text).collect();
    assert_eq!(found, ["{name} is \"wrong\"; see {0:?}{x}", "raw \"text\"", "last"]);
    assert_eq!(parts(&found[0]), ["{} is \"wrong\"", "see {}"]);
    assert_eq!(parts("a {{}} (b {c})"), ["a {}", "b {}"]);
    let found: Vec<_> = literals("a(\"x\")").into_iter().map(|literal| literal.before).collect();
    assert_eq!(found, ["a("]);
}
