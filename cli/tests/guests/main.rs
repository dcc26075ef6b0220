//! The conformance plugins: each folder of `guests` is a behaviour, and all of it holds in every language.
//!
//! A behaviour is shown by its cases, `cases.wave` under the empty policy and every `NAME.wave` under the policy
//! `NAME.toml` beside it; and by trials in Rust, where a case cannot be written: with resources, with imports, with
//! long lists, and where memory is measured.
//! What is known to fail is in `guests/known-gaps.txt`.

mod cases;
mod gaps;
mod handles;
mod imports;
mod lent;
mod lists;
mod memory;
mod resources;
mod streams;
mod traps;
mod trial;

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use self::gaps::Gaps;
use self::trial::{Bench, Outcome};

type Tested<T = ()> = Result<T, Box<dyn Error>>;

/// Lists the languages, by the ending of a plugin's file.
const LANGUAGES: [(&str, &str); 6] =
    [("c", "c"), ("go", "go"), ("js", "js"), ("py", "python"), ("rs", "rust"), ("ts", "ts")];

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn every_language_does_the_same() -> Tested {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let guests = guests(&root)?;
    let bench = Bench::new(&root)?;
    let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(guest) = guests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = guest.outcomes(&bench);
                    outcomes.lock().expect("no thread panicked").extend(found);
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner()?;
    outcomes.extend(missing(&guests));
    let mut gaps = Gaps::read(&root.join("guests/known-gaps.txt"))?;
    let mut complaints: Vec<_> = outcomes.iter().filter_map(|it| gaps.judge(it)).collect();
    complaints.extend(gaps.unused());
    complaints.sort();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(!outcomes.is_empty(), "there is no guest");
    Ok(())
}

/// Complains about behaviours that a language of others does not have; TypeScript is JavaScript here.
fn missing(guests: &[Guest]) -> Vec<Outcome> {
    let language = |guest: &Guest| if guest.language == "ts" { "js" } else { guest.language };
    let languages: BTreeSet<_> = guests.iter().map(language).collect();
    let there: BTreeSet<_> = guests.iter().map(|it| (it.behaviour.clone(), language(it))).collect();
    let behaviours: BTreeSet<_> = guests.iter().map(|it| it.behaviour.clone()).collect();
    let all = behaviours
        .into_iter()
        .flat_map(|it| languages.iter().map(move |&language| (it.clone(), language)));
    let missing = all.filter(|it| !there.contains(it));
    let outcome = |(behaviour, language)| {
        let result = Err("the behaviour has no plugin in this language".to_owned());
        Outcome { behaviour, language, case: "plugin".to_owned(), result }
    };
    missing.map(outcome).collect()
}

/// A behaviour's plugin in one language.
#[derive(Debug)]
struct Guest {
    behaviour: String,
    language: &'static str,
    /// The folder of the behaviour.
    dir: PathBuf,
    component: PathBuf,
}

impl Guest {
    /// Tries everything that the plugin is there for.
    fn outcomes(&self, bench: &Bench) -> Vec<Outcome> {
        let trials = match self.behaviour.as_str() {
            "handles" => handles::run(bench, self),
            "imports" => imports::run(bench, self),
            "lent" => lent::run(bench, self),
            "lists" => lists::run(bench, self),
            "resources" => resources::run(bench, self),
            "streams" => streams::run(bench, self),
            "strings" => memory::run(bench, self),
            "traps" => traps::run(bench, self),
            _ => Ok(Vec::new()),
        };
        let tried = [cases::run(bench, self), trials];
        let tried = tried.into_iter().map(|outcomes| {
            outcomes.unwrap_or_else(|err| vec![self.outcome("start", Err(err.to_string()))])
        });
        tried.flatten().collect()
    }

    /// What came of a case or a trial.
    fn outcome(&self, case: &str, result: Result<(), String>) -> Outcome {
        let (behaviour, language) = (self.behaviour.clone(), self.language);
        Outcome { behaviour, language, case: case.to_owned(), result }
    }
}

/// Finds all plugins.
fn guests(root: &Path) -> Tested<Vec<Guest>> {
    let mut guests = Vec::new();
    for folder in fs::read_dir(root.join("guests"))? {
        let dir = folder?.path();
        let behaviour = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (ending, language) in LANGUAGES {
            if dir.join("plugin").with_extension(ending).is_file() {
                let component = root.join(format!("target/guests/{behaviour}-{language}.wasm"));
                let (behaviour, dir) = (behaviour.clone(), dir.clone());
                guests.push(Guest { behaviour, language, dir, component });
            }
        }
    }
    Ok(guests)
}
