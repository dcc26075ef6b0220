//! `new`: a plugin project that builds at once.

use std::fs;
use std::path::{Path, PathBuf};

use plugwright_bindgen::{Files, Language, Options, Source};
use plugwright_component::{Extern, ExternKind};

use crate::args::PluginLanguage;
use crate::failure::{self, Failure};
use crate::files;
use crate::input::{Input, world, world_id};
use crate::ui::Ui;

/// Start a plugin project that builds at once
///
/// The project has its own copy of the WIT and of the SDK that is generated from it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The name of the plugin, and of the folder that is made for it
    #[arg(value_name = "NAME")]
    name: String,
    /// The language to write it in
    #[arg(long = "lang", value_name = "LANG", value_enum)]
    language: PluginLanguage,
    /// The WIT of the host: a file, a folder of files with its dependencies in `deps/`, or `-`;
    /// without it, a small world to start from
    #[arg(long, value_name = "PATH")]
    wit: Option<Input>,
    /// The world in it; may be left out where there is only one
    #[arg(long, value_name = "WORLD", requires = "wit")]
    world: Option<String>,
}

const STARTER_WIT: &str = include_str!("new/greeter.wit");
const STARTER_LIB: &str = include_str!("new/lib.rs.txt");
const CARGO: &str = include_str!("new/Cargo.toml.txt");
const README: &str = include_str!("new/README.md.txt");
const CASES: &str = include_str!("new/cases.wave");

/// Names that cargo refuses for a package, beside Rust's keywords.
const RESERVED: [&str; 5] = ["alloc", "core", "proc-macro", "std", "test"];

const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// A file of the new project.
type Entry = (String, Vec<u8>);

pub(crate) fn run(
    ui: &Ui,
    Args { name, language: PluginLanguage::Rust, wit, world }: Args,
) -> Result<(), Failure> {
    check_name(&name)?;
    let dir = PathBuf::from(&name);
    check_folder(&dir)?;
    let is_starter = wit.is_none();
    let (source, wit) = match &wit {
        None => starter()?,
        Some(wit) => given(wit, world.as_deref())?,
    };
    let id = world_id(&source);
    let sdk = plugwright_bindgen::generate(Language::Rust, &source, &Options::default())
        .map_err(|err| failure::unusable_wit(&id, &err))?;
    let mut entries = project(&name, &source, &sdk, is_starter)?;
    entries.extend(wit);
    for (path, content) in &entries {
        files::write(&dir.join(path), content)?;
    }
    files::update(&sdk, &dir.join("sdk"))?;
    ui.note(format!("{name}: a plugin in Rust for the world `{id}`\n\nnext:\n  cd {name}"));
    ui.note("  plugwright build");
    if is_starter {
        ui.note(format!("  plugwright call {name}.wasm 'greet(\"Ada\")'"));
    }
    ui.note(format!("  plugwright test {name}.wasm cases.wave"));
    Ok(())
}

fn check_name(name: &str) -> Result<(), Failure> {
    let complain = |problem: &str| {
        Err(Failure::usage(format!("`{name}` cannot be the name of a plugin"))
            .cause(problem)
            .hint("use lower-case letters, digits, `-` and `_`, and start with a letter"))
    };
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return complain("it does not start with a lower-case letter");
    }
    let wrong = |c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c));
    if let Some(c) = name.chars().find(|&c| wrong(c)) {
        return complain(&format!("it contains `{c}`"));
    }
    if KEYWORDS.contains(&name) || RESERVED.contains(&name.replace('_', "-").as_str()) {
        return complain("Rust has reserved it");
    }
    Ok(())
}

fn check_folder(dir: &Path) -> Result<(), Failure> {
    match fs::read_dir(dir).map(|mut entries| entries.next().is_some()) {
        Ok(false) => Ok(()),
        Ok(true) => {
            Err(Failure::input(format!("`{}` is there already, and not empty", dir.display()))
                .hint("choose another name, or remove the folder"))
        }
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(Failure::file("open", dir, &source)),
    }
}

/// The world to start from, for who has none yet.
fn starter() -> Result<(Source, Vec<Entry>), Failure> {
    let source = plugwright_bindgen::parse("greeter.wit", STARTER_WIT, None)
        .map_err(|err| failure::unusable_wit("greeter.wit", &err))?;
    Ok((source, vec![("wit/greeter.wit".to_owned(), STARTER_WIT.into())]))
}

/// The WIT that was given, with a copy of its files.
fn given(wit: &Input, world: Option<&str>) -> Result<(Source, Vec<Entry>), Failure> {
    let Some(root) = wit.path() else {
        let text = wit.text()?;
        let source = plugwright_bindgen::parse("stdin.wit", &text, world)
            .map_err(|err| failure::unusable_wit("stdin", &err))?;
        return Ok((source, vec![("wit/world.wit".to_owned(), text.into())]));
    };
    let source = wit.wit(world)?;
    let folder = if root.is_dir() { root } else { root.parent().unwrap_or(root) };
    let mut entries = Vec::new();
    for path in &source.files {
        let content = fs::read(path).map_err(|source| Failure::file("read", path, &source))?;
        let inside = path.strip_prefix(folder).ok().or(path.file_name().map(Path::new));
        let inside = inside.unwrap_or(path).display();
        entries.push((format!("wit/{inside}"), content));
    }
    Ok((source, entries))
}

/// The files that are the plugin author's own.
fn project(
    name: &str,
    source: &Source,
    sdk: &Files,
    is_starter: bool,
) -> Result<Vec<Entry>, Failure> {
    let world = &source.resolve.worlds[source.world].name;
    let package = sdk.get("Cargo.toml").and_then(|text| text.parse::<toml::Table>().ok());
    let package = package.as_ref().and_then(|it| it.get("package")?.get("name")?.as_str());
    let package = package.expect("an SDK for Rust has a Cargo.toml with a name");
    if package == name {
        return Err(Failure::usage(format!("`{name}` is the name of the SDK"))
            .hint("choose another name for the plugin"));
    }
    let first = sdk.get("examples/first/src/lib.rs").expect("an SDK for Rust has a first plugin");
    let fill = |text: &str| {
        let text = text.replace("{name}", name).replace("{world}", world);
        text.replace("{id}", &world_id(source)).replace("{sdk}", package)
    };
    let (lib, cases) = if is_starter {
        (STARTER_LIB.to_owned(), format!("{CASES}\ngreet(\"Ada\") -> \"Hello, Ada!\"\n"))
    } else {
        (first.to_owned(), format!("{CASES}{}", exported(source.clone())))
    };
    let entries = [
        (".gitignore", "/target/\n/*.wasm\n".to_owned()),
        ("Cargo.toml", fill(CARGO)),
        ("README.md", fill(README)),
        ("cases.wave", cases),
        ("src/lib.rs", lib),
    ];
    Ok(entries.map(|(path, text)| (path.to_owned(), text.into_bytes())).into())
}

/// Lists as comments what can be called.
fn exported(source: Source) -> String {
    let exports = world(source).exports();
    let function = |export: &Extern, name: &str| match &export.kind {
        ExternKind::Interface { .. } => {
            let interface = export.name.split('@').next().unwrap_or_default();
            format!("{}.{name}", interface.rsplit('/').next().unwrap_or_default())
        }
        _ => name.to_owned(),
    };
    let lines = exports.iter().flat_map(|export| {
        export
            .functions()
            .iter()
            .map(move |it| format!("# {}: {}\n", function(export, &it.name), it.signature))
    });
    let lines: String = lines.collect();
    if lines.is_empty() { lines } else { format!("#\n# The plugin exports:\n{lines}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_cargo_takes() {
        for good in ["a", "hello", "hello-2", "snake_case"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "2a", "Hello", "a b", "a/b", "..", "é", "fn", "test", "proc_macro"] {
            let failure = check_name(bad).unwrap_err();
            assert!(failure.message().starts_with(&format!("`{bad}` cannot")), "{bad}");
        }
    }
}
