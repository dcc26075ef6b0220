//! Compositions that a script in WAC describes.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use plugwright_component::{Artifact, PackageName, compose_script};

use super::uncomposed;
use crate::failure::Failure;
use crate::input::Input;

/// A component that a script names, and its file: `example:shop@1.0.0=shop.wasm`.
#[derive(Clone, Debug)]
pub(crate) struct NamedFile {
    name: String,
    file: PathBuf,
}

impl FromStr for NamedFile {
    type Err = String;

    fn from_str(text: &str) -> Result<NamedFile, String> {
        match text.split_once('=') {
            Some((name, file)) if name.contains(':') && !file.is_empty() => {
                Ok(NamedFile { name: name.to_owned(), file: file.into() })
            }
            _ => Err("it has the form `example:shop=shop.wasm`".to_owned()),
        }
    }
}

/// Finds the components that a script names, and tells what went wrong on the way.
struct Finder<'a> {
    folder: PathBuf,
    parts: &'a [NamedFile],
    used: Vec<bool>,
    failure: Option<Failure>,
}

pub(super) fn compose(file: &Path, parts: &[NamedFile]) -> Result<Vec<u8>, Failure> {
    let text = Input::File(file.to_owned()).text()?;
    let folder = file.parent().unwrap_or(Path::new("")).join("deps");
    let mut finder = Finder { folder, parts, used: vec![false; parts.len()], failure: None };
    let name = file.display().to_string();
    let result = compose_script(&name, &text, |asked| finder.find(asked));
    if let Some(failure) = finder.failure {
        return Err(failure);
    }
    let bytes = result.map_err(|error| uncomposed(&name, &error))?;
    match finder.used.iter().position(|used| !used) {
        Some(unused) => {
            let message = format!("`{name}` does not name `{}`", parts[unused].name);
            Err(Failure::usage(message).hint("take the `--part` away, or mend its name"))
        }
        None => Ok(bytes),
    }
}

impl Finder<'_> {
    /// What was named on the command line comes before what lies in the folder.
    fn find(&mut self, asked: &PackageName) -> Option<Artifact> {
        let full = asked.to_string();
        let named = |name: &str| self.parts.iter().position(|it| it.name == name);
        let file = match named(&full).or_else(|| named(&asked.name)) {
            Some(part) => {
                self.used[part] = true;
                self.parts[part].file.clone()
            }
            None => {
                let file = self.beside(asked);
                // What is not there is told with its place in the script.
                if !file.exists() {
                    return None;
                }
                file
            }
        };
        match Input::File(file).artifact() {
            Ok(artifact) => Some(artifact),
            Err(failure) => {
                self.failure = Some(failure);
                None
            }
        }
    }

    /// The place in the folder, which is where `wac` looks, too.
    fn beside(&self, asked: &PackageName) -> PathBuf {
        let mut path = self.folder.clone();
        path.extend(asked.name.split(':'));
        if let Some(version) = &asked.version {
            path.push(version.to_string());
        }
        path.as_mut_os_string().push(".wasm");
        path
    }
}
