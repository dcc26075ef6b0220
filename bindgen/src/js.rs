//! The SDK for plugins written in JavaScript and TypeScript: an npm package for the runtime of `componentize-qjs`.
//!
//! The runtime follows the canonical ABI; the package says how its values look in JavaScript, checks them, and gives
//! them types.

mod example;
mod exports;
mod functions;
mod names;
mod types;
mod view;

use serde::Serialize;

use crate::model::World;
use crate::template::{Templates, render as fill};
use crate::{Files, GenerateError, Language, Options, unsupported};

macro_rules! template {
    ($name:literal) => {
        ($name, include_str!(concat!("js/templates/", $name)))
    };
}

const DOCS: (&str, &str) = template!("docs.j2");
const FIRST: (&str, &str) = template!("plugin.js.j2");
const DECLARATIONS: (&str, &str) = template!("declarations.d.ts.j2");
const VALUES: (&str, &str) = template!("values.js.j2");
const SIGNATURES: (&str, &str) = template!("signatures.j2");

const TEMPLATES: &[(&str, Templates)] = &[
    ("package.json", &[template!("package.json.j2")]),
    ("README.md", &[template!("README.md.j2"), FIRST, DOCS]),
    ("index.js", &[template!("index.js.j2"), VALUES, SIGNATURES]),
    ("index.d.ts", &[template!("index.d.ts.j2"), DECLARATIONS, DOCS]),
    ("internal/entry.js", &[template!("entry.js.j2"), SIGNATURES]),
    ("internal/host.js", &[template!("host.js.j2")]),
    ("internal/no-host.js", &[template!("no-host.js.j2")]),
    ("internal/world.js", &[template!("world.js.j2")]),
    ("examples/first/package.json", &[template!("first.package.json.j2")]),
    ("examples/first/plugin.js", &[FIRST, DOCS]),
    ("examples/first/plugin.test.js", &[template!("plugin.test.js.j2")]),
    ("examples/first-ts/package.json", &[template!("first.package.json.j2")]),
    ("examples/first-ts/plugin.ts", &[template!("plugin.ts.j2"), DOCS]),
    ("examples/first-ts/plugin.test.ts", &[template!("plugin.test.ts.j2")]),
    ("examples/first-ts/tsconfig.json", &[template!("tsconfig.json.j2")]),
];

/// What does not depend on the world.
const RUNTIME: &[(&str, &str)] = &[
    ("async.d.ts", include_str!("../../sdks/js/async.d.ts")),
    ("async.js", include_str!("../../sdks/js/async.js")),
    ("bug.js", include_str!("../../sdks/js/bug.js")),
    ("error.d.ts", include_str!("../../sdks/js/error.d.ts")),
    ("error.js", include_str!("../../sdks/js/error.js")),
    ("functions.js", include_str!("../../sdks/js/functions.js")),
    ("globals.js", include_str!("../../sdks/js/globals.js")),
    ("no-stdio.js", include_str!("../../sdks/js/no-stdio.js")),
    ("outside.js", include_str!("../../sdks/js/outside.js")),
    ("plugin.js", include_str!("../../sdks/js/plugin.js")),
    ("resources.js", include_str!("../../sdks/js/resources.js")),
    ("runtime.js", include_str!("../../sdks/js/runtime.js")),
    ("stdio.js", include_str!("../../sdks/js/stdio.js")),
    ("types.js", include_str!("../../sdks/js/types.js")),
];

/// The module of one interface, with what it needs to know of its package.
#[derive(Debug, Serialize)]
struct Page<'a> {
    package: &'a str,
    #[serde(flatten)]
    module: &'a view::Module,
}

/// Renders the package.
pub(crate) fn render(world: &World, options: &Options) -> Result<Files, GenerateError> {
    unsupported::check(world, Language::Js)?;
    let view = view::package_of(world, options)?;
    let mut files = Files::default();
    for (path, templates) in TEMPLATES {
        files.insert(*path, fill(templates, &view));
    }
    for module in &view.modules {
        let page = Page { package: &view.package, module };
        let declared: Templates = &[template!("module.d.ts.j2"), DECLARATIONS, DOCS];
        files.insert(format!("{}.d.ts", module.file), fill(declared, &page));
        let valued: Templates = &[template!("module.js.j2"), VALUES, SIGNATURES];
        files.insert(format!("{}.js", module.file), fill(valued, &page));
    }
    for (path, text) in RUNTIME {
        files.insert(format!("internal/{path}"), (*text).to_owned());
    }
    Ok(files)
}
