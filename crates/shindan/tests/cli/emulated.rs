//! `emulator start`: its options, as a client sees them.

use crate::support::{Directory, Emulator, shindan};

/// A client that insists on https, trusts the authority that is printed, and waits for three polls.
#[cfg(target_os = "linux")]
#[test]
fn over_https() {
    let directory = Directory::new();
    let tls = ["--clock", "polls:3", "--scenario", "incomplete", "--tls", directory.path()];
    let emulator = Emulator::start_with(&tls, 9);
    let env = emulator.env();
    let of = |name| env.iter().find(|(known, _)| *known == name).expect("it is printed").1;
    assert!(of("WSC_ENDPOINT").starts_with("https://127.0.0.1:"));
    // As every client of the vendor reads it.
    assert!(of("VADDY_API_SERVER").starts_with("127.0.0.1:"));
    assert!(of("SSL_CERT_FILE").starts_with(directory.path()));
    emulator.run(&["scan", "--yes", "--project-id", "p"]).exits(3).says("63%");
    emulator
        .run(&["scan", "--yes", "--url", "https://shop.example/"])
        .exits(3)
        .says("1 of 2 domains not scanned");
    let distrustful: Vec<_> =
        env.into_iter().filter(|(name, _)| *name != "SSL_CERT_FILE").collect();
    shindan(&["wsc", "job", "list"], &distrustful).exits(9);
    assert_eq!(emulator.ledger(), (1, 1));
}

#[test]
fn a_seed_and_a_host_of_a_scenario() {
    let [one, other] = ["1", "2"].map(|seed| {
        let emulator = Emulator::start_with(&["--clock", "x60000000", "--seed", seed], 7);
        let scan = ["scan", "--yes", "--detach", "--project-id", "p", "--output", "json"];
        let id = emulator.run(&scan).exits(0).json()["scan"].to_string();
        emulator.run(&["scan", "--yes", "--fqdn", "scenario-canceled.test"]).exits(3);
        id
    });
    assert_ne!(one, other);
}

#[test]
fn options_that_are_wrong() {
    for (option, value, says) in [
        ("--clock", "60", "a clock is real"),
        ("--scenario", "incomplet", "a similar value exists: 'incomplete'"),
        ("--seed", "-1", "--seed"),
    ] {
        shindan(&["emulator", "start", &format!("{option}={value}")], &[]).exits(2).says(says);
    }
    let file = std::env::current_exe().expect("this test has a file");
    let file = file.to_str().expect("its path is Unicode");
    shindan(&["emulator", "start", "--tls", file], &[]).exits(11).says("https");
}
