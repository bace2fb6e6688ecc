//! How the process ends: the one table of exit codes, from which `docs/errors.md` is made.

/// An exit code. Scripts branch on it, so a code never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// Everything that was asked for was done, and every gate was passed.
    Ok,
    /// There are findings at or over the gate.
    Gate,
    /// The command line or a setting is wrong.
    Usage,
    /// A scan ended without a full result.
    Incomplete,
    /// The credentials are missing or were not accepted.
    Auth,
    /// Our own guard said no.
    Refused,
    /// The service said no.
    Precondition,
    /// Nobody knows whether a scan was started, or it was started twice.
    Unknown,
    /// We have waited long enough; the scan goes on.
    Waiting,
    /// The service could not be reached, or it failed.
    Unavailable,
    /// The service answered something that we cannot read.
    Contract,
    /// The result could not be written.
    Output,
    /// A bug.
    Internal,
    /// Interrupted by INT.
    Interrupted,
    /// Interrupted by TERM.
    Terminated,
}

impl Exit {
    /// The table, in the order of the codes.
    pub const ALL: [Self; 15] = [
        Self::Ok,
        Self::Gate,
        Self::Usage,
        Self::Incomplete,
        Self::Auth,
        Self::Refused,
        Self::Precondition,
        Self::Unknown,
        Self::Waiting,
        Self::Unavailable,
        Self::Contract,
        Self::Output,
        Self::Internal,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// Which comes first if several apply: what must not be repeated blindly, what blocks, what has to be mended.
    pub const ORDER: [Self; 15] = [
        Self::Gate,
        Self::Unknown,
        Self::Internal,
        Self::Interrupted,
        Self::Terminated,
        Self::Usage,
        Self::Auth,
        Self::Refused,
        Self::Precondition,
        Self::Incomplete,
        Self::Contract,
        Self::Unavailable,
        Self::Waiting,
        Self::Output,
        Self::Ok,
    ];

    /// The one of several that matters most.
    pub fn worst(all: impl IntoIterator<Item = Self>) -> Self {
        let rank = |exit: &Self| Self::ORDER.iter().position(|known| known == exit);
        all.into_iter().min_by_key(rank).unwrap_or(Self::Ok)
    }

    /// The one with this number; one that nobody knows is a bug of whoever wrote it, and no pass.
    pub fn of_code(code: u8) -> Self {
        Self::ALL.into_iter().find(|exit| exit.code() == code).unwrap_or(Self::Internal)
    }

    /// The number that the process returns.
    pub const fn code(self) -> u8 {
        self.row().0
    }

    /// One word for it.
    pub const fn name(self) -> &'static str {
        self.row().1
    }

    /// What it says.
    pub const fn meaning(self) -> &'static str {
        self.row().2
    }

    /// What a script should do.
    pub const fn reaction(self) -> &'static str {
        self.row().3
    }

    const fn row(self) -> (u8, &'static str, &'static str, &'static str) {
        match self {
            Self::Ok => (
                0,
                "ok",
                "Everything that was asked for was done; a scan finished, was complete and passed its gate.",
                "continue",
            ),
            Self::Gate => (
                1,
                "gate",
                "At least one finding at or over the gate, or `emulator ledger --assert` has counted something else.",
                "block; a retry cannot make it go away",
            ),
            Self::Usage => (
                2,
                "usage",
                "The command line, a file, a variable, an endpoint, a proxy or a file of authorities is wrong; nothing was started.",
                "fix it",
            ),
            Self::Incomplete => (
                3,
                "incomplete",
                "A scan ended without a full result: canceled, failed, expired, left out because another one runs, or not everything was scanned or could be read.",
                "look, then scan again",
            ),
            Self::Auth => (
                4,
                "auth",
                "The credentials are missing, were not accepted or may not do this, or the clock is off.",
                "fix the secret or the clock",
            ),
            Self::Refused => (
                5,
                "refused",
                "Our own guard said no: a start was not approved, is over the budget or out of scope, is no free repetition although one was required, or another start of the target goes on or is unknown; nothing was started.",
                "let a person decide",
            ),
            Self::Precondition => (
                6,
                "precondition",
                "The service said no: busy, no such number, no crawl, quota used up.",
                "fix the set-up",
            ),
            Self::Unknown => (
                7,
                "unknown",
                "Nobody knows whether a scan was started, or it was started twice.",
                "do not run it again blindly: `shindan runs reconcile`",
            ),
            Self::Waiting => (
                8,
                "waiting",
                "The longest wait is over; the scan goes on.",
                "`shindan attach` later",
            ),
            Self::Unavailable => (
                9,
                "unavailable",
                "The network, a proxy or the service failed after all retries. Of `shindan emulator`: none runs, or its port or state directory is taken.",
                "retry a read; look before a start is repeated",
            ),
            Self::Contract => (
                10,
                "contract",
                "The service answered something that cannot be read.",
                "report a bug",
            ),
            Self::Output => (
                11,
                "output",
                "The result, or our own record of what was started, could not be written; nothing is started without one.",
                "fix the output or the state directory",
            ),
            Self::Internal => (70, "internal", "A bug.", "report a bug"),
            Self::Interrupted => (
                130,
                "interrupted",
                "Interrupted by INT; a started scan goes on.",
                "`shindan attach`",
            ),
            Self::Terminated => (
                143,
                "terminated",
                "Interrupted by TERM; a started scan goes on.",
                "`shindan attach`",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_matters_most() {
        for exit in Exit::ALL {
            assert!(Exit::ORDER.contains(&exit), "{exit:?}");
            assert_eq!(Exit::worst([Exit::Ok, exit]), exit);
            assert_eq!(Exit::worst([exit, Exit::Gate]), Exit::Gate);
        }
        let codes = Exit::ORDER.iter().map(|exit| exit.code());
        let codes: Vec<_> = codes.filter(|code| !matches!(code, 70 | 130 | 143)).collect();
        assert_eq!(codes, [1, 7, 2, 4, 5, 6, 3, 10, 9, 8, 11, 0]);
    }

    #[test]
    fn the_table_is_ordered_and_whole() {
        let codes: Vec<u8> = Exit::ALL.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 70, 130, 143]);
        for exit in Exit::ALL {
            assert!(!exit.name().is_empty() && exit.name().bytes().all(|b| b.is_ascii_lowercase()));
            assert!(exit.meaning().ends_with('.') && !exit.reaction().is_empty());
        }
    }
}
