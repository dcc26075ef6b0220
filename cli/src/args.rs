//! What can be typed: the commands, and the arguments that several of them share.

use std::fmt;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands;

/// Make, check and try plugins that are described in WIT
///
/// Exit codes: 0 done, 1 the input is at fault, 2 wrong usage, 70 a bug in Plugwright.
#[derive(Debug, Parser)]
#[command(name = "plugwright", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    New(commands::new::Args),
    Generate(commands::generate::Args),
    Build(commands::build::Args),
    Doctor(commands::doctor::Args),
    Inspect(commands::inspect::Args),
    Check(commands::check::Args),
    Compose(commands::compose::Args),
    Diff(commands::diff::Args),
    Call(commands::call::Args),
    Test(commands::test::Args),
    Run(commands::run::Args),
    Bench(commands::bench::Args),
}

/// How a command prints what it found.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Output {
    /// How to print the data
    #[arg(long, value_name = "FORMAT", default_value_t, value_enum)]
    pub(crate) format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: stable within a major version
    Json,
}

/// The languages in which plugins are written and built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PluginLanguage {
    Rust,
    C,
    Go,
    Js,
    Ts,
    Python,
}

impl fmt::Display for PluginLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PluginLanguage::Rust => "rust",
            PluginLanguage::C => "c",
            PluginLanguage::Go => "go",
            PluginLanguage::Js => "js",
            PluginLanguage::Ts => "ts",
            PluginLanguage::Python => "python",
        })
    }
}
