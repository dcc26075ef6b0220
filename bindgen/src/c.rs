//! The SDK for plugins written in C and C++: a header and a source around the bindings of `wit-bindgen-c`.
//!
//! The bindings are made from WIT in which every name is a [placeholder](disguise), taken apart as [text],
//! [named](names), [documented](comment) and put together again; what they do stays as it was made.

mod comment;
mod disguise;
mod ends;
mod example;
mod helpers;
mod names;
mod ownership;
mod sections;
mod text;
mod view;

use wit_bindgen_core::Files as Generated;

use crate::model::{Direction, World};
use crate::upstream::guarded;
use crate::{Files, GenerateError, Language, Options, Source, template, unsupported};
use disguise::Disguise;

const RUNTIME_HEADER: &str = include_str!("../../sdks/c/plugwright.h");

/// How asynchronous functions wait; it is made of what the bindings of an asynchronous world declare.
const LOOP_HEADER: &str = include_str!("../../sdks/c/loop.h");
const LOOP: &str = include_str!("../../sdks/c/loop.c");

/// What does not depend on the world.
const RUNTIME: &[(&str, &str)] = &[
    ("include/plugwright.h", RUNTIME_HEADER),
    ("src/plugwright.c", include_str!("../../sdks/c/plugwright.c")),
    ("src/plugwright_messages.c", include_str!("../../sdks/c/plugwright_messages.c")),
];

const FIRST: (&str, &str) = ("plugin.c.j2", include_str!("c/templates/plugin.c.j2"));
const FIRST_CMAKE: (&str, &str) =
    ("first.CMakeLists.txt.j2", include_str!("c/templates/first.CMakeLists.txt.j2"));

const TEMPLATES: &[(&str, template::Templates)] = &[
    ("CMakeLists.txt", &[("CMakeLists.txt.j2", include_str!("c/templates/CMakeLists.txt.j2"))]),
    (
        "README.md",
        &[("README.md.j2", include_str!("c/templates/README.md.j2")), FIRST, FIRST_CMAKE],
    ),
    ("examples/first/CMakeLists.txt", &[FIRST_CMAKE]),
    (
        "examples/first/plugwright.toml",
        &[("plugwright.toml.j2", include_str!("c/templates/plugwright.toml.j2"))],
    ),
    ("examples/first/plugin.c", &[FIRST]),
];

/// Renders the SDK.
pub(crate) fn render(
    world: &World,
    source: &Source,
    options: &Options,
) -> Result<Files, GenerateError> {
    unsupported::check(world, Language::C)?;
    let disguise = disguise::disguise(&source.resolve, source.world);
    let (header, bindings) = bindings(world, source, &disguise)?;
    let bindings = own_source(world, &bindings);
    let items = text::items(&header);
    let view = view::sdk(world, options, &disguise, &items, &bindings)?;
    let mut files = Files::default();
    for (path, templates) in TEMPLATES {
        files.insert(*path, template::render(templates, &view));
    }
    for (path, text) in RUNTIME {
        files.insert(*path, (*text).to_owned());
    }
    let header: template::Templates = &[("header.h.j2", include_str!("c/templates/header.h.j2"))];
    let source: template::Templates = &[("source.c.j2", include_str!("c/templates/source.c.j2"))];
    files.insert(format!("include/{}.h", view.stem), template::render(header, &view));
    files.insert(format!("src/{}.c", view.stem), template::render(source, &view));
    complete(world, &files)?;
    Ok(files)
}

/// Runs `wit-bindgen-c`.
fn bindings(
    world: &World,
    source: &Source,
    disguise: &Disguise,
) -> Result<(String, String), GenerateError> {
    let generator = "wit-bindgen-c";
    let texts = guarded(generator, &world.id, || {
        let mut resolve = disguise.resolve.clone();
        let options = wit_bindgen_c::Opts {
            no_object_file: true,
            rename: disguise.renames.clone(),
            rename_world: Some(disguise::WORLD.to_string()),
            ..wit_bindgen_c::Opts::default()
        };
        let mut generated = Generated::default();
        let made = options.build().generate(&mut resolve, source.world, &mut generated);
        made.map(|()| {
            let text = |end| {
                let mut found = generated.iter().filter(|(path, _)| path.ends_with(end));
                found.next().and_then(|(_, bytes)| String::from_utf8(bytes.to_vec()).ok())
            };
            text(".h").zip(text(".c"))
        })
    })?;
    let message = "it made no header and source".to_owned();
    let texts = texts.map(|(header, source)| ends::unite(&header, &source));
    texts.ok_or(GenerateError::Upstream { generator, world: world.id.clone(), message })
}

/// Leaves out of the bindings what the SDK has in another place, and mangles what the world itself exports.
fn own_source(world: &World, bindings: &str) -> String {
    let mut text = bindings.to_owned();
    for item in text::items(bindings) {
        // The WIT is put into the plugin when it is built, from the text.
        let is_world = item.name.contains("component_type_object");
        let is_include = item.text.starts_with("#include");
        if is_world || is_include || view::is_in_runtime(&item) {
            text = text.replacen(item.text, "", 1);
        }
    }
    let text: Vec<_> =
        text.lines().map(str::trim_end).filter(|it| !it.trim_start().starts_with("//")).collect();
    let own = world.functions(Direction::Export).filter(|it| !it.is_async);
    let text = own.fold(text.join("\n"), |text, it| mangle_export(&text, &it.name));
    squeezed(&text)
}

/// Gives a function that the world itself exports the standard mangled name instead of its plain one.
///
/// A plain one can meet what every module exports, such as `memory`. The names are those of the Component Model's
/// build-time ABI, which wit-component reads beside the plain ones.
fn mangle_export(text: &str, name: &str) -> String {
    let export = |name: &str| format!("__export_name__(\"{name}\")");
    text.replace(&export(name), &export(&format!("cm32p2||{name}")))
        .replace(&export(&format!("cabi_post_{name}")), &export(&format!("cm32p2||{name}_post")))
}

/// Leaves one empty line where there are several.
fn squeezed(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        if !line.is_empty() || lines.last().is_some_and(|it| !it.is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// Checks that no placeholder is left.
fn complete(world: &World, files: &Files) -> Result<(), GenerateError> {
    let code = files.iter().filter(|(path, _)| path.ends_with(".c") || path.ends_with(".h"));
    let words = code.flat_map(|(_, text)| text::tokens(text)).filter_map(|it| match it {
        text::Token::Word(it) | text::Token::Literal(it) if !it.is_ascii() => Some(it),
        _ => None,
    });
    match words.into_iter().next() {
        None => Ok(()),
        Some(word) => Err(GenerateError::Upstream {
            generator: "wit-bindgen-c",
            world: world.id.clone(),
            message: format!("it made a name that is not known, `{word}`"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::{mangle_export, squeezed};

    #[test]
    fn only_the_exports_of_that_name_are_mangled() {
        let text = r#"__export_name__("read") __export_name__("cabi_post_read") __export_name__("read-all") "read""#;
        assert_eq!(
            mangle_export(text, "read"),
            r#"__export_name__("cm32p2||read") __export_name__("cm32p2||read_post") __export_name__("read-all") "read""#
        );
    }

    #[test]
    fn empty_lines_stand_alone() {
        assert_eq!(squeezed("\n\na\n\n\nb"), "a\n\nb");
    }
}
