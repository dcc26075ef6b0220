//! The host's side: one file around `wasmtime::component::bindgen!`.

mod calls;
mod imports;
mod types;
mod view;

use wit_component::{Output as _, WitPrinter};
use wit_parser::PackageId;

use crate::model::{World, lower};
use crate::rust::escape_docs_of_cases;
use crate::upstream::guarded;
use crate::{Files, GenerateError, Options, Source, source, template, unsupported};

/// Renders the file.
pub(crate) fn render(
    world: &World,
    source: &Source,
    options: &Options,
) -> Result<Files, GenerateError> {
    unsupported::check_host(world, options.is_async)?;
    let wit = text(world, source)?;
    // What `bindgen!` reads is this text, so names come from it as well.
    let read = source::parse("inline.wit", &wit, Some(&world.name)).map_err(|err| {
        let message = format!("the WIT it printed cannot be read back: {err}");
        GenerateError::Upstream { generator: "wit-component", world: world.id.clone(), message }
    })?;
    let view = view::host(&lower::lower(&read), &wit, options);
    let templates: template::Templates =
        &[("host.rs.j2", include_str!("host/templates/host.rs.j2"))];
    let mut files = Files::default();
    files.insert(format!("{}.rs", view.file), template::render(templates, &view));
    Ok(files)
}

/// Prints the package of the world and those it depends on as one text.
fn text(world: &World, source: &Source) -> Result<String, GenerateError> {
    guarded("wit-component", &world.id, || {
        let mut resolve = source.resolve.clone();
        escape_docs_of_cases(&mut resolve);
        let home = resolve.worlds[source.world].package.unwrap_or(source.package);
        let mut needed: Vec<PackageId> = vec![home];
        let mut next = 0;
        while let Some(package) = needed.get(next) {
            for dep in resolve.package_direct_deps(*package).collect::<Vec<_>>() {
                if !needed.contains(&dep) {
                    needed.push(dep);
                }
            }
            next += 1;
        }
        let mut printer = WitPrinter::default();
        let mut printed = printer.print_package(&resolve, home, true);
        for package in &needed[1..] {
            // WASI is documented elsewhere, at ten times the length of what it says.
            printer.emit_docs(resolve.packages[*package].name.namespace != "wasi");
            printer.output.newline();
            printed = printed.and_then(|()| printer.print_package(&resolve, *package, false));
        }
        printed.map(|()| String::from(printer.output).replace('\r', ""))
    })
}
