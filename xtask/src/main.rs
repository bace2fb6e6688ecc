//! The workspace's own chores: `cargo xtask <command> [--check]`.

mod ci;
mod docs;
mod files;
mod fixtures;
mod fleet;
mod kill;
mod layers;
mod soak;
mod tidy;
mod vectors;

use std::{error::Error, process::ExitCode};

use files::Mode;

type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const HELP: &str = "\
cargo xtask fixtures [--check]  requests from the cases, snapshots from the responses
cargo xtask vectors [--check]   signatures, recomputed without our code
cargo xtask docs [--check]      docs/{endpoints,errors,cli,emulator}.md
cargo xtask layers              which crate may depend on which
cargo xtask tidy                rules that no linter knows
cargo xtask kill --rounds N [--seed S]
                                the real binary, killed N times: where, and what was doubled or lost
cargo xtask soak --minutes N [--seed S] [--rate R]
                                the real emulator under load and faults: does it panic, does its memory grow
cargo xtask fleet --targets N [--accounts A]
                                so many scans waited for in one process: errors, requests, memory, CPU time
cargo xtask ci [step]           what CI runs after the tests, all of it or one step";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match args[..] {
        ["fixtures"] => fixtures::run(Mode::Write),
        ["fixtures", "--check"] => fixtures::run(Mode::Check),
        ["vectors"] => vectors::run(Mode::Write),
        ["vectors", "--check"] => vectors::run(Mode::Check),
        ["docs"] => docs::run(Mode::Write),
        ["docs", "--check"] => docs::run(Mode::Check),
        ["layers"] => layers::run(),
        ["tidy"] => tidy::run(),
        ["kill", "--rounds", rounds] => kill::run(rounds, None),
        ["kill", "--rounds", rounds, "--seed", seed] => kill::run(rounds, Some(seed)),
        ["soak", ref options @ ..] => soak::run(options),
        ["fleet", "--targets", targets] => fleet::run(targets, None),
        ["fleet", "--targets", targets, "--accounts", accounts] => {
            fleet::run(targets, Some(accounts))
        }
        ["ci"] => ci::run(None),
        ["ci", step] => ci::run(Some(step)),
        _ => Err(HELP.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// `cargo test --workspace` is the whole truth: it runs every check.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixtures_are_up_to_date() {
        fixtures::run(Mode::Check).unwrap();
    }

    #[test]
    fn vectors_are_foreign_and_right() {
        vectors::run(Mode::Check).unwrap();
    }

    #[test]
    fn docs_are_up_to_date() {
        docs::run(Mode::Check).unwrap();
    }

    #[test]
    fn layers_hold() {
        layers::run().unwrap();
    }

    #[test]
    fn the_tree_is_tidy() {
        tidy::run().unwrap();
    }
}
