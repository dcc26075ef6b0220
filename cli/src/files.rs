//! Writes files so that a reader finds the old ones or the new ones, never a part.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use plugwright_bindgen::{Difference, DifferenceKind, Files, is_generated};
use tempfile::{Builder, NamedTempFile};

use crate::failure::Failure;

/// What became of generated files.
#[derive(Debug, Default)]
pub(crate) struct Update {
    /// How many were written.
    pub(crate) written: usize,
    /// Where something stands that Plugwright did not write, seen from the folder.
    pub(crate) left: Vec<String>,
}

/// Writes a file, and makes the folders above it.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    stage(path, content)?.publish()
}

/// A file that is complete, and does not have its name yet.
struct Staged<'a> {
    path: &'a Path,
    file: NamedTempFile,
}

fn stage<'a>(path: &'a Path, content: &[u8]) -> Result<Staged<'a>, Failure> {
    let stage = || -> io::Result<NamedTempFile> {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder)?;
        let mut builder = Builder::new();
        builder.prefix(".plugwright-");
        // The umask takes away from this what the user wants taken away.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(content)?;
        Ok(file)
    };
    let file = stage().map_err(|source| Failure::file("write", path, &source))?;
    Ok(Staged { path, file })
}

impl Staged<'_> {
    fn publish(self) -> Result<(), Failure> {
        let persisted = self.file.persist(self.path);
        persisted.map_err(|err| Failure::file("write", self.path, &err.error))?;
        Ok(())
    }
}

/// Compares generated files with what is in a folder: what differs, and where something stands that Plugwright did not
/// write, seen from the folder.
pub(crate) fn differences(files: &Files, folder: &Path) -> (Vec<Difference>, Vec<String>) {
    let differences = files.differences(|path| fs::read_to_string(folder.join(path)).ok());
    let is_ours = |it: &Difference| !is_foreign(&folder.join(&it.path));
    let (ours, foreign): (Vec<_>, Vec<_>) = differences.into_iter().partition(is_ours);
    (ours, foreign.into_iter().map(|it| it.path).collect())
}

/// Writes the generated files that differ, all of them or, where one cannot be written, none.
///
/// A file that Plugwright did not write is left as it is.
pub(crate) fn update(files: &Files, folder: &Path) -> Result<Update, Failure> {
    let (ours, left) = differences(files, folder);
    let mut staged = Vec::new();
    let paths: Vec<_> = ours.iter().map(|it| folder.join(&it.path)).collect();
    for (difference, path) in ours.iter().zip(&paths) {
        let text = files.get(&difference.path).expect("only generated files are compared");
        staged.push(stage(path, text.as_bytes())?);
    }
    let written = staged.len();
    staged.into_iter().try_for_each(Staged::publish)?;
    Ok(Update { written, left })
}

/// Whether something stands there that Plugwright did not write.
fn is_foreign(path: &Path) -> bool {
    match fs::read(path) {
        Ok(bytes) => !is_generated(&String::from_utf8_lossy(&bytes)),
        // What cannot be read is told when it is written.
        Err(_) => false,
    }
}

/// Says how a file differs.
pub(crate) fn describe(difference: &Difference, folder: &Path) -> String {
    let path = folder.join(&difference.path);
    match difference.kind {
        DifferenceKind::Missing => format!("{}: missing", path.display()),
        DifferenceKind::Changed { line } => format!("{}:{line}: differs", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use plugwright_bindgen::{Language, Options, generate, parse};

    use super::*;

    fn lamp(function: &str) -> Files {
        let wit = format!("package example:lamp; world lamp {{ export {function}: func(); }}");
        let source = parse("lamp.wit", &wit, None).unwrap();
        generate(Language::Rust, &source, &Options::default()).unwrap()
    }

    #[test]
    fn where_one_file_cannot_be_written_none_is() {
        let folder = tempfile::tempdir().unwrap();
        let old = lamp("shine");
        update(&old, folder.path()).unwrap();
        // The last file of all cannot be replaced: its folder is a file now.
        fs::remove_dir_all(folder.path().join("wit")).unwrap();
        fs::write(folder.path().join("wit"), "").unwrap();
        assert!(update(&lamp("glow"), folder.path()).is_err());
        for (path, text) in old.iter().filter(|(path, _)| !path.starts_with("wit/")) {
            let found = fs::read_to_string(folder.path().join(path)).unwrap();
            assert_eq!(found, text, "{path}");
        }
        let names = fs::read_dir(folder.path().join("src")).unwrap().count();
        assert_eq!(names, 2, "nothing half-made is left behind");
    }

    #[test]
    fn what_somebody_else_wrote_is_left() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("README.md"), "# Mine\n").unwrap();
        let updated = update(&lamp("shine"), folder.path()).unwrap();
        assert_eq!(updated.left, ["README.md"]);
        assert_eq!(fs::read_to_string(folder.path().join("README.md")).unwrap(), "# Mine\n");
        let (different, left) = differences(&lamp("shine"), folder.path());
        assert!(different.is_empty());
        assert_eq!(left, ["README.md"]);
    }
}
