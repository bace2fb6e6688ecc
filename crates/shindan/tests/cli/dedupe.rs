//! The same intent, twice.

use crate::{machine::Machine, support::Emulator};

const SCANS: [&[&str]; 2] = [
    &["scan", "--yes", "--detach", "--rescan=never", "--url"],
    &["scan", "--yes", "--detach", "--project-id"],
];

fn id(machine: &Machine, args: &[&str]) -> String {
    let told = machine.run(&[args, &["--output", "json"]].concat()).exits(0).json();
    assert_eq!(told["result"], "detached", "{told}");
    told["scan"].as_str().expect("an id").to_owned()
}

#[test]
fn the_same_key_is_the_same_scan() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    let with = |kind: usize, target, key| [SCANS[kind], &[target, "--dedupe-key", key]].concat();
    let [shop, other] = ["https://shop.example/", "https://other.example/"];
    let wsc = id(&machine, &with(0, shop, "k"));
    let vaddy = id(&machine, &with(1, "p", "k"));
    assert_eq!(id(&machine, &with(0, shop, "k")), wsc);
    assert_eq!(id(&machine, &with(1, "p", "k")), vaddy);
    assert_eq!(emulator.ledger(), (1, 1));
    // To its end, too.
    let judged =
        machine.run(&["scan", "--yes", "--fail-on=never", "--project-id=p", "--dedupe-key=k"]);
    assert!(judged.exits(0).says("nothing is started now").stdout.contains(&vaddy));

    // Only WSC keeps something with a job that finds it from another machine.
    let elsewhere = Machine::new(&emulator.env());
    assert_eq!(id(&elsewhere, &with(0, shop, "k")), wsc);
    assert_eq!(emulator.ledger(), (1, 1));

    assert_ne!(id(&machine, &with(0, other, "k")), wsc);
    assert_ne!(id(&machine, &with(1, "q", "k")), vaddy);
    assert_ne!(id(&machine, &with(0, shop, "l")), wsc);
    assert_ne!(id(&machine, &with(1, "p", "l")), vaddy);
    assert_eq!(emulator.ledger(), (3, 3));
}

#[test]
fn the_operations_take_it_too() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    for (start, name) in [
        (&["wsc", "job", "create", "--url", "https://shop.example/"][..], "instanceNo"),
        (&["vaddy", "scan", "start", "--project-id", "p"], "scan_id"),
    ] {
        let start = [start, &["--yes", "--dedupe-key", "k", "--output", "json"]].concat();
        let [first, second] = [(); 2].map(|()| machine.run(&start).exits(0).json());
        assert_eq!(first[name], second[name]);
        assert!(first[name].is_string() && first["run"] != second["run"], "{first} {second}");
    }
    assert_eq!(emulator.ledger(), (1, 1));
}

#[test]
fn a_pipeline_is_a_key() {
    let emulator = Emulator::start("x60000000");
    let pipelines: [&[(&str, &str)]; 3] = [
        &[
            ("GITHUB_SERVER_URL", "https://github.example"),
            ("GITHUB_REPOSITORY", "o/r"),
            ("GITHUB_RUN_ID", "17"),
            ("GITHUB_JOB", "scan"),
        ],
        &[("CI_SERVER_URL", "https://g"), ("CI_PIPELINE_ID", "5"), ("CI_JOB_NAME", "scan")],
        &[("JENKINS_URL", "https://j/"), ("JOB_NAME", "shop/main"), ("BUILD_ID", "9")],
    ];
    let scan = [SCANS[0], &["https://shop.example/"]].concat();
    for (n, pipeline) in (1..).zip(pipelines) {
        // A job that is repeated runs on another machine.
        let [first, second] = [(); 2].map(|()| {
            let machine = Machine::new(&emulator.env_with(pipeline));
            machine.run(&scan).exits(0).says("its --dedupe-key is: ");
            machine.last().run.ids().concat()
        });
        assert_eq!((first, emulator.ledger()), (second, (n, 0)), "{pipeline:?}");
    }
    let [(name, _), rest @ ..] = pipelines[2] else { panic!("it has variables") };
    let machine = Machine::new(&emulator.env_with(rest));
    let run = machine.run(&scan).exits(0);
    assert!(!run.stderr.contains("pipeline") && !run.stderr.contains(name), "{run:?}");
    assert_eq!(emulator.ledger(), (4, 0));
}

#[test]
fn without_a_key_every_start_is_its_own() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    for (kind, target) in SCANS.into_iter().zip(["https://shop.example/", "p"]) {
        let scan = [kind, &[target]].concat();
        assert_ne!(id(&machine, &scan), id(&machine, &scan));
    }
    assert_eq!(emulator.ledger(), (2, 2));
}

/// A scan of something else must not pass for this one.
#[test]
fn other_options_are_another_scan() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    let url = ["--rescan", "never", "--url", "https://shop.example/"];
    let options = [
        &[][..],
        &["--vuln-items", "XSS"],
        &["--speed", "3"],
        &["--user-agent", "Android"],
        &["--exclude-url", "https://shop.example/logout"],
    ];
    for options in options {
        let start =
            [&["scan", "--yes", "--detach", "--dedupe-key", "k"], &url[..], options].concat();
        assert_eq!(id(&machine, &start), id(&machine, &start));
    }
    // A note is no option.
    let noted = ["scan", "--yes", "--detach", "--dedupe-key", "k", "--memo", "nightly"];
    id(&machine, &[&noted[..], &url].concat());
    assert_eq!(emulator.ledger(), (5, 0));
    for types in ["SQLI", "XSS"] {
        let project = ["--project-id", "p", "--scan-type", types];
        let start =
            [&["scan", "--yes", "--fail-on=never", "--dedupe-key", "k"], &project[..]].concat();
        machine.run(&start).exits(0);
        machine.run(&start).exits(0).says("nothing is started now");
    }
    assert_eq!(emulator.ledger(), (5, 2));
}

/// A service that gives a number twice: an emulator that was reset does.
#[test]
fn the_scan_of_another_target_is_not_judged_for_this_one() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    let scan = |url: &str, key: &str| {
        let scan =
            ["scan", "--yes", "--rescan=never", "--detach", "--dedupe-key", key, "--url", url];
        machine.run(&scan).exits(0);
        machine.last().id.to_string()
    };
    let run = scan("https://scenario-findings.test/", "one");
    emulator.post("/_emulator/reset");
    scan("https://scenario-clean.test/", "other");
    machine.run(&["attach", &run]).exits(3).says("another scan under its number");
    let again = [
        "scan",
        "--yes",
        "--rescan=never",
        "--dedupe-key",
        "one",
        "--url",
        "https://scenario-findings.test/",
    ];
    machine.run(&again).exits(3).says("another scan under its number");
}
