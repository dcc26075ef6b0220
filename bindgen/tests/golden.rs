//! Compares what is generated for some of `tests/wit/*.wit` with `tests/golden/`; `BLESS=1` rewrites it.
//!
//! Few worlds, every language: what a person should read before a change goes in. That the others are right is for
//! the compilers to say. What the generators underneath make is left out, because it is not ours and large.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use plugwright_bindgen::{
    Files, GenerateError, Language, Options, Source, generate, load, unmarked,
};

/// The worlds whose files are compared.
const CASES: &[&str] = &[
    "asynchronous",
    "docs",
    "errors",
    "keywords",
    "lent",
    "resources",
    "root",
    "setpoint",
    "variants",
];

/// Those of them that are generated for an async host as well.
const ASYNC_HOSTS: &[&str] = &["asynchronous", "lent", "resources", "root"];

/// Those of them that are generated for a host that borrows as well.
const BORROWING_HOSTS: &[&str] = &["lent", "resources", "root"];

/// What is not ours: the bindings of the generators underneath, the WIT as it is printed.
const UPSTREAM: &[&str] = &["src/bindings.rs", "wit/world.wit"];

/// What does not depend on the WIT and is read where it stands, in `sdks/`.
const HAND_WRITTEN: &[&str] = &["_component.py", "_runtime.py", "_start.py", "_streams.py"];

fn is_upstream(path: &str) -> bool {
    let is_c = path.starts_with("src/") && path.ends_with(".c");
    let is_hand_written = HAND_WRITTEN.iter().any(|it| path.ends_with(it));
    is_c || is_hand_written || UPSTREAM.contains(&path)
}

type Outcome<T> = Result<T, Box<dyn Error>>;

fn cases(folder: &str) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<_> = entries
        .into_iter()
        .map(|it| it.path())
        .filter(|it| it.is_dir() || it.extension().is_some_and(|it| it == "wit"))
        .collect();
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> Outcome<String> {
    Ok(path.file_stem().and_then(|it| it.to_str()).ok_or("a name in UTF-8")?.to_owned())
}

/// Reads the world of a case: the one of its file's name where there are several.
fn source(path: &Path) -> Outcome<Source> {
    match load(path, None) {
        Err(GenerateError::WorldNotNamed { .. }) => Ok(load(path, Some(&stem(path)?))?),
        other => Ok(other?),
    }
}

/// Gives the texts of one case by their path in `tests/golden`.
fn texts(path: &Path) -> Outcome<BTreeMap<String, String>> {
    let (case, source) = (stem(path)?, source(path)?);
    let mut texts = BTreeMap::new();
    for language in Language::ALL {
        let text = |files: Files| {
            files
                .into_iter()
                .filter(|(path, text)| !is_upstream(path) && !by_hand(path, text))
                .map(|(path, text)| (format!("{case}/{language}/{path}"), text))
                .collect::<Vec<_>>()
        };
        match generate(language, &source, &Options::default()) {
            Ok(files) => texts.extend(text(files)),
            Err(err @ GenerateError::Unsupported { .. }) => {
                texts.insert(format!("{case}/{language}.stderr"), format!("{err}\n"));
            }
            Err(err) => return Err(format!("{case}: {err}").into()),
        }
    }
    if ASYNC_HOSTS.contains(&&*case) {
        let options = Options { is_async: true, ..Options::default() };
        let files = generate(Language::Host, &source, &options)?.into_iter();
        texts.extend(files.map(|(path, text)| (format!("{case}/host-async/{path}"), text)));
    }
    if BORROWING_HOSTS.contains(&&*case) {
        let options = Options { borrows: true, ..Options::default() };
        let files = generate(Language::Host, &source, &options)?.into_iter();
        texts.extend(files.map(|(path, text)| (format!("{case}/host-borrow/{path}"), text)));
    }
    Ok(texts)
}

/// Whether a file is one of `sdks/`, which has no need to be looked at in every world.
fn by_hand(path: &str, text: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let languages = fs::read_dir("../sdks").into_iter().flatten().flatten();
    let mut texts = languages.filter_map(|it| fs::read_to_string(it.path().join(name)).ok());
    texts.any(|it| it == unmarked(text)) || is_runtime_of_go(path)
}

/// Whether a file belongs to the runtime of Go, whose imports change with the module, or to the bindings below it.
fn is_runtime_of_go(path: &str) -> bool {
    let is_bindings = ["/bindings.go", "/imports_other.go", "/imports_wasm.go"];
    let is_bindings = is_bindings.iter().any(|it| path.ends_with(it));
    path.ends_with(".go") && (is_bindings || Path::new("../sdks/go").join(path).is_file())
}

fn existing(folder: &Path, found: &mut Vec<PathBuf>) -> Outcome<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { existing(&path, found)? } else { found.push(path) }
    }
    Ok(())
}

#[test]
fn generated_text_is_as_it_was() -> Outcome<()> {
    let bless = std::env::var_os("BLESS").is_some();
    let golden = Path::new("tests/golden");
    let mut expected = BTreeMap::new();
    for case in CASES {
        expected.extend(texts(Path::new(&format!("tests/wit/{case}.wit")))?);
    }
    if bless {
        if golden.exists() {
            fs::remove_dir_all(golden)?;
        }
        for (path, text) in &expected {
            let path = golden.join(path);
            fs::create_dir_all(path.parent().ok_or("a file in a folder")?)?;
            fs::write(path, text)?;
        }
        return Ok(());
    }
    let mut wrong = Vec::new();
    for (path, text) in &expected {
        if fs::read_to_string(golden.join(path)).ok().as_ref() != Some(text) {
            wrong.push(format!("{path} differs"));
        }
    }
    let mut found = Vec::new();
    existing(golden, &mut found)?;
    for path in found {
        let relative = path.strip_prefix(golden)?.to_str().ok_or("a name in UTF-8")?.to_owned();
        if !expected.contains_key(&relative) {
            wrong.push(format!("{relative} is not generated any more"));
        }
    }
    assert!(wrong.is_empty(), "look at them, then run with BLESS=1:\n{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn generating_twice_gives_the_same() -> Outcome<()> {
    for case in cases("tests/wit")? {
        assert_eq!(texts(&case)?, texts(&case)?, "{}", case.display());
    }
    Ok(())
}

#[test]
fn errors_are_told_as_they_were() -> Outcome<()> {
    let bless = std::env::var_os("BLESS").is_some();
    for case in cases("tests/fail")? {
        // The world is named in the file's own first line, if at all.
        let text = fs::read_to_string(&case).unwrap_or_default();
        let world = text.lines().next().and_then(|it| it.strip_prefix("// world: "));
        let mut told = String::new();
        match load(&case, world) {
            Err(err) => told = format!("{err}\n"),
            Ok(source) => {
                for language in Language::ALL {
                    if let Err(err) = generate(language, &source, &Options::default()) {
                        told.push_str(&format!("{err}\n"));
                    }
                }
                let options = Options { is_async: true, ..Options::default() };
                if let Err(err) = generate(Language::Host, &source, &options) {
                    told.push_str(&format!("async {err}\n"));
                }
            }
        }
        assert!(!told.is_empty(), "{} does not fail", case.display());
        let golden = case.with_extension("stderr");
        if bless {
            fs::write(&golden, &told)?;
        }
        assert_eq!(told, fs::read_to_string(&golden)?, "{}", case.display());
    }
    Ok(())
}
