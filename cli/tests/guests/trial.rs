//! Trials: what is tried in Rust, with one instance of a plugin.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use plugwright::{
    Artifact, Cache, Digest, Engine, EngineOptions, Grants, Instance, Instances, Interfaces,
    Limits, Plugin, Policy, World,
};

use crate::{Guest, Tested};

/// What came of one case or trial.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) behaviour: String,
    pub(crate) language: &'static str,
    /// The call, or the trial's name.
    pub(crate) case: String,
    pub(crate) result: Result<(), String>,
}

/// One thing to try with an instance, and its name.
pub(crate) type Trial<W> = (&'static str, fn(&mut Instance<W>) -> Tested);

/// How long a call may take: machines that test are slow, and busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What plugins are tried on.
#[derive(Debug)]
pub(crate) struct Bench {
    engine: Engine,
    /// Where the components' code is kept, so that each is compiled once.
    pub(crate) cache: PathBuf,
}

impl Bench {
    pub(crate) fn new(root: &Path) -> Tested<Bench> {
        let cache = root.join("target/guests/cache");
        let options =
            EngineOptions { cache: Cache::Folder(cache.clone()), ..EngineOptions::default() };
        Ok(Bench { engine: Engine::new(options)?, cache })
    }

    /// How many sandboxes of a plugin live.
    pub(crate) fn sandboxes(&self, digest: &Digest) -> u64 {
        let metrics = self.engine.metrics();
        let of = metrics.plugins.iter().filter(|it| it.digest == *digest);
        of.map(|it| it.sandboxes).sum()
    }

    /// Tries everything, each with an instance of its own, and says how long it took.
    #[expect(
        clippy::print_stdout,
        reason = "it is for people who run the tests with `--nocapture`"
    )]
    pub(crate) fn run<W>(&self, guest: &Guest, trials: &[Trial<W>]) -> Tested<Vec<Outcome>>
    where
        W: World<Host: Default>,
    {
        let plugin: Plugin<W> = self.load(guest, Instances::Pinned, PATIENCE)?;
        let outcome = |&(name, trial): &Trial<W>| {
            let start = Instant::now();
            let result = plugin.instantiate().map_err(Into::into).and_then(|mut it| trial(&mut it));
            println!("{} {}: {name}: {:.2?}", guest.behaviour, guest.language, start.elapsed());
            guest.outcome(name, result.map_err(|err| err.to_string()))
        };
        Ok(trials.iter().map(outcome).collect())
    }

    pub(crate) fn load<W>(
        &self,
        guest: &Guest,
        instances: Instances,
        time: Duration,
    ) -> Tested<Plugin<W>>
    where
        W: World<Host: Default>,
    {
        let policy = Policy {
            grants: Grants { interfaces: Interfaces::All, ..Grants::default() },
            limits: Limits { time, ..Limits::default() },
            instances,
            ..Policy::default()
        };
        let component = Artifact::read(&guest.component)?.accept_unsigned();
        Ok(self.engine.load(component, policy)?)
    }
}

/// Says what was expected where something else was found.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Tested {
    if found == expected {
        return Ok(());
    }
    let short = |it: T| format!("{it:?}").chars().take(1000).collect::<String>();
    Err(format!("expected {}, found {}", short(expected), short(found)).into())
}
