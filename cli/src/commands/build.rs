//! `build`: a project becomes a component that was checked.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use plugwright_bindgen::load;
use plugwright_component::{Artifact, differences};
use wit_component::ComponentEncoder;

use crate::failure::{self, Failure};
use crate::files;
use crate::input::{world, world_id};
use crate::rust::{self, PURE_TARGET, Project, TARGET};
use crate::text::{self, count};
use crate::ui::Ui;

/// Build a plugin with its language's own tools, and check the result against its world
///
/// The language is told by the project file: `Cargo.toml` for Rust.
/// The world is named there, too, under `[package.metadata.plugwright]`.
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

/// Languages that are known and not built, by their project files.
const OTHERS: [(&str, &str); 4] = [
    ("go.mod", "Go"),
    ("package.json", "JavaScript"),
    ("pyproject.toml", "Python"),
    ("CMakeLists.txt", "C"),
];

pub(crate) fn run(ui: &Ui, Args { dir, output, release, pure }: Args) -> Result<(), Failure> {
    check_language(&dir)?;
    let target = if pure { PURE_TARGET } else { TARGET };
    rust::check_target(target, &dir)?;
    let project = Project::read(&dir)?;
    let start = Instant::now();
    let built = project.build(target, release)?;
    let bytes = fs::read(&built).map_err(|source| Failure::file("read", &built, &source))?;
    let bytes = if pure { encode(project.name(), &bytes)? } else { bytes };
    let output = output.unwrap_or_else(|| {
        let name = PathBuf::from(format!("{}.wasm", project.name()));
        if dir == Path::new(".") { name } else { dir.join(name) }
    });
    let artifact = Artifact::from_bytes(output.display().to_string(), bytes)
        .map_err(|err| failure::unreadable(project.name(), &err))?;
    if pure {
        check_pure(&artifact)?;
    }
    let conforms = check_world(&project, &artifact)?;
    files::write(&output, artifact.bytes())?;
    let size = text::size(artifact.sizes().total);
    let time = text::time(start.elapsed());
    ui.note(format!("{}: {size} in {time}, {conforms}", output.display()));
    ui.note(abilities(&artifact));
    Ok(())
}

fn check_language(dir: &Path) -> Result<(), Failure> {
    if !dir.is_dir() {
        let source = fs::read_dir(dir).err().unwrap_or(std::io::ErrorKind::NotADirectory.into());
        return Err(Failure::file("open", dir, &source));
    }
    if dir.join("Cargo.toml").is_file() {
        return Ok(());
    }
    let place = dir.display();
    match OTHERS.iter().find(|(file, _)| dir.join(file).is_file()) {
        Some((file, language)) => Err(Failure::input(format!(
            "`{place}` is a project in {language}, by its `{file}`, which cannot be built"
        ))
        .hint("projects in Rust can be built: those with a `Cargo.toml`")),
        None => Err(Failure::input(format!("there is no project in `{place}`"))
            .cause("it has no `Cargo.toml`")
            .hint("start one with `plugwright new NAME --lang rust`")),
    }
}

/// Makes a component of a core module that carries its world.
fn encode(name: &str, module: &[u8]) -> Result<Vec<u8>, Failure> {
    let encoded = ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|mut encoder| encoder.encode());
    encoded.map_err(|err| {
        let failure = Failure::input(format!("no component can be made of `{name}`"));
        err.chain()
            .fold(failure, |failure, cause| failure.cause(cause.to_string()))
            .hint("with `--pure` it may import only what its world says; build it without `--pure`")
    })
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
fn check_world(project: &Project, artifact: &Artifact) -> Result<String, Failure> {
    let Some(wit) = &project.wit else {
        return Ok("not checked: Cargo.toml has no `[package.metadata.plugwright]`".to_owned());
    };
    let path = project.dir.join(&wit.wit);
    let source = load(&path, wit.world.as_deref()).map_err(|err| {
        let failure = failure::unusable_wit(&path.display().to_string(), &err);
        failure
            .hint("Cargo.toml names both under `[package.metadata.plugwright]`: `wit` and `world`")
    })?;
    let id = world_id(&source);
    let differences = differences(&world(source), artifact);
    if differences.is_empty() {
        return Ok(format!("conforms to `{id}`"));
    }
    let all = count(differences.len(), "difference");
    let message = format!("`{}` does not conform to `{id}`: {all}", project.name());
    let failure = differences
        .iter()
        .fold(Failure::input(message), |failure, it| failure.cause(it.to_string()));
    Err(failure.hint("if the WIT changed, generate the SDK again with `plugwright generate rust`"))
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
