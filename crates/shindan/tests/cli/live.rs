//! The live lines of the scans that run, as a terminal shows them.

use std::{io::Write, thread};

use crate::{
    on_terminal::{Scene, WSC},
    relay::Way,
    support::{Emulator, Run, Running, shindan},
};

const COLUMNS: usize = 80;
const TERM: (&str, &str) = ("TERM", "xterm-256color");
const COLOR: &str = "\u{1b}[36m";

/// What stands on a terminal that is high enough after it was sent this.
fn screen(sent: &str) -> Vec<String> {
    let (mut rows, mut row, mut column) = (vec![vec![' '; COLUMNS]], 0_usize, 0_usize);
    let mut rest = sent.chars();
    while let Some(c) = rest.next() {
        match c {
            '\r' => column = 0,
            '\n' => row += 1,
            '\u{7}' => {}
            '\u{1b}' => {
                assert_eq!(rest.next(), Some('['), "{sent:?}");
                let end = |c: &char| c.is_ascii_alphabetic();
                let (number, letter) =
                    rest.as_str().split_at(rest.as_str().find(|c| end(&c)).expect("it ends"));
                let n = number.parse().unwrap_or(1);
                rest = letter.chars();
                match rest.next() {
                    Some('A') => {
                        row = row.checked_sub(n).expect("nothing stands above the first row");
                    }
                    Some('B') => row += n,
                    Some('K') => rows[row].fill(' '),
                    Some('m') => {}
                    other => panic!("{other:?} in {sent:?}"),
                }
            }
            c => {
                // It wraps only when more comes.
                if column == COLUMNS {
                    (row, column) = (row + 1, 0);
                }
                rows.resize(rows.len().max(row + 1), vec![' '; COLUMNS]);
                rows[row][column] = c;
                column += 1;
            }
        }
        rows.resize(rows.len().max(row + 1), vec![' '; COLUMNS]);
    }
    rows.iter().map(|row| row.iter().collect::<String>().trim_end().to_owned()).collect()
}

fn on_terminal(options: &[&str], more: &[(&str, &str)]) -> (Scene, Running) {
    Scene::with(&[WSC, options].concat(), more, |_, _| Way::Pass)
}

/// Its end, after it has shown this.
fn after(running: Running, shown: &str) -> Run {
    running.wait_for(shown);
    running.signal("-TERM");
    running.finish().exits(143)
}

fn is_drawn(run: &Run) -> bool {
    run.stderr.contains("\u{1b}[2K")
}

#[test]
fn a_live_line_is_drawn_and_cleared() {
    let (mut scene, running) = on_terminal(&[], &[TERM]);
    running.wait_for("phase 1/6");
    // What the terminal shows of a Ctrl-C that somebody types; the signal comes from here.
    scene.terminal.write_all(b"\x03").expect("it is open");
    running.wait_for("^C");
    running.signal("-INT");
    running.wait_for("leaving in 4 s");
    running.signal("-TERM");
    let run = running.finish().exits(130);
    assert!(is_drawn(&run) && !run.stderr.contains("[?25"), "no line, or a hidden cursor: {run:?}");
    assert!(!run.stderr.contains("pending ("), "a line for a phase: {run:?}");
    let shown = screen(&run.stderr);
    let left = ["phase", "^C", "shop.example/  wsc"];
    let left = shown.iter().find(|row| left.iter().any(|text| row.contains(text)));
    assert_eq!(left, None, "{shown:#?}");
    // It stands where the live line stood.
    assert!(shown.iter().any(|row| row.ends_with("nothing was really scanned")), "{shown:#?}");
    for line in ["leaving in 5 s; ", "leaving in 4 s; ", "https://shop.example/: found as "] {
        assert!(shown.iter().any(|row| row.starts_with(line)), "no {line:?}: {shown:#?}");
    }
}

#[test]
fn who_wants_no_live_line_gets_none() {
    for (options, more, shown) in [
        (&["--progress", "plain"][..], &[TERM][..], "pending ("),
        (&[], &[TERM, ("SHINDAN_PROGRESS", "plain")], "pending ("),
        (&[], &[], "pending ("),
        (&[], &[("TERM", "dumb")], "pending ("),
        (&["--progress", "none"], &[TERM], "found as"),
        (&["--log-format", "json"], &[TERM], "pending ("),
    ] {
        let run = after(on_terminal(options, more).1, shown);
        assert!(!run.stderr.contains('\u{1b}'), "{options:?} {more:?}: {run:?}");
        let lines = !options.contains(&"none");
        assert_eq!(run.stderr.contains("pending ("), lines, "{options:?}: {run:?}");
    }
}

#[test]
fn colors() {
    thread::scope(|scope| {
        for (options, more, colored) in [
            (&[][..], &[TERM][..], true),
            (&[], &[TERM, ("NO_COLOR", "1")], false),
            (&[], &[TERM, ("NO_COLOR", "")], true),
            (&["--color", "never"], &[TERM], false),
            (&["--color", "always"], &[TERM, ("NO_COLOR", "1")], true),
            // A terminal that does not say what it can.
            (&["--progress", "bar", "--color", "never"], &[], false),
        ] {
            scope.spawn(move || {
                let run = after(on_terminal(options, more).1, "phase 1/6");
                assert!(is_drawn(&run), "{options:?}: {run:?}");
                assert_eq!(run.stderr.contains(COLOR), colored, "{options:?} {more:?}: {run:?}");
                assert_eq!(run.stderr.contains("\u{1b}[0m"), colored, "{options:?}: {run:?}");
            });
        }
    });
}

#[test]
fn nothing_is_drawn_without_a_terminal() {
    for options in [&["--progress", "bar", "--color", "always"][..], &[]] {
        let emulator = Emulator::start("x60000000");
        let env = emulator.env_with(&[TERM]);
        let run = shindan(&[WSC, &["--fail-on", "never"], options].concat(), &env).exits(0);
        assert!(!run.stderr.contains('\u{1b}') && !run.stderr.contains('\r'), "{run:?}");
        assert!(run.stderr.contains("starting (0s)"), "{run:?}");
    }
}

#[test]
fn an_unknown_way_is_refused() {
    shindan(&["runs", "list"], &[("SHINDAN_PROGRESS", "dots")])
        .exits(2)
        .says("SHINDAN_PROGRESS cannot be used: it is none of: auto, bar, plain, none");
}
