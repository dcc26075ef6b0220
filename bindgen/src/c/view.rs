//! What the templates of the C SDK print, with every name final.

use std::collections::BTreeSet;

use serde::Serialize;

use super::comment::lines;
use super::disguise::{ARRAY, Disguise, WORLD};
use super::example::{self, Plugin};
use super::names::{Names, stem};
use super::sections::{Section, Sections};
use super::text::Item;
use crate::model::World;
use crate::{GenerateError, Options};

/// The whole SDK.
#[derive(Debug, Serialize)]
pub(crate) struct Sdk {
    /// The name of the SDK, which is that of its target in CMake.
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    pub(crate) world: String,
    /// What chooses the world in its WIT.
    pub(crate) selector: String,
    pub(crate) world_id: String,
    /// What its files are called.
    pub(crate) stem: String,
    pub(crate) guard: String,
    pub(crate) docs: Vec<String>,
    pub(crate) markdown: Vec<String>,
    pub(crate) sections: Vec<Section>,
    pub(crate) is_async: bool,
    /// What of the part that is written by hand stands in the header and in the source of an asynchronous world.
    pub(crate) loop_header: &'static str,
    pub(crate) loop_source: &'static str,
    /// The callbacks, which a plugin may write itself.
    pub(crate) callbacks: Vec<String>,
    /// Whether a list of a fixed length is in it.
    pub(crate) has_arrays: bool,
    pub(crate) plugin: Plugin,
    /// What the bindings are in C, without their first lines.
    pub(crate) source: String,
}

/// Computes the SDK from the bindings.
pub(crate) fn sdk(
    world: &World,
    options: &Options,
    disguise: &Disguise,
    header: &[Item<'_>],
    source: &str,
) -> Result<Sdk, GenerateError> {
    let name = match &options.name {
        Some(name) => checked(name)?,
        None => format!("{}-sdk", world.name),
    };
    let mut names = Names::new(world, disguise, header);
    let header: Vec<_> = header.iter().filter(|it| !is_in_runtime(it)).collect();
    let is_free = |it: &str| it.ends_with("_free") && !names.functions.contains_key(it);
    let frees = header.iter().map(|it| it.name).filter(|it| is_free(it)).map(str::to_owned);
    let frees: BTreeSet<_> = frees.chain([format!("{WORLD}_string_free")]).collect();
    let sections = Sections { world, frees: &frees }.all(&mut names, &header);
    let source = names.apply_to_source(source);
    let stem = stem(&world.name);
    let version = options.version.clone().or_else(|| world.package.version.clone());
    let plugin = example::plugin(world, &names, &header, &frees);
    Ok(Sdk {
        version: version.map_or_else(|| "0.1.0".to_owned(), |it| plain(&it)),
        license: options.license.clone(),
        world: world.name.clone(),
        selector: world.selector.clone(),
        world_id: world.id.clone(),
        guard: stem.to_ascii_uppercase(),
        stem,
        docs: lines(&world.docs),
        markdown: world.docs.0.clone(),
        sections,
        is_async: header.iter().any(|it| it.name == format!("{WORLD}_waitable_set_t")),
        loop_header: super::LOOP_HEADER.trim_end(),
        loop_source: super::LOOP.trim_end(),
        callbacks: callbacks(&names, &header),
        has_arrays: header.iter().any(|it| it.name.contains(ARRAY)),
        plugin,
        source,
        name,
    })
}

/// Names what the host calls when something has happened that a function of the plugin waits for.
fn callbacks(names: &Names<'_>, header: &[&Item<'_>]) -> Vec<String> {
    let of = |it: &&Item<'_>| {
        let function = it.name.strip_suffix("_callback")?;
        names.functions.contains_key(function).then(|| names.of(it.name))
    };
    header.iter().filter_map(of).collect()
}

fn checked(name: &str) -> Result<String, GenerateError> {
    let first = name.starts_with(|it: char| it.is_ascii_alphabetic());
    if first && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_') {
        return Ok(name.to_owned());
    }
    let reason = "the name of a target is letters, digits, `-` and `_`, and starts with a letter";
    Err(GenerateError::Option { option: "name", value: name.to_owned(), reason })
}

/// Whether the part of the SDK that is written by hand declares it.
pub(crate) fn is_in_runtime(item: &Item<'_>) -> bool {
    let string = format!("{WORLD}_string_");
    let rest = item.name.strip_prefix(&string);
    rest.is_some_and(|it| matches!(it, "t" | "set" | "dup" | "dup_n" | "free"))
}

/// Writes a version as CMake takes it, which knows no pre-releases.
fn plain(version: &semver::Version) -> String {
    format!("{}.{}.{}", version.major, version.minor, version.patch)
}
