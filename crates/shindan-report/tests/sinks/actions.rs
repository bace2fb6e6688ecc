//! What the runner of GitHub Actions reads: ports of `ActionCommand.cs` and `FileCommandManager.cs`.

use std::collections::BTreeMap;

use shindan_report::sink;

use crate::texts::{all, is_dangerous, meant};

/// Unicode's `Default_Ignorable_Code_Point` and its category `Cf`: a comparison of a language overlooks them.
fn is_overlooked(c: char) -> bool {
    const RANGES: [(u32, u32); 30] = [
        (0x00, 0x08),
        (0x0e, 0x1f),
        (0x7f, 0x9f),
        (0xad, 0xad),
        (0x34f, 0x34f),
        (0x600, 0x605),
        (0x61c, 0x61c),
        (0x6dd, 0x6dd),
        (0x70f, 0x70f),
        (0x890, 0x891),
        (0x8e2, 0x8e2),
        (0x115f, 0x1160),
        (0x17b4, 0x17b5),
        (0x180b, 0x180f),
        (0x200b, 0x200f),
        (0x202a, 0x202e),
        (0x2060, 0x206f),
        (0x3164, 0x3164),
        (0xfe00, 0xfe0f),
        (0xfeff, 0xfeff),
        (0xffa0, 0xffa0),
        (0xfff0, 0xfffb),
        (0x110bd, 0x110bd),
        (0x110cd, 0x110cd),
        (0x13430, 0x1343f),
        (0x1bca0, 0x1bca3),
        (0x1d173, 0x1d17a),
        (0xe0000, 0xe0fff),
        (0xfdd0, 0xfdef),
        (0xfffe, 0xffff),
    ];
    !c.is_ascii_graphic() && RANGES.iter().any(|&(from, to)| (from..=to).contains(&u32::from(c)))
}

/// What a comparison of a language sees of a line.
fn seen(line: &str) -> String {
    line.chars().filter(|&c| !is_overlooked(c)).collect()
}

/// A command in the first syntax: its name, its properties, its data.
type Command = (String, BTreeMap<String, String>, String);

/// `TryParseV2`, for a runner that knows every command.
fn command(line: &str) -> Option<Command> {
    let line = line.trim_start().strip_prefix("::")?;
    let (info, data) = line.split_once("::")?;
    let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
    let mut map = BTreeMap::new();
    for pair in properties.trim().split(',') {
        // Empty parts are dropped, so a value loses every `=` at its beginning.
        if let Some((key, value)) = pair.trim_start_matches('=').split_once('=') {
            let value = value.trim_start_matches('=');
            if !value.is_empty() {
                let value = value.replace("%0D", "\r").replace("%0A", "\n");
                let value = value.replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
                map.insert(key.to_owned(), value);
            }
        }
    }
    let data = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    Some((name.to_owned(), map, data))
}

/// Whether anything in this line could be a command of a CI system, whatever its name is.
fn is_command(line: &str) -> bool {
    let begins = |line: &str| {
        line.trim_start().starts_with("::")
            || line.contains("##")
                && ["##[", "##vso[", "##teamcity["].iter().any(|word| line.contains(word))
    };
    begins(line) || !line.is_ascii() && begins(&seen(line))
}

#[test]
fn no_line_of_a_log_is_a_command() {
    let mut before = [String::new(), String::new()];
    all("Actions log", |texts| {
        for text in texts {
            let shown = sink::actions_log(text);
            assert!(!shown.contains(is_dangerous), "{shown:?}");
            assert_eq!(meant(&shown), *text);
            for line in [
                shown.clone(),
                format!("{}{}{shown}", before[0], before[1]),
                format!(" :{shown}"),
                format!("#{shown}"),
                format!("{shown}[error]"),
            ] {
                assert!(!is_command(&line), "{line:?}");
            }
            before.swap(0, 1);
            before[1] = shown;
        }
    });
}

#[test]
fn an_annotation_has_our_properties_and_says_what_was_meant() {
    all("Actions command", |texts| {
        for text in texts {
            let (data, property) = (sink::actions_data(text), sink::actions_property(text));
            let line = format!("::error file={property},line=1,title={property}::{data}");
            assert!(!line.contains(is_dangerous), "{line:?}");
            assert!(!seen(&data).contains("##[") && !seen(&property).contains("##["), "{line:?}");
            let (name, properties, said) = command(&line).unwrap();
            assert_eq!((&*name, properties["line"].as_str()), ("error", "1"), "{line:?}");
            assert_eq!(properties.len(), if text.is_empty() { 1 } else { 3 }, "{line:?}");
            for key in ["file", "title"] {
                assert_eq!(properties.get(key).map_or(String::new(), |p| meant(p)), *text);
            }
            // The runner writes the message into its log again.
            assert!(!is_command(&said), "{said:?}");
            assert_eq!(meant(&said), *text);
        }
    });
}

/// `EnvFileKeyValuePairs`, as it is on Linux.
fn outputs(file: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut lines = file.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let line = line.strip_suffix('\n').unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let (equals, heredoc) = (line.find('='), line.find("<<"));
        let is_heredoc = heredoc.is_some_and(|at| equals.is_none_or(|equals| at < equals));
        if !is_heredoc {
            let (name, value) = line.split_once('=').unwrap();
            all.push((name.to_owned(), value.to_owned()));
            continue;
        }
        let (name, delimiter) = line.split_once("<<").unwrap();
        let mut value = String::new();
        loop {
            let line = lines.next().unwrap();
            if line.strip_suffix('\n').unwrap_or(line) == delimiter {
                break;
            }
            value.push_str(line);
        }
        value.pop();
        all.push((name.to_owned(), value));
    }
    all
}

#[test]
fn a_file_of_outputs_has_our_names_and_their_values() {
    const DELIMITER: &str = "ghadelimiter_5b0f8c0e";
    all("Actions output", |texts| {
        let heredoc = |text: &String| sink::actions_output("name", text, DELIMITER).unwrap();
        let file: String = texts.iter().map(heredoc).collect();
        let read = outputs(&file);
        assert_eq!(read.len(), texts.len());
        for ((name, value), text) in read.iter().zip(texts) {
            assert_eq!((name.as_str(), value), ("name", text));
            let evil = format!("{text}\n{DELIMITER}\nname=evil");
            assert_eq!(sink::actions_output("name", &evil, DELIMITER), None);
            assert_eq!(sink::actions_output("name", &format!("{text}1"), text), None);
        }
    });
}
