//! The SDK for plugins written in Go: a module around the bindings of `wit-bindgen-go`.

mod bindings;
mod convert;
mod docs;
mod example;
mod functions;
mod names;
mod tidy;
mod types;
mod view;

use serde::Serialize;

use crate::model::World;
use crate::{Files, GenerateError, Language, Options, Source, template, unsupported};

const IMPORTS: (&str, &str) = ("imports.go.j2", include_str!("go/templates/imports.go.j2"));
const FIRST: (&str, &str) = ("first.go.j2", include_str!("go/templates/first.go.j2"));

const PACKAGE: template::Templates =
    &[("package.go.j2", include_str!("go/templates/package.go.j2")), IMPORTS];
const ABI: template::Templates = &[("abi.go.j2", include_str!("go/templates/abi.go.j2")), IMPORTS];
const BRIDGE: template::Templates =
    &[("bridge.go.j2", include_str!("go/templates/bridge.go.j2")), IMPORTS];

const PROJECT: &[(&str, template::Templates)] = &[
    ("go.mod", &[("go.mod.j2", include_str!("go/templates/go.mod.j2"))]),
    ("README.md", &[("README.md.j2", include_str!("go/templates/README.md.j2")), FIRST, IMPORTS]),
    ("examples/first/main.go", &[FIRST, IMPORTS]),
    ("examples/first/go.mod", &[("first.go.mod.j2", include_str!("go/templates/first.go.mod.j2"))]),
    (
        "examples/first/plugwright.toml",
        &[("plugwright.toml.j2", include_str!("go/templates/plugwright.toml.j2"))],
    ),
];

/// What does not depend on the WIT.
const RUNTIME: &[(&str, &str)] = &[
    ("internal/abi/abi.go", include_str!("../../sdks/go/internal/abi/abi.go")),
    ("internal/abi/convert.go", include_str!("../../sdks/go/internal/abi/convert.go")),
    ("internal/abi/convert_test.go", include_str!("../../sdks/go/internal/abi/convert_test.go")),
    ("internal/abi/future.go", include_str!("../../sdks/go/internal/abi/future.go")),
    ("internal/abi/heap.go", include_str!("../../sdks/go/internal/abi/heap.go")),
    ("internal/abi/heap_test.go", include_str!("../../sdks/go/internal/abi/heap_test.go")),
    ("internal/abi/memory_wasm.go", include_str!("../../sdks/go/internal/abi/memory_wasm.go")),
    ("internal/abi/names.go", include_str!("../../sdks/go/internal/abi/names.go")),
    ("internal/abi/other.go", include_str!("../../sdks/go/internal/abi/other.go")),
    ("internal/abi/pin.go", include_str!("../../sdks/go/internal/abi/pin.go")),
    ("internal/abi/resource.go", include_str!("../../sdks/go/internal/abi/resource.go")),
    ("internal/abi/stream.go", include_str!("../../sdks/go/internal/abi/stream.go")),
    ("internal/abi/take.go", include_str!("../../sdks/go/internal/abi/take.go")),
    ("internal/abi/task.go", include_str!("../../sdks/go/internal/abi/task.go")),
    ("internal/abi/task_wasm.go", include_str!("../../sdks/go/internal/abi/task_wasm.go")),
    ("internal/abi/tuple.go", include_str!("../../sdks/go/internal/abi/tuple.go")),
    ("internal/abi/value.go", include_str!("../../sdks/go/internal/abi/value.go")),
    ("wit/error.go", include_str!("../../sdks/go/wit/error.go")),
    ("wit/future.go", include_str!("../../sdks/go/wit/future.go")),
    ("wit/stream.go", include_str!("../../sdks/go/wit/stream.go")),
    ("wit/tuple.go", include_str!("../../sdks/go/wit/tuple.go")),
    ("wit/wit.go", include_str!("../../sdks/go/wit/wit.go")),
    ("wit/wit_test.go", include_str!("../../sdks/go/wit/wit_test.go")),
];

/// The module that the runtime is in while it is developed.
const RUNTIME_MODULE: &str = "\"plugwright-sdk/";

/// Renders the module.
pub(crate) fn render(
    world: &World,
    source: &Source,
    options: &Options,
) -> Result<Files, GenerateError> {
    unsupported::check(world, Language::Go)?;
    let path = match &options.name {
        Some(name) => checked(name)?,
        None => format!("{}-sdk", world.name),
    };
    let bound = bindings::bindings(world, source, &path)?;
    let mut module = types::Module::new(world, path);
    module.makers = bound.makers;
    let sdk = view::sdk(&module, options.license.clone());
    let mut files = Files::default();
    for (path, text) in bound.files {
        files.insert(format!("internal/bindings/{path}"), text);
    }
    for (path, text) in RUNTIME {
        let module = format!("\"{}/", sdk.module);
        files.insert(*path, text.replace(RUNTIME_MODULE, &module));
    }
    for (path, templates) in PROJECT {
        files.insert(*path, used(&template::render(templates, &sdk)));
    }
    let root = Page { package: &sdk.root, answers: &sdk.answers, entry: &sdk.entry };
    root.render(&mut files, "");
    for package in &sdk.packages {
        Page { package, answers: &[], entry: "" }.render(&mut files, &format!("{}/", package.name));
    }
    for bridge in &sdk.bridges {
        let text = template::render(BRIDGE, &Joint { bridge });
        files.insert(format!("internal/bindings/{}/plugin.go", bridge.package), used(&text));
    }
    Ok(files)
}

/// The files of one package.
#[derive(Debug, Serialize)]
struct Page<'a> {
    package: &'a view::Package,
    answers: &'a [view::Answer],
    entry: &'a str,
}

impl Page<'_> {
    fn render(&self, files: &mut Files, folder: &str) {
        let name = &self.package.name;
        files.insert(format!("{folder}{name}.go"), used(&template::render(PACKAGE, self)));
        if self.package.abi.is_some() {
            files.insert(format!("{folder}abi.go"), used(&template::render(ABI, self)));
        }
    }
}

/// A package between the bindings and the plugin.
#[derive(Debug, Serialize)]
struct Joint<'a> {
    bridge: &'a view::Bridge,
}

/// Leaves out the imports that a file makes no use of, which Go refuses.
fn used(text: &str) -> String {
    let Some((head, rest)) = text.split_once("import (\n") else { return text.to_owned() };
    let Some((imports, body)) = rest.split_once(")\n") else { return text.to_owned() };
    let is_used = |line: &str| {
        let mut parts = line.trim().split(' ');
        let name = match (parts.next(), parts.next()) {
            (Some("_"), _) => return true,
            (Some(name), Some(_)) => name,
            (path, _) => {
                path.unwrap_or_default().trim_matches('"').rsplit('/').next().unwrap_or_default()
            }
        };
        let name = format!("{name}.");
        body.lines().filter(|it| !it.trim_start().starts_with("//")).any(|line| {
            line.match_indices(&name).any(|(at, _)| {
                !line[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_' || it == '.')
            })
        })
    };
    let groups = imports.split("\n\n").map(|group| {
        let lines = group.lines().filter(|it| !it.trim().is_empty() && is_used(it));
        lines.map(|it| format!("{it}\n")).collect::<String>()
    });
    let groups: Vec<_> = groups.filter(|it| !it.is_empty()).collect();
    match &groups[..] {
        [] => format!("{head}{}", body.trim_start_matches('\n')),
        groups => format!("{head}import (\n{}){}{body}", groups.join("\n"), "\n"),
    }
}

fn checked(name: &str) -> Result<String, GenerateError> {
    let part = |it: &str| {
        it.starts_with(|it: char| it.is_ascii_alphanumeric())
            && it.chars().all(|it| it.is_ascii_alphanumeric() || "-._~".contains(it))
            && !it.ends_with('.')
    };
    if name.split('/').all(part) {
        return Ok(name.to_owned());
    }
    let reason = "a module's path is made of letters, digits, `-`, `.`, `_`, `~` and `/`";
    Err(GenerateError::Option { option: "name", value: name.to_owned(), reason })
}
