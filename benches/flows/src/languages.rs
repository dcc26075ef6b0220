//! What flows through plugins of each language: those of the conformance suite, whose world is the same for all.

use plugwright_benches::turns::Spread;

use crate::ours::Speaker;
use crate::rounds::{Pass, rounds};
use crate::{Measured, Result, all};

/// The languages, with their names for people, and how many bytes flow in one pass.
const LANGUAGES: [(&str, &str, u64); 5] = [
    ("rust", "Rust", 64 << 20),
    ("c", "C", 64 << 20),
    ("go", "Go", 64 << 20),
    ("js", "JavaScript", 8 << 20),
    ("python", "Python", 8 << 20),
];

const COLUMNS: [&str; 2] = ["plugin to host", "through a plugin that looks at every byte"];

const ROUNDS: usize = 3;

/// Measures every language.
pub fn table(measured: &Measured<'_>) -> Result<String> {
    let runtime = &measured.runtime;
    let mut rows = Vec::new();
    for (name, title, bytes) in LANGUAGES {
        if !measured.is_asked(&format!("plugin in {title}")) {
            continue;
        }
        let file = measured.folder.join(format!("streams-{name}.wasm"));
        let plugin = Speaker::new(&file).map_err(|error| format!("{title}: {error}"))?;
        let mut passes: [Option<Pass<'_>>; 2] = [
            Some(Box::new(|| all(runtime.block_on(plugin.give(bytes))?, bytes))),
            Some(Box::new(|| all(runtime.block_on(plugin.change(bytes))?, bytes))),
        ];
        let taken = rounds(&mut passes, ROUNDS).map_err(|error| format!("{title}: {error}"))?;
        let speed = |it: Option<Vec<f64>>| match it {
            Some(it) => format!("{:.1} MB/s", bytes as f64 / Spread::of(it).median / 1e6),
            None => "–".to_owned(),
        };
        rows.push(
            [vec![format!("plugin in {title}")], taken.into_iter().map(speed).collect()].concat(),
        );
    }
    Ok(plugwright_benches::table::table(&COLUMNS, &rows))
}
