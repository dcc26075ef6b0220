//! Bytes on their way to the disk.
//!
//! They go by the call of WASI that says why they could not be written; what the standard library uses says of a full
//! disk and of a broken one that there was an error.

use std::path::Path;

use base_sdk::types::Error;
use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, ErrorCode, OpenFlags, PathFlags};

/// The most that is passed at once, in bytes.
const AT_ONCE: usize = 256 << 10;

/// Writes all bytes into a file that is there, and waits until the disk has them.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    all(path, bytes).map_err(|code| {
        let text = format!("cannot write `{}`: {}", path.display(), code.message());
        match code {
            ErrorCode::InsufficientSpace | ErrorCode::Quota | ErrorCode::FileTooLarge => {
                Error::Full
            }
            ErrorCode::Access | ErrorCode::NotPermitted | ErrorCode::ReadOnly => {
                Error::Denied(text)
            }
            ErrorCode::Busy | ErrorCode::Interrupted | ErrorCode::WouldBlock => {
                Error::Unavailable(text)
            }
            _ => Error::Other(text),
        }
    })
}

fn all(path: &Path, bytes: &[u8]) -> Result<(), ErrorCode> {
    let file = open(path)?;
    let mut at = 0;
    while at < bytes.len() {
        let end = bytes.len().min(at + AT_ONCE);
        let written = file.write(&bytes[at..end], at as u64)?;
        match usize::try_from(written) {
            Ok(written @ 1..) => at = end.min(at + written),
            _ => return Err(ErrorCode::Io),
        }
    }
    file.sync()
}

fn open(path: &Path) -> Result<Descriptor, ErrorCode> {
    let granted = get_directories();
    let within = granted.iter().filter_map(|(folder, name)| {
        let rest = path.strip_prefix(name).ok()?.to_str()?;
        Some((folder, rest))
    });
    // The folder that is nearest.
    let (folder, rest) = within.min_by_key(|(_, rest)| rest.len()).ok_or(ErrorCode::NoEntry)?;
    folder.open_at(PathFlags::empty(), rest, OpenFlags::empty(), DescriptorFlags::WRITE)
}
