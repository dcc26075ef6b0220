//! The example `checkout`: what its application answers, whoever wrote its plugins, and what is found in broken ones.

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::fixtures::plugwright;

/// Which language stands in for a plugin that is there in several.
type Chosen = [(&'static str, &'static str); 2];

/// The example's own choice comes first.
const CHOICES: [Chosen; 3] = [
    [("discount", "js"), ("tax", "go")],
    [("discount", "rust"), ("tax", "rust")],
    [("discount", "rust"), ("tax", "c")],
];

const ALONE: [(&str, &str); 3] = [("fraud", "python"), ("orders", "rust"), ("pricing", "rust")];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn example() -> PathBuf {
    root().join("examples/checkout")
}

/// Lays the application out, with nothing in its store.
fn laid_out(name: &str, chosen: Chosen) -> Result<PathBuf, Box<dyn Error>> {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("checkout").join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    for folder in ["plugins", "layers", "store", "wit", "broken"] {
        fs::create_dir_all(dir.join(folder))?;
    }
    let built = root().join("target/guests");
    for (team, language) in ALONE.into_iter().chain(chosen) {
        let from = built.join(format!("checkout-{team}-{language}.wasm"));
        fs::copy(from, dir.join(format!("plugins/{team}.wasm")))?;
    }
    for layer in ["cache", "folder", "recorder"] {
        let from = built.join(format!("layer-{layer}.wasm"));
        fs::copy(from, dir.join(format!("layers/{layer}.wasm")))?;
    }
    for file in ["app.toml", "wit/checkout.wit", "catalogue.wave"] {
        fs::copy(example().join(file), dir.join(file))?;
    }
    Ok(dir)
}

/// The files of a folder that end so, in order.
fn files(folder: &str, ending: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let files = fs::read_dir(example().join(folder))?.map(|it| Ok(it?.path()));
    let mut files = files.collect::<Result<Vec<PathBuf>, Box<dyn Error>>>()?;
    files.retain(|it| it.extension().is_some_and(|it| it == ending));
    files.sort();
    Ok(files)
}

/// Compares with a file; `BLESS=1` writes it instead.
fn expect(file: &Path, told: &str) -> Result<(), Box<dyn Error>> {
    if std::env::var_os("BLESS").is_some() {
        return Ok(fs::write(file, told)?);
    }
    assert_eq!(told, fs::read_to_string(file)?, "{}: accept it with BLESS=1", file.display());
    Ok(())
}

/// Puts dots in the place of what changes with each version of a compiler.
fn without_builds(told: &str) -> String {
    let mut lines: Vec<String> = told.lines().map(str::to_owned).collect();
    for line in &mut lines {
        if let Some((start, _)) = line.split_once("found:    sha256:") {
            *line = format!("{start}found:    sha256:..");
        }
        if let Some((start, rest)) = line.split_once("begins with ") {
            let rest = rest.trim_start_matches(|it: char| it.is_ascii_digit());
            *line = format!("{start}begins with ..{rest}");
        }
    }
    lines.join("\n") + "\n"
}

/// Runs the calls of a case on a shop that has its catalogue.
fn answers(dir: &Path, case: &Path) -> Result<String, Box<dyn Error>> {
    for file in fs::read_dir(dir.join("store"))? {
        fs::remove_file(file?.path())?;
    }
    let catalogue = fs::read_to_string(dir.join("catalogue.wave"))?;
    let case = fs::read_to_string(case)?;
    let calls = case.lines().filter(|it| !it.starts_with("//"));
    let calls: Vec<&str> = catalogue.lines().chain(calls).collect();
    fs::write(dir.join("calls"), calls.join("\n"))?;
    // Python takes long to compile, and is compiled once.
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("checkout/cache");
    let output = plugwright(dir, &["run", "app.toml"])
        .env("PLUGWRIGHT_CACHE", cache)
        .stdin(File::open(dir.join("calls"))?)
        .stderr(Stdio::piped())
        .output()?;
    let (out, err) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    assert!(output.status.success(), "{err}");
    let stocked = "ok\n".repeat(catalogue.lines().count());
    let rest = out.strip_prefix(&stocked).ok_or("the catalogue could not be stored")?;
    Ok(rest.to_owned())
}

#[test]
#[ignore = "needs built plugins in five languages; run by cargo xtask test"]
fn nobody_notices_in_which_language_a_plugin_is_written() -> Result<(), Box<dyn Error>> {
    for (number, chosen) in CHOICES.into_iter().enumerate() {
        let dir = laid_out(&format!("choice-{number}"), chosen)?;
        for case in files("cases", "wave")? {
            let told = answers(&dir, &case)?;
            let file = case.with_extension("txt");
            if number == 0 {
                expect(&file, &told)?;
            }
            let expected = fs::read_to_string(&file)?;
            assert_eq!(told, expected, "{} with {chosen:?}", case.display());
        }
    }
    Ok(())
}

#[test]
#[ignore = "needs built plugins in five languages; run by cargo xtask test"]
fn every_fault_of_the_broken_ones_is_found() -> Result<(), Box<dyn Error>> {
    let dir = laid_out("broken", CHOICES[0])?;
    fs::copy(example().join("broken/wit/older.wit"), dir.join("broken/older.wit"))?;
    for file in files("broken/plugins", "wat")? {
        let name = file.file_stem().ok_or("a component without a name")?;
        let to = dir.join("plugins").join(name).with_extension("wasm");
        fs::write(to, wat::parse_file(&file)?)?;
    }
    let broken = files("broken", "toml")?;
    assert!(broken.len() >= 15, "there are {}", broken.len());
    for file in broken {
        let name = file.file_name().and_then(|it| it.to_str()).ok_or("no name")?;
        fs::copy(&file, dir.join(name))?;
        let output = plugwright(&dir, &["check", name]).output()?;
        let told = String::from_utf8(output.stdout)? + &String::from_utf8(output.stderr)?;
        let told = without_builds(&told);
        let findings = told.contains("error[PW") || told.contains("warning[PW");
        assert!(findings, "nothing was found in {name}:\n{told}");
        expect(&file.with_extension("txt"), &told)?;
    }
    Ok(())
}

#[test]
#[ignore = "needs built plugins in five languages; run by cargo xtask test"]
fn the_picture_shows_the_application() -> Result<(), Box<dyn Error>> {
    let dir = laid_out("picture", CHOICES[0])?;
    let output = plugwright(&dir, &["check", "app.toml", "--graph", "checkout.svg"]).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    expect(&example().join("checkout.svg"), &fs::read_to_string(dir.join("checkout.svg"))?)
}
