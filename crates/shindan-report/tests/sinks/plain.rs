//! A terminal and JSON.

use shindan_report::{Untrusted, sink};

use crate::texts::{all, is_dangerous, meant, scalars};

/// What a terminal would do.
#[derive(Default)]
struct Screen {
    printed: String,
    acted: usize,
}

impl vte::Perform for Screen {
    fn print(&mut self, c: char) {
        self.printed.push(c);
    }

    fn execute(&mut self, _: u8) {
        self.acted += 1;
    }

    fn hook(&mut self, _: &vte::Params, _: &[u8], _: bool, _: char) {
        self.acted += 1;
    }

    fn put(&mut self, _: u8) {
        self.acted += 1;
    }

    fn osc_dispatch(&mut self, _: &[&[u8]], _: bool) {
        self.acted += 1;
    }

    fn csi_dispatch(&mut self, _: &vte::Params, _: &[u8], _: bool, _: char) {
        self.acted += 1;
    }

    fn esc_dispatch(&mut self, _: &[u8], _: bool, _: u8) {
        self.acted += 1;
    }
}

#[test]
fn a_terminal_only_prints() {
    let mut parser = vte::Parser::new();
    all("terminal", |texts| {
        let shown: Vec<_> = texts.iter().map(|text| sink::terminal(text)).collect();
        let mut screen = Screen::default();
        parser.advance(&mut screen, shown.concat().as_bytes());
        assert_eq!(screen.acted, 0, "{shown:?}");
        assert_eq!(screen.printed, shown.concat());
        for (text, shown) in texts.iter().zip(shown) {
            assert!(!shown.contains(is_dangerous), "{shown:?}");
            assert_eq!(meant(&shown), *text);
        }
    });
}

/// Nothing more is escaped than the table has: readable text stays as it is.
#[test]
fn what_does_not_act_is_shown_as_it_is() {
    for c in scalars() {
        assert_eq!(sink::acts(c), is_dangerous(c), "{c:?}");
        let text = String::from(c);
        assert_eq!(sink::terminal(&text) == text, !is_dangerous(c), "{c:?}");
    }
}

#[test]
fn debug_shows_nothing_that_acts() {
    all("Debug", |texts| {
        let shown = format!("{:?}", texts.iter().map(Untrusted::new).collect::<Vec<_>>());
        assert!(!shown.contains(is_dangerous), "{shown}");
    });
}

#[test]
fn json_keeps_its_meaning() {
    all("JSON", |texts| {
        let untrusted: Vec<_> = texts.iter().map(Untrusted::new).collect();
        let json = serde_json::to_string_pretty(&untrusted).unwrap();
        assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), texts);
        let shown = sink::json_visible(&json);
        assert!(!shown.contains(is_dangerous), "{shown:?}");
        assert_eq!(serde_json::from_str::<Vec<Untrusted>>(&shown).unwrap(), untrusted);
    });
}
