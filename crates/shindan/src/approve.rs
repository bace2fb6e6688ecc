//! A person, or a word that a person wrote down, before something is spent.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::{exit::Exit, failed::Failed, lang, terminal::escape};

/// Whether there will be somebody to ask, unless `yes` was said before.
pub(crate) fn can_be_asked(yes: bool) -> Result<(), Failed> {
    if yes || io::stdin().is_terminal() && io::stderr().is_terminal() {
        return Ok(());
    }
    Err(Failed::new(Exit::Refused, "nothing was started, because there is no terminal to ask on")
        .help("say --yes if this may be spent without asking")
        .help("see what it would cost with: shindan plan"))
}

/// Asks the questions on the terminal, all at once, unless `yes` was said before.
pub(crate) fn approved(yes: bool, questions: &[String]) -> Result<(), Failed> {
    if yes {
        return Ok(());
    }
    can_be_asked(yes)?;
    let mut stderr = io::stderr();
    let lines: Vec<_> = questions.iter().map(|question| escape(&lang::said(question))).collect();
    let asked = write!(stderr, "{} [y/N] ", lines.join("\n"));
    let _ = asked.and_then(|()| stderr.flush());
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" if read.is_ok() => Ok(()),
        _ => {
            let why = "nothing was started, because the answer was not yes";
            Err(questions.iter().fold(Failed::new(Exit::Refused, why), Failed::cause))
        }
    }
}
