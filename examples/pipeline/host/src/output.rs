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
