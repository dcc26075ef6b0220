//! Holds `docs/reference/cli.md` to what the program says about itself.
//!
//! Under the heading of each command the page has the command's own help, which `BLESS=1` writes
//! anew; what stands around it is written by hand.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;

use crate::args::Cli;

const HEADING: &str = "## `plugwright ";
const FENCE: &str = "```text\n";

#[test]
fn the_reference_shows_the_help_of_every_command() -> Result<(), Box<dyn Error>> {
    let page = fs::read_to_string(path())?;
    let fresh = renewed(&page)?;
    if std::env::var_os("BLESS").is_some() {
        fs::write(path(), fresh)?;
    } else {
        assert_eq!(page, fresh, "run the test with BLESS=1, and read what has changed");
    }
    Ok(())
}

#[test]
fn the_reference_names_no_flag_that_does_not_exist() -> Result<(), Box<dyn Error>> {
    let flags: BTreeSet<String> = commands()
        .iter()
        .flat_map(clap::Command::get_arguments)
        .filter_map(|it| it.get_long().map(|long| format!("--{long}")))
        .collect();
    let page = fs::read_to_string(path())?;
    for word in page.split(|c: char| !(c.is_alphanumeric() || c == '-')) {
        if word.strip_prefix("--").is_some_and(|it| it.starts_with(char::is_alphabetic)) {
            assert!(flags.contains(word), "no command has the flag `{word}`");
        }
    }
    Ok(())
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/cli.md")
}

/// All commands, as wide as they are printed at most.
fn commands() -> Vec<clap::Command> {
    let mut cli = Cli::command().term_width(100);
    cli.build();
    cli.get_subcommands().filter(|it| it.get_name() != "help").cloned().collect()
}

/// The page with the present help of each command.
fn renewed(page: &str) -> Result<String, Box<dyn Error>> {
    let mut parts = page.split(HEADING);
    let mut fresh = parts.next().ok_or("the page is empty")?.to_owned();
    let mut described = Vec::new();
    for part in parts {
        let (name, rest) = part.split_once("`\n").ok_or("a heading without its end")?;
        let (before, rest) = rest.split_once(FENCE).ok_or("a command without its help")?;
        let (_, after) = rest.split_once("```\n").ok_or("a help without its end")?;
        let commands = commands();
        let command = commands.iter().find(|it| it.get_name() == name);
        let help =
            command.ok_or(format!("there is no command `{name}`"))?.clone().render_long_help();
        let help = help.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        fresh.push_str(&format!(
            "{HEADING}{name}`\n{before}{FENCE}{}\n```\n{after}",
            help.trim_end()
        ));
        described.push(name.to_owned());
    }
    let names: Vec<_> = commands().iter().map(|it| it.get_name().to_owned()).collect();
    if described == names {
        Ok(fresh)
    } else {
        Err(format!("the page describes {described:?}, and there are {names:?}").into())
    }
}
