//! How it looks: readable in light and dark, on small screens, and for those who do not see it.

use serde_json::{Value, json};
use shindan_emulator::Scenario;
use shindan_hyper::{Executor, now};

use crate::{scan, scene::Scene};

/// Everything that can be on the page is on it.
async fn busy() -> Option<Scene> {
    let mut scene = Scene::open().await?;
    let long = format!("https://www.example.com/{}", "long".repeat(100));
    let fault = r#"[{"operation":"wsc.getReport","status":500}]"#;
    scene.server.with(|emulator| {
        emulator.set_scenario(Some(&long), Some(Scenario::AmbiguousCrawl));
        emulator.set_scenario(None, Some(Scenario::Clean));
    });
    let step = scene.wsc().call(now(), &scan(&long).job);
    let _ = Executor::new().run(step, |_| {}).await;
    scene.sign_wrongly("/api/v1/jobs?countPerPage=10&page=1&surplus=1", "/api/v1/jobs").await;
    scene.sign_wrongly(&format!("/{}", "nowhere".repeat(60)), "/").await;
    scene
        .send(&format!(
            "PUT /_emulator/faults HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{fault}",
            scene.server.addr(),
            fault.len()
        ))
        .await;
    scene.browser.run("document.querySelector('#start').open = true");
    scene.browser.click("[data-by='1m']");
    for (id, text) in [
        ("message", "advanced"),
        ("jobs", "longlong"),
        ("ledger", "charged"),
        ("requests", "Signature refused"),
        ("scenarios", "ambiguous-crawl"),
        ("faults", "wsc.getReport"),
        ("unread", "surplus"),
        ("misses", "nowhere"),
    ] {
        scene.shows(id, text);
    }
    Some(scene)
}

/// The least contrast between a text and what is behind it, as WCAG computes it, and which text it is.
const CONTRAST: &str = r"(() => {
  const parts = (color) => color.match(/[\d.]+/g).map(Number);
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const light = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parts(getComputedStyle(at).backgroundColor);
      if (color[3] === undefined || color[3] === 1) return color;
      if (color[3] !== 0) throw new Error('half transparent');
    }
    throw new Error('nothing is behind');
  };
  let least = [21, ''], texts = 0;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !element.checkVisibility()) continue;
    texts += 1;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least[0]) least = [ratio, walk.currentNode.data];
  }
  return { ratio: least[0], text: least[1], texts, back: getComputedStyle(document.body).backgroundColor };
})()";

#[tokio::test(flavor = "multi_thread")]
async fn it_is_readable_in_light_and_dark() {
    let Some(mut scene) = busy().await else { return };
    let mut backs = Vec::new();
    for scheme in ["light", "dark"] {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        scene.browser.call("Emulation.setEmulatedMedia", &json!({ "features": [feature] }));
        let seen = scene.browser.run(CONTRAST);
        assert!(seen["ratio"].as_f64() >= Some(4.5), "{scheme}: {seen}");
        assert!(seen["texts"].as_u64() > Some(50), "{scheme}: {seen}");
        backs.push(seen["back"].clone());
    }
    assert_ne!(backs[0], backs[1]);
    scene.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_fits_small_and_large_screens() {
    let Some(mut scene) = busy().await else { return };
    for width in [320, 360, 390, 768, 1400] {
        let screen =
            json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        scene.browser.call("Emulation.setDeviceMetricsOverride", &screen);
        let wide = "[document.documentElement, ...document.querySelectorAll('.scroll')] \
                    .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.id || one.tagName)";
        assert_eq!(scene.browser.run(wide), json!([]), "{width}");
        let inner = scene.browser.run("innerWidth");
        assert_eq!(inner, json!(width));
    }
    scene.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_control_has_a_name() {
    let Some(mut scene) = busy().await else { return };
    let tree = scene.browser.call("Accessibility.getFullAXTree", &json!({}));
    let nodes = tree["nodes"].as_array().expect("a tree has nodes");
    let controls = ["button", "textbox", "combobox", "checkbox", "spinbutton", "region"];
    let role = |node: &Value| node["role"]["value"].as_str().unwrap_or_default().to_owned();
    let found = nodes.iter().filter(|node| controls.contains(&role(node).as_str()));
    let names: Vec<(String, String)> = found
        .map(|node| {
            (role(node), node["name"]["value"].as_str().unwrap_or_default().trim().to_owned())
        })
        .collect();
    assert!(names.len() > 20, "{names:?}");
    for control in controls {
        assert!(names.iter().any(|(role, _)| role == control), "{control}: {names:?}");
    }
    let nameless: Vec<_> = names.iter().filter(|(_, name)| name.is_empty()).collect();
    assert!(nameless.is_empty(), "{names:?}");
    scene.end();
}
