//! `compose`: several components become one.

mod application;
mod script;

use std::path::PathBuf;

use plugwright_component::Artifact;

use self::script::NamedFile;
use crate::failure::{Failure, uncomposed, unreadable};
use crate::files;
use crate::graph::Asked;
use crate::text::{count, size};
use crate::ui::Ui;

/// Make one component of several, which share nothing
///
/// An application, `app.toml`, says which plugins there are, how they are linked, and what each was
/// granted; nothing is left of what was not. Links that have to be isolated cannot be composed.
///
/// A script in WAC says which parts there are and how they are linked. What it names is found by
/// `--part`, and in the folder `deps` beside it: `example:shop` is `deps/example/shop.wasm`, and
/// `example:shop@1.0.0` is `deps/example/shop/1.0.0.wasm`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to compose: an application, `.toml`, or a script, `.wac`
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where to write the component
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Where to draw the application: `.svg` for a picture, `.mmd` or `.md` for Mermaid text
    #[arg(long, value_name = "FILE")]
    graph: Option<PathBuf>,
    /// A component that the script names, such as `example:shop=shop.wasm`
    #[arg(long = "part", value_name = "NAME=FILE")]
    parts: Vec<NamedFile>,
}

pub(crate) fn run(ui: &Ui, args: Args) -> Result<(), Failure> {
    let Args { file, output, graph, parts } = args;
    let graph = Asked::of(graph.as_deref())?;
    let bytes = match file.extension().and_then(|it| it.to_str()) {
        Some("toml") if parts.is_empty() => application::compose(ui, &file, graph)?,
        Some("toml") => {
            let message = format!("`{}` names its plugins itself", file.display());
            return Err(Failure::usage(message).hint("leave `--part` out"));
        }
        Some("wac") if graph.is_some() => {
            let message = format!("`{}` is no application, which could be drawn", file.display());
            return Err(Failure::usage(message).hint("leave `--graph` out"));
        }
        Some("wac") => script::compose(&file, &parts)?,
        _ => {
            let message = format!("`{}` does not say what to compose", file.display());
            return Err(Failure::usage(message).hint(
                "name an application, whose name ends in `.toml`, or a script, whose name ends in `.wac`",
            ));
        }
    };
    let name = output.display().to_string();
    let composed =
        Artifact::from_bytes(name.as_str(), bytes).map_err(|error| unreadable(&name, &error))?;
    files::write(&output, composed.bytes())?;
    let parts = count(composed.parts().len(), "part");
    ui.note(format!("{name}: {parts}, {}", size(composed.sizes().total)));
    Ok(())
}
