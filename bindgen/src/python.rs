//! The SDK for plugins written in Python: a package whose classes the runtime of `componentize-py` takes for its own.

mod docs;
mod example;
mod imports;
mod methods;
mod module;
mod names;
mod types;
mod view;
mod world;

use crate::model::World;
use crate::{Files, GenerateError, Language, Options, template, unsupported};

const FIRST: (&str, &str) = ("first.py.j2", include_str!("python/templates/first.py.j2"));

const TEMPLATES: &[(&str, template::Templates)] = &[
    (
        "pyproject.toml",
        &[("pyproject.toml.j2", include_str!("python/templates/pyproject.toml.j2"))],
    ),
    ("README.md", &[("README.md.j2", include_str!("python/templates/README.md.j2")), FIRST]),
    ("tests/test_sdk.py", &[("test_sdk.py.j2", include_str!("python/templates/test_sdk.py.j2"))]),
    (
        "examples/first/pyproject.toml",
        &[("first.pyproject.toml.j2", include_str!("python/templates/first.pyproject.toml.j2"))],
    ),
    ("examples/first/plugin.py", &[FIRST]),
];

const MODULE: template::Templates = &[
    ("module.py.j2", include_str!("python/templates/module.py.j2")),
    ("class.py.j2", include_str!("python/templates/class.py.j2")),
];

const WORLD: template::Templates =
    &[("_world.py.j2", include_str!("python/templates/_world.py.j2"))];

const SETTINGS: template::Templates =
    &[("componentize.toml.j2", include_str!("python/templates/componentize.toml.j2"))];

/// What is written by hand, by its place in the package.
const RUNTIME: [(&str, &str); 3] = [
    ("_runtime.py", include_str!("../../sdks/python/plugwright_sdk/_runtime.py")),
    ("_component.py", include_str!("../../sdks/python/plugwright_sdk/_component.py")),
    ("_start.py", include_str!("../../sdks/python/plugwright_sdk/_start.py")),
];

const STREAMS: (&str, &str) =
    ("_streams.py", include_str!("../../sdks/python/plugwright_sdk/_streams.py"));

/// Renders the package.
pub(crate) fn render(world: &World, options: &Options) -> Result<Files, GenerateError> {
    unsupported::check(world, Language::Python)?;
    let view = view::package_of(world, options)?;
    let mut files = Files::default();
    for (path, templates) in TEMPLATES {
        files.insert(*path, template::render(templates, &view));
    }
    let inside = |file: &str| format!("src/{}/{file}", view.name);
    for module in &view.modules {
        files.insert(inside(&module.file), template::render(MODULE, module));
    }
    files.insert(inside("_world.py"), template::render(WORLD, &view));
    files.insert(inside("componentize.toml"), template::render(SETTINGS, &view));
    files.insert(inside("py.typed"), String::new());
    for (file, text) in RUNTIME.into_iter().chain(view.is_async.then_some(STREAMS)) {
        files.insert(inside(file), text.to_owned());
    }
    Ok(files)
}
