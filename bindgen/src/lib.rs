//! Turns a WIT world into source files: host bindings, or an SDK for plugin authors in one language.
//!
//! [`load`] or [`parse`] reads the WIT and chooses the world; [`generate`] lowers it to the [`model`] as [`lower`] does, and one backend makes [`Files`] of that.
//! A backend computes a view, in which every name is final, and prints it through templates; the layer that follows the canonical ABI comes from the language's own generator.
//! Nothing here prints, and nothing but reading the WIT touches the disk.
//!
//! ```
//! use plugwright_bindgen::{Language, Options, generate, parse};
//!
//! let wit = "package example:lamp; world lamp { export shine: func(); }";
//! let source = parse("lamp.wit", wit, None)?;
//! let files = generate(Language::Rust, &source, &Options::default())?;
//! assert!(files.get("src/lib.rs").is_some());
//! # Ok::<(), plugwright_bindgen::GenerateError>(())
//! ```

mod c;
mod error;
mod files;
mod go;
mod host;
mod js;
mod language;
mod mark;
pub mod model;
mod names;
mod python;
mod rust;
mod source;
mod template;
mod unsupported;
mod upstream;
mod wit;

pub use error::{GenerateError, Unsupported};
pub use files::{Difference, DifferenceKind, Files};
pub use language::{Language, UnknownLanguage};
pub use mark::{is_generated, unmarked};
pub use source::{Package, Source, load, load_package, parse, parse_package};
pub use unsupported::{Feature, instead};

/// What can be chosen beyond the language; everything has a default.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The name of the SDK's package; `<world>-sdk` by default.
    pub name: Option<String>,
    /// The version of the SDK; the version of the WIT package by default, or `0.1.0`.
    pub version: Option<semver::Version>,
    /// The licence of the SDK as an SPDX expression; none by default.
    pub license: Option<String>,
    /// For [`Language::Host`], Rust types that stand for imported resources, as in `bindgen!`:
    /// `("example:store/buckets.bucket", "crate::Bucket")`.
    pub with: Vec<(String, String)>,
    /// For [`Language::Host`], whether the functions that answer plugins, and those that call them, are `async`.
    pub is_async: bool,
    /// For [`Language::Host`], whether functions that answer plugins are given the texts and bytes that are parameters
    /// of their own as they lie in the plugin's memory, and not as copies; means nothing for hosts that are `async`.
    pub borrows: bool,
}

/// Generates the files of one language.
///
/// # Errors
///
/// `Unsupported` names everything in the world that the language cannot say; `Upstream` is our bug.
pub fn generate(
    language: Language,
    source: &Source,
    options: &Options,
) -> Result<Files, GenerateError> {
    let source = &source.ungated();
    let name = &source.resolve.worlds[source.world].name;
    // What is below panics on no WIT we know of; should it on one we do not, that is told, not thrown.
    upstream::guarded("plugwright-bindgen", name, || {
        let world = model::lower::lower(source);
        Ok::<_, String>(
            match language {
                Language::Host => host::render(&world, source, options),
                Language::Rust => rust::render(&world, source, options),
                Language::C => c::render(&world, source, options),
                Language::Go => go::render(&world, source, options),
                Language::Js => js::render(&world, options),
                Language::Python => python::render(&world, options),
            }
            .and_then(|mut files| {
                if language != Language::Host {
                    files.insert("wit/world.wit", wit::text(&source.resolve, source.package)?);
                }
                Ok(mark::mark(files, &world))
            }),
        )
    })?
}

/// Lowers the chosen world to the model, without generating anything.
///
/// # Errors
///
/// `Upstream` is our bug.
pub fn lower(source: &Source) -> Result<model::World, GenerateError> {
    let name = &source.resolve.worlds[source.world].name;
    upstream::guarded("plugwright-bindgen", name, || Ok::<_, String>(model::lower::lower(source)))
}
