//! What the commands are tried on: components built from text, and files that are wrong.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_component::{Artifact, Composition, Export, Part, Source, compose};

/// What every command runs with, so that it prints the same everywhere.
pub(crate) const ENV: [(&str, &str); 4] =
    [("CARGO", "cargo"), ("COLUMNS", "100"), ("NO_COLOR", "1"), ("PLUGWRIGHT_CACHE", "off")];

/// Makes a new folder with all fixtures.
pub(crate) fn make(name: &str) -> Result<PathBuf, Box<dyn Error>> {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    match fs::remove_dir_all(&dir) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => return Err(err.into()),
        _ => fs::create_dir_all(&dir)?,
    }
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in fs::read_dir(tests.join("components"))? {
        let path = entry?.path();
        let stem = path.file_stem().ok_or("a component without a name")?;
        fs::write(dir.join(stem).with_extension("wasm"), wat::parse_file(&path)?)?;
    }
    copy(&tests.join("wit"), &dir.join("wit"))?;
    copy(&tests.join("files"), &dir)?;
    fs::create_dir_all(dir.join("deps/demo/doubler"))?;
    fs::copy(dir.join("doubler.wasm"), dir.join("deps/demo/doubler.wasm"))?;
    fs::copy(dir.join("doubler.wasm"), dir.join("deps/demo/doubler/1.2.0.wasm"))?;
    fs::write(dir.join("attenuated.wasm"), attenuated(&dir.join("reach.wasm"))?)?;
    spoil(&dir)?;
    for (path, text) in PROJECTS {
        let path = dir.join("projects").join(path);
        fs::create_dir_all(path.parent().ok_or("a project without a folder")?)?;
        fs::write(path, text)?;
    }
    script(&dir.join("old-rustc"), OLD_RUSTC)?;
    Ok(dir)
}

/// Composes a component that has some of its imports from outside, and is denied the others.
fn attenuated(file: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let artifact = Artifact::read(file)?;
    let granted = ["wasi:io/", "wasi:cli/stdout", "example:host/secrets"];
    let imports = artifact.imports().iter().map(|it| {
        let is_granted = granted.iter().any(|name| it.name.starts_with(name));
        (it.name.clone(), if is_granted { Source::Outside } else { Source::Denied })
    });
    let parts = vec![Part { name: "reach".to_owned(), imports: imports.collect(), artifact }];
    let export = |name: &str| Export { name: name.to_owned(), part: 0, export: name.to_owned() };
    Ok(compose(&Composition { parts, exports: vec![export("now"), export("print")] })?)
}

/// A Rust that is too old, and has no targets.
const OLD_RUSTC: &str = "\
#!/bin/sh
case \"$1\" in
    --version) echo 'rustc 1.84.1 (e71f9a9a9 2025-01-27)' ;;
    *) echo /none ;;
esac
";

/// Writes a program.
fn script(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}

/// Projects that cannot be built, by their files.
const PROJECTS: [(&str, &str); 9] = [
    ("go/go.mod", ""),
    ("nothing/notes.txt", ""),
    ("invalid/Cargo.toml", "package = 1\n"),
    ("workspace/Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"member\"]\n"),
    ("workspace/member/Cargo.toml", "[package]\nname = \"member\"\nedition = \"2024\"\n"),
    ("workspace/member/src/lib.rs", ""),
    ("library/Cargo.toml", "[package]\nname = \"library\"\nedition = \"2024\"\n[workspace]\n"),
    ("library/src/lib.rs", ""),
    (
        "keys/Cargo.toml",
        "[package]\nname = \"keys\"\nedition = \"2024\"\nmetadata.plugwright.world = \"w\"\n\
         [lib]\ncrate-type = [\"cdylib\"]\npath = \"lib.rs\"\n[workspace]\n",
    ),
];

/// Makes files that are no components.
fn spoil(dir: &Path) -> Result<(), Box<dyn Error>> {
    let good = fs::read(dir.join("greeter.wasm"))?;
    fs::create_dir_all(dir.join("folder.wasm"))?;
    fs::write(dir.join("empty.wasm"), "")?;
    fs::write(dir.join("text.wasm"), "This is not the plugin you are looking for.\n")?;
    fs::write(dir.join("core.wasm"), wat::parse_str("(module)")?)?;
    fs::write(dir.join("truncated.wasm"), &good[..good.len() * 2 / 3])?;
    fs::write(dir.join("latin1.toml"), b"# \xe9\n")?;
    let mut changed = good;
    changed[60] ^= 0xff;
    fs::write(dir.join("changed.wasm"), changed)?;
    // A hole in the file: it takes no room on the disk.
    fs::File::create(dir.join("zeros.wasm"))?.set_len(100 << 20)?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Starts a call of the program in a folder.
pub(crate) fn plugwright(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugwright"));
    command.args(args).current_dir(dir).envs(ENV);
    command
}
