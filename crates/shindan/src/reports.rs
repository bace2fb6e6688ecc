//! Which reports a run leaves, and files that are whole or not there.

use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io,
    io::Write as _,
    path::{Path, PathBuf, absolute},
};

use shindan_report::{Lang, Summary, format::Format};

use crate::{
    args::{ReportArgs, Wanted},
    config::Settings,
    exit::Exit,
    failed::Failed,
    lang::spoken,
    state::quoted,
};

/// What goes into a directory if nobody says it.
const USUAL: [Format; 4] = [Format::Json, Format::Html, Format::Junit, Format::SarifGithub];
const DIRECTORY: &str = "dast-reports";

/// What is wanted of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reports {
    files: Vec<(Format, PathBuf)>,
    /// Where what could not be read is kept.
    directory: Option<PathBuf>,
    pub(crate) github: bool,
    pub(crate) keeps_raw: bool,
    lang: Lang,
    pub(crate) exit_zero: bool,
}

impl Reports {
    /// Looks whether all of them can be written, before anything is started.
    pub(crate) fn new(settings: &Settings, args: &ReportArgs) -> Result<Self, Failed> {
        let directory = settings.report_dir.as_ref().map(|dir| PathBuf::from(&dir.value));
        let place = directory.clone().unwrap_or_else(|| PathBuf::from(DIRECTORY));
        let said = settings.report_formats.as_ref().map(|said| said.value.clone());
        let usual = directory
            .as_ref()
            .filter(|_| args.report.is_empty())
            .map(|_| USUAL.map(|format| Wanted::File(format, None)).to_vec());
        let mut reports = Self {
            lang: settings.report_lang.as_ref().map_or_else(spoken, |lang| lang.value),
            keeps_raw: args.raw_report,
            exit_zero: args.exit_zero,
            ..Self::default()
        };
        for wanted in said.or(usual).iter().flatten().chain(&args.report) {
            match wanted {
                Wanted::Github => reports.github = true,
                Wanted::File(format, path) => {
                    let path = path.clone().unwrap_or_else(|| place.join(format.file_name()));
                    let file = (*format, path.clone());
                    let same = |taken: &Path| absolute(taken).ok() == absolute(&path).ok();
                    if !reports.files.iter().any(|(_, taken)| same(taken)) {
                        reports.files.push(file);
                    } else if !reports.files.contains(&file) {
                        let sentence = format!("two reports would be written to {}", quoted(&path));
                        return Err(
                            Failed::new(Exit::Usage, sentence).help("give each a file of its own")
                        );
                    }
                }
            }
        }
        let in_place = reports.files.iter().any(|(_, path)| path.starts_with(&place));
        let beside = reports.files.first().and_then(|(_, path)| path.parent()).map(Path::to_owned);
        reports.directory = if in_place || args.raw_report { Some(place) } else { beside };
        reports.make_directories()?;
        Ok(reports)
    }

    /// The usual ones, in a directory.
    pub(crate) fn in_directory(directory: &Path, lang: Lang) -> Result<Self, Failed> {
        let place = directory.to_owned();
        let files = USUAL.map(|format| (format, place.join(format.file_name())));
        let reports =
            Self { files: files.to_vec(), directory: Some(place), lang, ..Self::default() };
        reports.make_directories()?;
        Ok(reports)
    }

    /// Where the page for people is.
    pub(crate) fn page(&self) -> Option<String> {
        let page = self.files.iter().find(|(format, _)| *format == Format::Html);
        page.map(|(_, path)| path.display().to_string())
    }

    fn make_directories(&self) -> Result<(), Failed> {
        let above = self.files.iter().filter_map(|(_, path)| path.parent());
        let all: BTreeSet<_> = above.chain(self.directory.as_deref()).collect();
        for directory in all.into_iter().filter(|directory| !directory.as_os_str().is_empty()) {
            fs::create_dir_all(directory)
                .map_err(|error| unwritten(directory, &error).and("nothing was started"))?;
        }
        match self.files.iter().find(|(_, path)| path.exists() && !path.is_file()) {
            Some((_, path)) => Err(no_file(path)),
            None => Ok(()),
        }
    }

    /// Writes all of them; each that can be written is, and the first that cannot is told of.
    pub(crate) fn write(&self, summary: &Summary) -> Result<(), Failed> {
        let mut first = Ok(());
        for (format, path) in &self.files {
            let text = format.render(summary, self.lang);
            let written = whole(path, text.as_bytes()).map_err(|error| unwritten(path, &error));
            first = first.and(written);
        }
        first
    }

    /// Keeps what a service sent beside the reports, or in another place if there are none; tells where.
    pub(crate) fn keep_raw(
        &self,
        elsewhere: &Path,
        name: [&str; 2],
        json: &str,
    ) -> Result<PathBuf, Failed> {
        let directory = self.directory.as_deref().unwrap_or(elsewhere);
        let of_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let [service, scan] = name;
        let scan: String = scan.chars().filter(|c| of_name(*c)).take(64).collect();
        let path = directory.join(format!("{service}-{scan}.raw.json"));
        fs::create_dir_all(directory)
            .and_then(|()| private(&path, json.as_bytes()))
            .map_err(|error| unwritten(&path, &error))?;
        Ok(path)
    }

    /// Where they are, in the order in which they were asked for.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|(_, path)| &**path)
    }

    /// Where most of them are, if there is such a place.
    pub(crate) fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }
}

/// A directory, a device or a pipe is not replaced by a report.
pub(crate) fn no_file(path: &Path) -> Failed {
    Failed::new(Exit::Usage, format!("{} is there, and it is no file", quoted(path)))
        .help("say --report FORMAT=FILE, or --report-dir DIR")
}

pub(crate) fn unwritten(path: &Path, error: &io::Error) -> Failed {
    Failed::new(Exit::Output, format!("{} cannot be written", quoted(path)))
        .cause(error)
        .help("say --report FORMAT=PATH or --report-dir DIR with a place that can be written")
}

/// Replaces a file by another one that is whole, or leaves it as it is.
pub(crate) fn whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, bytes, &mut OpenOptions::new())
}

/// The same, for this user alone.
pub(crate) fn private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    replace(path, bytes, &mut options)
}

fn replace(path: &Path, bytes: &[u8], options: &mut OpenOptions) -> io::Result<()> {
    // What a link leads to is replaced, and not the link.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let old = fs::metadata(path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return Err(io::Error::other("it is there, and it is no file"));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // Nobody can have put something there before.
    let random = getrandom::u64().map_err(|error| io::Error::other(error.to_string()))?;
    name.push(format!(".{random:016x}.new"));
    let new = path.with_file_name(name);
    let options = options.write(true).create_new(true);
    let written = options.open(&new).and_then(|mut file| {
        // Whoever may read the old one may read the new one.
        if let Some(old) = old {
            file.set_permissions(old.permissions())?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)
    });
    if written.is_err() {
        // What is left of it is of no use; the error that matters is the first one.
        let _ = fs::remove_file(&new);
    }
    written?;
    #[cfg(unix)]
    if let Some(above) = path.parent() {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        fs::File::open(above)?.sync_all()?;
    }
    Ok(())
}
