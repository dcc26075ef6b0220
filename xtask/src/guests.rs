//! `guests`: builds the plugins that the examples, and the tests over them, load.
//!
//! A build is left out when its inputs are those of the last one: their fingerprint is stored
//! beside the component.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::fingerprint;
use crate::step::{Outcome, no_arguments};

/// Lists all plugins to build.
pub(crate) const PLUGINS: &[Plugin] = &[
    Plugin::new("bench", "benches/guest", &["benches/sdk", "benches/wit"]),
    Plugin::new("bench-pure", "benches/guest", &["benches/sdk", "benches/wit"]).pure(),
    Plugin::new("reach-rust", "guests/reach/rust", &["guests/reach/wit"]),
    Plugin::of_setpoint("thermostat", "examples/setpoint/plugins/thermostat"),
    Plugin::of_setpoint("optimiser", "examples/setpoint/plugins/optimiser"),
    Plugin::of_setpoint("rogue", "examples/setpoint/plugins/rogue"),
];

/// What every build depends on beside the plugin: the code that builds it, and its versions.
const BUILDERS: &[&str] = &["bindgen", "component", "cli", "Cargo.lock", "rust-toolchain.toml"];

/// A plugin's project and what its build reads.
#[derive(Debug)]
pub(crate) struct Plugin {
    pub(crate) name: &'static str,
    pub(crate) dir: &'static str,
    inputs: &'static [&'static str],
    /// Whether it is built without WASI.
    pure: bool,
}

impl Plugin {
    const fn new(name: &'static str, dir: &'static str, inputs: &'static [&'static str]) -> Self {
        Self { name, dir, inputs, pure: false }
    }

    const fn of_setpoint(name: &'static str, dir: &'static str) -> Self {
        Self::new(name, dir, &["examples/setpoint/sdk", "examples/setpoint/wit"])
    }

    const fn pure(self) -> Self {
        Self { pure: true, ..self }
    }

    /// Where the component goes, seen from the workspace's root.
    pub(crate) fn component(&self) -> PathBuf {
        Path::new("target/guests").join(self.name).with_extension("wasm")
    }

    fn fingerprint(&self) -> Result<String, StepError> {
        let inputs = [&self.dir].into_iter().chain(self.inputs).chain(BUILDERS);
        fingerprint::of(inputs.map(Path::new))
    }
}

/// Builds every plugin whose inputs changed, or whose component is gone.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    no_arguments(args)?;
    for plugin in PLUGINS {
        let component = plugin.component();
        let stamp = component.with_extension("inputs");
        let fingerprint = plugin.fingerprint()?;
        if is_fresh(&component, &stamp, &fingerprint) {
            println!("{} is fresh", component.display());
            continue;
        }
        if let Some(dir) = component.parent() {
            fs::create_dir_all(dir).map_err(|source| StepError::file("create", dir, source))?;
        }
        let mut command = cargo(["run", "--quiet", "--package", "plugwright-cli", "--"]);
        command.args(["build", plugin.dir, "--release", "-o"]).arg(&component);
        command.args(plugin.pure.then_some("--pure"));
        command::run(command)?;
        fs::write(&stamp, fingerprint)
            .map_err(|source| StepError::file("write", &stamp, source))?;
    }
    Ok(Outcome::Done)
}

fn is_fresh(component: &Path, stamp: &Path, fingerprint: &str) -> bool {
    component.is_file() && fs::read_to_string(stamp).is_ok_and(|it| it == fingerprint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_is_fresh_only_with_the_stamp_of_its_inputs() {
        let dir = tempfile::tempdir().unwrap();
        let (component, stamp) = (dir.path().join("a.wasm"), dir.path().join("a.inputs"));
        assert!(!is_fresh(&component, &stamp, "1"));
        fs::write(&stamp, "1").unwrap();
        assert!(!is_fresh(&component, &stamp, "1"), "the component is missing");
        fs::write(&component, "").unwrap();
        assert!(is_fresh(&component, &stamp, "1"));
        assert!(!is_fresh(&component, &stamp, "2"), "the inputs changed");
    }

    #[test]
    fn components_lie_side_by_side() {
        let components: Vec<_> = PLUGINS.iter().map(Plugin::component).collect();
        assert_eq!(components[0], Path::new("target/guests/bench.wasm"));
        for (at, component) in components.iter().enumerate() {
            assert!(!components[..at].contains(component), "{} twice", component.display());
        }
    }
}
