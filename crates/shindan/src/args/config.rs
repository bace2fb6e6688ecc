use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Write a shindan.toml with examples into this directory.
    Init,
    /// Read all files and variables, and say what is wrong.
    Check,
    /// Print what is set.
    Show {
        /// Also where each value comes from.
        #[arg(long)]
        origin: bool,
    },
    /// Print the JSON Schema of shindan.toml, for editors.
    Schema,
    /// Print the files that are read, the stronger one first.
    Path,
}
