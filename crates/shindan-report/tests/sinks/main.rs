//! Every sink shows every scalar value and a million hostile strings to a reader of that sink that is not ours.

#![expect(clippy::unwrap_used, reason = "a reader that cannot read is a failed test")]

mod actions;
mod markup;
mod plain;
mod tables;
mod texts;
