//! Lets stages run, each in a task and a sandbox of its own, and tells which one failed.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::try_join;
use plugwright::{ByteStream, CallError, ItemFuture, StreamError};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinSet,
};

use crate::{
    link::{self, Cut, Unread},
    meter::{Meter, Metered, Passed},
    stage::{Ended, Stage},
};

/// Why a pipeline did not come to a good end: its output is not to be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// There is no stage: name a plugin.
    #[error("a pipeline has at least one stage")]
    Empty,
    /// What the first stage reads failed: look at the input.
    #[error("the input cannot be read")]
    Input(#[source] Arc<io::Error>),
    /// What the last stage writes to failed: look at the output.
    #[error("the output cannot be written")]
    Output(#[source] io::Error),
    /// A plugin failed, or spent more than it may: replace it, or raise the limit that is named.
    #[error("stage {number}, `{stage}`, failed")]
    Stage {
        /// Its place, counted from 1.
        number: usize,
        /// Its name.
        stage: String,
        /// Why.
        source: Arc<CallError>,
    },
    /// A plugin said that it cannot go on: the reason is its own.
    #[error("stage {number}, `{stage}`, gave up: {reason}")]
    GaveUp {
        /// Its place, counted from 1.
        number: usize,
        /// Its name.
        stage: String,
        /// Why.
        reason: String,
    },
    /// A plugin ended without a word: report it to its author.
    #[error("stage {number}, `{stage}`, did not tell how it ended")]
    Silent {
        /// Its place, counted from 1.
        number: usize,
        /// Its name.
        stage: String,
    },
}

/// How a pipeline went that came to a good end.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Its stages, in their order.
    pub stages: Vec<Row>,
    /// How long it took.
    pub took: Duration,
}

/// What one stage did.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// What it read.
    pub read: Passed,
    /// What it wrote.
    pub written: Passed,
    /// How many lines it refused.
    pub refused: u64,
    /// What it counted, as it wants it shown.
    pub counts: Vec<(String, u64)>,
}

/// Runs the stages until the last one is done.
///
/// Between two stages lie at most as many bytes as they were loaded with: none runs ahead of the next one.
/// Where this is dropped, or fails, all of them are ended.
///
/// # Errors
///
/// The first thing that failed; what followed from that is not told.
///
/// # Panics
///
/// Where no runtime of tokio's with its timers is about, or who is told of refused lines panics.
pub async fn run(
    stages: Vec<Stage>,
    input: impl AsyncRead + Send + Unpin + 'static,
    output: impl AsyncWrite + Send + Unpin + 'static,
) -> Result<Summary, ChainError> {
    let start = Instant::now();
    let last = stages.len().checked_sub(1).ok_or(ChainError::Empty)?;
    let mut reader: Box<dyn AsyncRead + Send + Unpin> = Box::new(input);
    let mut output: Option<Box<dyn AsyncWrite + Send + Unpin>> = Some(Box::new(output));
    let (mut tasks, mut running) = (JoinSet::new(), Vec::new());
    for (at, stage) in stages.into_iter().enumerate() {
        let (read, written) = (Meter::default(), Meter::default());
        running.push(Running {
            name: stage.name().to_owned(),
            read: read.clone(),
            written: written.clone(),
            refused: stage.refused(),
            counts: Vec::new(),
        });
        let from = Metered::new(reader, read);
        let (writer, next) = link::link(stage.buffer());
        let writer = match output.take_if(|_| at == last) {
            Some(output) => output,
            None => Box::new(writer),
        };
        reader = Box::new(next);
        let to = Metered::new(writer, written);
        tasks.spawn(async move { (at, flow(at, &stage, from, to).await) });
    }
    let mut is_cut = false;
    while let Some(ended) = tasks.join_next().await {
        let (at, ended) = ended.unwrap_or_else(|it| std::panic::resume_unwind(it.into_panic()));
        match ended {
            Ok(counts) => running[at].counts = counts,
            Err(Failed::Itself(error)) => return Err(error),
            // The one before it tells why, if it has not yet.
            Err(Failed::Before) => is_cut = true,
        }
    }
    assert!(!is_cut, "a stage was cut off, and the one before it ended well");
    let stages = running.into_iter().map(Running::end).collect();
    Ok(Summary { stages, took: start.elapsed() })
}

/// A stage while it runs.
struct Running {
    name: String,
    read: Meter,
    written: Meter,
    refused: Arc<AtomicU64>,
    counts: Vec<(String, u64)>,
}

impl Running {
    fn end(self) -> Row {
        Row {
            name: self.name,
            read: self.read.passed(),
            written: self.written.passed(),
            refused: self.refused.load(Ordering::Relaxed),
            counts: self.counts,
        }
    }
}

/// Who is at fault where a stage fails.
enum Failed {
    Itself(ChainError),
    /// The stage before it.
    Before,
}

/// Runs one stage to its end.
async fn flow(
    at: usize,
    stage: &Stage,
    from: impl AsyncRead + Send + Unpin + 'static,
    to: impl AsyncWrite + Send + Unpin + 'static,
) -> Result<Vec<(String, u64)>, Failed> {
    let place = Place { number: at + 1, stage: stage.name() };
    let started = stage.run(ByteStream::new(from)).await;
    let (lines, end) = started.map_err(|error| place.call(Arc::new(error)))?;
    let (_, counts) = try_join(place.write(lines, to), place.end(end)).await?;
    Ok(counts)
}

/// Which stage it is.
struct Place<'a> {
    number: usize,
    stage: &'a str,
}

impl Place<'_> {
    async fn write(
        &self,
        lines: ByteStream,
        to: impl AsyncWrite + Send + 'static,
    ) -> Result<(), Failed> {
        let Err(error) = lines.write_to(to).await else { return Ok(()) };
        let Some(cause) = error.get_ref() else {
            return Err(Failed::Itself(ChainError::Output(error)));
        };
        match cause.downcast_ref() {
            Some(cause) => Err(self.stream(cause)),
            // It still tells what it counted up to there.
            None if cause.is::<Unread>() => Ok(()),
            None => Err(Failed::Itself(ChainError::Output(error))),
        }
    }

    async fn end(&self, end: ItemFuture<Ended>) -> Result<Vec<(String, u64)>, Failed> {
        match end.await {
            Ok(Ok(counts)) => Ok(counts.into_iter().map(|it| (it.key, it.times)).collect()),
            Ok(Err(reason)) => {
                let stage = self.stage.to_owned();
                Err(Failed::Itself(ChainError::GaveUp { number: self.number, stage, reason }))
            }
            Err(error) => Err(self.stream(&error)),
        }
    }

    fn stream(&self, error: &StreamError) -> Failed {
        match error {
            StreamError::Call(error) => self.call(Arc::clone(error)),
            _ => {
                let stage = self.stage.to_owned();
                Failed::Itself(ChainError::Silent { number: self.number, stage })
            }
        }
    }

    fn call(&self, error: Arc<CallError>) -> Failed {
        match &*error {
            CallError::Input { source, .. }
                if source.get_ref().is_some_and(|it| it.is::<Cut>()) =>
            {
                Failed::Before
            }
            CallError::Input { source, .. } => {
                Failed::Itself(ChainError::Input(Arc::clone(source)))
            }
            _ => {
                let stage = self.stage.to_owned();
                Failed::Itself(ChainError::Stage { number: self.number, stage, source: error })
            }
        }
    }
}
