//! `codegen`: the generated code that is committed, written by the command line of this workspace.

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::step::{Outcome, no_arguments};

/// Lists what is generated into the tree. Mark each folder in `.gitattributes`, too.
const GENERATED: &[Generated] = &[
    Generated { language: "rust", wit: "benches/wit", world: "bench", dir: "benches/sdk" },
    Generated {
        language: "rust",
        wit: "benches/flows/wit",
        world: "flows",
        dir: "benches/flows/sdk",
    },
    Generated {
        language: "rust",
        wit: "benches/flows/wit",
        world: "relay",
        dir: "benches/flows/relay-sdk",
    },
    Generated::of_layers("base", "layers/sdk/base"),
    Generated::of_layers("counting-layer", "layers/sdk/counting-layer"),
    Generated::of_layers("layer", "layers/sdk/layer"),
    Generated::of_pipeline("rust", "chain", "examples/pipeline/sdk/chain"),
    Generated::of_pipeline("go", "stage", "examples/pipeline/sdk/go"),
    Generated::of_pipeline("python", "stage", "examples/pipeline/sdk/python"),
    Generated::of_pipeline("rust", "stage", "examples/pipeline/sdk/rust"),
    Generated {
        language: "rust",
        wit: "examples/setpoint/wit",
        world: "heater",
        dir: "examples/setpoint/sdk",
    },
];

#[derive(Debug)]
struct Generated {
    language: &'static str,
    wit: &'static str,
    world: &'static str,
    dir: &'static str,
}

impl Generated {
    const fn of_layers(world: &'static str, dir: &'static str) -> Self {
        Self { language: "rust", wit: "wit/keyvalue.wit", world, dir }
    }

    const fn of_pipeline(language: &'static str, world: &'static str, dir: &'static str) -> Self {
        Self { language, wit: "examples/pipeline/wit", world, dir }
    }
}

/// Writes all of it; with `--check` compares it with what is there and writes nothing.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    let check = args.first().is_some_and(|it| it == "--check");
    no_arguments(&args[usize::from(check)..])?;
    for generated in GENERATED {
        let Generated { language, wit, world, dir } = generated;
        let mut command = cargo(["run", "--quiet", "--package", "plugwright-cli", "--"]);
        command.args(["generate", language, "--wit", wit, "--world", world, "-o", dir]);
        if check {
            command.arg("--check");
        }
        command::run(command)?;
    }
    Ok(Outcome::Done)
}
