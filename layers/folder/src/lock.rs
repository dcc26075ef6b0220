//! The lock of a folder: a file that only one can make.
//!
//! A sandbox that ends in the middle leaves it behind. Who finds it too old takes it away; that nobody takes a newer
//! one away instead is seen to by a second file, which is made once for each lock that was left behind.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base_sdk::types::Error;

use crate::{error, file};

/// How long a lock is believed in: many times as long as the largest value takes to be written.
const OLD: Duration = Duration::from_secs(10);

/// How long to wait for another one.
const PATIENCE: Duration = Duration::from_secs(15);

const PAUSE: Duration = Duration::from_millis(2);

/// The only one who changes the folder, until it is dropped.
pub(crate) struct Lock(PathBuf);

impl Lock {
    pub(crate) fn take(folder: &Path) -> Result<Lock, Error> {
        let path = folder.join("lock");
        let begin = Instant::now();
        let mut looked = begin;
        loop {
            match File::create_new(&path) {
                Ok(_) => return Ok(Lock(path)),
                Err(err) if err.kind() == ErrorKind::AlreadyExists => {}
                Err(err) => return Err(error::of_folder(folder, "make", &path, &err)),
            }
            if begin.elapsed() > PATIENCE {
                let text = "another call has not let go of the folder in time".to_owned();
                return Err(Error::Unavailable(text));
            }
            // To look costs more than to try.
            if looked == begin || looked.elapsed() > Duration::from_secs(1) {
                looked = Instant::now();
                free(folder, &path)?;
            }
            thread::sleep(PAUSE);
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // What cannot be taken away is too old some time later.
        let _ = fs::remove_file(&self.0);
    }
}

/// Takes a lock away that was left behind.
fn free(folder: &Path, path: &Path) -> Result<(), Error> {
    let Some(made) = changed(path) else { return Ok(()) };
    // The clock of the file system is the only one that its times can be compared with.
    let beside = file::Beside::new(folder)?;
    let Some(now) = changed(beside.path()) else { return Ok(()) };
    if now.duration_since(made).is_ok_and(|age| age > OLD) {
        let at = made.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        if File::create_new(folder.join(format!("b{at}"))).is_ok() {
            sweep(folder, now);
            let _ = fs::remove_file(path);
        }
    }
    Ok(())
}

/// Takes away what was made for locks that were left behind long ago, whom nobody looks at any more.
fn sweep(folder: &Path, now: SystemTime) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with('b') {
            continue;
        }
        let age = changed(&entry.path()).and_then(|it| now.duration_since(it).ok());
        if age.is_some_and(|age| age > file::Beside::OLD) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// When a file was last changed; nothing if it has gone.
pub(crate) fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|it| it.modified()).ok()
}
