//! Every word of ours that a page or a comment shows, in every language.
//!
//! Rule ids, exit codes and the words of the command line are never translated.

mod en;
mod ja;
mod known;
mod ko;

use super::view::Ending;
use crate::{Lang, Rule, Severity, Untrusted};

/// The words of one language. `{0}` and `{1}` are filled in.
#[derive(Debug)]
pub(super) struct Texts {
    /// The language.
    pub(super) lang: Lang,
    /// What kind of document it is.
    pub(super) report: &'static str,
    /// Endings in the order of [`Ending`]: pass, incomplete, other, gate.
    pub(super) endings: [&'static str; 4],
    /// What an exit code means.
    pub(super) meanings: &'static [(u8, &'static str)],
    /// What every other exit code means.
    pub(super) meaning_else: &'static str,
    pub(super) not_finished: &'static str,
    pub(super) exit: &'static str,
    pub(super) emulated: &'static str,
    pub(super) emulated_in_part: &'static str,
    pub(super) emulated_mark: &'static str,
    pub(super) severities: [&'static str; 4],
    pub(super) accepted: &'static str,
    pub(super) expired: &'static str,
    pub(super) open: &'static str,
    pub(super) findings: &'static str,
    pub(super) findings_of_finished: &'static str,
    pub(super) nothing_found: &'static str,
    pub(super) nothing_found_in_part: &'static str,
    pub(super) no_result: &'static str,
    pub(super) targets: &'static str,
    pub(super) target: &'static str,
    pub(super) result: &'static str,
    pub(super) coverage: &'static str,
    pub(super) coverage_done: &'static str,
    pub(super) coverage_partial: &'static str,
    pub(super) time: &'static str,
    pub(super) unknown: &'static str,
    pub(super) subject: &'static str,
    pub(super) began: &'static str,
    pub(super) ended: &'static str,
    pub(super) run: &'static str,
    pub(super) scan: &'static str,
    pub(super) owner: &'static str,
    pub(super) console: &'static str,
    pub(super) open_console: &'static str,
    pub(super) resume: &'static str,
    pub(super) requests: &'static str,
    pub(super) service_counts: &'static str,
    pub(super) total: &'static str,
    pub(super) why: &'static str,
    pub(super) missing: &'static str,
    pub(super) details: &'static str,
    pub(super) scope: &'static str,
    pub(super) scanned: &'static str,
    pub(super) not_scanned: &'static str,
    pub(super) tested: &'static str,
    pub(super) found: &'static str,
    pub(super) not_found: &'static str,
    pub(super) nothing_named: &'static str,
    /// What a report of each depth tells: findings, categories, totals.
    pub(super) depths: [&'static str; 3],
    pub(super) severity: &'static str,
    pub(super) place: &'static str,
    pub(super) no_place: &'static str,
    pub(super) parameter: &'static str,
    pub(super) fingerprint: &'static str,
    pub(super) state: &'static str,
    pub(super) new: &'static str,
    pub(super) known: &'static str,
    pub(super) not_compared: &'static str,
    pub(super) acceptance: &'static str,
    pub(super) reason: &'static str,
    pub(super) until: &'static str,
    pub(super) at_most: &'static str,
    pub(super) advice: &'static str,
    pub(super) rule: &'static str,
    pub(super) trend: &'static str,
    pub(super) trend_said: &'static str,
    pub(super) trend_cut: &'static str,
    pub(super) numbers: &'static str,
    pub(super) day: &'static str,
    pub(super) compared: &'static str,
    pub(super) compared_said: &'static str,
    pub(super) fixed: &'static str,
    pub(super) more_characters: &'static str,
    pub(super) more_targets: &'static str,
    pub(super) more_findings: &'static str,
    pub(super) made_by: &'static str,
    /// Hours, minutes, seconds.
    pub(super) units: [&'static str; 3],
    rule_in: usize,
}

impl Texts {
    /// Those of a language.
    pub(super) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &en::EN,
            Lang::Ko => &ko::KO,
            Lang::Ja => &ja::JA,
        }
    }

    /// In two or three words.
    pub(super) const fn ending(&self, ending: Ending) -> &'static str {
        self.endings[ending as usize]
    }

    /// In a sentence. An ending decides before the code does, so that code 0 alone never says that it has passed.
    pub(super) fn meaning(&self, ending: Ending, code: u8) -> &'static str {
        let code = match (ending, code) {
            (Ending::Pass, _) => 0,
            (Ending::Gate, _) => 1,
            (Ending::Incomplete, _) => 3,
            (Ending::Other, 0) => return self.not_finished,
            (Ending::Other, code) => code,
        };
        let is = |(known, _): &&(u8, &'static str)| *known == code;
        self.meanings.iter().find(is).map_or(self.meaning_else, |(_, meaning)| meaning)
    }

    /// One word.
    pub(super) const fn severity_of(&self, severity: Severity) -> &'static str {
        self.severities[super::view::rank(severity)]
    }

    /// The name of a kind in this language, if we know it.
    pub(super) fn rule_name<'a>(&self, rule: &'a Rule) -> Option<&'a str> {
        let tail = rule.id.split_once('/').map_or("", |(_, tail)| tail);
        let known = known::RULES.iter().find(|(id, _)| *id == tail);
        match (self.lang, known) {
            (Lang::En, _) | (_, None) => rule.name.as_deref(),
            (_, Some((_, names))) => Some(names[self.rule_in]),
        }
    }

    /// A sentence of ours in this language; `None` if it is none of ours.
    pub(super) fn sentence(&self, said: &Untrusted) -> Option<String> {
        match self.lang {
            Lang::En => None,
            Lang::Ko | Lang::Ja => known::sentence(said.as_raw(), self.rule_in),
        }
    }

    /// `1 h 2 min 3 s`; nothing that is zero but the seconds of a time without anything else.
    pub(super) fn duration(&self, seconds: u64) -> String {
        let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60];
        let told = parts.into_iter().zip(self.units).filter(|(n, _)| *n > 0);
        let told: Vec<_> = told.map(|(n, unit)| format!("{}{unit}", number(n))).collect();
        if told.is_empty() { format!("0{}", self.units[2]) } else { told.join(" ") }
    }
}

/// Puts values in where `{0}`, `{1}` and so on stand.
pub(super) fn fill(text: &str, values: &[&str]) -> String {
    let mut filled = text.to_owned();
    for (n, value) in values.iter().enumerate() {
        filled = filled.replace(&format!("{{{n}}}"), value);
    }
    filled
}

/// `3,000`.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `2026-11-21 06:30:00 UTC`, if it is written as we write it.
pub(super) fn moment(at: &str) -> String {
    match at.strip_suffix('Z').and_then(|at| at.split_once('T')) {
        Some((day, time)) => format!("{day} {time} UTC"),
        None => at.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_written_for_people() {
        let en = Texts::of(Lang::En);
        for (seconds, told) in [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3_661, "1 h 1 min 1 s")] {
            assert_eq!(en.duration(seconds).replace('\u{a0}', " "), told);
        }
        for (n, told) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(number(n), told);
        }
        assert_eq!(moment("2026-11-21T06:30:00Z"), "2026-11-21 06:30:00 UTC");
        assert_eq!(moment("yesterday"), "yesterday");
        assert_eq!(fill("{1} of {0}", &["a", "b"]), "b of a");
    }

    #[test]
    fn every_language_knows_the_same_codes() {
        let codes =
            |lang| Texts::of(lang).meanings.iter().map(|(code, _)| *code).collect::<Vec<_>>();
        let known = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 70, 130, 143];
        for lang in Lang::ALL {
            let texts = Texts::of(lang);
            assert_eq!((texts.lang, codes(lang)), (lang, known.to_vec()));
            assert_eq!(texts.meaning(Ending::Other, 0), texts.not_finished);
            assert_eq!(texts.meaning(Ending::Other, 99), texts.meaning_else);
            assert_ne!(texts.meaning(Ending::Incomplete, 0), texts.meaning(Ending::Pass, 0));
        }
    }
}
