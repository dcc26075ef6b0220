//! A child process at the other end of a Unix socket.
//!
//! A message is a byte that says what it is, its length, and so many bytes.

use std::any::Any;
use std::io::{self, BufReader, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};

use plugwright_benches::Result;
use wire::{integers, read_integers};

use super::bytes::{self, Sandbox};
use crate::work::{Peer, Work, Worker, checked};

/// What this program is called with when it is the child.
pub const CHILD: &str = "--child";

/// The functions, by the byte that stands for them.
const FUNCTIONS: [&str; 6] = ["add", "echo", "echo_all", "echo_bytes", "echo_text", "ask"];

/// The bytes that stand for an answer, and for a call of the host's.
const ANSWER: u8 = 0xff;
const SUM: u8 = 0xfe;

/// One end of the socket.
struct Connection {
    from: BufReader<UnixStream>,
    to: UnixStream,
    message: Vec<u8>,
}

impl Connection {
    fn new(socket: UnixStream) -> io::Result<Self> {
        Ok(Self { from: BufReader::new(socket.try_clone()?), to: socket, message: Vec::new() })
    }

    fn send(&mut self, kind: u8, content: &[u8]) -> Result<()> {
        self.message.clear();
        self.message.push(kind);
        self.message.extend(u32::try_from(content.len())?.to_le_bytes());
        self.message.extend(content);
        Ok(self.to.write_all(&self.message)?)
    }

    /// The next message; `None` where the other end is gone.
    fn receive(&mut self) -> Result<Option<(u8, Vec<u8>)>> {
        let mut head = [0; 5];
        match self.from.read_exact(&mut head) {
            Err(gone) if gone.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let [kind, length @ ..] = head;
        let mut content = vec![0; u32::from_le_bytes(length) as usize];
        self.from.read_exact(&mut content)?;
        Ok(Some((kind, content)))
    }

    fn expect(&mut self) -> Result<(u8, Vec<u8>)> {
        Ok(self.receive()?.ok_or("the child is gone")?)
    }
}

/// What the child does: answers until its parent is gone.
pub fn serve() -> Result<()> {
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    let mut parent = Connection::new(UnixStream::from(socket))?;
    while let Some((kind, input)) = parent.receive()? {
        let function = FUNCTIONS.get(usize::from(kind)).ok_or("there is no such function")?;
        let answer = wire::answer(function, &input, |a, b| {
            parent.send(SUM, &integers(&[a, b]))?;
            let [sum] = read_integers(&parent.expect()?.1)?;
            Ok(sum)
        })?;
        parent.send(ANSWER, &answer)?;
    }
    Ok(())
}

/// A child that lives.
struct Live {
    child: Child,
    connection: Connection,
}

impl Live {
    fn start() -> Result<Self> {
        let (ours, its) = UnixStream::pair()?;
        let mut command = Command::new(std::env::current_exe()?);
        let child = command.arg(CHILD).stdin(OwnedFd::from(its)).spawn()?;
        Ok(Self { child, connection: Connection::new(ours)? })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // It ends when it sees the socket's end.
        let _ = self.connection.to.shutdown(std::net::Shutdown::Both);
        let _ = self.child.wait();
    }
}

impl Sandbox for Live {
    fn call(&mut self, function: &'static str, input: &[u8]) -> Result<Vec<u8>> {
        let number = FUNCTIONS.iter().position(|it| *it == function).ok_or("no such function")?;
        self.connection.send(u8::try_from(number)?, input)?;
        loop {
            match self.connection.expect()? {
                (ANSWER, answer) => return Ok(answer),
                (SUM, input) => {
                    let [a, b] = read_integers(&input)?;
                    self.connection.send(ANSWER, &integers(&[a.wrapping_add(b)]))?;
                }
                (other, _) => return Err(format!("the child said {other}").into()),
            }
        }
    }
}

/// The child, when there is one.
pub struct Process;

impl Peer for Process {
    fn name(&self) -> &'static str {
        "process"
    }

    fn worker(&self, work: Work) -> Result<Option<Worker>> {
        match work {
            Work::Fresh => checked(&5, || Live::start()?.add()),
            Work::Loop(_) | Work::LoadCold | Work::LoadCached => Ok(None),
            live => bytes::live(live, Live::start()?),
        }
    }

    fn idle(&self) -> Result<Option<Box<dyn Any>>> {
        Ok(None)
    }
}
