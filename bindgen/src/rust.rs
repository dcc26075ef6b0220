//! The SDK for plugins written in Rust: a crate around the bindings of `wit-bindgen-rust`.

mod example;
mod layout;
mod twins;
mod view;

use wit_bindgen_core::{Files as Generated, WorldGenerator as _};
use wit_parser::{Resolve, TypeDefKind};

pub(crate) use example::primitive;

use crate::model::{Direction, World};
use crate::upstream::guarded;
use crate::{Files, GenerateError, Language, Options, Source, template, unsupported};

const FIRST: (&str, &str) = ("first.rs.j2", include_str!("rust/templates/first.rs.j2"));

const TEMPLATES: &[(&str, template::Templates)] = &[
    ("Cargo.toml", &[("Cargo.toml.j2", include_str!("rust/templates/Cargo.toml.j2"))]),
    ("README.md", &[("README.md.j2", include_str!("rust/templates/README.md.j2")), FIRST]),
    ("rustfmt.toml", &[("rustfmt.toml.j2", include_str!("rust/templates/rustfmt.toml.j2"))]),
    ("src/lib.rs", &[("lib.rs.j2", include_str!("rust/templates/lib.rs.j2"))]),
    (
        "examples/first/Cargo.toml",
        &[("first.Cargo.toml.j2", include_str!("rust/templates/first.Cargo.toml.j2"))],
    ),
    ("examples/first/src/lib.rs", &[FIRST]),
];

/// Renders the crate.
pub(crate) fn render(
    world: &World,
    source: &Source,
    options: &Options,
) -> Result<Files, GenerateError> {
    unsupported::check(world, Language::Rust)?;
    let view = view::crate_of(world, options)?;
    let mut files = Files::default();
    for (path, templates) in TEMPLATES {
        files.insert(*path, template::render(templates, &view));
    }
    files.insert("src/bindings.rs", bindings(world, source, view.merges)?);
    Ok(files)
}

/// Runs `wit-bindgen-rust`.
fn bindings(world: &World, source: &Source, merges: bool) -> Result<String, GenerateError> {
    let generator = "wit-bindgen-rust";
    let text = guarded(generator, &world.id, || {
        let mut resolve = source.resolve.clone();
        escape_docs_of_cases(&mut resolve);
        let options = wit_bindgen_rust::Opts {
            format: true,
            generate_all: true,
            generate_unused_types: true,
            merge_structurally_equal_types: Some(Some(merges)),
            pub_export_macro: true,
            default_bindings_module: Some(format!("$crate::{}", view::BINDINGS)),
            runtime_path: Some("::wit_bindgen::rt".to_owned()),
            ..wit_bindgen_rust::Opts::default()
        };
        let mut generated = Generated::default();
        let made = options.build().generate(&mut resolve, source.world, &mut generated);
        made.map(|()| generated.iter().next().map(|(_, bytes)| bytes.to_vec()))
    })?;
    let message = "it made no file of text".to_owned();
    let text = text.and_then(|it| String::from_utf8(it).ok());
    let text =
        text.ok_or(GenerateError::Upstream { generator, world: world.id.clone(), message })?;
    let own = world.functions(Direction::Export).filter(|it| !it.is_async);
    Ok(own.fold(text, |text, function| mangle_export(&text, &function.name)))
}

/// Gives a function that the world itself exports the standard mangled name instead of its plain one.
///
/// Upstream exports `read` as the symbol `read`, which takes the place of the C library's, so that everything that
/// reads calls the plugin.
/// The names are those of the Component Model's build-time ABI, `cm32p2||read` and `cm32p2||read_post`, which
/// wit-component reads beside the plain ones.
fn mangle_export(text: &str, name: &str) -> String {
    let mangled = text.split("export_name").enumerate().map(|(at, part)| {
        let literal = |text: &str| format!("\"{text}\"");
        let assigned = part.trim_start().strip_prefix('=').map(str::trim_start).unwrap_or_default();
        let names = [
            (literal(name), literal(&format!("cm32p2||{name}"))),
            (literal(&format!("cabi_post_{name}")), literal(&format!("cm32p2||{name}_post"))),
        ];
        match names.iter().find(|(plain, _)| at > 0 && assigned.starts_with(plain)) {
            Some((plain, mangled)) => part.replacen(plain, mangled, 1),
            None => part.to_owned(),
        }
    });
    mangled.collect::<Vec<_>>().join("export_name")
}

/// Makes docs of enum cases safe to stand in a string, where the generators print them as they are.
///
/// In Markdown, which is where the docs are read, the backslashes disappear again.
pub(crate) fn escape_docs_of_cases(resolve: &mut Resolve) {
    for (_, def) in resolve.types.iter_mut() {
        let TypeDefKind::Enum(it) = &mut def.kind else { continue };
        for docs in it.cases.iter_mut().filter_map(|it| it.docs.contents.as_mut()) {
            *docs = docs.replace('\\', "\\\\").replace('"', "\\\"");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::mangle_export;

    #[test]
    fn only_the_exports_of_that_name_are_mangled() {
        let text = "(export_name = \"read\") (export_name =\n \"cabi_post_read\") (export_name = \"read-all\") \"read\"";
        assert_eq!(
            mangle_export(text, "read"),
            "(export_name = \"cm32p2||read\") (export_name =\n \"cm32p2||read_post\") \
             (export_name = \"read-all\") \"read\""
        );
    }
}
