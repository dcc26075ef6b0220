//! `build`: a project becomes a component that was checked, and native code if asked.

mod precompile;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use plugwright_bindgen::{Source, parse};
use plugwright_component::{Artifact, differences};

use self::precompile::PrecompileArgs;
use crate::failure::{self, Failure};
use crate::files;
use crate::input::{Input, world, world_id};
use crate::languages::{Build, Project};
use crate::text::{self, count};
use crate::ui::Ui;

/// Where `new` puts the SDK of a project.
const SDK: &str = "sdk";

/// Build a plugin with its language's own tools, and check the result against its world
///
/// The language is told by the project file: Cargo.toml, CMakeLists.txt, go.mod, package.json or
/// pyproject.toml. Beside it, or in it, stands which WIT and which world the plugin is for: in
/// Cargo.toml under `[package.metadata.plugwright]`, in package.json under `plugwright`, in
/// pyproject.toml under `[tool.plugwright]`, for C and Go in plugwright.toml.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The project's folder; with `--precompile` also a component that is built already
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
    #[command(flatten)]
    precompile: PrecompileArgs,
}

pub(crate) fn run(ui: &Ui, args: Args) -> Result<(), Failure> {
    let Args { dir, output, release, pure, precompile } = args;
    if precompile.is_asked() && dir.is_file() {
        if output.is_some() || release || pure {
            let message = format!(
                "`-o`, `--release` and `--pure` are for a project, and `{}` is built already",
                dir.display()
            );
            return Err(Failure::usage(message));
        }
        let artifact = Input::File(dir.clone()).artifact()?;
        return precompile.run(ui, artifact, &dir);
    }
    let project = Project::read(&dir, pure)?;
    let source = project.source()?;
    check_sdk(&project, source.as_ref())?;
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
    precompile.run(ui, artifact, &output)
}

/// Refuses a project whose SDK was generated from another WIT than the one it names.
///
/// Only what is generated into the project, where `new` puts it, can be told from it.
fn check_sdk(project: &Project, source: Option<&Source>) -> Result<(), Failure> {
    let (Some(source), Some(contract)) = (source, &project.contract) else { return Ok(()) };
    let Ok(text) = fs::read_to_string(project.full.join(SDK).join("wit/world.wit")) else {
        return Ok(());
    };
    let carried = parse("world.wit", &text, contract.world.as_deref());
    let carried = carried.and_then(|it| it.contract());
    if carried.is_ok_and(|it| source.contract().is_ok_and(|own| own == it)) {
        return Ok(());
    }
    let wit = contract.wit.display();
    let message = format!("the SDK in `{SDK}` was generated from another WIT than `{wit}`");
    let world = contract.world.as_deref().map(|it| format!(" --world {it}")).unwrap_or_default();
    let language = project.language.sdk();
    let command = format!("plugwright generate {language} --wit {wit}{world} -o {SDK}");
    Err(Failure::input(message).hint(format!("in the project's folder, run `{command}`")))
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
