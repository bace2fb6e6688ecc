//! A person, or a word that a person wrote down, before something is spent.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::{exit::Exit, failed::Failed, terminal::escape};

/// Asks `question` on the terminal, unless `yes` was said before.
pub(crate) fn approved(yes: bool, question: &str) -> Result<(), Failed> {
    if yes {
        return Ok(());
    }
    let refused = |why| Failed::new(Exit::Refused, why).cause(question);
    let (stdin, mut stderr) = (io::stdin(), io::stderr());
    if !stdin.is_terminal() || !stderr.is_terminal() {
        return Err(refused("nothing was started, because there is no terminal to ask on")
            .help("say --yes if this may be spent without asking"));
    }
    let _ = write!(stderr, "{} [y/N] ", escape(question)).and_then(|()| stderr.flush());
    let mut line = String::new();
    let read = stdin.lock().read_line(&mut line);
    match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" if read.is_ok() => Ok(()),
        _ => Err(refused("nothing was started, because the answer was not yes")),
    }
}
