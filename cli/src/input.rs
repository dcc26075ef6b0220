//! What commands read: a file, or `-` for standard input.

use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use plugwright_bindgen::{Package, Source, load, load_package, parse, parse_package};
use plugwright_component::application::{ApplicationError, Plan};
use plugwright_component::{Artifact, MAX_FILE_SIZE, ReadError, World};

use crate::failure::{self, Failure};

/// The largest text that is read, in bytes.
const MAX_TEXT: u64 = 16 << 20;

/// The largest file of compiled code that is read, in bytes.
const MAX_CODE: u64 = 1 << 30;

/// What messages call standard input.
const STDIN: &str = "stdin";

/// What a second reader of standard input is told.
pub(crate) const STDIN_ONCE: &str = "only one argument can be `-`: standard input can be read once";

/// Standard input can be read once.
static STDIN_TAKEN: AtomicBool = AtomicBool::new(false);

/// A file, or standard input.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    File(PathBuf),
    Stdin,
}

/// What a file turned out to be.
#[derive(Debug)]
pub(crate) enum Subject {
    Application(Box<Plan>),
    Component(Artifact),
    Package(Box<Package>),
}

impl From<&str> for Input {
    fn from(text: &str) -> Input {
        if text == "-" { Input::Stdin } else { Input::File(text.into()) }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Input::File(path) => path.display().fmt(f),
            Input::Stdin => f.write_str(STDIN),
        }
    }
}

impl Input {
    /// Reads a component.
    pub(crate) fn artifact(&self) -> Result<Artifact, Failure> {
        match self {
            Input::File(path) => Artifact::read(path),
            Input::Stdin => Artifact::from_bytes(STDIN, stdin(MAX_FILE_SIZE)?),
        }
        .map_err(|err| failure::unreadable(&self.to_string(), &err))
    }

    /// Reads a text.
    pub(crate) fn text(&self) -> Result<String, Failure> {
        let bytes = match self {
            Input::Stdin => stdin(MAX_TEXT)?,
            Input::File(path) => fs::File::open(path)
                .and_then(|file| limited(file, MAX_TEXT))
                .map_err(|source| Failure::file("read", path, &source))?,
        };
        if bytes.len() as u64 > MAX_TEXT {
            let message = format!("`{self}` has more than {MAX_TEXT} bytes of text");
            return Err(Failure::input(message).hint("name a smaller file"));
        }
        String::from_utf8(bytes).map_err(|err| {
            Failure::input(format!("`{self}` is not a text in UTF-8"))
                .because(&err.utf8_error())
                .hint("name a text file")
        })
    }

    /// Reads WIT and chooses the world.
    pub(crate) fn wit(&self, world: Option<&str>) -> Result<Source, Failure> {
        match self {
            Input::File(path) => load(path, world),
            Input::Stdin => parse("stdin.wit", &self.text()?, world),
        }
        .map_err(|err| failure::unusable_wit(&self.to_string(), &err))
    }

    /// Reads what may be an application, a component, or a WIT package as text, in a folder, or in binary form.
    pub(crate) fn subject(&self) -> Result<Subject, Failure> {
        let artifact = match self {
            Input::File(path) if path.extension().is_some_and(|it| it == "toml") => {
                return Ok(Subject::Application(Box::new(plan(path)?)));
            }
            Input::File(path) if is_wasm(path) => Artifact::read(path),
            Input::File(path) => {
                let package = load_package(path);
                let package =
                    package.map_err(|err| failure::unusable_wit(&self.to_string(), &err))?;
                return Ok(Subject::Package(Box::new(package)));
            }
            Input::Stdin => {
                let bytes = stdin(MAX_FILE_SIZE)?;
                if !bytes.starts_with(WASM) {
                    return Ok(Subject::Package(Box::new(self.package(bytes)?)));
                }
                Artifact::from_bytes(STDIN, bytes)
            }
        };
        match (artifact, self) {
            (Ok(artifact), _) => Ok(Subject::Component(artifact)),
            (Err(ReadError::WitPackage), Input::File(path)) => load_package(path)
                .map(|package| Subject::Package(Box::new(package)))
                .map_err(|err| failure::unusable_wit(&self.to_string(), &err)),
            (Err(ReadError::WitPackage), Input::Stdin) => {
                let message = "standard input is a WIT package in binary form";
                Err(Failure::input(message).hint("write it to a file, and name that"))
            }
            (Err(err), _) => Err(failure::unreadable(&self.to_string(), &err)),
        }
    }

    /// Understands bytes as WIT.
    fn package(&self, bytes: Vec<u8>) -> Result<Package, Failure> {
        let text = String::from_utf8(bytes).map_err(|err| {
            Failure::input(format!("`{self}` is neither WebAssembly nor a text in UTF-8"))
                .because(&err.utf8_error())
                .hint("give a component, or WIT")
        })?;
        parse_package("stdin.wit", &text)
            .map_err(|err| failure::unusable_wit(&self.to_string(), &err))
    }

    /// Gives the file's path.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Input::File(path) => Some(path),
            Input::Stdin => None,
        }
    }
}

/// How WebAssembly starts.
const WASM: &[u8] = b"\0asm";

/// Tells whether a file is to be read as WebAssembly: by how it starts, or else by its name.
fn is_wasm(path: &Path) -> bool {
    if path.is_dir() {
        return false;
    }
    let mut start = Vec::new();
    let read = fs::File::open(path).and_then(|it| it.take(4).read_to_end(&mut start));
    let named = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("wasm"));
    named || (read.is_ok() && start == WASM)
}

/// Reads compiled code.
pub(crate) fn code(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = fs::File::open(path).and_then(|file| limited(file, MAX_CODE));
    let bytes = bytes.map_err(|source| Failure::file("read", path, &source))?;
    if bytes.len() as u64 > MAX_CODE {
        let message = format!("`{}` has more than {MAX_CODE} bytes", path.display());
        return Err(Failure::input(message).hint("name a smaller file"));
    }
    Ok(bytes)
}

/// Opens what a call names where its function takes a stream of bytes.
pub(crate) fn stream(name: &str) -> io::Result<Box<dyn io::Read + Send>> {
    match Input::from(name) {
        Input::Stdin if STDIN_TAKEN.swap(true, Ordering::Relaxed) => {
            Err(io::Error::other(STDIN_ONCE))
        }
        Input::Stdin => Ok(Box::new(io::stdin())),
        Input::File(path) => match fs::File::open(&path) {
            Ok(file) => Ok(Box::new(file)),
            Err(err) => {
                let message = format!("`{}` cannot be read: {err}", path.display());
                Err(io::Error::new(err.kind(), message))
            }
        },
    }
}

fn stdin(most: u64) -> Result<Vec<u8>, Failure> {
    if STDIN_TAKEN.swap(true, Ordering::Relaxed) {
        return Err(Failure::usage(STDIN_ONCE));
    }
    limited(io::stdin().lock(), most)
        .map_err(|source| Failure::system("standard input cannot be read", &source))
}

/// Reads all, or one byte more than is allowed.
fn limited(input: impl io::Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The WIT and the world that a command works with.
#[derive(Args, Clone, Debug)]
pub(crate) struct WitArgs {
    /// The WIT: a file, a folder of files with its dependencies in `deps/`, or `-`
    #[arg(long, value_name = "PATH")]
    wit: Input,
    /// The world in it; may be left out where there is only one
    #[arg(long, value_name = "WORLD")]
    world: Option<String>,
}

impl WitArgs {
    /// Reads it.
    pub(crate) fn source(&self) -> Result<Source, Failure> {
        self.wit.wit(self.world.as_deref())
    }

    /// Gives what the WIT was called.
    pub(crate) fn name(&self) -> String {
        self.wit.to_string()
    }
}

/// Reads an application; its WIT is read as that of every command.
pub(crate) fn plan(path: &Path) -> Result<Plan, ApplicationError> {
    Plan::read(path, &|wit, name| Ok(world(load(wit, name)?)))
}

/// Gives the full name of the chosen world: `example:heater/heater@0.1.0`.
pub(crate) fn world_id(source: &Source) -> String {
    let world = &source.resolve.worlds[source.world];
    let package = world.package.map(|id| &source.resolve.packages[id].name);
    package.map_or_else(|| world.name.clone(), |package| package.interface_id(&world.name))
}

/// Gives the chosen world, to be compared with a component.
pub(crate) fn world(source: Source) -> World {
    World::new(source.resolve, source.world)
}
