//! The policy under which a plugin is tried: a TOML file, or the default, which grants nothing.

use plugwright::{Captured, Output, Policy};

use crate::failure::Failure;
use crate::input::Input;
use crate::ui::Ui;

/// What the plugin printed, as far as its policy grants it.
#[derive(Debug, Default)]
pub(crate) struct Printed(Vec<Captured>);

impl Printed {
    /// Passes on what was printed since the last time.
    pub(crate) fn pass_on(&self, ui: &Ui) {
        for captured in &self.0 {
            ui.plugin_output(&captured.take());
        }
    }
}

/// Reads the policy, and makes what it grants to print come here.
pub(crate) fn read(input: Option<&Input>) -> Result<(Policy, Printed), Failure> {
    let mut policy = match input {
        None => Policy::default(),
        Some(input) => parse(input)?,
    };
    let printed = printed([&mut policy]);
    Ok((policy, printed))
}

/// Makes what these policies grant to print come here.
pub(crate) fn printed<'p>(policies: impl IntoIterator<Item = &'p mut Policy>) -> Printed {
    let mut printed = Printed::default();
    for policy in policies {
        for output in [&mut policy.grants.stdout, &mut policy.grants.stderr] {
            // A trace would reach nobody: the command line has no other log than its standard error.
            if matches!(output, Output::Trace) {
                *output = Output::Capture(Captured::default());
            }
            if let Output::Capture(captured) = output {
                printed.0.push(captured.clone());
            }
        }
    }
    printed
}

fn parse(input: &Input) -> Result<Policy, Failure> {
    toml::from_str(&input.text()?).map_err(|err| {
        Failure::input(format!("the policy `{input}` is not valid"))
            .cause(err.to_string().trim_end())
            .hint(
                "a policy has the tables `[grants]` and `[limits]`, \
                 and the keys `instances`, `reserved` and `startup`",
            )
    })
}
