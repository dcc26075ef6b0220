//! Counts the instructions of the hot path, because seconds are noisy; `BLESS=1` writes `tests/instructions.txt` anew.
//!
//! The program `hot` makes the calls and callgrind counts, what the plugin itself runs included and what the kernel does
//! not. The counts are those of this profile: they tell whether a call has become longer, not how long it takes.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// What `hot` calls, in its order.
const CALLS: [&str; 5] = ["integers", "record", "string", "host-call", "fresh"];

/// How far a count may be from what is written down, in hundredths of it.
const TOLERANCE: f64 = 5.0;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/instructions.txt");

#[test]
#[ignore = "needs valgrind, and the plugins that `cargo xtask guests` builds"]
fn instructions_of_the_hot_path() -> Result<(), Box<dyn Error>> {
    let counted = counted()?;
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let key = |call: &str| format!("{} {profile} {call}", env::consts::ARCH);
    let written = fs::read_to_string(FILE)?;
    if env::var_os("BLESS").is_some() {
        let others = written.lines().filter(|it| !it.starts_with(&key("")));
        let mut lines: Vec<_> = others.map(str::to_owned).collect();
        lines.extend(
            CALLS.iter().zip(counted).map(|(call, count)| format!("{} {count}", key(call))),
        );
        return Ok(fs::write(FILE, lines.join("\n") + "\n")?);
    }
    let mut complaints = String::new();
    for (call, count) in CALLS.iter().zip(counted) {
        let key = key(call);
        let before =
            written.lines().find_map(|it| it.strip_prefix(&key)?.trim().parse::<u64>().ok());
        let Some(before) = before else {
            writeln!(complaints, "{key}: {count}, and nothing to compare it with")?;
            continue;
        };
        let change = (count as f64 / before as f64 - 1.0) * 100.0;
        if change.abs() > TOLERANCE {
            writeln!(complaints, "{key}: {count} instead of {before}, {change:+.1} %")?;
        }
    }
    assert!(
        complaints.is_empty(),
        "\n{complaints}\nmend what has become slower; what has become faster, or is slower for a good reason, is written \
         down by `BLESS=1 cargo test --workspace --test instructions -- --ignored`\n"
    );
    Ok(())
}

/// Runs `hot` under callgrind, which writes the counts so far whenever `counted` is left.
fn counted() -> Result<Vec<u64>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--collect-atstart=no", "--toggle-collect=hot::counted"]);
    valgrind.args(["--dump-after=hot::counted", "--callgrind-out-file=counts"]);
    let output = valgrind.arg(env!("CARGO_BIN_EXE_hot")).current_dir(folder.path()).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    (1..=CALLS.len()).map(|part| count(&folder.path().join(format!("counts.{part}")))).collect()
}

/// The sum in one of callgrind's files.
fn count(file: &Path) -> Result<u64, Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    let sum = text.lines().find_map(|it| it.strip_prefix("summary: "));
    Ok(sum.ok_or("callgrind wrote no summary")?.trim().parse()?)
}
