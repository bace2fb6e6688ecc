//! Documents that the declarations already contain.

mod emulator;
mod statements;

use std::fmt::Write as _;

use shindan::exit::Exit;
use shindan_wire::{Api, Args, Endpoint, Visit};

use crate::{
    Result,
    files::{self, Mode},
};

const NOTE: &str = "<!-- made by `cargo xtask docs`; change the declarations instead -->\n";

pub(crate) fn run(mode: Mode) -> Result {
    for (name, contents) in [
        ("endpoints.md", endpoints()),
        ("errors.md", errors()),
        ("cli.md", cli()),
        ("shindan.schema.json", shindan::config_schema().to_owned()),
        ("summary.schema.json", shindan_report::format::SCHEMA.to_owned()),
        ("emulator.md", emulator::page()?),
    ] {
        files::ensure(&files::root().join("docs").join(name), &contents, mode, "docs")?;
    }
    Ok(())
}

fn endpoints() -> String {
    let mut table = Table(format!(
        "# Endpoints\n\n{NOTE}\n\
        What a second execution would do decides what is sent again, never the HTTP method: `read` changes nothing, \
        `converge` moves towards one state, `once` counts each time, `billed` costs money each time.\n\n\
        | service | operation | method | path | arguments | effect | source |\n\
        | --- | --- | --- | --- | --- | --- | --- |\n"
    ));
    wsc_model::each(&mut table);
    vaddy_model::each(&mut table);
    table.0
}

struct Table(String);

impl Visit for Table {
    fn endpoint<E: Endpoint>(&mut self) {
        let args = match E::ARGS {
            Args::None => "-",
            Args::Query => "query",
            Args::Form => "form",
            Args::Json => "json",
        };
        let fixed = E::FIXED
            .iter()
            .fold(String::new(), |fixed, (name, value)| format!("{fixed}, `{name}={value}`"));
        let (api, name, method, path) = (E::Api::NAME, E::NAME, E::METHOD.as_str(), E::PATH);
        let (effect, docs) = (E::EFFECT.as_str(), E::DOCS);
        writeln!(
            self.0,
            "| {api} | `{name}` | {method} | `{path}` | {args}{fixed} | {effect} | [page]({docs}) |"
        )
        .expect("a string takes everything");
    }
}

fn errors() -> String {
    let mut text = format!(
        "# Exit codes\n\n{NOTE}\n| code | name | meaning | what a pipeline does |\n| --- | --- | --- | --- |\n"
    );
    for exit in Exit::ALL {
        writeln!(
            text,
            "| {} | {} | {} | {} |",
            exit.code(),
            exit.name(),
            exit.meaning(),
            exit.reaction()
        )
        .expect("a string takes everything");
    }
    text
}

fn cli() -> String {
    let mut text = format!("# Command line\n\n{NOTE}");
    let mut command = shindan::command().term_width(100);
    command.build();
    describe(&mut text, &mut command);
    text
}

fn describe(text: &mut String, command: &mut clap::Command) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    write!(text, "\n## `{name}`\n\n```text\n{}\n```\n", help.join("\n").trim_end())
        .expect("a string takes everything");
    for subcommand in
        command.get_subcommands_mut().filter(|subcommand| subcommand.get_name() != "help")
    {
        describe(text, subcommand);
    }
}
