//! Chains of plugins: each folder of `cases` has the stages and what goes in, what comes out, and what is told of it.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use pipeline::chain::{self, ChainError, Summary};
use pipeline::report;
use pipeline::stage::{Refusal, Setting, Stage};
use plugwright::{Cache, Engine, EngineOptions};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

type Tested<T = ()> = Result<T, Box<dyn Error>>;

/// What lies between two stages where a test does not say otherwise, in bytes.
const BUFFER: usize = 64 << 10;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let cache = Cache::Folder(here("../../../target/guests/cache"));
    Engine::new(EngineOptions { cache, ..EngineOptions::default() }).expect("an engine starts")
});

fn here(under: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(under)
}

/// What a chain told of refused lines.
type Refusals = Arc<Mutex<Vec<Refusal>>>;

fn load(names: &[&str], buffer: usize, refusals: &Refusals) -> Tested<Vec<Stage>> {
    let refusals = Arc::clone(refusals);
    let told = move |refusal| refusals.lock().unwrap_or_else(PoisonError::into_inner).push(refusal);
    let setting = Setting { time: Duration::from_secs(600), buffer, told: Arc::new(told) };
    let file = |name| here(&format!("../../../target/guests/pipeline-{name}.wasm"));
    Ok(names
        .iter()
        .map(|it| Stage::load(&ENGINE, &file(it), &setting))
        .collect::<Result<_, _>>()?)
}

fn block_on<R>(future: impl Future<Output = R>) -> R {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime starts").block_on(future)
}

/// Keeps what is written to it.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn taken(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl AsyncWrite for Kept {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// What came of a chain.
struct Ran {
    out: Vec<u8>,
    refusals: Vec<Refusal>,
    ended: Result<Summary, ChainError>,
}

fn run(names: &[&str], input: impl AsyncRead + Send + Unpin + 'static) -> Tested<Ran> {
    let refusals = Refusals::default();
    let stages = load(names, BUFFER, &refusals)?;
    let kept = Kept::default();
    let ended = block_on(chain::run(stages, input, kept.clone()));
    let mut refusals = std::mem::take(&mut *refusals.lock().map_err(|err| err.to_string())?);
    refusals.sort_by(|a, b| (&a.stage, a.line).cmp(&(&b.stage, b.line)));
    Ok(Ran { out: kept.taken(), refusals, ended })
}

/// Tells how a chain ended, without times.
fn told(refusals: &[Refusal], ended: &Result<Summary, ChainError>) -> String {
    let mut text = String::new();
    for refusal in refusals {
        let _ = writeln!(text, "{refusal}");
    }
    let summary = match ended {
        Ok(summary) => summary,
        Err(error) => return text + &report::failure(error),
    };
    for row in &summary.stages {
        let (name, read, written) = (&row.name, row.read, row.written);
        let _ = writeln!(
            text,
            "{name}: {} lines in, {} refused, {} out; {} bytes in, {} out",
            read.lines, row.refused, written.lines, read.bytes, written.bytes
        );
        for (key, times) in &row.counts {
            let _ = writeln!(text, "    {times} {key}");
        }
    }
    text
}

/// What goes into a case: its own lines, or the sample.
fn input(dir: &Path) -> Tested<io::Cursor<Vec<u8>>> {
    let own = dir.join("in.ndjson");
    let input = if own.is_file() { own } else { here("../data/sample.ndjson") };
    Ok(io::Cursor::new(fs::read(input)?))
}

/// Runs the cases whose names begin like this; `BLESS=1` writes what is expected anew.
fn cases(start: &str) -> Tested {
    let mut ran = 0;
    for entry in fs::read_dir(here("tests/cases"))? {
        let dir = entry?.path();
        let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with(start) {
            continue;
        }
        let stages = fs::read_to_string(dir.join("stages.txt"))?;
        let names: Vec<_> = stages.split_whitespace().collect();
        let Ran { out, refusals, ended } = run(&names, input(&dir)?)?;
        // What a chain wrote that failed is not to be used, and is not always the same.
        let out = if ended.is_ok() { out } else { Vec::new() };
        expect(&dir.join("out.ndjson"), &String::from_utf8(out)?)?;
        expect(&dir.join("told.txt"), &told(&refusals, &ended))?;
        ran += 1;
    }
    assert!(ran > 0, "no case begins with `{start}`");
    Ok(())
}

fn expect(path: &Path, text: &str) -> Tested {
    if std::env::var_os("BLESS").is_some_and(|it| it == "1") {
        fs::write(path, text)?;
    }
    let expected = fs::read_to_string(path).map_err(|err| format!("{}: {err}", path.display()))?;
    assert_eq!(text, expected, "{}", path.display());
    Ok(())
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn chains_do_what_their_cases_say() -> Tested {
    cases("rust-")
}

#[test]
#[ignore = "needs built plugins in three languages; run by cargo xtask test"]
fn three_languages_are_one_chain() -> Tested {
    cases("all-")
}

/// What comes out of three languages in one component is what comes out of three sandboxes.
///
/// The host sees one stage, so refusals do not say which one refused, and lines are counted at both ends only.
#[test]
#[ignore = "needs built plugins in three languages; run by cargo xtask test"]
fn three_languages_are_one_component() -> Tested {
    let mut ran = 0;
    for entry in fs::read_dir(here("tests/cases"))? {
        let dir = entry?.path();
        let stages = fs::read_to_string(dir.join("stages.txt"))?;
        if stages.split_whitespace().ne(["parse", "redact", "count"]) {
            continue;
        }
        let Ran { out, refusals, ended } = run(&["composed"], input(&dir)?)?;
        if ended.is_ok() {
            let linked = fs::read_to_string(dir.join("out.ndjson"))?;
            assert_eq!(String::from_utf8(out)?, linked, "{}", dir.display());
        }
        expect(&dir.join("composed.txt"), &told(&refusals, &ended))?;
        ran += 1;
    }
    assert!(ran > 1, "no case has the three stages of the component");
    Ok(())
}

/// One line that is longer than any sandbox is large, and a flight.
fn long() -> Tested<impl AsyncRead + Send + Unpin + 'static> {
    let flight = fs::read(here("tests/cases/rust-last-line-without-end/in.ndjson"))?;
    Ok(Line(160 << 20).chain(io::Cursor::new([b"\n".to_vec(), flight].concat())))
}

/// So many bytes of a line.
struct Line(usize);

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let piece = buffer.remaining().min(self.0);
        buffer.initialize_unfilled_to(piece).fill(b'a');
        buffer.advance(piece);
        self.0 -= piece;
        Poll::Ready(Ok(()))
    }
}

#[test]
#[ignore = "needs built plugins in three languages; run by cargo xtask test"]
fn a_line_of_any_length_is_refused_and_not_kept() -> Tested {
    for name in ["parse", "redact", "count"] {
        let Ran { out, refusals, ended } = run(&[name], long()?)?;
        let summary = ended?;
        let row = &summary.stages[0];
        assert_eq!((row.read.lines, row.refused, row.written.lines), (2, 1, 1), "{name}");
        assert_eq!(refusals[0].to_string(), refused(name));
        assert!(out.starts_with(br#"{"at":"2013-"#), "{name}");
    }
    Ok(())
}

fn refused(name: &str) -> String {
    format!("`pipeline-{name}` refused line 1: it is longer than 1048576 bytes")
}

/// How far a chain has got.
#[derive(Clone, Default)]
struct Ahead {
    read: Arc<AtomicU64>,
    written: Arc<AtomicU64>,
    most: Arc<AtomicU64>,
}

/// Gives lines, and notes how far it is ahead of what was written.
struct Noted {
    left: usize,
    ahead: Ahead,
}

impl AsyncRead for Noted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let line = b"\"a line as good as any other\"\n";
        let lines = (buffer.remaining() / line.len()).min(self.left / line.len());
        (0..lines).for_each(|_| buffer.put_slice(line));
        self.left -= lines * line.len();
        let read = (lines * line.len()) as u64;
        let read = self.ahead.read.fetch_add(read, Ordering::Relaxed) + read;
        let ahead = read - self.ahead.written.load(Ordering::Relaxed);
        self.ahead.most.fetch_max(ahead, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Ahead {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// How many bytes a chain that ends with a slow stage holds at most.
fn held(buffer: usize) -> Tested<u64> {
    let stages = load(&["fragile", "fragile", "slow"], buffer, &Refusals::default())?;
    let ahead = Ahead::default();
    let input = Noted { left: 4 << 20, ahead: ahead.clone() };
    block_on(chain::run(stages, input, ahead.clone()))?;
    assert_eq!(ahead.read.load(Ordering::Relaxed), ahead.written.load(Ordering::Relaxed));
    Ok(ahead.most.load(Ordering::Relaxed))
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn a_slow_stage_holds_back_those_before_it() -> Tested {
    // Two links, and in each of the three stages what it has read and what it is about to write.
    let held_by_stages = 3 * 2 * (128 << 10);
    let narrow = held(BUFFER)?;
    assert!(narrow <= (2 * BUFFER + held_by_stages) as u64, "{narrow} bytes were held");
    let wide = held(2 << 20)?;
    assert!(wide >= 2 << 20, "{wide} bytes were held: they do not wait for each other at all");
    Ok(())
}

/// An input that fails after its first line.
struct Broken(Option<&'static [u8]>);

impl AsyncRead for Broken {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Some(line) = self.0.take() else {
            return Poll::Ready(Err(io::Error::other("the disk is gone")));
        };
        buffer.put_slice(line);
        Poll::Ready(Ok(()))
    }
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn an_input_that_fails_is_told_as_that() -> Tested {
    let ran = run(&["fragile", "fragile"], Broken(Some(b"1\n")))?;
    let error = ran.ended.err().ok_or("it came to a good end")?;
    assert_eq!(
        report::failure(&error),
        "error: the input cannot be read\ncaused by: the disk is gone\n"
    );
    Ok(())
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn an_output_that_fails_is_told_as_that() -> Tested {
    let stages = load(&["fragile", "fragile"], BUFFER, &Refusals::default())?;
    let (reader, writer) = tokio::io::duplex(10);
    drop(reader);
    let error = block_on(chain::run(stages, &b"1\n2\n"[..], writer)).err().ok_or("a good end")?;
    assert!(matches!(&error, ChainError::Output(it) if it.kind() == io::ErrorKind::BrokenPipe));
    Ok(())
}

#[test]
fn a_chain_has_a_stage() {
    let error = block_on(chain::run(Vec::new(), tokio::io::empty(), tokio::io::sink())).err();
    assert_eq!(
        error.map(|it| it.to_string()).as_deref(),
        Some("a pipeline has at least one stage")
    );
}
