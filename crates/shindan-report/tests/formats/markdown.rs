use pulldown_cmark::{Event, Options, Parser, Tag};
use shindan_report::{Lang, Summary, format};

use crate::{samples, steeped};

/// What stands in it, but not what its texts say.
fn shape(sheet: &str) -> Vec<String> {
    let mut shape = Vec::<String>::new();
    for event in Parser::new_ext(sheet, Options::all()) {
        let own = if matches!(event, Event::Text(_)) {
            "text".to_owned()
        } else if matches!(event, Event::Code(_)) {
            "code".to_owned()
        } else {
            format!("{event:?}")
        };
        let is_ours =
            matches!(event, Event::Text(_) | Event::Code(_) | Event::Start(_) | Event::End(_));
        assert!(is_ours, "{own} in {sheet}");
        if own != "text" || shape.last() != Some(&own) {
            shape.push(own);
        }
    }
    shape
}

fn links(sheet: &str) -> Vec<String> {
    let link = |event: Event<'_>| {
        let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event else {
            return None;
        };
        Some(dest_url.to_string())
    };
    Parser::new_ext(sheet, Options::all()).filter_map(link).collect()
}

#[test]
fn no_text_makes_anything() {
    for lang in Lang::ALL {
        for evil in samples::HOSTILE {
            let sheets = [evil, &*steeped::harmless(evil)]
                .map(|text| format::markdown(&steeped::in_text(&samples::findings(), text), lang));
            let [hostile, harmless] = sheets.each_ref().map(|sheet| shape(sheet));
            assert_eq!(hostile, harmless, "{evil:?}");
            assert!(links(&sheets[0]).is_empty());
        }
        let hostile = format::markdown(&samples::hostile(), lang);
        assert!(shape(&hostile).len() > 100 && links(&hostile).is_empty());
    }
}

#[test]
fn it_has_room_in_a_comment() {
    for (name, summary) in samples::all() {
        for lang in Lang::ALL {
            let sheet = format::markdown(&summary, lang);
            assert!(sheet.chars().count() <= 65_000, "{name}");
            assert!(sheet.starts_with("## "), "{name}");
            for target in &summary.targets {
                assert!(name == "hostile" || sheet.contains(target.target.as_raw()), "{name}");
            }
            let is_console = |link: &String| link.starts_with("https://console.vaddy.net/");
            assert!(links(&sheet).iter().all(is_console), "{name}");
        }
    }
}

#[test]
fn what_was_cut_is_said() {
    let sheet = format::markdown(&samples::many(), Lang::En);
    let shown = sheet.lines().filter(|line| line.contains("/page")).count();
    let left = "Findings that are not shown here for want of room: ";
    let left = sheet.lines().find_map(|line| line.strip_prefix(left)).unwrap();
    let left: usize = left.split_once('.').unwrap().0.replace(',', "").parse().unwrap();
    assert_eq!(shown + left, 3_000);
    assert!(shown > 200 && sheet.chars().count() > 60_000);

    let mut crowd = samples::failed();
    crowd.targets = (0..5_000).map(|n| crowd.targets[n % 2].clone()).collect();
    crowd.targets.push(samples::findings().targets.remove(0));
    crowd.exit.because = crowd.targets.iter().flat_map(|one| one.exit.because.clone()).collect();
    let sheet = format::markdown(&crowd, Lang::En);
    assert!(sheet.chars().count() <= 65_000);
    assert!(sheet.contains("- +4,996\n"));
    let first = sheet.lines().find(|line| line.contains("(wsc)")).unwrap();
    assert!(first.contains("❌"), "the worst comes first: {first}");
    let untold = "Targets that are not shown here for want of room: ";
    assert_eq!(sheet.matches(untold).count(), 2);
}

#[test]
fn accepted_findings_stand_apart() {
    let sheet = format::markdown(&samples::findings(), Lang::En);
    let at = |part: &str| sheet.find(part).unwrap_or_else(|| panic!("{part} in {sheet}"));
    assert!(at("#### Open 2") < at("#### Acceptance expired 1"));
    assert!(at("#### Acceptance expired 1") < at("#### Accepted 1"));
    assert!(at("#### Accepted 1") < at("Server\\-side include injection"));
    for part in [
        "`kim@example.com`",
        "Until 2027-01-31",
        "×3",
        "https://console.vaddy.net/scan_status/1/1-837b5f9f",
    ] {
        at(part);
    }
}

#[test]
fn an_unfinished_scan_has_no_numbers() {
    let sheet = format::markdown(&samples::failed(), Lang::En);
    let rows: Vec<_> =
        sheet.lines().filter(|line| line.contains("| ? | ? | ? | ? | ? | unknown |")).collect();
    assert_eq!(rows.len(), 2, "{sheet}");
    let emulated = |mut summary: Summary| {
        summary.targets[0].emulated = true;
        format::markdown(&summary, Lang::En)
    };
    assert!(emulated(samples::clean()).contains("an emulator played the service"));
    assert!(
        format::markdown(&samples::incomplete(), Lang::En).contains("in the part that was scanned")
    );
}
