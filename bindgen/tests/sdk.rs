//! Builds the Rust SDK of every `tests/wit/*.wit`, and its first plugin, with warnings as errors, and holds them
//! to rustfmt and clippy.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_bindgen::{GenerateError, Language, Options, Source, generate, load};
use wit_parser::decoding::DecodedWasm;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn cases() -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir("tests/wit")?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<_> = entries.into_iter().map(|it| it.path()).collect();
    paths.sort();
    Ok(paths)
}

fn source(path: &Path, case: &str) -> Outcome<Source> {
    match load(path, None) {
        Err(GenerateError::WorldNotNamed { .. }) => Ok(load(path, Some(case))?),
        other => Ok(other?),
    }
}

/// Gives what a component exports.
fn exports(component: &[u8]) -> Outcome<BTreeSet<String>> {
    let decoded = match wit_parser::decoding::decode(component) {
        Ok(it) => it,
        Err(err) => return Err(format!("{err:#}").into()),
    };
    let DecodedWasm::Component(resolve, world) = decoded else {
        return Err("it is no component".into());
    };
    Ok(resolve.worlds[world].exports.keys().map(|it| resolve.name_world_key(it)).collect())
}

/// Makes a component of what the compiler left, if it is not one yet.
fn component(bytes: Vec<u8>) -> Outcome<Vec<u8>> {
    if wit_component::metadata::decode(&bytes).is_err() {
        return Ok(bytes);
    }
    let encoded =
        wit_component::ComponentEncoder::default().module(&bytes).and_then(|mut it| it.encode());
    encoded.map_err(|err| format!("{err:#}").into())
}

/// Checks that each first plugin exports what its world asks for.
fn check_plugins(folder: &Path) -> Outcome<()> {
    for path in cases()? {
        let case = path.file_stem().and_then(|it| it.to_str()).ok_or("a name in UTF-8")?.to_owned();
        let Source { resolve, world, .. } = source(&path, &case)?;
        let world = &resolve.worlds[world];
        let file = folder.join(format!("first_{}.wasm", world.name.replace('-', "_")));
        let found = exports(&component(fs::read(&file)?)?)?;
        let wanted = world.exports.keys().map(|it| resolve.name_world_key(it)).collect();
        assert_eq!(found, wanted, "{}", file.display());
    }
    Ok(())
}

/// Writes the SDKs and the first plugins as one workspace, so that they share what they build.
fn write(root: &Path) -> Outcome<()> {
    let mut members = Vec::new();
    for path in cases()? {
        let case = path.file_stem().and_then(|it| it.to_str()).ok_or("a name in UTF-8")?.to_owned();
        let files = generate(Language::Rust, &source(&path, &case)?, &Options::default())?;
        for (path, text) in files {
            let path = root.join(&case).join(path);
            fs::create_dir_all(path.parent().ok_or("a file in a folder")?)?;
            // The workspace is the one around all of them.
            fs::write(path, text.replace("\n[workspace]\n", "\n"))?;
        }
        members.push(format!("\"{case}\""));
        members.push(format!("\"{case}/examples/first\""));
    }
    let members = members.join(", ");
    fs::write(
        root.join("Cargo.toml"),
        format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n"),
    )?;
    Ok(())
}

#[test]
#[ignore = "builds crates; run by cargo xtask test"]
fn every_sdk_and_its_first_plugin_build() -> Outcome<()> {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sdk");
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    fs::create_dir_all(&root)?;
    write(&root)?;
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sdk-target");
    for triple in ["wasm32-wasip2", "wasm32-unknown-unknown"] {
        let output = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--workspace", "--keep-going", "--target", triple])
            .env("CARGO_TARGET_DIR", &target)
            .env("RUSTFLAGS", "-D warnings")
            .env("RUSTUP_TOOLCHAIN", "1.95.0")
            .current_dir(&root)
            .output()?;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{triple}:\n{told}");
        check_plugins(&target.join(triple).join("debug"))?;
    }
    // The bindings of the generator underneath are left out by the crate itself.
    for arguments in [
        &["fmt", "--all", "--check"][..],
        &["clippy", "--quiet", "--workspace", "--", "-D", "warnings"],
    ] {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .env("CARGO_TARGET_DIR", &target)
            .env("CARGO_BUILD_TARGET", "wasm32-wasip2")
            .env("RUSTUP_TOOLCHAIN", "1.95.0")
            .current_dir(&root)
            .output()?;
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        assert!(output.status.success(), "cargo {}:\n{told}", arguments.join(" "));
    }
    Ok(())
}
