//! What is set, and where: options come before `SHINDAN_*`, those before the vendors' variables, then
//! the project's file, the user's file and the defaults.

pub(crate) mod accept;
mod file;
mod find;
mod settings;
mod show;
mod source;
mod target;

pub(crate) use accept::Accepted;
pub(crate) use find::{Found, PROJECT_FILE, found};
pub(crate) use settings::{Flags, LONGEST_WAIT, Origin, Setting, Settings, WHOLE};
pub(crate) use show::Shown;
pub(crate) use source::{Source, nearest};
pub(crate) use target::{Project, Site, Stage, Target, What};

/// What may stand in the project's file, for editors.
pub(crate) const SCHEMA: &str = include_str!("config/schema.json");
