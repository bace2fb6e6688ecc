//! `--quiet`: no notes and no progress, but every error and every verdict.

use crate::{
    machine::Machine,
    support::{Emulator, shindan},
};

#[test]
fn only_what_must_be_known_is_said() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    let quiet = |args: &[&str]| machine.run(&[&["-q"], args].concat());
    let clean = ["scan", "--yes", "--rescan", "never", "--url", "https://scenario-clean.test/"];
    let run = quiet(&clean).exits(0);
    assert_eq!(run.stderr, "");
    assert!(run.stdout.starts_with("TARGET"), "{run:?}");
    assert!(!machine.run(&clean).exits(0).stderr.is_empty());

    let findings = ["scan", "--yes", "--url", "https://scenario-findings.test/"];
    let run = quiet(&findings).exits(1);
    assert!(
        run.stderr.starts_with("exit 1 (gate): ") && run.stderr.lines().count() == 1,
        "{run:?}"
    );
    quiet(&["scan", "--url", "https://scenario-clean.test/"])
        .exits(5)
        .says("error: ")
        .says("help: ");
    shindan(&["auth", "status", "--quiet"], &[]).exits(4).says("there are no credentials");
}

#[test]
fn nothing_is_colored_anyway() {
    let emulator = Emulator::start("x60000000");
    for args in [&["--help"][..], &["scan", "--no-such"], &["wsc", "job", "list"], &["doctor"]] {
        let plain = emulator.run(args);
        assert!(!plain.stdout.contains('\u{1b}') && !plain.stderr.contains('\u{1b}'), "{plain:?}");
        let colorless = shindan(args, &emulator.env_with(&[("NO_COLOR", "1")]));
        assert_eq!((plain.code, plain.stderr), (colorless.code, colorless.stderr));
    }
}
