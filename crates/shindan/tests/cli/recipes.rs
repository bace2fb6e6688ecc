//! The scripts of `docs/ci`, run in a shell as the pipelines do, against the emulator.

use std::{fs, process::Command};

use serde_json::Value;

use crate::support::{Directory, Running};

const TARGETS: &str = r#"version = 1
[targets.shop]
service = "wsc"
url = "https://www.stg.shop.example/"
[targets.admin]
service = "vaddy"
project-id = "6eb1f9fcbdb6a5a"
"#;

/// What a recipe runs, step by step, and the shell that its system takes.
struct Recipe {
    shell: &'static [&'static str],
    steps: Vec<String>,
    env: &'static [(&'static str, &'static str)],
}

fn recipes() -> Vec<(&'static str, Recipe)> {
    let read = |name: &str| {
        fs::read_to_string(format!("../../docs/ci/{name}")).expect("it is in the repository")
    };
    let github: &[(&str, &str)] = &[
        ("GITHUB_SERVER_URL", "https://github.example"),
        ("GITHUB_REPOSITORY", "o/r"),
        ("GITHUB_RUN_ID", "1"),
        ("GITHUB_JOB", "scan"),
    ];
    let gitlab: &[(&str, &str)] = &[
        ("CI_SERVER_URL", "https://gitlab.example"),
        ("CI_PIPELINE_ID", "1"),
        ("CI_JOB_NAME", "scan"),
    ];
    let jenkins: &[(&str, &str)] =
        &[("JENKINS_URL", "https://jenkins.example"), ("JOB_NAME", "scan"), ("BUILD_ID", "1")];
    let bash: &[&str] = &["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"];
    vec![
        (
            "github",
            Recipe {
                shell: bash,
                steps: below(&read("github-actions.yml"), "run: |"),
                env: github,
            },
        ),
        (
            "gitlab",
            Recipe {
                shell: &["bash", "-e", "-c"],
                steps: items(&read("gitlab-ci.yml")),
                env: gitlab,
            },
        ),
        (
            "jenkins",
            Recipe {
                shell: &["sh", "-xe", "-c"],
                steps: between(&read("Jenkinsfile")),
                env: jenkins,
            },
        ),
        (
            "circleci",
            Recipe {
                shell: bash,
                steps: below(&read("circleci.yml"), "command: |"),
                env: &[("CIRCLE_WORKFLOW_ID", "w-1")],
            },
        ),
    ]
}

/// The blocks below a key of a YAML file.
fn below(text: &str, key: &str) -> Vec<String> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let lines: Vec<&str> = text.lines().collect();
    let starts = lines.iter().enumerate().filter(|(_, line)| line.trim() == key);
    let block = |(at, line): (usize, &&str)| {
        let inner = lines[at + 1..].iter().take_while(|inner| depth(inner) > depth(line));
        inner.map(|line| line.trim()).collect::<Vec<_>>().join("\n")
    };
    starts.map(block).collect()
}

/// The items of lists below keys that end with `script:`.
fn items(text: &str) -> Vec<String> {
    let mut steps = Vec::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        match line.strip_prefix("- ") {
            Some(item) if inside => steps.push(item.to_owned()),
            _ => inside = line.ends_with("script:"),
        }
    }
    steps
}

/// What stands between three quotes.
fn between(text: &str) -> Vec<String> {
    text.split("'''").skip(1).step_by(2).map(|step| step.trim().to_owned()).collect()
}

#[test]
fn each_recipe_scans_and_keeps_what_it_started() {
    let bin = env!("CARGO_BIN_EXE_shindan").strip_suffix("/shindan").expect("it is its name");
    for (name, recipe) in recipes() {
        let steps = if name == "gitlab" { 3 } else { 2 };
        assert_eq!(recipe.steps.len(), steps, "{name}: {:?}", recipe.steps);
        assert!(recipe.steps[0].contains("shindan scan --all --yes"), "{name}");
        let project = Directory::new();
        fs::create_dir_all(project.path()).expect("it can be made");
        let file = |name: &str| format!("{}/{name}", project.path());
        fs::write(file("shindan.toml"), TARGETS).expect("it can be written");
        let state = file(".shindan");
        let path = format!("{bin}:/usr/bin:/bin");
        let step = |script: &str| {
            let mut command = Command::new(recipe.shell[0]);
            command.args(&recipe.shell[1..]).arg(script).current_dir(project.path());
            let own =
                [("PATH", &*path), ("SHINDAN_STATE_DIR", &*state), ("SHINDAN_EMULATOR", "clean")];
            Running::launch(&mut command, &[&own, recipe.env].concat()).finish()
        };
        for script in &recipe.steps {
            step(script).exits(0);
        }
        let summary =
            fs::read_to_string(file("dast-reports/summary.json")).expect("it was written");
        let summary: Value = serde_json::from_str(&summary).expect("it is json");
        assert_eq!(summary["exit"]["name"], "ok", "{name}: {summary}");
        assert_eq!(summary["targets"].as_array().map(Vec::len), Some(2), "{name}");
        let others = ["index.html", "junit.xml"];
        assert!(
            others
                .iter()
                .all(|other| fs::exists(file(&format!("dast-reports/{other}"))).is_ok_and(|is| is))
        );
        let runs = fs::read_to_string(file("runs.jsonl")).expect("it was written");
        assert_eq!(runs.lines().count(), 2, "{name}: {runs}");
        assert!(runs.contains("dedupe_key"), "{name}: {runs}");
    }
}
