use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum AuthCommand {
    /// Print which keys would be used and where they were found, masked; sends nothing to the services.
    Status,
}
