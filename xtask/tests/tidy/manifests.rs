//! Manifests: what every crate inherits, and the versions that move together.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use crate::{assert_tidy, tree};

/// Lists the crates that are released as one: a set here has one version in the root manifest.
const SETS: &[&[&str]] = &[
    &["wasmtime", "wasmtime-wasi", "wasi-preview1-component-adapter-provider"],
    &["wit-parser", "wit-component", "wasmparser", "wasm-wave", "wasm-metadata"],
    &["wit-bindgen-core", "wit-bindgen-rust"],
];

/// Lists the versions that `wac-graph` brings along: it takes and gives bytes, so their types never meet ours.
const BY_BYTES: &[(&str, &str)] = &[("wasmparser", "0.258.3"), ("wasm-metadata", "0.258.3")];

/// Lists what a crate takes from the workspace.
const INHERITED: [&str; 4] = ["edition", "license", "rust-version", "version"];

#[test]
fn every_crate_inherits_from_the_workspace() -> Result<(), Box<dyn Error>> {
    let mut complaints = Vec::new();
    for package in &tree::metadata()?.packages {
        let manifest = tree::manifest(package);
        complaints.extend(own_settings(&manifest, &tree::toml(&manifest)?));
    }
    assert_tidy(&complaints);
    Ok(())
}

#[test]
fn a_setting_of_its_own_is_named() -> Result<(), Box<dyn Error>> {
    let manifest = "package.edition = '2024'\npackage.license.workspace = true\n\
        package.rust-version.workspace = true\npackage.version.workspace = false\n";
    assert_eq!(
        own_settings("a/Cargo.toml", &manifest.parse()?),
        [
            "a/Cargo.toml: write `edition.workspace = true` under `[package]`",
            "a/Cargo.toml: write `version.workspace = true` under `[package]`",
            "a/Cargo.toml: write `workspace = true` under `[lints]`",
        ]
    );
    Ok(())
}

#[test]
fn the_wasm_toolkit_is_one_set_of_versions() -> Result<(), Box<dyn Error>> {
    assert_tidy(&loose_versions(&tree::toml("Cargo.toml")?, &tree::toml("Cargo.lock")?)?);
    Ok(())
}

#[test]
fn a_version_outside_its_set_is_named() -> Result<(), Box<dyn Error>> {
    let root = "[workspace.dependencies]\nwasmtime = { version = '=48.0.8' }\n\
        wasmtime-wasi = '=48.0.7'\nwit-parser = '0.254.2'\n";
    let lock = "package = [{ name = 'wasmtime', version = '48.0.8' }, \
        { name = 'wasmtime-wasi', version = '48.0.7' }, \
        { name = 'wit-parser', version = '0.254.2' }, { name = 'wit-parser', version = '0.1.0' }]";
    let complaints = loose_versions(&root.parse()?, &lock.parse()?)?;
    assert_eq!(complaints.len(), 3, "{complaints:?}");
    assert!(complaints[0].contains("`wasmtime` =48.0.8, `wasmtime-wasi` =48.0.7"));
    assert!(complaints[1].contains("pin `wit-parser`"));
    assert!(complaints[2].contains("`wit-parser` in the versions 0.1.0, 0.254.2"));
    Ok(())
}

fn own_settings(path: &str, manifest: &toml::Table) -> Vec<String> {
    let package = manifest.get("package").and_then(|it| it.as_table());
    let inherits = |it: Option<&toml::Value>| {
        it.and_then(|it| it.get("workspace")).and_then(|it| it.as_bool()) == Some(true)
    };
    let own = INHERITED.iter().filter(|key| !inherits(package.and_then(|it| it.get(**key))));
    let mut complaints: Vec<_> = own
        .map(|key| format!("{path}: write `{key}.workspace = true` under `[package]`"))
        .collect();
    if !inherits(manifest.get("lints")) {
        complaints.push(format!("{path}: write `workspace = true` under `[lints]`"));
    }
    complaints
}

/// Complains about a set whose pins differ, a pin that is none, and a crate locked twice.
fn loose_versions(root: &toml::Table, lock: &toml::Table) -> Result<Vec<String>, Box<dyn Error>> {
    let dependencies = root.get("workspace").and_then(|it| it.get("dependencies"));
    let dependencies = dependencies.ok_or("Cargo.toml has no [workspace.dependencies]")?;
    let locked = locked_versions(lock)?;
    let mut complaints = Vec::new();
    for set in SETS {
        let versions = set.iter().filter_map(|&name| {
            let it = dependencies.get(name)?;
            Some((name, it.as_str().or_else(|| it.get("version")?.as_str()).unwrap_or_default()))
        });
        let versions: Vec<_> = versions.collect();
        if versions.windows(2).any(|pair| pair[0].1 != pair[1].1) {
            let list = versions.iter().map(|(name, version)| format!("`{name}` {version}"));
            let list = list.collect::<Vec<_>>().join(", ");
            complaints.push(format!("Cargo.toml: give these crates one version: {list}"));
        }
        for (name, version) in versions {
            if !version.starts_with('=') {
                complaints.push(format!("Cargo.toml: pin `{name}` with `=`, not `{version}`"));
            }
            let versions = locked.get(name).into_iter().flatten().copied();
            let versions: Vec<_> =
                versions.filter(|version| !BY_BYTES.contains(&(name, *version))).collect();
            if versions.len() > 1 {
                let list = versions.join(", ");
                complaints.push(format!(
                    "Cargo.lock: `{name}` in the versions {list}: `cargo tree -i {name}@VERSION` \
                     says who asks; hold that crate back with `cargo update --precise`"
                ));
            }
        }
    }
    Ok(complaints)
}

fn locked_versions(lock: &toml::Table) -> Result<BTreeMap<&str, BTreeSet<&str>>, Box<dyn Error>> {
    let mut versions: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let packages = lock.get("package").and_then(|it| it.as_array());
    for package in packages.ok_or("Cargo.lock has no packages")? {
        let field = |key| package.get(key).and_then(|it: &toml::Value| it.as_str());
        let (Some(name), Some(version)) = (field("name"), field("version")) else {
            return Err("Cargo.lock has a package without a name or a version".into());
        };
        versions.entry(name).or_default().insert(version);
    }
    Ok(versions)
}
