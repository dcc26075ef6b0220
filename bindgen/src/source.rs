//! Reads WIT and chooses the world.

use std::path::{Path, PathBuf};

use wit_parser::{PackageId, ParseError, Resolve, ResolveError, WorldId};

use crate::GenerateError;
use crate::upstream::guarded;
use crate::wit::{self, open_gates};

/// WIT that was read, understood, and has the world that was asked for.
#[derive(Debug, Clone)]
pub struct Source {
    /// Everything that was read.
    pub resolve: Resolve,
    /// The world that was chosen.
    pub world: WorldId,
    /// The package the WIT is about; the others are its dependencies.
    pub package: PackageId,
    /// Every WIT file that was read; empty for WIT given as text.
    pub files: Vec<PathBuf>,
}

/// WIT that was read and understood, before a world of it is chosen.
#[derive(Debug, Clone)]
pub struct Package {
    /// Everything that was read.
    pub resolve: Resolve,
    /// The package the WIT is about; the others are its dependencies.
    pub package: PackageId,
    /// Every WIT file that was read; empty for WIT given as text.
    pub files: Vec<PathBuf>,
}

/// Reads a WIT file, or a folder of WIT files with its dependencies in `deps/`.
///
/// The world is a name such as `heater` or `example:setpoint/heater@0.1.0`.
/// Without one, the package must have exactly one world.
/// Items behind a `@unstable` feature gate are left out, of text and of WIT in binary form.
///
/// # Errors
///
/// `MissingPath` and `Io` are about the path, `Syntax` about the text, the others about the world.
pub fn load(path: &Path, world: Option<&str>) -> Result<Source, GenerateError> {
    load_package(path)?.choose(world)
}

/// Reads a WIT file, or a folder as [`load`] does, without choosing a world.
///
/// # Errors
///
/// `MissingPath` and `Io` are about the path, `Syntax` about the text.
pub fn load_package(path: &Path) -> Result<Package, GenerateError> {
    if !path.exists() {
        return Err(GenerateError::MissingPath { path: path.to_owned() });
    }
    if path.is_dir() {
        std::fs::read_dir(path).map(drop)
    } else {
        std::fs::File::open(path).map(drop)
    }
    .map_err(|source| GenerateError::Io { path: path.to_owned(), source })?;
    push(Input::Path(path))
}

/// Reads WIT given as text; `name` stands for the file in messages.
///
/// # Errors
///
/// As [`load`], without the ones about the path.
pub fn parse(name: &str, text: &str, world: Option<&str>) -> Result<Source, GenerateError> {
    parse_package(name, text)?.choose(world)
}

/// Reads WIT given as text, as [`parse`] does, without choosing a world.
///
/// # Errors
///
/// `Syntax` is about the text.
pub fn parse_package(name: &str, text: &str) -> Result<Package, GenerateError> {
    push(Input::Text(name, text))
}

#[derive(Clone, Copy)]
enum Input<'a> {
    Path(&'a Path),
    Text(&'a str, &'a str),
}

fn push(input: Input<'_>) -> Result<Package, GenerateError> {
    let (resolve, package, files) = read(input)?;
    let Input::Path(path) = input else { return Ok(Package { resolve, package, files }) };
    if !open_gates(&mut resolve.clone()) {
        return Ok(Package { resolve, package, files });
    }
    // From text, wit-parser leaves out what is behind a gate; from a binary, a part of it.
    let text = wit::text(&resolve, package)?;
    let name = format!("{} as text", path.display());
    let (resolve, package, _) = read(Input::Text(&name, &text))?;
    Ok(Package { resolve, package, files })
}

type Pushed = (Resolve, PackageId, Vec<PathBuf>);

/// Plugwright's own packages, which need not lie in `deps/`.
const OWN: &[(&str, &str)] = &[
    ("plugwright:data", include_str!("../../wit/data.wit")),
    ("plugwright:keyvalue", include_str!("../../wit/keyvalue.wit")),
];

fn read(input: Input<'_>) -> Result<Pushed, GenerateError> {
    let mut known = Vec::new();
    loop {
        let read = read_after(&known, input);
        let Err(GenerateError::Syntax { rendered }) = &read else { return read };
        // A package that is looked for is named in the error; a copy of it in `deps/` would have been found.
        let missing = OWN.iter().find(|own| rendered.contains(own.0) && !known.contains(*own));
        let Some(missing) = missing else { return read };
        known.push(*missing);
    }
}

fn read_after(known: &[(&str, &str)], input: Input<'_>) -> Result<Pushed, GenerateError> {
    let mut resolve = Resolve::default();
    let pushed = guarded("wit-parser", "of this WIT", || {
        let known = known
            .iter()
            .try_for_each(|(name, text)| resolve.push_str(format!("{name}.wit"), text).map(drop));
        let pushed = known.and_then(|()| match input {
            Input::Path(path) => resolve.push_path(path).map(|(package, sources)| {
                (package, sources.paths().map(Path::to_owned).collect::<Vec<_>>())
            }),
            Input::Text(name, text) => {
                resolve.push_str(name, text).map(|package| (package, Vec::new()))
            }
        });
        // The layer of the error that knows the place is the one to show; the others repeat paths.
        let rendered = pushed.map_err(|err| {
            let place = err.chain().find_map(|layer| {
                let parse = layer.downcast_ref::<ParseError>();
                let resolution = layer.downcast_ref::<ResolveError>();
                parse
                    .map(|it| it.render(&resolve.source_map))
                    .or_else(|| resolution.map(|it| it.render(&resolve.source_map)))
            });
            place.unwrap_or_else(|| format!("{err:#}"))
        });
        Ok::<_, String>(rendered)
    })?;
    match pushed {
        Ok((package, files)) => Ok((resolve, package, files)),
        Err(rendered) => Err(GenerateError::Syntax { rendered: trimmed(&rendered) }),
    }
}

/// Escapes the name of a world that is a word of WIT, as WIT itself asks for.
pub(crate) fn escaped(world: &str) -> String {
    match wit_parser::parse_use_path(world) {
        Err(_) if !world.contains(['%', ':', '/']) => format!("%{world}"),
        _ => world.to_owned(),
    }
}

fn trimmed(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

impl Package {
    /// Chooses a world, which may be left out where there is only one.
    ///
    /// # Errors
    ///
    /// The world is not there, or there are several, or none.
    pub fn choose(self, world: Option<&str>) -> Result<Source, GenerateError> {
        let Package { resolve, package, files } = self;
        let asked = world.map(escaped);
        if let Ok(world) = resolve.select_world(&[package], asked.as_deref()) {
            return Ok(Source { resolve, world, package, files });
        }
        let main = &resolve.packages[package];
        let known: Vec<_> = main.worlds.keys().cloned().collect();
        Err(match world {
            Some(asked) => GenerateError::WorldNotFound { asked: asked.to_owned(), known },
            None if known.is_empty() => GenerateError::NoWorld { package: main.name.to_string() },
            None => GenerateError::WorldNotNamed { known },
        })
    }
}
