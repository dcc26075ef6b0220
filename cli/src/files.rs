//! Writes files so that a reader finds the old ones or the new ones, never a part.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use plugwright_bindgen::{Difference, DifferenceKind, Files};
use tempfile::Builder;

use crate::failure::Failure;

/// Writes a file, and makes the folders above it.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
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
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|source| Failure::file("write", path, &source))
}

/// Compares generated files with what is in a folder.
pub(crate) fn differences(files: &Files, folder: &Path) -> Vec<Difference> {
    files.differences(|path| fs::read_to_string(folder.join(path)).ok())
}

/// Writes the generated files that differ, and counts them.
pub(crate) fn update(files: &Files, folder: &Path) -> Result<usize, Failure> {
    let differences = differences(files, folder);
    for difference in &differences {
        let text = files.get(&difference.path).expect("only generated files are compared");
        write(&folder.join(&difference.path), text.as_bytes())?;
    }
    Ok(differences.len())
}

/// Says how a file differs.
pub(crate) fn describe(difference: &Difference, folder: &Path) -> String {
    let path = folder.join(&difference.path);
    match difference.kind {
        DifferenceKind::Missing => format!("{}: missing", path.display()),
        DifferenceKind::Changed { line } => format!("{}:{line}: differs", path.display()),
    }
}
