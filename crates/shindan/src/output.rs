//! stdout carries the answer and nothing else; stderr carries everything else.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use comfy_table::{Cell, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::{
    args::Format,
    exit::Exit,
    failed::Failed,
    lang, log,
    terminal::{escape, escape_json},
};

/// Whether remarks are left out.
static QUIET: AtomicBool = AtomicBool::new(false);

/// In columns.
const PAGE: u16 = 80;

/// Where answers and notes go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    format: Format,
}

impl Output {
    pub(crate) fn new(format: Format) -> Self {
        Self { format }
    }

    /// Whether stdout is for a script.
    pub(crate) fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// The answer: as JSON, or as what `table` makes of it.
    pub(crate) fn answer<T: Serialize>(
        self,
        answer: &T,
        table: impl FnOnce(&T) -> Rows,
    ) -> Result<(), Failed> {
        let text = match self.format {
            Format::Json => {
                let json = serde_json::to_string(answer)
                    .map_err(|error| Failed::new(Exit::Internal, error))?;
                escape_json(&json)
            }
            Format::Table => table(answer).to_text(width_of_terminal()),
        };
        write_stdout(&text)
    }

    /// A text of ours, whatever the format.
    pub(crate) fn text(text: &str) -> Result<(), Failed> {
        write_stdout(text)
    }

    /// One object on a line of its own, whatever the format.
    pub(crate) fn json_line(object: &impl Serialize) -> Result<(), Failed> {
        let json =
            serde_json::to_string(object).map_err(|error| Failed::new(Exit::Internal, error))?;
        write_stdout(&escape_json(&json))
    }

    /// Further lines for people below a table; JSON has no room for them.
    pub(crate) fn lines(self, lines: &[String]) -> Result<(), Failed> {
        if self.is_json() {
            return Ok(());
        }
        let lines: Vec<_> = lines.iter().map(|line| escape(&lang::said(line))).collect();
        write_stdout(&lines.join("\n"))
    }
}

/// From now on only errors, verdicts and what is asked of a person are written to stderr.
pub(crate) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// A remark for people on stderr, unless they want none.
pub(crate) fn note(text: impl AsRef<str>) {
    if !QUIET.load(Ordering::Relaxed) {
        say(text);
    }
}

/// What a person must see on stderr; without a reader it is lost, and that is no error.
pub(crate) fn say(text: impl AsRef<str>) {
    if log::is_json() {
        log::object("info", text.as_ref(), &[]);
    } else {
        log::write(&escape(&lang::said(text.as_ref())));
    }
}

/// Whether a line can be written now, or soon: a pipe that nobody reads must hold up neither a scan nor a signal.
#[cfg(unix)]
pub(crate) fn stderr_is_read() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stderr = io::stderr();
    let soon = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
    // A signal ends this wait with an error.
    poll(&mut [PollFd::new(&stderr, PollFlags::OUT)], Some(&soon)).is_ok_and(|ready| ready > 0)
}

#[cfg(not(unix))]
pub(crate) fn stderr_is_read() -> bool {
    true
}

fn write_stdout(text: &str) -> Result<(), Failed> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}")?;
    Ok(stdout.flush()?)
}

/// A table of texts: what comes from the network is escaped in `to_text`.
#[derive(Debug)]
pub(crate) struct Rows {
    header: &'static [&'static str],
    cells: Vec<Vec<String>>,
    /// Whether it may be wider than a terminal, and is wrapped there.
    wide: bool,
}

impl Rows {
    pub(crate) fn new(header: &'static [&'static str]) -> Self {
        Self { header, cells: Vec::new(), wide: false }
    }

    #[must_use]
    pub(crate) fn row(mut self, cells: impl IntoIterator<Item = String>) -> Self {
        self.cells.push(cells.into_iter().collect());
        self
    }

    #[must_use]
    pub(crate) fn wide(self) -> Self {
        Self { wide: true, ..self }
    }

    #[must_use]
    pub(crate) fn rows(self, rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        rows.into_iter().fold(self, Self::row)
    }

    /// As wide as a page at most, and English like everything in the help.
    pub(crate) fn to_wrapped_text(&self) -> String {
        wrapped(self.to_table(self.header.iter().map(ToString::to_string)), PAGE)
    }

    fn to_text(&self, width: Option<u16>) -> String {
        let table = self.to_table(self.header.iter().map(|name| lang::word(name)));
        match width.filter(|_| self.wide) {
            Some(width) => wrapped(table, width),
            None => table.trim_fmt(),
        }
    }

    fn to_table(&self, header: impl Iterator<Item = String>) -> Table {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(header);
        // What one thing is called in the first of two columns is ours.
        let names = self.header.last() == Some(&"");
        table.add_rows(self.cells.iter().map(|row| {
            row.iter().enumerate().map(move |(column, cell)| {
                let ours = names && column == 0;
                Cell::new(escape(&if ours { lang::word(cell) } else { cell.clone() }))
            })
        }));
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        table
    }
}

fn wrapped(mut table: Table, width: u16) -> String {
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.trim_fmt()
}

/// In columns; a program that reads the answer gets each row in one line.
#[cfg(unix)]
fn width_of_terminal() -> Option<u16> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    Some(size.ws_col).filter(|width| *width > 0)
}

#[cfg(not(unix))]
fn width_of_terminal() -> Option<u16> {
    io::IsTerminal::is_terminal(&io::stdout()).then_some(PAGE)
}

/// A figure, or a dash where the service gave none.
pub(crate) fn figure(figure: Option<impl ToString>) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| figure.to_string())
}

/// A service, and whether an emulator has played it.
pub(crate) fn played(service: &str, emulated: bool) -> String {
    if emulated { format!("{service} (emulator)") } else { service.to_owned() }
}

/// Enough of an access key to tell it from another.
pub(crate) fn mask(key: &str) -> String {
    // It is visible ASCII, so any cut is between characters.
    let shown = if key.len() >= 12 { 4 } else { 1 };
    format!("{}…{}", &key[..shown], &key[key.len() - shown..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_key_is_not_the_key() {
        assert_eq!(mask("ABCDEFGHWXYZ"), "ABCD…WXYZ");
        assert_eq!(mask("ABCDEFGH"), "A…H");
        assert_eq!(mask("A"), "A…A");
    }
}
