//! `inspect`: what a component is, needs and says about itself.

mod parts;

use std::fmt::Write as _;

use plugwright_component::{
    Access, Artifact, CapabilityKind, Digest, Extern, Producer, Producers, Sizes,
};
use serde::Serialize;

use crate::args::{Format, Output};
use crate::failure::Failure;
use crate::input::Input;
use crate::text::{count, size};
use crate::ui::Ui;

/// Show what a component is: its world, what it may reach, what made it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The component: a `.wasm` file, or `-`
    #[arg(value_name = "FILE")]
    file: Input,
    #[command(flatten)]
    output: Output,
}

/// All of it, for programs.
#[derive(Debug, Serialize)]
struct Report<'a> {
    name: &'a str,
    digest: Digest,
    /// Always `null`: signatures are not read yet.
    signature: Option<()>,
    sizes: &'a Sizes,
    producers: &'a Producers,
    capabilities: Vec<Capability<'a>>,
    imports: &'a [Extern],
    exports: &'a [Extern],
    /// Whether it needs support for concurrency.
    is_async: bool,
    /// What it was composed of.
    parts: Vec<parts::Part>,
    wit: String,
}

#[derive(Debug, Serialize)]
struct Capability<'a> {
    kind: CapabilityKind,
    description: String,
    interfaces: &'a [String],
    functions: &'a [String],
    access: Access,
}

pub(crate) fn run(ui: &Ui, Args { file, output }: Args) -> Result<(), Failure> {
    let artifact = file.artifact()?;
    match output.format {
        Format::Json => ui.json(&report(&artifact)),
        Format::Text => ui.data(text(&artifact)),
    }
}

fn report(artifact: &Artifact) -> Report<'_> {
    let capabilities = artifact.capabilities().iter().map(|it| Capability {
        kind: it.kind,
        description: it.describe(),
        interfaces: &it.interfaces,
        functions: &it.functions,
        access: it.access(),
    });
    Report {
        name: artifact.name(),
        digest: artifact.digest(),
        signature: None,
        sizes: artifact.sizes(),
        producers: artifact.producers(),
        capabilities: capabilities.collect(),
        imports: artifact.imports(),
        exports: artifact.exports(),
        is_async: artifact.is_async(),
        parts: parts::of(artifact),
        wit: artifact.world().to_wit(),
    }
}

fn text(artifact: &Artifact) -> String {
    let Producers { languages, tools, sdks, .. } = artifact.producers();
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:<11}{value}");
        }
    };
    line("name:", artifact.name());
    line("digest:", &artifact.digest().to_string());
    line("signature:", "none");
    line("size:", &spent(artifact.sizes()));
    line("memory:", &format!("{} at the start of a sandbox", size(artifact.sizes().memory)));
    line("languages:", &listed(languages));
    line("tools:", &listed(tools));
    line("SDKs:", &listed(sdks));
    text.push_str("\ncapabilities:\n");
    text.push_str(&capabilities(artifact));
    let parts = parts::of(artifact);
    if !parts.is_empty() {
        text.push_str("\nparts:\n");
        parts::write(&parts, 2, &mut text);
    }
    text.push_str("\nworld:\n");
    for line in artifact.world().to_wit().trim_end().lines() {
        let _ = writeln!(text, "{}", format!("  {line}").trim_end());
    }
    text.trim_end().to_owned()
}

fn spent(sizes: &Sizes) -> String {
    let Sizes { total, code, data, names, debug, modules, .. } = *sizes;
    let modules = count(modules as usize, "core module");
    let [total, code, data, names, debug] = [total, code, data, names, debug].map(size);
    format!("{total}: code {code}, data {data}, names {names}, debug {debug}; {modules}")
}

fn listed(producers: &[Producer]) -> String {
    let one = |it: &Producer| format!("{} {}", it.name, it.version).trim_end().to_owned();
    producers.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn capabilities(artifact: &Artifact) -> String {
    if artifact.capabilities().is_empty() {
        return "  none: it can reach nothing outside its sandbox\n".to_owned();
    }
    let mut text = String::new();
    for capability in artifact.capabilities() {
        let access = match capability.access() {
            Access::Always => "always allowed: it is harmless".to_owned(),
            Access::Granted(toml) => {
                let lines: Vec<_> =
                    toml.trim_end().lines().map(|it| format!("\n      {it}")).collect();
                format!("granted by{}", lines.concat())
            }
            Access::Refused => "refused: no policy grants it".to_owned(),
            _ => "decided by the host".to_owned(),
        };
        let _ = writeln!(text, "  {}\n    {access}", capability.describe());
    }
    text
}
