//! Findings in applications: one folder a case, in `tests/applications`, laid over the application in `base`.
//!
//! A plugin is a file of WIT, `plugins/NAME.wit`, of which a component is made; what it uses stands in `deps.wit`.
//! One of `plugins/NAME.wat` is a component by itself.

use std::fs;
use std::path::{Path, PathBuf};

use plugwright_component::application::{ApplicationError, Code, End, Finding, Plan};
use plugwright_component::{World, changes};
use tempfile::TempDir;
use wasm_encoder::{ComponentSection as _, CustomSection};
use wit_parser::Resolve;

use crate::support::{self, Result};

#[test]
fn findings_are_as_recorded() -> Result<()> {
    support::all(&support::entries("applications")?, |case| {
        let folder = laid_out(case)?;
        let told = match read(&folder.path().join("app.toml")) {
            Ok(application) => summary(&application),
            Err(ApplicationError::Faults(faults)) => {
                format!("{faults}\n\n{}", listed(&faults.findings))
            }
            Err(error) => format!("{error}\n"),
        };
        // Where it lies is another place each time.
        let told = told.replace(&*folder.path().to_string_lossy(), "DIR");
        support::golden(&case.join("expected.txt"), &told)
    })
}

/// Each folder of `tests/upgrades` is laid over the application in `base`, too, and is the newer version.
#[test]
fn changes_are_as_recorded() -> Result<()> {
    let base = laid_out(&support::folder("applications").join("base"))?;
    let base = read(&base.path().join("app.toml"))?;
    support::all(&support::entries("upgrades")?, |case| {
        let newer = laid_out(case)?;
        let newer = read(&newer.path().join("app.toml"))?;
        let changes = changes::between_applications(&base, &newer);
        let told = serde_json::to_string_pretty(&changes)?;
        // Digests are of what the tools make, which is no matter of this suite.
        let told: String = told
            .lines()
            .filter(|it| !it.contains("\"digest\""))
            .map(|it| format!("{it}\n"))
            .collect();
        let told = format!("breaking: {}\n{told}", changes.is_breaking());
        support::golden(&case.join("expected.txt"), &told)
    })
}

#[test]
fn every_code_has_a_case() -> Result<()> {
    let mut seen: Vec<Code> = Vec::new();
    for case in support::entries("applications")? {
        let folder = laid_out(&case)?;
        match read(&folder.path().join("app.toml")) {
            Ok(application) => seen.extend(application.findings().iter().map(|it| it.code)),
            Err(ApplicationError::Faults(faults)) => {
                seen.extend(faults.findings.iter().map(|it| it.code));
            }
            Err(_) => {}
        }
    }
    let missing: Vec<&Code> = Code::ALL.iter().filter(|it| !seen.contains(it)).collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
    Ok(())
}

#[test]
fn the_reference_explains_every_code() -> Result<()> {
    let mut page = String::from(PAGE);
    for code in Code::ALL {
        let (severity, fix) = (code.severity(), code.fix());
        let mut fix = fix.chars();
        let first = fix.next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
        page += &format!("\n## {code}: {}\n\n", code.title().trim_end_matches('.'));
        page +=
            &format!("*{severity}* {}\n\n**What to do:** {first}{}.\n", code.why(), fix.as_str());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/findings.md");
    support::golden(&path, &page)
}

/// What the schema refuses is what the reader finds in the form of the file, and nothing else.
#[test]
fn the_schema_refuses_what_the_reader_refuses() -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/app.schema.json");
    let schema = serde_json::from_str(&fs::read_to_string(path)?)?;
    let schema = jsonschema::validator_for(&schema).map_err(|err| err.to_string())?;
    let form = [Code::UnknownKey, Code::BadValue, Code::MissingKey];
    support::all(&support::entries("applications")?, |case| {
        let folder = laid_out(case)?;
        let path = folder.path().join("app.toml");
        let Ok(document) = toml::from_str::<serde_json::Value>(&fs::read_to_string(&path)?) else {
            return Ok(());
        };
        let findings = match read(&path) {
            Ok(application) => application.findings().to_vec(),
            Err(ApplicationError::Faults(faults)) => faults.findings,
            Err(error) => return Err(error.to_string().into()),
        };
        let refused = findings.iter().any(|it| form.contains(&it.code));
        let told: Vec<String> = schema.iter_errors(&document).map(|it| it.to_string()).collect();
        match (refused, told.is_empty()) {
            (true, false) | (false, true) => Ok(()),
            (true, true) => Err("the reader refuses it, and the schema does not".into()),
            (false, false) => Err(format!("the schema refuses it: {told:?}").into()),
        }
    })
}

/// How the page of the reference begins.
const PAGE: &str = "\
# Findings

What `plugwright check app.toml` finds, by its code. A code never means anything else.
An *error* is a reason to refuse the application; a *warning* is probably not what its author means; a *note* is as it
has to be, and worth knowing.

This page is made from the code.
";

fn read(path: &Path) -> std::result::Result<Plan, ApplicationError> {
    Plan::read(path, &|path, name| {
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_path(path).map_err(|it| format!("{it:#}"))?;
        let world = resolve.select_world(&[package], name).map_err(|it| it.to_string())?;
        Ok(World::new(resolve, world))
    })
}

/// Copies the base and the case over it, and builds the plugins.
fn laid_out(case: &Path) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let base = support::folder("applications").join("base");
    let mut sources = Vec::new();
    for layer in [base.as_path(), case] {
        for file in files(layer)? {
            let to = folder.path().join(file.strip_prefix(layer)?);
            fs::create_dir_all(to.parent().ok_or("a file is in a folder")?)?;
            fs::copy(&file, &to)?;
            sources.push(to);
        }
    }
    let deps = fs::read_to_string(folder.path().join("deps.wit"))?;
    for path in sources {
        let text = fs::read_to_string(&path)?;
        if path.file_name().is_some_and(|it| it == "host.wit") {
            fs::write(&path, with_deps(&text, &deps))?;
        } else if path.parent().is_some_and(|it| it.ends_with("plugins"))
            && path.extension().is_some_and(|it| it == "wit")
        {
            fs::write(&path, with_deps(&text, &deps))?;
            let mut bytes = support::component(&path)?;
            if let Some(version) = text.lines().find_map(|it| it.strip_prefix("// version: ")) {
                let data = version.as_bytes().into();
                CustomSection { name: "version".into(), data }.append_to_component(&mut bytes);
            }
            fs::write(path.with_extension("wasm"), bytes)?;
        } else if path.extension().is_some_and(|it| it == "wat") {
            fs::write(path.with_extension("wasm"), wat::parse_file(&path)?)?;
        }
    }
    Ok(folder)
}

/// What a document uses follows it, unless it says that itself.
fn with_deps(text: &str, deps: &str) -> String {
    let deps = deps.split("\npackage ").map(|it| it.trim_start_matches("package "));
    let own =
        |dep: &&str| !text.contains(&format!("package {}", dep.lines().next().unwrap_or_default()));
    let deps = deps.filter(own).map(|it| format!("\npackage {it}"));
    format!("{text}{}", deps.collect::<String>())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.file_name().is_some_and(|it| it != "expected.txt") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn listed(findings: &[Finding]) -> String {
    findings.iter().map(|it| format!("{it}\n")).collect::<Vec<_>>().join("\n")
}

fn summary(application: &Plan) -> String {
    let name = |at: usize| &application.members()[at].name;
    let mut text = format!("{}\n", application.name());
    for link in application.links() {
        let to = match &link.to {
            End::Plugin { member, export, .. } => format!("{} `{export}`", name(*member)),
            _ => "the host".to_owned(),
        };
        let from = name(link.from);
        text += &format!("  {from} `{}` -> {to}: {}, {}\n", link.import, link.joint, link.reason);
    }
    for export in application.exports() {
        text +=
            &format!("  export `{}` = {} `{}`\n", export.name, name(export.member), export.export);
    }
    let findings = application.findings();
    if findings.is_empty() { text } else { format!("{text}\n{}", listed(findings)) }
}
