//! Where the last stage writes to: a file appears whole, or not at all.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};
use tokio::io::{AsyncWrite, BufWriter};

/// How much is written at once, in bytes.
const PIECE: usize = 256 << 10;

/// Where the last stage writes to.
#[derive(Debug)]
pub enum Output {
    /// Standard output.
    Standard,
    /// A file, which is replaced at the end.
    File {
        /// What is written meanwhile; it is removed where the end never comes.
        unfinished: NamedTempFile,
        /// The file.
        path: PathBuf,
    },
    /// A pipe or a device, which cannot be replaced.
    Device(fs::File),
}

impl Output {
    /// Makes ready to write to a path.
    ///
    /// # Errors
    ///
    /// Its folder is not there, or may not be written to.
    pub fn to(path: &Path) -> io::Result<Self> {
        let is_device = fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir());
        if is_device {
            return Ok(Self::Device(fs::OpenOptions::new().write(true).open(path)?));
        }
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        // Where the path is a link, what it leads to is replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = Builder::new();
        builder.prefix(".pipeline-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // Those of any new file, of which the user's mask leaves some; a file that was there keeps its own.
            let kept = fs::metadata(&path).map(|it| it.permissions());
            builder.permissions(kept.unwrap_or_else(|_| fs::Permissions::from_mode(0o666)));
        }
        Ok(Self::File { unfinished: builder.tempfile_in(folder)?, path })
    }

    /// Gives what to write to.
    ///
    /// # Errors
    ///
    /// The system has no more file handles.
    pub fn writer(&self) -> io::Result<Box<dyn AsyncWrite + Send + Unpin>> {
        let file = match self {
            Self::Standard => return Ok(Box::new(tokio::io::stdout())),
            Self::File { unfinished, .. } => unfinished.as_file(),
            Self::Device(file) => file,
        };
        let file = tokio::fs::File::from_std(file.try_clone()?);
        Ok(Box::new(BufWriter::with_capacity(PIECE, file)))
    }

    /// Puts what was written in its place.
    ///
    /// # Errors
    ///
    /// The file cannot be replaced.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::Standard => io::stdout().flush(),
            Self::File { unfinished, path } => {
                unfinished.persist(path).map(drop).map_err(|it| it.error)
            }
            Self::Device(_) => Ok(()),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use tokio::io::AsyncWriteExt as _;

    use super::*;

    /// Writes to a path and, at the end, perhaps lets it be.
    fn write(path: &Path, text: &str, is_good: bool) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let output = Output::to(path)?;
        runtime.block_on(async {
            let mut writer = output.writer()?;
            writer.write_all(text.as_bytes()).await?;
            writer.flush().await
        })?;
        if is_good { output.finish() } else { Ok(()) }
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_replaced_at_the_end_and_keeps_its_permissions() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("out"), dir.path().join("other"));
        fs::write(&other, "").unwrap();
        write(&path, "one", true).unwrap();
        assert_eq!(mode(&path), mode(&other), "a new file is as others are");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write(&path, "two", false).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        write(&path, "two", true).unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode(&path)), ("two", 0o640));
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 2);
    }

    #[test]
    fn a_link_stays_and_a_device_is_written_to() {
        let dir = tempfile::tempdir().unwrap();
        let (path, link) = (dir.path().join("out"), dir.path().join("link"));
        fs::write(&path, "one").unwrap();
        symlink(&path, &link).unwrap();
        write(&link, "two", true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        write(Path::new("/dev/null"), "gone", true).unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
