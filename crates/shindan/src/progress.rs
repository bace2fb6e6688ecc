//! How far the scans are while they run: a live line for each of them on a terminal.
//!
//! Elsewhere [`crate::follow`] writes a line for each change, which is what a log is searched for.

use std::{
    io::{self, IsTerminal},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use clap::ValueEnum;
use console::{Term, measure_text_width, pad_str, style, truncate_str};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use crate::{
    environment::Environment, lang, log, output::stderr_is_read, terminal::escape, time::seconds,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Progress {
    /// A live line for each target on a terminal that can draw, a line for each change elsewhere.
    Auto,
    /// The same, also on a terminal that does not say what it can.
    Bar,
    /// A line for each change, and one a minute.
    Plain,
    /// Neither.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// Unless the variable asks for none.
    Auto,
    Always,
    Never,
}

/// How far a scan is, as far as the service has said so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measure {
    /// Which phase it is in, from 1, and how many there are.
    pub(crate) step: Option<(usize, usize)>,
    pub(crate) percent: Option<u32>,
}

/// How often a live line is drawn.
const REDRAW: Duration = Duration::from_millis(500);
/// How much later another one is: there are ten redraws in a second at most.
const APART: Duration = Duration::from_millis(100);
/// What stands in the same column on all lines: the name, the service, the id, and how far it is.
const COLUMNS: usize = 4;
const ID: usize = 2;
/// In columns. Longer ones would leave no room on a usual terminal; a line says them once in full.
const LONGEST_NAME: usize = 24;
const LONGEST_ID: usize = 12;
const BETWEEN: &str = "  ";
/// What goes on, a quarter further each second.
const TURNING: [&str; 4] = ["◐", "◓", "◑", "◒"];

static LIVE: OnceLock<Live> = OnceLock::new();
static NOTHING: AtomicBool = AtomicBool::new(false);

struct Live {
    all: MultiProgress,
    drawn: AtomicUsize,
    /// When the last of them is drawn next.
    next: Mutex<Instant>,
    colored: bool,
    /// The widest that stood in each column.
    widths: Mutex<[usize; COLUMNS]>,
}

/// From now on progress is shown like this.
pub(crate) fn show(how: Progress, color: Color, environment: &Environment) {
    let names_itself = environment.path("TERM").map_or(cfg!(windows), |term| term != "dumb");
    let live = match how {
        Progress::Auto => names_itself,
        Progress::Bar => true,
        Progress::Plain | Progress::None => false,
    };
    NOTHING.store(how == Progress::None, Ordering::Relaxed);
    if !live || log::is_json() || !io::stderr().is_terminal() {
        return;
    }
    let colored = match color {
        Color::Auto => environment.path("NO_COLOR").is_none(),
        Color::Always => true,
        Color::Never => false,
    };
    let terminal = Terminal(Term::buffered_stderr());
    LIVE.get_or_init(|| Live {
        all: MultiProgress::with_draw_target(ProgressDrawTarget::term_like(Box::new(terminal))),
        drawn: AtomicUsize::new(0),
        next: Mutex::new(Instant::now()),
        colored,
        widths: Mutex::default(),
    });
}

/// Whether each change is a line of its own.
pub(crate) fn in_lines() -> bool {
    LIVE.get().is_none() && !NOTHING.load(Ordering::Relaxed)
}

/// Whether a live line stands on the terminal.
pub(crate) fn is_drawn() -> bool {
    LIVE.get().is_some_and(|live| live.drawn.load(Ordering::Relaxed) > 0)
}

/// Writes to stderr while the live lines are out of the way.
pub(crate) fn aside<T>(write: impl FnOnce() -> T) -> T {
    match LIVE.get().filter(|_| is_drawn()) {
        Some(live) => live.all.suspend(write),
        None => write(),
    }
}

/// The live line of one scan, cleared when it is dropped.
pub(crate) struct Line {
    live: &'static Live,
    bar: ProgressBar,
    name: String,
    service: &'static str,
    id: String,
    words: String,
    measure: Measure,
    usual: Option<String>,
}

impl Line {
    /// If there are live lines. `usual` says how long such a scan takes.
    pub(crate) fn new(name: &str, service: &'static str, usual: Option<&str>) -> Option<Self> {
        Some(Self::of(LIVE.get()?, name, service, usual))
    }

    fn of(live: &'static Live, name: &str, service: &'static str, usual: Option<&str>) -> Self {
        let style = ProgressStyle::with_template("{msg}").expect("it is a template");
        live.drawn.fetch_add(1, Ordering::Relaxed);
        Self {
            live,
            bar: live.all.add(ProgressBar::new_spinner().with_style(style)),
            name: truncate_str(&escape(name), LONGEST_NAME, "…").into_owned(),
            service,
            id: String::new(),
            words: String::new(),
            measure: Measure::default(),
            usual: usual.map(|usual| escape(&lang::said(usual))),
        }
    }

    pub(crate) fn name_scan(&mut self, id: &str) {
        self.id = truncate_str(&escape(&format!("#{id}")), LONGEST_ID, "…").into_owned();
    }

    /// How it stands, in words that may come from the network.
    pub(crate) fn stand(&mut self, words: &str, measure: Measure) {
        self.words = escape(&lang::said(words));
        self.measure = measure;
    }

    /// Until it should be drawn, which is promised to no other line.
    pub(crate) fn pause(&self) -> Duration {
        let (mut next, now) =
            (self.live.next.lock().unwrap_or_else(PoisonError::into_inner), Instant::now());
        *next = (now + REDRAW).max(*next + APART);
        *next - now
    }

    pub(crate) fn draw(&self, elapsed: Duration) {
        // A terminal that was stopped must not hold up the scan.
        if stderr_is_read() {
            let width = usize::from(Term::stderr().size().1);
            self.bar.set_message(self.text(elapsed, width));
        }
    }

    /// What fits: how many scans an estimate is made of is left out first, then the id.
    fn text(&self, elapsed: Duration, width: usize) -> String {
        let cells =
            [self.name.as_str(), self.service, &self.id, &self.far(elapsed)].map(str::to_owned);
        let mut widths = self.live.widths.lock().unwrap_or_else(PoisonError::into_inner);
        for (widest, cell) in widths.iter_mut().zip(&cells) {
            *widest = (*widest).max(measure_text_width(cell));
        }
        let line = |with_id: bool, usual: Option<&str>| {
            let columns = cells.iter().zip(*widths).enumerate();
            let columns = columns.filter(|(at, (_, width))| *width > 0 && (with_id || *at != ID));
            let padded = columns.map(|(_, (cell, width))| {
                pad_str(cell, width, console::Alignment::Left, None).into_owned()
            });
            let rest = [seconds(elapsed), self.words.clone()].into_iter();
            let all = padded.chain(rest).chain(usual.map(str::to_owned));
            all.fold(String::new(), |line, cell| line + BETWEEN + &cell)
        };
        let short = self.usual.as_deref().and_then(|usual| usual.split(" (").next());
        let long = line(true, self.usual.as_deref());
        let fits = |text: &String| measure_text_width(text) <= width;
        let text = Some(long).filter(fits).or_else(|| Some(line(true, short)).filter(fits));
        let text = text.unwrap_or_else(|| line(false, short));
        truncate_str(&text, width, "…").into_owned()
    }

    /// Phases as dots, a number only if the service has sent one.
    fn far(&self, elapsed: Duration) -> String {
        let turning = TURNING[usize::try_from(elapsed.as_secs() % 4).unwrap_or_default()];
        let dots = |(step, all): (usize, usize)| {
            let (done, left) = (step.saturating_sub(1), all.saturating_sub(step));
            format!("{}{turning}{}", "●".repeat(done), "○".repeat(left))
        };
        let dots = self.measure.step.map_or_else(|| turning.to_owned(), dots);
        let dots = style(dots).cyan().force_styling(self.live.colored).to_string();
        let step = self.measure.step.map(|(step, all)| lang::said(&format!("phase {step}/{all}")));
        let percent = self.measure.percent.map(|percent| format!("{percent}%"));
        step.into_iter().chain(percent).fold(dots, |far, number| far + " " + &number)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if stderr_is_read() {
            self.bar.finish_and_clear();
        }
        self.live.all.remove(&self.bar);
        self.live.drawn.fetch_sub(1, Ordering::Relaxed);
    }
}

/// stderr with its cursor at the begin of the last line that is drawn: what is typed there, like a `^C`, is drawn
/// over.
#[derive(Debug)]
struct Terminal(Term);

impl TermLike for Terminal {
    fn width(&self) -> u16 {
        self.0.size().1
    }

    fn height(&self) -> u16 {
        self.0.size().0
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.write_str("\r")?;
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, usual: Option<&str>) -> Line {
        let live = Live {
            all: MultiProgress::with_draw_target(ProgressDrawTarget::hidden()),
            drawn: AtomicUsize::new(1),
            next: Mutex::new(Instant::now()),
            colored: false,
            widths: Mutex::default(),
        };
        Line::of(Box::leak(Box::new(live)), name, "wsc", usual)
    }

    fn measure(step: Option<(usize, usize)>, percent: Option<u32>) -> Measure {
        Measure { step, percent }
    }

    const AT: Duration = Duration::from_secs(1_100);
    const USUAL: Option<&str> = Some("est. 31m00s (median of 6)");

    #[test]
    fn what_is_known_is_shown_and_nothing_else() {
        let mut shop = line("shop", None);
        assert_eq!(shop.text(Duration::ZERO, 80), "  shop  wsc  ◐  0s  ");
        shop.name_scan("48213");
        for (state, shown) in [
            (measure(None, None), "◐"),
            (measure(Some((1, 6)), None), "◐○○○○○ phase 1/6"),
            (measure(Some((5, 6)), None), "●●●●◐○ phase 5/6"),
            (measure(Some((6, 6)), Some(99)), "●●●●●◐ phase 6/6 99%"),
            (measure(None, Some(7)), "◐ 7%                "),
        ] {
            shop.stand("diagnosing", state);
            assert_eq!(
                shop.text(AT, 80),
                format!("  shop  wsc  #48213  {shown}  18m20s  diagnosing")
            );
        }
        assert!(shop.text(AT + Duration::from_secs(1), 80).contains("◓ 7%"));
    }

    #[test]
    fn ten_redraws_in_a_second() {
        let shop = line("shop", None);
        let begun = Instant::now();
        let times: Vec<_> = (0..100).map(|_| Instant::now() + shop.pause()).collect();
        assert!(times[0] >= begun + REDRAW);
        // Clocks are read a little apart.
        let apart = |pair: &[Instant]| pair[1] - pair[0] >= APART / 2;
        assert!(times.windows(2).all(apart));
        assert!(times[99] - begun >= APART * 99);
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut shop = line("shop", USUAL);
        shop.name_scan("1234567890");
        shop.stand("scanning", Measure::default());
        let fits = [
            (72, "  shop  wsc  #1234567890  ◐  18m20s  scanning  est. 31m00s (median of 6)"),
            (71, "  shop  wsc  #1234567890  ◐  18m20s  scanning  est. 31m00s"),
            (57, "  shop  wsc  ◐  18m20s  scanning  est. 31m00s"),
            (20, "  shop  wsc  ◐  18m…"),
        ];
        for (width, shown) in fits {
            assert_eq!(shop.text(AT, width), shown);
        }
    }

    /// Each of these letters takes two columns.
    #[test]
    fn hangul_and_kana() {
        for words in ["진단 진행 중입니다", "診断進行中スキャン"] {
            let mut shop = line("쇼핑몰 운영 서버의 관리자 화면", USUAL);
            shop.name_scan("1-837b5f9f-long-identifier");
            shop.stand(words, measure(Some((5, 6)), None));
            for width in 1..160 {
                let text = shop.text(AT, width);
                assert!(measure_text_width(&text) <= width, "{text}");
            }
            assert!(shop.text(AT, 160).contains(words));
            assert!(shop.text(AT, 160).starts_with("  쇼핑몰 운영 서버의 관리… "));
        }
    }

    #[test]
    fn no_text_acts() {
        let mut shop = line("a\u{1b}[2J", None);
        shop.name_scan("1\r\n2");
        shop.stand("\u{202e}x\u{1b}]0;t\u{7}\n", Measure::default());
        let text = shop.text(AT, 200);
        assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
        assert!(text.contains("a\\u{1b}[2J") && text.contains("\\u{202e}x\\u{1b}]0;t"), "{text}");
    }
}
