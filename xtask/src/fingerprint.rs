//! What a build depends on, as one short text: the same text means the same files.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::error::StepError;

/// Folders that no build reads: what builds wrote before, and tests.
const SKIPPED: [&str; 3] = ["__pycache__", "target", "tests"];

/// Hashes the paths and contents of files, and of all files in folders.
///
/// Another Rust release may hash differently; that costs one build.
pub(crate) fn of<'a>(inputs: impl IntoIterator<Item = &'a Path>) -> Result<String, StepError> {
    let mut files = BTreeSet::new();
    for input in inputs {
        collect(input, &mut files)?;
    }
    let mut hasher = DefaultHasher::new();
    for file in files {
        let content = fs::read(&file).map_err(|source| StepError::file("read", &file, source))?;
        file.hash(&mut hasher);
        content.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, files: &mut BTreeSet<PathBuf>) -> Result<(), StepError> {
    let unreadable = |source| StepError::file("read", path, source);
    if !path.metadata().map_err(unreadable)?.is_dir() {
        files.insert(path.to_owned());
        return Ok(());
    }
    for entry in path.read_dir().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !SKIPPED.iter().any(|&skipped| entry.file_name() == skipped) {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_counts_and_what_a_build_writes_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &str| {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
            of([dir.path()]).unwrap()
        };
        let first = write("src/lib.rs", "one");
        assert_eq!(first.len(), 16);
        assert_eq!(write("target/debug/out", "x"), first);
        assert_eq!(write("tests/all.rs", "x"), first);
        assert_eq!(write("__pycache__/plugin.pyc", "x"), first);
        let changed = write("src/lib.rs", "two");
        assert_ne!(changed, first);
        assert_ne!(write("src/more.rs", ""), changed);
        fs::remove_file(dir.path().join("src/more.rs")).unwrap();
        assert_eq!(write("src/lib.rs", "one"), first);
    }

    #[test]
    fn a_missing_input_is_named() {
        let err = of([Path::new("no/such/input")]).unwrap_err();
        assert_eq!(err.to_string(), "cannot read `no/such/input`");
    }
}
