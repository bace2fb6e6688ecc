//! What explains the tool: topics, manual pages, completions.

use std::{collections::BTreeSet, fs, path::Path};

use crate::support::{Directory, shindan};

const TOPICS: [&str; 5] = ["exit-codes", "environment", "config", "interrupts", "billing"];

#[test]
fn topics_fit_on_a_page() {
    for topic in TOPICS {
        let run = shindan(&["help", topic], &[]).exits(0);
        for line in run.stdout.lines() {
            assert!(line.chars().count() <= 80, "{topic}: {line}");
        }
        let list = shindan(&["help"], &[]).exits(0);
        assert!(list.stdout.contains(topic), "{}", list.stdout);
    }
    shindan(&["help", "exit-code"], &[]).exits(2).says("did you mean exit-codes?");
    let command = shindan(&["help", "wsc", "job", "create"], &[]).exits(0);
    assert!(command.stdout.contains("Usage: shindan wsc job create"), "{command:?}");
}

/// Every variable that the sources name is explained.
#[test]
fn every_variable_is_in_its_topic() {
    let explained = shindan(&["help", "environment"], &[]).exits(0).stdout;
    let mut named = BTreeSet::new();
    variables(Path::new("src"), &mut named);
    assert!(named.len() > 20, "{named:?}");
    let missing: Vec<_> = named.iter().filter(|name| !explained.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn variables(folder: &Path, named: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("it is a folder") {
        let path = entry.expect("it is read").path();
        if path.is_dir() {
            variables(&path, named);
            continue;
        }
        let text = fs::read_to_string(&path).expect("it is text");
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '"')) {
            let name = word.strip_prefix('"').and_then(|word| word.strip_suffix('"'));
            let ours = ["SHINDAN_", "NCLOUD_", "VADDY_", "WSC_"];
            if let Some(name) = name
                && ours.iter().any(|prefix| name.starts_with(prefix))
                && name.len() > 8
                && name != "SHINDAN_COMPLETE"
            {
                named.insert(name.to_owned());
            }
        }
    }
}

#[test]
fn a_page_for_each_command() {
    let out = Directory::new();
    shindan(&["man", "--out", out.path()], &[]).exits(0);
    for page in ["shindan.1", "shindan-scan.1", "shindan-wsc-job-create.1"] {
        let page = fs::read_to_string(format!("{}/{page}", out.path())).expect("it was written");
        assert!(page.starts_with(".ie") && page.contains(".SH NAME"), "{page}");
    }
    shindan(&["man", "--out", "/dev/null/pages"], &[]).exits(11);
}

#[test]
fn shells_are_offered_targets() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let run = shindan(&["completions", shell], &[]).exits(0);
        assert!(run.stdout.contains("SHINDAN_COMPLETE"), "{run:?}");
    }
    let project = Directory::new();
    fs::create_dir_all(project.path()).expect("it can be made");
    let file = format!("{}/shindan.toml", project.path());
    let text = "version = 1\n[targets.shop]\nservice = \"wsc\"\nurl = \"https://a.example/\"\n";
    fs::write(&file, text).expect("it can be written");
    let env = [
        ("SHINDAN_CONFIG", &*file),
        ("SHINDAN_COMPLETE", "bash"),
        ("_CLAP_COMPLETE_INDEX", "2"),
        ("_CLAP_COMPLETE_COMP_TYPE", "9"),
        ("_CLAP_IFS", "\n"),
    ];
    let run = shindan(&["--", "shindan", "scan", "sh"], &env).exits(0);
    assert_eq!(run.stdout.trim(), "shop");
}
