//! What an error of the file system means to whoever asked the store.

use std::io::{self, ErrorKind};
use std::path::Path;

use base_sdk::types::Error;

/// Says what happened while something was done with a file.
pub(crate) fn of(doing: &str, path: &Path, error: &io::Error) -> Error {
    let text = format!("cannot {doing} `{}`: {error}", path.display());
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Error::Full,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            Error::Denied(format!("{text}: grant the folder with `write = true`"))
        }
        ErrorKind::Interrupted
        | ErrorKind::ResourceBusy
        | ErrorKind::TimedOut
        | ErrorKind::WouldBlock => Error::Unavailable(text),
        _ => Error::Other(text),
    }
}

/// Says that the folder itself is not there, if that is so.
pub(crate) fn of_folder(folder: &Path, doing: &str, path: &Path, error: &io::Error) -> Error {
    if folder.is_dir() {
        return of(doing, path, error);
    }
    let guest = folder.display();
    Error::NoSuchStore(format!(
        "no folder is granted as `{guest}`: grant one with `guest = \"{guest}\"`"
    ))
}
