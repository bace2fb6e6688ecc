//! The page in a real browser.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a browser is a process with a folder, a socket and a time of its own"
)]

mod browser;
mod looks;
mod scene;

use std::time::Duration;

use scene::Scene;
use serde_json::json;
use shindan_emulator::Scenario;
use shindan_hyper::{Executor, now};
use shindan_proto::{Ending, Token, WatchPolicy, WscScan};
use wsc_model::{CreateJob, GetJobs};

fn scan(start_url: &str) -> WscScan {
    WscScan { job: CreateJob::new(start_url), token: Token::from_bytes([7; 16]) }
}

fn policy() -> WatchPolicy {
    let quick = Duration::from_millis(50);
    WatchPolicy { quick, quick_polls: u32::MAX, ..WatchPolicy::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_is_seen_while_it_runs_and_ends_by_the_pages_clock() {
    let Some(mut scene) = Scene::open().await else { return };
    scene.shows("jobs-empty", "Nothing has been started");
    let running = scene.wsc().start(now(), scan("https://www.example.com/"), policy());
    let running = tokio::spawn(async move { Executor::new().run(running, |_| {}).await.result });
    scene.shows("jobs", "https://www.example.com/");
    scene.shows("requests", "wsc.createJob");
    scene.shows("ledger", "charged");
    assert_eq!(scene.browser.text("document.querySelector('#ledger-wsc').innerText"), "1");
    assert!(!scene.browser.text("document.querySelector('#jobs').innerText").contains("completed"));
    scene.browser.click("[data-by='1h']");
    scene.shows("message", "advanced by 1h");
    scene.shows("jobs", "diagnostic completed");
    assert!(matches!(running.await, Ok(Ok(Ending::Finished(_)))));
    scene.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_is_set_on_the_page_strikes() {
    let Some(mut scene) = Scene::open().await else { return };
    scene.browser.wait_for("document.querySelector('#fault-operation').length > 0");
    scene.browser.run("document.querySelector('#fault-operation').value = 'wsc.getJobs'");
    scene.browser.run("document.querySelector('#fault-nth').value = '1'");
    scene.browser.click("#fault-form button[type=submit]");
    scene.shows("faults", "failed 0 of 0 calls");
    let step = scene.wsc().call(now(), &GetJobs::new(10, 1));
    let answer = Executor::new().run(step, |_| {}).await;
    assert!(answer.is_ok(), "the second attempt is answered: {answer:?}");
    scene.shows("faults", "failed 1 of 2 calls");
    scene.shows("requests", "fault");
    scene.browser.click("#faults-clear");
    scene.shows("faults-empty", "No call fails");
    assert_eq!(scene.server.with(|emulator| emulator.faults().count()), 0);
    scene.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_and_clocks_are_set_on_the_page() {
    let Some(mut scene) = Scene::open().await else { return };
    scene.browser.wait_for("document.querySelector('#scenario-name').length > 0");
    let target = "https://www.example.com/a?b=c&d#e";
    for (to, name) in [(target, "incomplete"), ("", "slow")] {
        scene.browser.run(&format!("document.querySelector('#scenario-target').value = '{to}'"));
        scene.browser.run(&format!("document.querySelector('#scenario-name').value = '{name}'"));
        scene.browser.click("#scenario-form button[type=submit]");
        scene.shows("scenarios", name);
    }
    let set = |scene: &Scene| {
        scene.server.with(|emulator| {
            let all = emulator.scenarios().map(|(target, name)| (target.map(str::to_owned), name));
            all.collect::<Vec<_>>()
        })
    };
    let own = (Some(target.to_owned()), Scenario::Incomplete);
    assert_eq!(set(&scene), [(None, Scenario::Slow), own]);
    scene.browser.click("#scenarios li button");
    scene.browser.wait_for("document.querySelectorAll('#scenarios li').length === 1");
    assert_eq!(set(&scene), [(None, Scenario::Slow)]);
    for (button, mode) in
        [("[data-mode=x60]", "x60"), ("#polls-set", "polls:3"), ("[data-mode=real]", "real")]
    {
        scene.browser.click(button);
        scene.browser.wait_for(&format!(
            "document.querySelector('{button}').getAttribute('aria-pressed') === 'true'"
        ));
        assert_eq!(scene.server.with(|emulator| emulator.clock().to_string()), mode);
    }
    scene.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_signature_is_explained() {
    let Some(mut scene) = Scene::open().await else { return };
    scene.sign_wrongly("/api/v1/jobs?limit=10&page=1", "/api/v1/jobs").await;
    scene.shows("requests", "Signature refused: query-left-out");
    scene.shows("requests", "sign the query with its question mark");
    let sides = "[...document.querySelectorAll('#requests pre')].map((side) => side.textContent)";
    let sides = scene.browser.run(sides);
    assert!(sides[0].as_str().unwrap().starts_with("GET /api/v1/jobs?limit=10&page=1⏎\n"));
    assert!(sides[1].as_str().unwrap().starts_with("GET /api/v1/jobs⏎\n"), "{sides}");
    let marks = "[...document.querySelectorAll('#requests mark')].map((mark) => mark.textContent)";
    assert_eq!(scene.browser.run(marks), json!(["?", "⏎\n"]));
    scene.shows("requests", "byte 16, counted from 0");
    scene.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rust_test_changes_is_seen() {
    let Some(mut scene) = Scene::open().await else { return };
    scene.sign_wrongly("/api/v1/jobs?x=1", "/").await;
    scene.shows("requests", "wsc.getJobs");
    scene.server.with(|emulator| emulator.set_scenario(None, Some(Scenario::Stuck)));
    scene.shows("scenarios", "stuck");
    scene.server.with(|emulator| emulator.reset(now().wall));
    scene.shows("scenarios-empty", "No target has one");
    scene.shows("requests-empty", "No request has come");
    scene.end();
}

const IMAGE: &str = "<img src=x onerror='window.hit=1'>";
const SCRIPT: &str = "</td><script>window.hit=1</script>\u{202e}gpj.\u{7}\n";

/// Attacks the page wherever a client or a control call can put text.
async fn hostile(scene: &mut Scene) {
    scene.server.with(|emulator| {
        emulator.set_scenario(Some(IMAGE), Some(Scenario::Injection));
        emulator.set_scenario(Some(SCRIPT), Some(Scenario::Injection));
    });
    post(scene, "/v2/scan", &form(&[("project_id", SCRIPT), (SCRIPT, IMAGE)])).await;
    post(scene, "/v2/no%3Cscript%3E", &form(&[(SCRIPT, IMAGE)])).await;
    scene.create_job(&format!("https://evil.example/{IMAGE}{SCRIPT}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_is_shown_as_text() {
    let Some(mut scene) = Scene::open().await else { return };
    let elements = "document.querySelectorAll('script, img, svg, iframe, a, b, object').length";
    let before = scene.browser.run(elements);
    hostile(&mut scene).await;
    scene.shows("scenarios", IMAGE);
    scene.shows("scenarios", "</td><script>window.hit=1</script>\\u{202e}gpj.\\u{7}\\u{a}");
    scene.shows("jobs", "</td><script>window.hit=1</script>\\u{202e}gpj.");
    scene.shows("jobs", &format!("https://evil.example/{IMAGE}"));
    scene.shows("unread", "</td><script>window.hit=1</script>");
    scene.shows("ledger", "<svg onload=");
    assert_eq!(scene.browser.run("window.hit === undefined"), true);
    assert_eq!(scene.browser.run(elements), before);
    scene.end();
}

fn form(fields: &[(&str, &str)]) -> String {
    let known = [("action", "start"), ("user", "emulator"), ("auth_key", "shindanemulatorkey")];
    let fields = known.iter().chain(fields);
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

async fn post(scene: &Scene, path: &str, form: &str) {
    scene
        .send(&format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nUser-Agent: <svg onload=window.hit=1>\r\n\
             x-shindan-run: <b>run\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            scene.server.addr(),
            form.len()
        ))
        .await;
}
