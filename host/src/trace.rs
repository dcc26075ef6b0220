//! What `tracing` is told: a span a load and a span a call, both at level `DEBUG`.
//!
//! Where nobody listens, a span costs one comparison.

use std::time::Instant;

use plugwright_component::Artifact;
use tracing::{Level, Span, debug_span, field, level_enabled};

use crate::{error::CallError, spent::Counted};

/// The span of a plugin that is loaded.
pub(crate) fn load(artifact: &Artifact, world: &str) -> Span {
    let (plugin, version) = (artifact.name(), artifact.version());
    let span = debug_span!(
        target: "plugwright",
        "load",
        plugin,
        version,
        world,
        digest = field::Empty,
        cached = field::Empty,
    );
    if !span.is_disabled() {
        span.record("digest", artifact.digest().hex());
    }
    span
}

/// Notes whether the code of the plugin that is being loaded came from the cache.
pub(crate) fn loaded(cached: bool) {
    Span::current().record("cached", cached);
}

/// The span of a plugin that is compiled once more, with optimisation, while its calls go on.
pub(crate) fn optimise(plugin: &str) -> Span {
    debug_span!(target: "plugwright", "optimise", plugin, cached = field::Empty)
}

/// A call that is told of.
pub(crate) struct Call {
    pub(crate) span: Span,
    start: Instant,
}

/// The span of a call; `None` where nobody listens.
///
/// Asked here, because a span that is off still costs what a fifth of a small call does, where any crate of the host's
/// turns on tracing's feature `log`.
#[inline]
pub(crate) fn call(artifact: &Artifact, function: &str) -> Option<Call> {
    if level_enabled!(Level::DEBUG) { told(artifact, function) } else { None }
}

#[cold]
fn told(artifact: &Artifact, function: &str) -> Option<Call> {
    let span = debug_span!(
        target: "plugwright",
        "call",
        plugin = artifact.name(),
        version = artifact.version(),
        function,
        outcome = field::Empty,
        seconds = field::Empty,
        fuel = field::Empty,
        memory = field::Empty,
        copied_in = field::Empty,
        copied_out = field::Empty,
        streamed_in = field::Empty,
        streamed_out = field::Empty,
        host_calls = field::Empty,
    );
    (!span.is_disabled()).then(|| Call { span, start: Instant::now() })
}

/// Notes that nobody waits for the call any more.
#[cold]
pub(crate) fn cancelled(call: &Call) {
    call.span.record("outcome", CANCELLED);
    call.span.record("seconds", call.start.elapsed().as_secs_f64());
}

/// The kind of what no error tells, since nobody is there to be told.
pub(crate) const CANCELLED: &str = "cancelled";

/// Notes how a call ended, and what it spent.
#[cold]
pub(crate) fn ended(call: &Call, error: Option<&CallError>, spent: &Counted, memory: u64) {
    let Call { span, start } = call;
    span.record("outcome", error.map_or("ok", CallError::kind));
    span.record("seconds", start.elapsed().as_secs_f64());
    if spent.fuel > 0 {
        span.record("fuel", spent.fuel);
    }
    span.record("memory", memory);
    span.record("copied_in", spent.copied_in);
    span.record("copied_out", spent.copied_out);
    if spent.streamed_in + spent.streamed_out > 0 {
        span.record("streamed_in", spent.streamed_in);
        span.record("streamed_out", spent.streamed_out);
    }
    span.record("host_calls", spent.host_calls);
}
