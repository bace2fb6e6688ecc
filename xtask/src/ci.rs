//! What CI runs after `cargo test --workspace`, step by step. The workspace's own crates turn on all of each
//! other's features, so that those tests are the tests of every feature.

use std::time::Instant;

use xshell::{Shell, cmd};

use crate::{
    Result,
    files::{self, Mode},
    fixtures, vectors,
};

type Step = fn(&Shell) -> Result;

const STEPS: &[(&str, Step)] = &[
    ("fmt", |shell| Ok(cmd!(shell, "cargo fmt --all --check").run()?)),
    ("clippy", |shell| {
        Ok(cmd!(
            shell,
            "cargo clippy --workspace --all-targets --all-features --locked -- -D warnings"
        )
        .run()?)
    }),
    ("doc", |shell| {
        let _flags = shell.push_env("RUSTDOCFLAGS", "-D warnings");
        Ok(cmd!(shell, "cargo doc --workspace --all-features --no-deps --locked").run()?)
    }),
    ("generated", |_| {
        fixtures::run(Mode::Check)?;
        vectors::run(Mode::Check)?;
        crate::docs::run(Mode::Check)?;
        crate::layers::run()?;
        crate::tidy::run()
    }),
    ("page", page),
    ("features", |shell| {
        let hack = tool(shell, "cargo-hack", "0.6.46")?;
        let _flags = shell.push_env("RUSTFLAGS", "-D warnings");
        Ok(cmd!(shell, "{hack} hack check --workspace --feature-powerset --no-dev-deps").run()?)
    }),
    ("deny", |shell| {
        let deny = tool(shell, "cargo-deny", "0.20.2")?;
        Ok(cmd!(shell, "{deny} --locked --all-features check bans licenses sources").run()?)
    }),
    ("machete", |shell| {
        let machete = tool(shell, "cargo-machete", "0.9.2")?;
        Ok(cmd!(shell, "{machete} --skip-target-dir").run()?)
    }),
    ("typos", |shell| {
        let typos = tool(shell, "typos-cli", "1.52.0")?;
        Ok(cmd!(shell, "{typos}").run()?)
    }),
];

pub(crate) fn run(only: Option<&str>) -> Result {
    if let Some(only) = only.filter(|only| STEPS.iter().all(|(name, _)| name != only)) {
        let names: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no step {only}; there are {}", names.join(", ")).into());
    }
    let shell = Shell::new()?;
    shell.change_dir(files::root());
    for (name, step) in STEPS.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        eprintln!("== {name}");
        let begun = Instant::now();
        step(&shell).map_err(|error| format!("{name} failed: {error}"))?;
        eprintln!("== {name} took {} s", begun.elapsed().as_secs());
    }
    Ok(())
}

/// The emulator's page in a real browser. Where one can be had, the test must not skip, and in CI one must be had.
fn page(shell: &Shell) -> Result {
    let _required = match browser(shell) {
        Ok(()) => Some(shell.push_env("SHINDAN_PAGE_TEST_REQUIRED", "1")),
        Err(why) if shell.var_os("CI").is_some() => return Err(why),
        Err(why) => {
            eprintln!("chromium is missing and cannot be installed: {why}");
            None
        }
    };
    Ok(cmd!(shell, "cargo test --workspace --locked --test page").run()?)
}

/// Sees to it that there is a Chromium, or says why there cannot be one.
fn browser(shell: &Shell) -> Result {
    let works =
        |command: xshell::Cmd<'_>| command.quiet().ignore_stdout().ignore_stderr().run().is_ok();
    let mut names = include_str!("../../crates/shindan-emulator/tests/page/browsers.txt").lines();
    if shell.var_os("CHROMIUM").is_some()
        || names.any(|name| works(cmd!(shell, "{name} --version")))
    {
        return Ok(());
    }
    if !works(cmd!(shell, "apt-get --version")) {
        return Err("there is no apt-get".into());
    }
    if cmd!(shell, "id -u").quiet().read()? != "0" {
        return Err("only root can install it".into());
    }
    let _quiet = shell.push_env("DEBIAN_FRONTEND", "noninteractive");
    cmd!(shell, "apt-get update --quiet").run()?;
    cmd!(shell, "apt-get install --quiet --yes --no-install-recommends chromium").run()?;
    Ok(())
}

/// The path of a tool in the build folder, installed there if it is missing.
///
/// Built without optimization: it runs for seconds, and installing it is what takes time.
fn tool(shell: &Shell, package: &str, version: &str) -> Result<std::path::PathBuf> {
    let folder = files::root().join("target/tools").join(format!("{package}-{version}"));
    let name = package.strip_suffix("-cli").unwrap_or(package);
    let binary = folder.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !shell.path_exists(&binary) {
        let _debug = shell.push_env("CARGO_PROFILE_DEV_DEBUG", "0");
        cmd!(
            shell,
            "cargo install --quiet --debug --locked --root {folder} --version {version} {package}"
        )
        .run()?;
    }
    Ok(binary)
}
