use serde::{Deserialize, Serialize};

use crate::{Ended, Outcome};

/// A whole run: everything that every format shows, and the file that the others can be made from later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// The version of this schema. A reader refuses one that it does not know.
    pub schema: u32,
    /// The version of the tool that wrote it.
    pub version: String,
    /// When the run began, as `2026-11-21T06:30:00Z`.
    pub began_at: String,
    /// When it ended.
    pub ended_at: String,
    /// What the process returns. `--exit-zero` does not change it.
    pub exit: Ended,
    /// Every target that was asked for, in the order in which it was.
    pub targets: Vec<Outcome>,
}

impl Summary {
    /// The schema that is written here.
    pub const SCHEMA: u32 = 1;

    /// Puts it together.
    pub fn new(
        version: impl Into<String>,
        began_at: impl Into<String>,
        ended_at: impl Into<String>,
        exit: Ended,
        targets: Vec<Outcome>,
    ) -> Self {
        Self {
            schema: Self::SCHEMA,
            version: version.into(),
            began_at: began_at.into(),
            ended_at: ended_at.into(),
            exit,
            targets,
        }
    }
    /// Passes on every text that somebody else may have written, for what must not be shown to be taken out of it.
    pub fn for_each_text(&mut self, mut change: impl FnMut(&mut String)) {
        self.exit.for_each_text(&mut change);
        for outcome in &mut self.targets {
            outcome.for_each_text(&mut change);
        }
    }

    /// Whether there are targets and all of them have passed.
    pub fn has_passed(&self) -> bool {
        self.exit.code == 0
            && !self.targets.is_empty()
            && self.targets.iter().all(Outcome::has_passed)
    }
}
