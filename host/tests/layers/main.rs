//! Layers before a key-value store: each case the same where they are one component and where each lives by itself.
//!
//! A case is a folder: `app.toml`, the calls in `calls.wave`, and what comes of them in `expected.txt`; what lies in
//! its folder `store` is there before. A line `// restart` loads the application anew.

#![allow(clippy::unwrap_used, reason = "all of it is a test")]

#[path = "../common/mod.rs"]
mod common;

use std::error::Error as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use common::Tested;
use plugwright::{Application, Captured, Engine, EngineOptions, Output, Plan};
use tempfile::TempDir;

const LAYERS: [&str; 5] = ["cache", "faults", "folder", "limiter", "recorder"];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/layers/cases").join(name)
}

/// Lays out an application beside the layers, with the files that are in its store before.
fn laid_out(text: &str, store: Option<&Path>) -> Tested<TempDir> {
    let home = tempfile::tempdir()?;
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/guests");
    fs::create_dir(home.path().join("layers"))?;
    for name in LAYERS {
        let to = home.path().join(format!("layers/{name}.wasm"));
        fs::copy(built.join(format!("layer-{name}.wasm")), to)?;
    }
    fs::create_dir(home.path().join("store"))?;
    for file in store.map(fs::read_dir).transpose()?.into_iter().flatten() {
        let file = file?;
        fs::copy(file.path(), home.path().join("store").join(file.file_name()))?;
    }
    fs::write(home.path().join("app.toml"), text)?;
    Ok(home)
}

/// An application, and what its plugins print.
struct Loaded {
    application: Application,
    printed: Vec<Captured>,
}

fn load(home: &Path) -> Tested<Loaded> {
    let mut plan = Plan::read(home.join("app.toml"), &|_, _| Err("there is no WIT".into()))?;
    let mut printed = Vec::new();
    for policy in plan.policies_mut() {
        for output in [&policy.grants.stdout, &policy.grants.stderr] {
            if let Output::Capture(captured) = output {
                printed.push(captured.clone());
            }
        }
    }
    let application = Application::load(&Engine::new(EngineOptions::default())?, &plan)?;
    Ok(Loaded { application, printed })
}

impl Loaded {
    /// Calls, and gives the answer, or what went wrong, and below it what was printed.
    fn call(&self, call: &str) -> Tested<String> {
        let request = self.application.request(call)?;
        let mut told = match self.application.call(&request) {
            Ok(Some(value)) => format!("{}\n", value.to_wave()?),
            Ok(None) => String::new(),
            Err(error) => {
                let source = error.source().map(|it| format!("caused by: {it}\n"));
                format!("error: {error}\n{}", source.unwrap_or_default())
            }
        };
        for captured in &self.printed {
            for line in captured.take().lines() {
                told.push_str(&format!("    {line}\n"));
            }
        }
        Ok(told)
    }
}

/// Puts dots in the place of every number that follows a word, since no two runs take as long.
fn without_times(text: &str) -> String {
    let mut rest = text;
    let mut told = String::new();
    while let Some(at) =
        ["us=", "limited("].iter().filter_map(|it| Some(rest.find(it)? + it.len())).min()
    {
        told.push_str(&rest[..at]);
        told.push_str("..");
        rest = rest[at..].trim_start_matches(|it: char| it.is_ascii_digit());
    }
    told + rest
}

/// Makes the calls of a case, and lists the files that are there then.
fn told(case: &Path, text: &str) -> Tested<String> {
    let store = case.join("store");
    let home = laid_out(text, store.is_dir().then_some(&store))?;
    // A folder in the store is no value, whatever it is called.
    if case.ends_with("damaged") {
        fs::create_dir(home.path().join("store/kfolder"))?;
    }
    let mut loaded = load(home.path())?;
    let mut told = String::new();
    for line in fs::read_to_string(case.join("calls.wave"))?.lines().filter(|it| !it.is_empty()) {
        told.push_str(&format!("> {line}\n"));
        match line.strip_prefix("//") {
            Some(" restart") => loaded = load(home.path())?,
            Some(_) => {}
            None => told.push_str(&loaded.call(line)?),
        }
    }
    told.push_str("> files\n");
    for name in names(&home.path().join("store"))? {
        told.push_str(&format!("{name}\n"));
    }
    Ok(without_times(&told))
}

fn names(folder: &Path) -> Tested<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|it| Ok(it?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<Tested<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn cases_come_out_the_same_fused_and_isolated() -> Tested {
    let mut cases = names(&folder(""))?;
    cases.sort();
    for name in cases {
        let case = folder(&name);
        let text = fs::read_to_string(case.join("app.toml"))?;
        assert!(text.contains("\"fused\""), "{name} is fused where it stands");
        let fused = told(&case, &text)?;
        let isolated = told(&case, &text.replace("\"fused\"", "\"isolated\""))?;
        assert_eq!(fused, isolated, "{name}");
        let file = case.join("expected.txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(file, fused)?;
        } else {
            let expected = fs::read_to_string(&file)?;
            assert_eq!(
                fused, expected,
                "{name}: rewrite what is expected with BLESS=1, and read the difference"
            );
        }
    }
    Ok(())
}

/// A folder by itself, each call in a sandbox of its own.
const FOLDER: &str = "
[application]
name = \"folder\"
[exports]
\"plugwright:keyvalue/store\" = \"folder\"
[plugins.folder]
file = \"layers/folder.wasm\"
limits = { time = \"30s\" }
grants = { folders = [{ host = \"store\", guest = \"/store\", write = true }] }
";

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn nothing_is_lost_where_many_count_at_once() -> Tested {
    let home = laid_out(FOLDER, None)?;
    // Two engines, as two programs would have them.
    let loaded = [load(home.path())?, load(home.path())?];
    std::thread::scope(|scope| {
        let count = |at: usize| {
            let application = &loaded[at % 2].application;
            let request = application.request(r#"store.increment("visits", 1)"#).unwrap();
            for _ in 0..20 {
                let answer = application.call(&request).unwrap().unwrap().to_wave().unwrap();
                assert!(answer.starts_with("ok("), "{answer}");
            }
        };
        for at in 0..4 {
            scope.spawn(move || count(at));
        }
    });
    assert_eq!(loaded[0].call(r#"store.increment("visits", 0)"#)?, "ok(80)\n");
    assert_eq!(names(&home.path().join("store"))?, ["kvisits"]);
    Ok(())
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn a_lock_that_was_left_behind_is_taken_away() -> Tested {
    let home = laid_out(FOLDER, None)?;
    let store = home.path().join("store");
    let long_ago = SystemTime::now() - Duration::from_secs(7200);
    for name in ["lock", "t0", "b1"] {
        File::create(store.join(name))?.set_modified(long_ago)?;
    }
    assert_eq!(load(home.path())?.call(r#"store.set("a", [1])"#)?, "ok\n");
    let left = names(&store)?;
    assert!(
        matches!(left.as_slice(), [claim, value] if claim.starts_with('b') && value == "ka"),
        "{left:?}"
    );
    Ok(())
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn a_value_is_as_large_as_is_said_and_no_larger() -> Tested {
    // Values that are called by name take 40 bytes of the host's for each of theirs.
    let roomy = FOLDER.replace("time = ", "lifted = \"64 MiB\", time = ");
    let home = laid_out(&roomy, None)?;
    let loaded = load(home.path())?;
    let largest = 1 << 20;
    let set = |length: usize| format!("store.set(\"a\", [{}])", vec!["7"; length].join(","));
    assert_eq!(loaded.call(&set(largest))?, "ok\n");
    assert_eq!(loaded.call(&set(largest + 1))?, "err(too-large(1048576))\n");
    let kept = loaded.call("store.get(\"a\")")?;
    assert_eq!(kept.matches('7').count(), largest);
    Ok(())
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn a_trap_that_is_asked_for_ends_the_call_and_no_more() -> Tested {
    let text = fs::read_to_string(folder("faults").join("app.toml"))?
        .replace("\"fused\"", "\"isolated\"")
        .replace("FAULTS_WHEN = \"after\"", "FAULTS_ERROR = \"trap\"");
    let loaded_home = laid_out(&text, None)?;
    let loaded = load(loaded_home.path())?;
    assert!(loaded.call(r#"store.set("a", [1])"#)?.starts_with("ok\n"));
    let told = loaded.call(r#"store.set("a", [2])"#)?;
    let expected = "error: `store.set` called `plugwright:keyvalue/store.set` of plugin `faults`, which failed\n\
                    caused by: `store.set` trapped: ";
    assert!(told.starts_with(expected) && told.contains("call 2 was to fail"), "{told}");
    // What failed begins anew, and so does its count of calls.
    assert!(loaded.call(r#"store.set("a", [1])"#)?.starts_with("ok\n"));
    Ok(())
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn the_application_in_the_guide_runs() -> Tested {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/layers.md");
    let page = fs::read_to_string(page)?;
    let block = |info: &str| page.split(&format!("```{info}\n")).nth(1)?.split("```").next();
    let home = laid_out(block("toml").unwrap(), None)?;
    let loaded = load(home.path())?;
    // A call stands in the line before its answer.
    let shown: Vec<&str> = block("console").unwrap().lines().collect();
    let [.., call, answer] = shown.as_slice() else { panic!("{shown:?}") };
    let told = loaded.call(call)?;
    assert_eq!(told.lines().next(), Some(*answer));
    let line = told.lines().nth(1).unwrap();
    assert_eq!(without_times(line), r#"    call=increment key="visits" outcome=done us=.."#);
    Ok(())
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn what_the_guide_says_passes_without_more_being_allowed() -> Tested {
    let home = laid_out(FOLDER, None)?;
    let loaded = load(home.path())?;
    let set = format!("store.set(\"a\", [{}])", vec!["7"; 400_000].join(","));
    assert_eq!(loaded.call(&set)?, "ok\n");
    assert!(loaded.call("store.get(\"a\")")?.starts_with("ok(some([7, "));
    Ok(())
}
