//! What an application file names: the components, and the world of the host.

use std::path::{Component, Path, PathBuf};

use semver::Version;
use toml::Spanned;

use super::ReadWorld;
use super::code::Code;
use super::file::{Entry, File};
use super::finding::Findings;
use crate::artifact::Artifact;
use crate::error::ReadError;
use crate::world::World;

/// Reads the component of each plugin, as far as there is one.
pub(super) fn read(
    folder: &Path,
    file: &File,
    findings: &mut Findings<'_>,
) -> Vec<Option<Artifact>> {
    file.entries.iter().map(|entry| member(folder, entry, findings)).collect()
}

fn member(folder: &Path, entry: &Entry, findings: &mut Findings<'_>) -> Option<Artifact> {
    let file = entry.file.as_ref()?;
    let path = inside(folder, file, findings)?;
    let artifact = match Artifact::read(&path) {
        Ok(artifact) => artifact,
        Err(ReadError::Io { source, .. }) => {
            unreadable(file, &source, findings);
            return None;
        }
        Err(error) => {
            let finding = findings.add(
                Code::NotAComponent,
                &file.span(),
                format!("`{}` cannot be used: {error}", file.get_ref()),
            );
            for cause in sources(&error) {
                finding.note(cause);
            }
            finding.fix(error.fix());
            return None;
        }
    };
    digest(entry, &artifact, findings);
    version(entry, &artifact, findings);
    Some(artifact)
}

fn digest(entry: &Entry, artifact: &Artifact, findings: &mut Findings<'_>) {
    let Some(digest) = &entry.digest else { return };
    let found = artifact.digest();
    if *digest.get_ref() != found {
        let message = format!("`{}` has another digest", entry.name.get_ref());
        findings
            .add(Code::DigestDiffers, &digest.span(), message)
            .note(format!("expected: {}", digest.get_ref()))
            .note(format!("found:    {found}"));
    }
}

fn version(entry: &Entry, artifact: &Artifact, findings: &mut Findings<'_>) {
    let Some(asked) = &entry.version else { return };
    let found = artifact.version();
    let fits = |it: &str| Version::parse(it).is_ok_and(|it| asked.get_ref().matches(&it));
    if !found.is_some_and(fits) {
        let what = match found {
            Some(version) => format!("has version {version}"),
            None => "does not say which version it has".to_owned(),
        };
        let message =
            format!("`{}` {what}, and `{}` is asked for", entry.name.get_ref(), asked.get_ref());
        let finding = findings.add(Code::PluginVersion, &asked.span(), message);
        if found.is_none() {
            finding.fix("take the requirement out, or write the version into the component, with `wasm-tools metadata add --version`");
        }
    }
}

/// Reads the world of the host.
pub(super) fn world(
    folder: &Path,
    file: &File,
    read: ReadWorld<'_>,
    findings: &mut Findings<'_>,
) -> Option<World> {
    let wit = file.wit.as_ref()?;
    let path = inside(folder, wit, findings)?;
    let name = file.world.as_ref();
    match read(&path, name.map(|it| it.get_ref().as_str())) {
        Ok(world) => Some(world),
        Err(error) => {
            let message = format!("the world of the host in `{}` cannot be read", wit.get_ref());
            let span = name.map_or_else(|| wit.span(), Spanned::span);
            let finding = findings.add(Code::World, &span, message);
            // Messages about WIT name files from where the program runs; the reader is in the application's folder.
            let here = folder.join("");
            for line in error.to_string().replace(&*here.to_string_lossy(), "").lines() {
                finding.note(line.trim_end());
            }
            None
        }
    }
}

/// Gives the path of what is named, if it is in the folder.
fn inside(folder: &Path, named: &Spanned<String>, findings: &mut Findings<'_>) -> Option<PathBuf> {
    let relative = Path::new(named.get_ref());
    let stays =
        relative.components().all(|it| matches!(it, Component::Normal(_) | Component::CurDir));
    let path = folder.join(relative);
    if !stays {
        outside(named, findings);
        return None;
    }
    let home = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match (path.canonicalize(), home.canonicalize()) {
        (Ok(real), Ok(home)) if real.starts_with(&home) => Some(path),
        (Ok(_), Ok(_)) => {
            outside(named, findings);
            None
        }
        (Err(source), _) | (_, Err(source)) => {
            unreadable(named, &source, findings);
            None
        }
    }
}

fn outside(named: &Spanned<String>, findings: &mut Findings<'_>) {
    let message = format!("`{}` is not in the folder of the application", named.get_ref());
    findings.add(Code::PathOutside, &named.span(), message);
}

fn unreadable(named: &Spanned<String>, source: &std::io::Error, findings: &mut Findings<'_>) {
    let message = format!("`{}` cannot be read: {source}", named.get_ref());
    findings.add(Code::FileUnreadable, &named.span(), message);
}

/// What is below an error, in its own words.
fn sources(error: &dyn std::error::Error) -> Vec<String> {
    let below = std::iter::successors(error.source(), |it| it.source());
    below
        .map(|it| it.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join(" "))
        .collect()
}
