//! The same between processes that are joined by pipes.

use std::env;
use std::io::{self, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use crate::{PIECE, Result};

/// The argument by which this program hands on what it reads.
pub const HAND_ON: &str = "hand-on";

/// Hands on what comes from standard input, so many bytes at a time.
pub fn hand_on(piece: usize) -> Result<()> {
    let (mut from, mut to) = (pipe_of(io::stdin())?, pipe_of(io::stdout())?);
    let mut buffer = vec![0; piece];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            read => to.write_all(&buffer[..read])?,
        }
    }
}

/// Takes the pipe itself, without the buffer and the lock that the standard library puts around it.
fn pipe_of(end: impl std::os::fd::AsFd) -> Result<std::fs::File> {
    Ok(end.as_fd().try_clone_to_owned()?.into())
}

/// Starts processes, each of which reads what the one before it writes.
pub fn joined(commands: Vec<Command>) -> Result<(Vec<Child>, ChildStdin, ChildStdout)> {
    let (mut children, mut first, mut last) = (Vec::new(), None, None);
    for mut command in commands {
        command.stdin(last.take().map_or_else(Stdio::piped, Stdio::from));
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        first = first.or_else(|| child.stdin.take());
        last = child.stdout.take();
        children.push(child);
    }
    let ends = first.zip(last).ok_or("there are no processes")?;
    Ok((children, ends.0, ends.1))
}

/// Has so many bytes flow through so many processes, and tells how many came.
pub fn run(processes: usize, bytes: u64, piece: u32) -> Result<u64> {
    let program = env::current_exe()?;
    let command = |_| {
        let mut command = Command::new(&program);
        command.args([HAND_ON, &piece.to_string()]);
        command
    };
    let (children, mut first, mut last) = joined((0..processes).map(command).collect())?;
    let writer = thread::spawn(move || {
        let given = vec![1; piece as usize];
        (0..bytes / u64::from(piece)).try_for_each(|_| first.write_all(&given))
    });
    let (mut buffer, mut count) = (vec![0; PIECE], 0);
    loop {
        match last.read(&mut buffer)? {
            0 => break,
            read => count += std::hint::black_box(&buffer[..read]).len() as u64,
        }
    }
    writer.join().map_err(|_| "who writes panicked")??;
    ended(children)?;
    Ok(count)
}

/// Waits for the end of processes, which has to be a good one.
pub fn ended(children: Vec<Child>) -> Result<()> {
    for mut child in children {
        let status = child.wait()?;
        if !status.success() {
            return Err(format!("a process ended with {status}").into());
        }
    }
    Ok(())
}
