//! What the tests share: components made from WIT, and golden files.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WorldId};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The folder that holds the data of one suite.
pub(crate) fn folder(suite: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(suite)
}

/// The entries of a suite's folder, in order.
pub(crate) fn entries(suite: &str) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder(suite))? {
        paths.push(entry?.path());
    }
    paths.sort();
    if paths.is_empty() {
        return Err(format!("the suite `{suite}` has no cases").into());
    }
    Ok(paths)
}

/// Parses a WIT document with one world, other packages may be nested in it.
pub(crate) fn parse(path: &Path) -> Result<(Resolve, WorldId)> {
    let text = fs::read_to_string(path)?;
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let package = resolve.push_str(path, &text)?;
    let world = resolve.select_world(&[package], None)?;
    Ok((resolve, world))
}

/// Makes a component that implements the world in a WIT document by trapping.
pub(crate) fn component(path: &Path) -> Result<Vec<u8>> {
    let (resolve, world) = parse(path)?;
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::AsyncCallback);
    let mut module = dummy_module(&resolve, world, mangling);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(ComponentEncoder::default().validate(true).module(&module)?.encode()?)
}

/// Compares a text with a golden file, or writes the file if `BLESS=1` is set.
pub(crate) fn golden(path: &Path, found: &str) -> Result<()> {
    if std::env::var_os("BLESS").is_some_and(|it| it == "1") {
        return Ok(fs::write(path, found)?);
    }
    let expected = fs::read_to_string(path)
        .map_err(|err| format!("{}: {err}; write it with BLESS=1", path.display()))?;
    if expected == found {
        return Ok(());
    }
    let path = path.display();
    Err(format!("{path} differs\n--- expected\n{expected}\n--- found\n{found}\n---").into())
}

/// Runs `check` for each case, and fails once with all that failed.
pub(crate) fn all(cases: &[PathBuf], check: impl Fn(&Path) -> Result<()>) -> Result<()> {
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| Some(format!("{}: {}", case.display(), check(case).err()?)))
        .collect();
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n\n").into()) }
}
