use std::{collections::BTreeSet, sync::OnceLock};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use shindan_report::{Lang, Point, Summary, Untrusted, format};

use crate::{dom, samples, steeped};

/// Every sample in every language, and one of an emulator.
fn all() -> impl Iterator<Item = (&'static str, Summary, Lang)> {
    let mut emulated = samples::findings();
    for outcome in &mut emulated.targets {
        outcome.emulated = true;
    }
    let samples = samples::all().into_iter().chain([("emulated", emulated)]);
    samples.flat_map(|(name, summary)| Lang::ALL.map(|lang| (name, summary.clone(), lang)))
}

/// Every page as a browser reads it, read once.
fn pages() -> &'static [(&'static str, Lang, Vec<dom::Element>)] {
    static PAGES: OnceLock<Vec<(&str, Lang, Vec<dom::Element>)>> = OnceLock::new();
    PAGES.get_or_init(|| {
        all()
            .map(|(name, summary, lang)| (name, lang, dom::elements(&format::html(&summary, lang))))
            .collect()
    })
}

fn title(page: &str) -> String {
    let (_, rest) = page.split_once("<h1>").expect("a page has a heading");
    rest.split("</h1>").next().unwrap_or_default().to_owned()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a person looks at them")]
fn pages_are_there_to_be_looked_at() {
    let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, summary, lang) in all() {
        let file = |kind: &str| dir.join(format!("{name}.{}.{kind}", lang.as_str()));
        std::fs::write(file("html"), format::html(&summary, lang)).unwrap();
        std::fs::write(file("md"), format::markdown(&summary, lang)).unwrap();
    }
}

#[test]
fn no_text_adds_anything_to_the_template() {
    let huge = "A<\u{202e}|`".repeat(20_000);
    let texts = samples::HOSTILE.iter().copied().chain([huge.as_str()]);
    let mut pairs: Vec<_> = texts
        .map(|evil| {
            [evil, &steeped::harmless(evil)]
                .map(|text| steeped::in_text(&samples::findings(), text))
        })
        .collect();
    let hostile = samples::hostile();
    let twin = steeped::mapped(&hostile, &steeped::harmless);
    pairs.push([hostile, twin]);
    for (n, pair) in pairs.into_iter().enumerate() {
        let lang = Lang::ALL[n % 3];
        let [hostile, harmless] = pair.map(|one| dom::elements(&format::html(&one, lang)));
        assert!(hostile.len() > 200);
        assert_eq!(hostile.len(), harmless.len());
        for (one, other) in hostile.iter().zip(&harmless) {
            assert_eq!(one.shape(), other.shape(), "{}", one.text);
        }
    }
}

#[test]
fn texts_are_read_back() {
    let decoded = |text: &str| {
        let entities =
            [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
        entities.iter().fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c))
    };
    let page = dom::elements(&format::html(&samples::hostile(), Lang::En));
    let count =
        |text: &str| page.iter().filter(|one| one.name == "bdi" && one.text == text).count();
    for evil in samples::HOSTILE {
        // Target twice, subject, scan, console, reason, two domains, tested, title, method, URL, parameter, advice.
        assert_eq!(count(&decoded(&Untrusted::new(*evil).for_html())), 14, "{evil:?}");
    }
    let long = "A<\\u{202e}|`".repeat(200);
    assert_eq!(count(&format!("{long}… [99,000 more characters]")), 14);
}

#[test]
fn it_loads_nothing_and_runs_nothing() {
    for (name, _, page) in pages() {
        for element in page {
            assert!(
                !["script", "iframe", "object", "img", "link", "base", "form"]
                    .contains(&&*element.name)
            );
            for (key, value) in &element.attributes {
                assert!(
                    !key.starts_with("on")
                        && !["src", "style", "srcset", "action"].contains(&&**key)
                );
                let is_console = key == "href" && value.starts_with("https://console.vaddy.net/");
                assert!(
                    is_console || !value.contains("//") && key != "href",
                    "{name}: {key}={value}"
                );
            }
            if element.name == "a" {
                assert_eq!(element.get("rel"), Some("noreferrer"));
            }
        }
        let styles: Vec<_> = page.iter().filter(|one| one.name == "style").collect();
        let [style] = styles.as_slice() else { panic!("{name}") };
        assert!(
            ["url", "import", "http", "//", "src"].iter().all(|word| !style.text.contains(word))
        );
        let hash = STANDARD.encode(Sha256::digest(&style.text));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"
        );
        let at = |wanted: &dyn Fn(&dom::Element) -> bool| page.iter().position(wanted).unwrap();
        let csp = at(&|one| one.get("http-equiv") == Some("Content-Security-Policy"));
        assert_eq!(page[csp].get("content"), Some(&*policy));
        assert!(csp < at(&|one| one.name == "style"));
    }
}

#[test]
fn only_a_known_console_is_linked() {
    let links = |at: &str| {
        let mut summary = samples::clean();
        summary.targets.truncate(1);
        summary.targets[0].console = Some(Untrusted::new(at));
        let page = dom::elements(&format::html(&summary, Lang::En));
        page.iter().filter_map(|one| one.get("href")).map(str::to_owned).collect::<Vec<_>>()
    };
    for at in ["https://console.vaddy.net/a/1", "https://console.ncloud.com/wsc?a=b"] {
        assert_eq!(links(at), [at]);
    }
    for at in [
        "https://console.vaddy.net.evil.example/",
        "https://evil.example/https://console.vaddy.net/",
        "https://console.vaddy.net@evil.example/",
        "javascript:alert(1)//console.vaddy.net/",
        "//console.vaddy.net/",
    ] {
        assert!(links(at).is_empty(), "{at}");
    }
}

#[test]
fn nothing_unfinished_looks_like_a_pass() {
    let clean = samples::clean();
    let verdicts = |summary: &Summary| {
        let page = format::html(summary, Lang::En);
        let sheet = format::markdown(summary, Lang::En);
        (title(&page), sheet.lines().next().unwrap().to_owned())
    };
    let of = |html: &str, md: &str| (html.to_owned(), format!("## {md} {html}"));
    assert_eq!(verdicts(&clean), of("Passed", "✅"));
    let mut without = clean.clone();
    without.targets[1].diagnosis = None;
    assert_eq!(verdicts(&without), of("No result", "❔"));
    let page = format::html(&without, Lang::En);
    assert!(page.contains("Nothing was found in the part that was scanned."));
    let mut missing = clean.clone();
    missing.targets[0].diagnosis.as_mut().unwrap().missing.push("a".to_owned());
    assert_eq!(verdicts(&missing), of("Incomplete", "⚠️"));
    let mut gate = clean.clone();
    gate.targets[0].exit.code = 1;
    assert_eq!(verdicts(&gate), of("Did not pass", "❌"));
    let mut none = clean.clone();
    none.targets.clear();
    assert_eq!(verdicts(&none), of("No result", "❔"));
    for code in 1..=255 {
        let mut failed = clean.clone();
        failed.exit.code = code;
        assert_ne!(verdicts(&failed), of("Passed", "✅"), "{code}");
        let mut failed = clean.clone();
        failed.targets[0].exit.code = code;
        assert_ne!(verdicts(&failed), of("Passed", "✅"), "{code}");
    }
    for (name, summary) in samples::all().into_iter().filter(|(name, _)| *name != "clean") {
        let (html, md) = (format::html(&summary, Lang::En), format::markdown(&summary, Lang::En));
        assert!(!html.contains("Passed") && !md.contains("Passed"), "{name}");
    }
}

#[test]
fn who_does_not_see_it_can_read_it() {
    for (name, lang, page) in pages() {
        let mut level = 0;
        for element in page {
            if let Some(own) = element.name.strip_prefix('h').and_then(|n| n.parse::<u8>().ok()) {
                assert!(own <= level + 1 && (own > 1 || level == 0), "{name}: {}", element.text);
                level = own;
            }
            match &*element.name {
                "html" => assert_eq!(element.get("lang"), Some(lang.as_str())),
                "th" => assert!(element.get("scope").is_some()),
                "svg" => {
                    let is_named = element.get("aria-label").is_some_and(|name| !name.is_empty());
                    assert!(
                        is_named && element.get("role") == Some("img")
                            || element.get("aria-hidden").is_some()
                    );
                }
                _ => {}
            }
        }
        let ids: Vec<_> = page.iter().filter_map(|one| one.get("id")).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len());
        let named = page.iter().filter_map(|one| one.get("aria-labelledby"));
        assert!(named.into_iter().all(|id| ids.contains(&id)));
    }
}

#[test]
fn all_words_of_ours_are_translated() {
    const NAMES: [&str; 8] =
        ["Web", "Security", "Checker", "VAddy", "Shindan", "SQL", "SSI", "UTC"];
    for (name, summary, lang) in
        all().filter(|(name, _, lang)| *name != "many" && *lang != Lang::En)
    {
        for element in dom::elements(&format::html(&summary, lang)) {
            if ["bdi", "code", "style"].contains(&&*element.name) {
                continue;
            }
            let label = element.get("aria-label").unwrap_or_default();
            let texts = [element.own_text.as_str(), label];
            let mut words =
                texts.iter().flat_map(|text| text.split(|c: char| !c.is_ascii_alphabetic()));
            let left = words.find(|word| word.len() > 2 && !NAMES.contains(word));
            assert_eq!(left, None, "{name} {}: {}", lang.as_str(), element.own_text);
        }
    }
    let page = |lang| dom::elements(&format::html(&samples::findings(), lang));
    let has = |lang, text: &str| page(lang).iter().any(|one| one.name == "h4" && one.text == text);
    assert!(has(Lang::En, "Cross-site scripting 크로스 사이트 스크립팅(XSS)"));
    assert!(has(Lang::Ko, "크로스 사이트 스크립팅(XSS)"));
    assert!(has(Lang::Ja, "クロスサイトスクリプティング（XSS） 크로스 사이트 스크립팅(XSS)"));
}

#[test]
fn three_thousand_findings_stay_readable() {
    for lang in Lang::ALL {
        let size = format::html(&samples::many(), lang).len();
        assert!(size < 3 * 1024 * 1024, "{size}");
    }
    for (.., page) in pages().iter().filter(|(name, ..)| *name == "many") {
        let shown: BTreeSet<_> = page
            .iter()
            .filter(|one| one.get("class") == Some("print"))
            .map(|one| &one.text)
            .collect();
        assert_eq!(shown.len(), 3_000);
        let groups: Vec<_> = page.iter().filter(|one| one.get("class") == Some("rule")).collect();
        let open: Vec<_> = groups.iter().map(|one| one.get("open").is_some()).collect();
        assert_eq!(open, [true, false, false]);
        assert!(groups[0].text.contains("wsc/sql-injection"));
    }
}

#[test]
fn what_a_reader_asks_for_is_there() {
    let mut summary = samples::findings();
    summary.targets[2].emulated = true;
    let page = dom::elements(&format::html(&summary, Lang::En));
    let texts: Vec<_> = page.iter().map(|one| one.text.as_str()).collect();
    let body = texts[page.iter().position(|one| one.name == "body").unwrap()];
    let at = |part: &str| body.find(part).unwrap_or_else(|| panic!("{part}"));
    assert!(at("an emulator played the service") < at("Did not pass"));
    assert_eq!(body.matches("an emulator played the service").count(), 2);
    assert_eq!(body.matches("Not a real scan").count(), 1, "two of three are real");
    let (.., page) = pages().iter().find(|(name, ..)| *name == "emulated").unwrap();
    let notes = page.iter().filter(|one| one.get("class") == Some("note"));
    assert_eq!(notes.filter(|one| one.text.starts_with("Not a real scan")).count(), 4);
    let heads = page.iter().filter(|one| one.name == "h3").map(|one| one.text.as_str());
    let lists = ["Open 2", "Acceptance expired 1", "Accepted 1", "Open 3"];
    let heads: Vec<_> = heads.filter(|head| lists.contains(head)).collect();
    assert_eq!(heads, ["Open 2", "Acceptance expired 1", "Accepted 1", "Open 3", "Open 2"]);
    for part in [
        "WAF blocks it; SHOP-412",
        "kim@example.com",
        "2027-01-31",
        "2026-01-31",
        "src/routes/search.rs:1",
    ] {
        at(part);
    }
    for part in [
        "Bind the parameters.",
        "31 min 9 s",
        "×3",
        "team-web",
        "48213",
        "Highest: 8. Last: 6.",
        "New: 1. Fixed: 1. Unchanged: 3.",
    ] {
        at(&part.replace("31 min 9 s", "31\u{a0}min 9\u{a0}s"));
    }
    let bars = page.iter().filter(|one| one.get("class") == Some("bar"));
    let told: Vec<_> = bars.map(|one| one.get("aria-label").unwrap()).collect();
    assert_eq!(told[0], "High 4, Medium 1, Low 1, Unrated 2, Accepted 1");
    let page = format::html(&samples::incomplete(), Lang::En);
    assert!(page.contains("Nothing was found in the part that was scanned."));
    assert!(!page.contains("Nothing was found."));
    let mut short = samples::clean();
    short.targets[1].diagnosis.as_mut().unwrap().coverage.percent = Some(63);
    let page = format::html(&short, Lang::En);
    // The bars of the run and of the target, their words, and the line of the target.
    assert_eq!(page.matches("Nothing was found in the part that was scanned.").count(), 5);
    let page = format::html(&samples::failed(), Lang::En);
    assert!(
        page.contains("nothing is known about findings")
            && page.contains("shindan attach 01JD4Q8Z")
    );
}

#[test]
fn numbers_of_any_size_do_not_break_it() {
    let mut summary = samples::findings();
    let shop = &mut summary.targets[0];
    let day = shop.trend[0].day.clone();
    shop.trend = (0..100).map(|n| Point::new(day.clone(), [u64::MAX, n, 0, u64::MAX])).collect();
    shop.seconds = u64::MAX;
    let findings = &mut shop.diagnosis.as_mut().unwrap().findings;
    for one in findings {
        one.count = u64::MAX;
    }
    let page = dom::elements(&format::html(&summary, Lang::En));
    let named = |name: &str| page.iter().position(|one| one.get("class") == Some(name)).unwrap();
    let columns = page.iter().skip(named("trend") + 1).take_while(|one| one.name == "rect");
    assert!(columns.clone().count() >= 120);
    for rect in columns {
        let size = |key: &str| rect.get(key).unwrap().parse::<u32>().unwrap();
        assert!(size("x") + size("width") <= 1_000 && size("y") + size("height") <= 112);
    }
    assert!(page.iter().any(|one| one.text == "Shown are the last 60 of 100 scans."));
    assert!(format::markdown(&summary, Lang::En).contains("18,446,744,073,709,551,615"));
}
