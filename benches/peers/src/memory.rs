//! What sandboxes take while nobody calls them, each kind in a process of its own.

use std::process::Command;
use std::{env, fs, io};

use plugwright_benches::Result;

use crate::work::Peer;

/// What this program is called with when it measures memory: then follow the peer's name and how many sandboxes.
pub const MEMORY: &str = "--memory";

/// Asks a process of its own how many bytes a sandbox of a peer takes.
///
/// # Errors
///
/// The last line that the process wrote, as a rule because it cannot have so many.
pub fn of_each(peer: &str, sandboxes: u32) -> Result<f64> {
    let mut command = Command::new(env::current_exe()?);
    let output = command.args([MEMORY, peer, &sandboxes.to_string()]).output()?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        return Err(error.lines().last().unwrap_or("it did not say why").into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// Makes the sandboxes, and gives the bytes that each takes.
pub fn measure(peer: &dyn Peer, sandboxes: u32) -> Result<f64> {
    let unable = || format!("{} has no sandboxes", peer.name());
    // The first one brings what all share.
    drop(peer.idle()?.ok_or_else(unable)?);
    let before = resident()?;
    let mut idle = Vec::with_capacity(sandboxes as usize);
    for _ in 0..sandboxes {
        idle.push(peer.idle()?);
    }
    let after = resident()?;
    Ok((after as f64 - before as f64) / f64::from(sandboxes))
}

/// The bytes of memory that this process has, the tables of its pages included, from the kernel's books.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let of = |name: &str| -> Result<u64> {
        let line = status.lines().find_map(|it| it.strip_prefix(name));
        let line =
            line.ok_or_else(|| io::Error::other(format!("the kernel does not tell {name}")))?;
        Ok(line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    };
    Ok(of("VmRSS")? + of("VmPTE")?)
}
