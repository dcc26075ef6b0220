//! `new`: a plugin project that builds at once.

use std::fs;
use std::path::{Path, PathBuf};

use plugwright_bindgen::{Files, Options, Source, unmarked};
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
const README: &str = include_str!("new/README.md.txt");
const CASES: &str = include_str!("new/cases.wave");

/// A file of the new project.
type Entry = (String, Vec<u8>);

pub(crate) fn run(ui: &Ui, Args { name, language, wit, world }: Args) -> Result<(), Failure> {
    check_name(&name, language)?;
    let dir = PathBuf::from(&name);
    check_folder(&dir)?;
    let is_starter = wit.is_none();
    let (source, wit) = match &wit {
        None => starter()?,
        Some(wit) => given(wit, world.as_deref())?,
    };
    let id = world_id(&source);
    let sdk = plugwright_bindgen::generate(language.sdk(), &source, &Options::default())
        .map_err(|err| failure::unusable_wit(&id, &err))?;
    let mut entries = project(&name, language, &source, &sdk, is_starter)?;
    entries.extend(wit);
    for (path, content) in &entries {
        files::write(&dir.join(path), content)?;
    }
    files::update(&sdk, &dir.join("sdk"))?;
    let title = language.title();
    ui.note(format!("{name}: a plugin in {title} for the world `{id}`\n\nnext:\n  cd {name}"));
    ui.note("  plugwright build");
    if is_starter {
        ui.note(format!("  plugwright call {name}.wasm 'greet(\"Ada\")'"));
    }
    ui.note(format!("  plugwright test {name}.wasm cases.wave"));
    Ok(())
}

fn check_name(name: &str, language: PluginLanguage) -> Result<(), Failure> {
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
    language.reserved(name).map_or(Ok(()), complain)
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

/// The files that are the plugin author's own: the SDK's first plugin under the author's name, and what is around it.
fn project(
    name: &str,
    language: PluginLanguage,
    source: &Source,
    sdk: &Files,
    is_starter: bool,
) -> Result<Vec<Entry>, Failure> {
    let world = &source.resolve.worlds[source.world].name;
    if name == format!("{world}-sdk") {
        return Err(Failure::usage(format!("`{name}` is the name of the SDK"))
            .hint("choose another name for the plugin"));
    }
    let starter = language.starter();
    let model =
        plugwright_bindgen::lower(source).map_err(|err| failure::unusable_wit(world, &err))?;
    let selector = &model.selector;
    let fill = |text: &str| {
        let text = text.replace("{name}", name).replace("{world}", selector);
        let text = text.replace("{id}", &world_id(source)).replace("{title}", language.title());
        text.replace("{lang}", &language.sdk().to_string()).replace("{file}", starter.file)
    };
    let cases = if is_starter {
        format!("{CASES}\ngreet(\"Ada\") -> \"Hello, Ada!\"\n")
    } else {
        format!("{CASES}{}", exported(source.clone()))
    };
    let mut entries = vec![
        (".editorconfig".to_owned(), editorconfig(starter.indent)),
        (".gitignore".to_owned(), format!("{}/*.wasm\n/*.code\n/*.key\n", starter.ignore)),
        ("README.md".to_owned(), fill(README)),
        ("cases.wave".to_owned(), cases),
    ];
    for (path, text) in sdk.iter() {
        let Some(path) = path.strip_prefix(language.first()) else { continue };
        let text = match path == starter.file && is_starter {
            true => starter.text.to_owned(),
            false => unmarked(text)
                .replace(&format!("first-{world}"), name)
                .replace("../../wit", "wit")
                .replace("../..", "sdk"),
        };
        entries.push((path.to_owned(), text));
    }
    Ok(entries.into_iter().map(|(path, text)| (path, text.into_bytes())).collect())
}

fn editorconfig(indent: usize) -> String {
    let style = match indent {
        0 => "indent_style = tab".to_owned(),
        width => format!("indent_style = space\nindent_size = {width}"),
    };
    let always = "charset = utf-8\nend_of_line = lf\ninsert_final_newline = true";
    format!("root = true\n\n[*]\n{always}\n{style}\n")
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
    fn a_name_is_one_that_the_language_takes() {
        for good in ["a", "hello", "hello-2", "snake_case"] {
            for language in PluginLanguage::ALL {
                assert!(check_name(good, *language).is_ok(), "{good}");
            }
        }
        for bad in ["", "-a", "2a", "Hello", "a b", "a/b", "..", "é", "fn", "test", "proc_macro"] {
            let failure = check_name(bad, PluginLanguage::Rust).unwrap_err();
            assert!(failure.message().starts_with(&format!("`{bad}` cannot")), "{bad}");
        }
    }

    #[test]
    fn every_starter_takes_the_place_of_a_file_of_the_sdk() {
        for language in PluginLanguage::ALL {
            let (source, _) = starter().unwrap();
            let sdk = plugwright_bindgen::generate(language.sdk(), &source, &Options::default());
            let file = format!("{}{}", language.first(), language.starter().file);
            assert!(sdk.unwrap().get(&file).is_some(), "{language}: {file}");
        }
    }
}
