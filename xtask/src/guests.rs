//! `guests`: builds the plugins that the examples, and the tests over them, load.
//!
//! [`PLUGINS`] are projects of their own. The conformance plugins, and those of the example `checkout`, are one file
//! each, `plugin.*`: the command line makes a project around it, as it does for everybody.
//! A build is left out when its inputs are those of the last one: their fingerprint is stored
//! beside the component.

pub(crate) mod composed;
mod conformance;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::fingerprint;
use crate::step::Outcome;

/// Lists all plugins to build that are projects of their own.
pub(crate) const PLUGINS: &[Plugin] = &[
    Plugin::new("bench", "benches/guest", &["benches/sdk", "benches/wit"]),
    Plugin::new("bench-pure", "benches/guest", &["benches/sdk", "benches/wit"]).pure(),
    Plugin::new("flows", "benches/flows/guest", &["benches/flows/sdk", "benches/flows/wit"]).pure(),
    Plugin::new(
        "flows-relay",
        "benches/flows/relay",
        &["benches/flows/relay-sdk", "benches/flows/wit"],
    )
    .pure(),
    Plugin::of_layers("layer-cache", "layers/cache"),
    Plugin::of_layers("layer-faults", "layers/faults"),
    Plugin::of_layers("layer-folder", "layers/folder"),
    Plugin::of_layers("layer-limiter", "layers/limiter"),
    Plugin::of_layers("layer-recorder", "layers/recorder"),
    Plugin::of_pipeline("pipeline-parse", "examples/pipeline/plugins/parse"),
    Plugin::of_pipeline("pipeline-redact", "examples/pipeline/plugins/redact"),
    Plugin::of_pipeline("pipeline-count", "examples/pipeline/plugins/count"),
    Plugin::of_pipeline("pipeline-slow", "examples/pipeline/plugins/slow"),
    Plugin::of_pipeline("pipeline-chain", "examples/pipeline/plugins/chain"),
    Plugin::of_pipeline("pipeline-fragile", "examples/pipeline/plugins/fragile"),
    Plugin::of_setpoint("thermostat", "examples/setpoint/plugins/thermostat"),
    Plugin::of_setpoint("optimiser", "examples/setpoint/plugins/optimiser"),
    Plugin::of_setpoint("rogue", "examples/setpoint/plugins/rogue"),
];

/// What every build depends on beside the plugin: the code that builds it, and its versions.
const BUILDERS: &[&str] = &[
    "bindgen/src",
    "component/src",
    "cli/src",
    "sdks",
    "wit",
    "Cargo.lock",
    "rust-toolchain.toml",
];

/// Where all components go.
const COMPONENTS: &str = "target/guests";

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

    const fn of_layers(name: &'static str, dir: &'static str) -> Self {
        const INPUTS: [&str; 4] =
            ["layers/Cargo.lock", "layers/Cargo.toml", "layers/sdk", "layers/settings"];
        Self::new(name, dir, &INPUTS)
    }

    const fn of_pipeline(name: &'static str, dir: &'static str) -> Self {
        const INPUTS: [&str; 4] = [
            "examples/pipeline/plugins/Cargo.lock",
            "examples/pipeline/plugins/lines",
            "examples/pipeline/sdk",
            "examples/pipeline/wit",
        ];
        Self::new(name, dir, &INPUTS)
    }

    const fn pure(self) -> Self {
        Self { pure: true, ..self }
    }

    fn build(&self) -> Result<(), StepError> {
        let inputs = [&self.dir].into_iter().chain(self.inputs).chain(BUILDERS).map(Path::new);
        let fingerprint = fingerprint::of(inputs)?;
        unless_fresh(self.name, "inputs", &fingerprint, |component| {
            let mut command = plugwright()?;
            command.args(["build", self.dir, "--release", "-o"]).arg(component);
            command.args(self.pure.then_some("--pure"));
            command::run(command)
        })
    }
}

/// Builds every plugin whose inputs changed, or whose component is gone; with words, only those that have one of them
/// in their names.
///
/// A plugin that does not build leaves the others theirs.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    fs::create_dir_all(COMPONENTS)
        .map_err(|source| StepError::file("create", Path::new(COMPONENTS), source))?;
    command::run(cargo(["build", "--quiet", "--package", "plugwright-cli"]))?;
    let guests = of_one_file()?;
    let is_asked = |name: &str| args.is_empty() || args.iter().any(|it| name.contains(&**it));
    let own = PLUGINS.iter().filter(|it| is_asked(it.name)).map(Plugin::build);
    let guests = guests.iter().filter(|it| is_asked(&it.name())).map(conformance::Plugin::build);
    let built: Vec<_> = own.chain(guests).collect();
    let fresh = format!("{} plugins are fresh", built.len());
    built.into_iter().collect::<Result<(), _>>()?;
    if is_asked(composed::NAME) {
        composed::build()?;
    }
    println!("{fresh}");
    Ok(Outcome::Done)
}

/// Lists the plugins that are one file.
fn of_one_file() -> Result<Vec<conformance::Plugin>, StepError> {
    let mut plugins = conformance::find(Path::new("guests"))?;
    plugins.extend(conformance::checkout(Path::new("examples/checkout")));
    Ok(plugins)
}

/// Lists those of them that are in Rust.
pub(crate) fn rust_sources() -> Result<Vec<PathBuf>, StepError> {
    let plugins = of_one_file()?;
    let sources = plugins.iter().map(conformance::Plugin::source);
    Ok(sources.filter(|it| it.extension().is_some_and(|it| it == "rs")).collect())
}

/// Starts a call of the command line that was built beside this tool.
fn plugwright() -> Result<Command, StepError> {
    beside("plugwright")
}

/// Starts a call of a program that was built beside this tool.
pub(crate) fn beside(program: &str) -> Result<Command, StepError> {
    let tool = env::current_exe();
    let tool = tool.map_err(|source| StepError::file("find", Path::new("xtask"), source))?;
    Ok(Command::new(tool.with_file_name(format!("{program}{}", env::consts::EXE_SUFFIX))))
}

/// Has a component built, unless the one that is there was built from the same inputs of this kind.
fn unless_fresh(
    name: &str,
    kind: &str,
    fingerprint: &str,
    build: impl FnOnce(&Path) -> Result<(), StepError>,
) -> Result<(), StepError> {
    let component = component(name);
    let stamp = component.with_extension(kind);
    if is_fresh(&component, &stamp, fingerprint) {
        return Ok(());
    }
    build(&component)?;
    fs::write(&stamp, fingerprint).map_err(|source| StepError::file("write", &stamp, source))
}

/// Where a component goes, seen from the workspace's root.
pub(crate) fn component(name: &str) -> PathBuf {
    Path::new(COMPONENTS).join(name).with_extension("wasm")
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
        assert_eq!(component("bench"), Path::new("target/guests/bench.wasm"));
        let own = PLUGINS.iter().map(|it| it.name.to_owned());
        let guests = conformance::find(Path::new("../guests")).unwrap();
        let mut names: Vec<_> = own.chain(guests.iter().map(|it| it.name())).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "{names:?}");
    }
}
