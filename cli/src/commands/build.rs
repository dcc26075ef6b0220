//! `build`: a project becomes a component that was checked.

use std::path::{Path, PathBuf};
use std::time::Instant;

use plugwright_bindgen::Source;
use plugwright_component::{Artifact, differences};

use crate::failure::{self, Failure};
use crate::files;
use crate::input::{world, world_id};
use crate::languages::{Build, Project};
use crate::text::{self, count};
use crate::ui::Ui;

/// Build a plugin with its language's own tools, and check the result against its world
///
/// The language is told by the project file: `Cargo.toml` for Rust.
/// The world is named there, too: in Cargo.toml under `[package.metadata.plugwright]`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The project's folder
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Where to write the component; `<name>.wasm` in the project's folder by default
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Optimize
    #[arg(long)]
    release: bool,
    /// Build without WASI: a component that can do nothing but what its world says
    #[arg(long)]
    pure: bool,
}

pub(crate) fn run(ui: &Ui, Args { dir, output, release, pure }: Args) -> Result<(), Failure> {
    let project = Project::read(&dir, pure)?;
    let source = project.source()?;
    let build = Build { project: &project, source: source.as_ref(), release, pure };
    let start = Instant::now();
    let bytes = build.run()?;
    let output = output.unwrap_or_else(|| {
        let name = PathBuf::from(format!("{}.wasm", project.name));
        if dir == Path::new(".") { name } else { dir.join(name) }
    });
    let artifact = Artifact::from_bytes(output.display().to_string(), bytes)
        .map_err(|err| failure::unreadable(&project.name, &err))?;
    if pure {
        check_pure(&artifact)?;
    }
    let conforms = check_world(&project, source, &artifact)?;
    files::write(&output, artifact.bytes())?;
    let size = text::size(artifact.sizes().total);
    let time = text::time(start.elapsed());
    ui.note(format!("{}: {size} in {time}, {conforms}", output.display()));
    ui.note(abilities(&artifact));
    Ok(())
}

fn check_pure(artifact: &Artifact) -> Result<(), Failure> {
    let imports = artifact.imports().iter().filter(|it| it.is_wasi());
    let imports: Vec<_> = imports.map(|it| format!("`{}`", it.name)).collect();
    if imports.is_empty() {
        return Ok(());
    }
    Err(Failure::input("the component is not pure")
        .cause(format!("it imports {}", imports.join(", ")))
        .hint("its world asks for WASI; build it without `--pure`"))
}

/// Compares the component with the world that its project names, and says what came of it.
fn check_world(
    project: &Project,
    source: Option<Source>,
    artifact: &Artifact,
) -> Result<String, Failure> {
    let language = project.language;
    let Some(source) = source else {
        return Ok(format!("not checked: there is no {}", language.contract_place()));
    };
    let id = world_id(&source);
    let differences = differences(&world(source), artifact);
    if differences.is_empty() {
        return Ok(format!("conforms to `{id}`"));
    }
    let all = count(differences.len(), "difference");
    let message = format!("`{}` does not conform to `{id}`: {all}", project.name);
    let failure = differences
        .iter()
        .fold(Failure::input(message), |failure, it| failure.cause(it.to_string()));
    let generate = format!("`plugwright generate {language}`");
    Err(failure.hint(format!("if the WIT changed, generate the SDK again with {generate}")))
}

/// Says in one line what the component can reach.
fn abilities(artifact: &Artifact) -> String {
    let granted = artifact.capabilities().iter().filter(|it| it.grant().is_some());
    let granted: Vec<_> = granted.map(|it| it.describe()).collect();
    match (granted.is_empty(), artifact.capabilities().is_empty()) {
        (true, true) => "it can reach nothing outside its sandbox".to_owned(),
        (true, false) => "it reaches for nothing that a policy could grant".to_owned(),
        _ => format!("if its policy grants it, it {}", granted.join("; ")),
    }
}
