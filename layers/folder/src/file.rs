//! The file of a value: a mark, the lengths of both, the key, and the value.

use std::fs::{self, File, ReadDir};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use base_sdk::types::Error;

use crate::names::{self, Name};
use crate::place::Place;
use crate::{error, lock, written};

/// How every file begins; the last byte is the version of what follows.
const MARK: [u8; 8] = *b"PWSTORE\x01";

/// The mark, and the lengths of key and value as four bytes each, the least one first.
const HEAD: usize = MARK.len() + 8;

/// Reads a value; nothing where there is no file.
pub(crate) fn read(place: &Place) -> Result<Option<Vec<u8>>, Error> {
    let path = &place.file;
    let failed = |err: &io::Error| error::of_folder(place.folder(), "read", path, err);
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(err) if err.kind() == ErrorKind::NotFound && place.folder().is_dir() => {
            return Ok(None);
        }
        Err(err) => return Err(failed(&err)),
    };
    let whole = file.metadata().map_err(|err| failed(&err))?.len();
    let (key, length) = head(&mut file, path)?;
    if key != place.key {
        return Err(damaged(path, "it has another key"));
    }
    let expected = (HEAD + key.len()) as u64 + u64::from(length);
    if whole != expected {
        return Err(damaged(path, &format!("it has {whole} bytes, and should have {expected}")));
    }
    let mut value = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.read_to_end(&mut value).map_err(|err| failed(&err))?;
    Ok(Some(value))
}

/// Reads the key that a file is for, and how long its value should be.
fn head(file: &mut File, path: &Path) -> Result<(String, u32), Error> {
    let failed = |err: io::Error| match err.kind() {
        ErrorKind::UnexpectedEof => damaged(path, "it ends in the middle"),
        _ => error::of("read", path, &err),
    };
    let mut head = [0; HEAD];
    file.read_exact(&mut head).map_err(failed)?;
    let (mark, lengths) = head.split_at(MARK.len());
    if mark != MARK {
        return Err(damaged(path, "it was not written by this store"));
    }
    let number = |at: usize| {
        let bytes = lengths.iter().skip(at).take(4).rev();
        bytes.fold(0, |number: u32, byte| (number << 8) | u32::from(*byte))
    };
    let mut key = Vec::new();
    file.take(u64::from(number(0))).read_to_end(&mut key).map_err(failed)?;
    let key = String::from_utf8(key).map_err(|_| damaged(path, "its key is no text"))?;
    Ok((key, number(4)))
}

fn damaged(path: &Path, what: &str) -> Error {
    let path = path.display();
    Error::Other(format!("`{path}` is damaged: {what}; set the value again, or delete it"))
}

/// Writes a value beside, and moves it into its place.
pub(crate) fn write(place: &Place, value: &[u8]) -> Result<(), Error> {
    let mut beside = Beside::new(place.folder())?;
    let mut bytes = Vec::with_capacity(HEAD + place.key.len() + value.len());
    bytes.extend(MARK);
    for length in [place.key.len(), value.len()] {
        let length = u32::try_from(length).map_err(|_| Error::TooLarge(u64::from(u32::MAX)))?;
        bytes.extend(length.to_le_bytes());
    }
    bytes.extend(place.key.as_bytes());
    bytes.extend(value);
    written::write(&beside.path, &bytes)?;
    fs::rename(&beside.path, &place.file).map_err(|err| error::of("write", &place.file, &err))?;
    beside.moved = true;
    settle(place.folder());
    Ok(())
}

pub(crate) fn delete(place: &Place) -> Result<(), Error> {
    match fs::remove_file(&place.file) {
        Ok(()) => settle(place.folder()),
        Err(err) if err.kind() == ErrorKind::NotFound => {}
        Err(err) => return Err(error::of("delete", &place.file, &err)),
    }
    Ok(())
}

/// Has the names in a folder written down, as far as its file system knows how.
fn settle(folder: &Path) {
    let _ = File::open(folder).and_then(|it| it.sync_all());
}

pub(crate) fn exists(place: &Place) -> Result<bool, Error> {
    match fs::metadata(&place.file) {
        Ok(found) => Ok(found.is_file()),
        Err(err) if err.kind() == ErrorKind::NotFound && place.folder().is_dir() => Ok(false),
        Err(err) => Err(error::of_folder(place.folder(), "find", &place.file, &err)),
    }
}

/// Lists all keys, in no order.
pub(crate) fn keys(
    folder: &Path,
) -> Result<impl Iterator<Item = Result<String, Error>> + use<'_>, Error> {
    let failed = |err: io::Error| error::of_folder(folder, "list", folder, &err);
    let entries: ReadDir = fs::read_dir(folder).map_err(failed)?;
    Ok(entries.filter_map(move |entry| match entry {
        Ok(entry) if entry.file_type().is_ok_and(|it| it.is_file()) => {
            key(&folder.join(entry.file_name())).transpose()
        }
        Ok(_) => None,
        Err(err) => Some(Err(failed(err))),
    }))
}

/// Finds the key of a file; nothing where it is none of the store's, or has gone.
fn key(path: &Path) -> Result<Option<String>, Error> {
    let Some(name) = path.file_name().and_then(|it| it.to_str()) else { return Ok(None) };
    match names::read(name) {
        None => Ok(None),
        Some(Name::Key(key)) => Ok(Some(key)),
        Some(Name::Hash) => {
            let mut file = match File::open(path) {
                Ok(file) => file,
                Err(err) if err.kind() == ErrorKind::NotFound => return Ok(None),
                Err(err) => return Err(error::of("read", path, &err)),
            };
            match head(&mut file, path) {
                Ok((key, _)) => Ok((names::of(&key) == name).then_some(key)),
                // Nobody knows the key of what is damaged, and all others can be listed.
                Err(Error::Other(_)) => Ok(None),
                Err(err) => Err(err),
            }
        }
    }
}

/// A file that is no value yet; it goes again, unless it is moved.
pub(crate) struct Beside {
    path: PathBuf,
    moved: bool,
}

impl Beside {
    /// How old a file is that nobody is going to move any more.
    pub(crate) const OLD: Duration = Duration::from_secs(3600);

    /// As many as may be written at once, or be left behind within an hour.
    const MOST: usize = 10_000;

    pub(crate) fn new(folder: &Path) -> Result<Beside, Error> {
        for number in 0..Beside::MOST {
            let path = folder.join(format!("t{number}"));
            match File::create_new(&path) {
                Ok(_) => {
                    let beside = Beside { path, moved: false };
                    beside.sweep(folder, number);
                    return Ok(beside);
                }
                Err(err) if err.kind() == ErrorKind::AlreadyExists => {}
                Err(err) => return Err(error::of_folder(folder, "make", &path, &err)),
            }
        }
        Err(Error::Unavailable("too many values are being written at once".to_owned()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes away what was left behind by those who ended in the middle.
    fn sweep(&self, folder: &Path, others: usize) {
        let Some(now) = (others > 0).then(|| lock::changed(&self.path)).flatten() else { return };
        for number in 0..others {
            let path = folder.join(format!("t{number}"));
            let age = lock::changed(&path).and_then(|it| now.duration_since(it).ok());
            if age.is_some_and(|age| age > Beside::OLD) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.moved {
            let _ = fs::remove_file(&self.path);
        }
    }
}
