//! Messages in English, Korean and Japanese; what scripts read is the same in all of them.

use std::fs;

use serde_json::Value;

use crate::{
    canned::{Canned, answer},
    machine::Machine,
    support::{Directory, shindan},
    team::Team,
};

const BAD_KEY: [&str; 5] =
    ["--emulator=auth-bad", "scan", "--url", "https://shop.example/", "--yes"];
const KO: &str = "오류: 서비스가 인증키를 받아들이지 않았습니다";
const JA: &str = "エラー: サービスが認証キーを受け付けませんでした";
const EN: &str = "error: the service did not accept the credentials";

#[test]
fn the_language_is_said_or_set_or_of_the_locale() {
    for (args, env, says) in [
        (&[][..], &[][..], EN),
        (&["--lang", "ko"], &[], KO),
        (&["--lang", "ja"], &[("SHINDAN_LANG", "ko"), ("LANG", "ko_KR.UTF-8")], JA),
        (&[], &[("SHINDAN_LANG", "ko"), ("LC_ALL", "ja_JP.UTF-8")], KO),
        (&[], &[("LC_ALL", "ja_JP.UTF-8"), ("LANG", "ko_KR.UTF-8")], JA),
        (&[], &[("LC_ALL", ""), ("LC_MESSAGES", "ko_KR"), ("LANG", "ja_JP")], KO),
        (&[], &[("LANG", "ja")], JA),
        (&[], &[("LC_ALL", "C"), ("LANG", "ja_JP.UTF-8")], EN),
        (&[], &[("LANG", "한국어")], EN),
        (&["--lang", "en"], &[("LC_ALL", "ja_JP.UTF-8")], EN),
        (&["--lang", "auto"], &[("SHINDAN_LANG", "ja"), ("LANG", "ko_KR")], KO),
    ] {
        let run = shindan(&[args, &BAD_KEY].concat(), env).exits(4);
        assert!(run.stderr.contains(says), "{args:?} {env:?} {run:?}");
    }
    shindan(&BAD_KEY, &[("SHINDAN_LANG", "de")]).exits(2).says("it is none of: auto, en, ko, ja");
    shindan(&[&["--lang", "de"], &BAD_KEY[..]].concat(), &[]).exits(2);
}

#[test]
fn json_and_help_are_the_same_in_every_language() {
    for args in [
        &["--help"][..],
        &["help", "exit-codes"],
        &["help", "environment"],
        &["config", "show", "--output", "json"],
        &["--output", "json", "--emulator=auth-bad", "doctor"],
        &["--output", "json", "--emulator=auth-bad", "plan", "--url", "https://shop.example/"],
        &["--output", "json", "--emulator=auth-bad", "scan", "--yes", "--fqdn", "www.example.jp"],
    ] {
        let said =
            |lang| without_numbers(&shindan(&[&["--lang", lang], args].concat(), &[]).stdout);
        let english = said("en");
        assert!(!english.is_empty() && !english.contains(is_foreign), "{english}");
        assert_eq!([said("ko"), said("ja")], [english.clone(), english], "{args:?}");
    }
}

/// A character of Korean or Japanese.
fn is_foreign(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Ports, times and numbers of runs are others each time, and so are directories.
fn without_numbers(text: &str) -> String {
    let is_word = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let words =
        text.split_inclusive(is_word).filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
    words.collect()
}

#[test]
fn what_a_service_says_is_neither_translated_nor_lost_nor_dangerous() {
    let body = r#"{"error_message":"nothing was started; \u001b[31mit runs: try again later\nerror: forged"}"#;
    let canned = Canned::always(answer("400 Bad Request", "", body));
    for (lang, says) in [
        ("en", "the service says: "),
        ("ko", "서비스 메시지: "),
        ("ja", "サービスからのメッセージ: "),
    ] {
        let args = ["--lang", lang, "vaddy", "scan", "running", "--project-id", "p"];
        let told = "nothing was started; \\u{1b}[31mit runs: try again later\\u{a}error: forged\n";
        shindan(&args, &canned.env()).exits(6).says(&format!("{says}{told}"));
    }
}

#[test]
fn no_secret_comes_through_a_translation() {
    // A secret that looks like a sentence of ours, in a place where it is shown.
    let secret = "x; nothing was started";
    let env = [("NCLOUD_SECRET_ACCESS_KEY", secret), ("NCLOUD_ACCESS_KEY_ID", "AAAA0123456789")];
    for lang in ["en", "ko", "ja"] {
        let args = ["--lang", lang, "help", secret];
        let run = shindan(&args, &env).exits(2).says("(redacted)");
        assert!(!run.stderr.contains(" x"), "{run:?}");
    }
}

#[test]
fn tables_and_the_doctor() {
    let machine = Machine::new(&[]);
    let doctor = |lang: &str| machine.run(&["--lang", lang, "--emulator=clean", "doctor"]).exits(0);
    assert!(doctor("en").stdout.starts_with("STATUS"));
    let korean = doctor("ko").stdout;
    assert!(korean.starts_with("상태") && korean.contains("인증키"), "{korean}");
    let japanese = doctor("ja").stdout;
    assert!(japanese.starts_with("状態") && japanese.contains("ヒント: "), "{japanese}");
    let plan = |lang: &str| {
        let plan = ["--lang", lang, "--emulator=clean", "plan", "--url", "https://shop.example/"];
        machine.run(&plan).exits(0).stdout
    };
    assert!(plan("ko").contains("과금: 1/1; 아무것도 시작하지 않았습니다"), "{}", plan("ko"));
    assert!(plan("ja").contains("課金: 1/1; 何も開始していません"), "{}", plan("ja"));
}

#[test]
fn a_mistake_in_a_file_is_told_with_its_place() {
    let directory = Directory::new();
    fs::create_dir_all(directory.path()).expect("it can be made");
    let path = format!("{}/shindan.toml", directory.path());
    fs::write(&path, "version = 1\n[targets.shop]\n").expect("it can be written");
    let check = |lang| shindan(&["--lang", lang, "-c", &path, "config", "check"], &[]).exits(2);
    let english = check("en").stderr;
    let place =
        english.trim_start_matches("error: ").split_once(": ").expect("a place").0.to_owned();
    assert!(place.starts_with(&path), "{english}");
    for (lang, begin, why) in [
        ("ko", "오류: ", ": 대상 shop: service가 없습니다; "),
        ("ja", "エラー: ", ": 対象 shop: service がありません; "),
    ] {
        let told = check(lang).stderr;
        assert!(told.starts_with(&format!("{begin}{place}{why}")), "{told}");
    }
}

#[test]
fn objects_on_stderr_are_english() {
    let args = [&["--lang", "ja", "--log-format", "json"], &BAD_KEY[..]].concat();
    let run = shindan(&args, &[("LANG", "ko_KR.UTF-8")]).exits(4);
    for line in run.stderr.lines() {
        let line: Value = serde_json::from_str(line).expect("it is json");
        assert!(line.to_string().is_ascii(), "{line}");
    }
}

#[test]
fn reports_are_in_the_language_of_messages_unless_another_one_is_set() {
    const SHOP: &str = "[targets.shop]\nservice = \"wsc\"\nurl = \"https://shop.example/\"\n";
    let team = Team::with("x60000000", SHOP);
    let reports = Directory::new();
    let page = || {
        let page = fs::read_to_string(format!("{}/index.html", reports.path()));
        page.expect("it was written")
    };
    let saved = format!("{}/summary.json", reports.path());
    let is = |page: &str, lang: &str| page.contains(&format!("<html lang=\"{lang}\""));
    for (lang, set, expected) in [
        ("en", "", "en"),
        ("ko", "", "ko"),
        ("ja", "", "ja"),
        ("ja", "[reports]\nlang = \"en\"\n", "en"),
    ] {
        team.write(&format!("{set}{SHOP}"));
        let args = ["--lang", lang, "scan", "--all", "--yes", "--report-dir", reports.path()];
        team.machine.run(&args);
        assert!(is(&page(), expected), "{lang} {set}");
        let args = ["--lang", lang, "report", "convert", &saved, "html"];
        let converted = team.machine.run(&args).exits(0).stdout;
        assert!(is(&converted, expected), "{lang} {set}");
    }
}

#[test]
fn the_page_of_the_demo_is_in_the_language_of_messages() {
    for (variable, expected) in [("", "ko"), ("ja", "ja")] {
        let reports = Directory::new();
        let env = [("SHINDAN_REPORT_LANG", variable)];
        let env = if variable.is_empty() { &[][..] } else { &env };
        let demo = ["--lang", "ko", "demo", "--report-dir", reports.path()];
        let told = shindan(&demo, env).exits(0).stdout;
        assert!(told.contains("이것은 데모입니다") && told.contains("결과 페이지"), "{told}");
        let page = fs::read_to_string(format!("{}/index.html", reports.path()));
        let page = page.expect("it was written");
        assert!(page.contains(&format!("<html lang=\"{expected}\"")), "{expected}");
        let toml_path = format!("{}/shindan.toml", reports.path());
        let text = "version = 1\n[targets.shop]\nservice = \"wsc\"\nurl = \"https://a/\"\n";
        fs::write(&toml_path, text).expect("it can be written");
        // What is to be copied into a file is the same in every language.
        let saved = format!("{}/summary.json", reports.path());
        let summary = fs::read_to_string(&saved).expect("it was written");
        let summary: Value = serde_json::from_str(&summary).expect("it is json");
        let first = &summary["targets"][0]["diagnosis"]["findings"][0]["fingerprint"];
        let first = first.as_str().expect("a text");
        let toml = |lang: &str| -> Vec<String> {
            let args = ["--lang", lang, "baseline", "explain", first, "--from", &saved];
            let told = shindan(&args, &[("SHINDAN_CONFIG", &*toml_path)]).exits(0).stdout;
            let lines = told.lines().filter(|line| line.contains(" = ") || line.contains("[["));
            lines.map(str::to_owned).collect()
        };
        assert_eq!(toml("en").len(), 8);
        assert_eq!([toml("ko"), toml("ja")], [toml("en"), toml("en")]);
    }
}
