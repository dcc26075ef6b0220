//! What one sandbox owns on the host's side: the host author's state, WASI's, and what is left of its budget.

use std::{
    any::Any,
    num::NonZeroU64,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crossbeam_utils::CachePadded;
use plugwright_component::{
    Artifact,
    policy::{Limits, Output, Policy},
};
use wasmtime::{ResourceLimiter, component::ResourceTable};
use wasmtime_wasi::{FsPerms, HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

#[cfg(feature = "async")]
use crate::stream::{Outputs, Weakly};
use crate::{
    data::Lent,
    engine::{Allocation, Engine},
    error::LoadError,
    metrics::counters::Counters,
    nested::{self, Running},
    output::{Sink, Tail},
    pristine::Doors,
    room::Share,
    spent::Counted,
    weigh::Weigh,
};

/// What one sandbox owns on the host's side, over the host author's own state `H`.
#[derive(Debug)]
pub struct State<H> {
    /// There as long as a call may come.
    host: Option<H>,
    pub(crate) sandbox: Sandbox,
}

impl<H> State<H> {
    pub(crate) fn new(host: H, sandbox: Sandbox) -> Self {
        Self { host: Some(host), sandbox }
    }

    /// The host author's state.
    pub fn host(&self) -> &H {
        self.host.as_ref().expect(HOST)
    }

    /// The host author's state, to be changed.
    pub fn host_mut(&mut self) -> &mut H {
        self.host.as_mut().expect(HOST)
    }

    /// Drops what a call left on the host's side of a sandbox.
    pub(crate) fn clear(&mut self) {
        self.host = None;
        self.sandbox.clear();
    }

    /// Gives a sandbox that was cleared a state of the host author's.
    pub(crate) fn renew(&mut self, host: H) {
        self.host = Some(host);
    }

    /// Takes the host author's state out for a moment.
    pub(crate) fn take_host(&mut self) -> H {
        self.host.take().expect(HOST)
    }

    /// Whether the plugin may call its host with so many bytes.
    #[doc(hidden)]
    #[inline]
    pub fn __may_show(&self, function: &'static str, bytes: u64) -> wasmtime::Result<()> {
        Ok(self.sandbox.may_show(function, bytes)?)
    }

    /// Answers a call of the plugin's, which is counted first.
    #[doc(hidden)]
    #[inline]
    pub fn __answer<R: Weigh>(
        &mut self,
        function: &'static str,
        bytes: u64,
        answer: impl FnOnce(&mut H) -> R,
    ) -> wasmtime::Result<R> {
        let host = self.__asked(function, bytes)?;
        let answer = nested::theirs(|| answer(host));
        self.__answered(answer)
    }

    /// Counts a call of the plugin's, and gives what answers it.
    #[doc(hidden)]
    #[inline]
    pub fn __asked(&mut self, function: &'static str, bytes: u64) -> wasmtime::Result<&mut H> {
        self.sandbox.charge(function, bytes)?;
        Ok(self.host_mut())
    }

    /// Passes on what a call was answered.
    #[doc(hidden)]
    #[inline]
    pub fn __answered<R: Weigh>(&mut self, answer: R) -> wasmtime::Result<R> {
        self.sandbox.may_go_on()?;
        self.sandbox.spent.copied_in += answer.bytes();
        Ok(answer)
    }
}

/// Why there is one: a sandbox without cannot be reached, since it waits for its next call.
pub(crate) const HOST: &str = "a sandbox that is called has a state of the host author's";

/// What the sandboxes of one plugin have in common.
///
/// Numbers that every core changes lie on cache lines of their own, so that the rest is only read.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) artifact: Artifact,
    pub(crate) policy: Policy,
    pub(crate) engine: Engine,
    pub(crate) counters: Arc<Counters>,
    /// The one of the engine's that the plugin was compiled for.
    pub(crate) wasm: wasmtime::Engine,
    pub(crate) allocation: Allocation,
    /// The plugin's part of the room for sandboxes.
    pub(crate) share: Share,
    /// The ticks that one call may take.
    pub(crate) ticks: u64,
    /// What all sandboxes have together.
    pub(crate) memory: TotalMemory,
    /// Whether a call may wait: in WASI, or for what runs beside it.
    pub(crate) waits: bool,
    /// Whether the plugin runs on an engine with concurrency support.
    pub(crate) concurrent: bool,
    /// How its sandboxes are reset, where they are.
    pub(crate) doors: Option<Doors>,
}

/// Plugins that live together, of whatever state.
type Family = Arc<dyn Any + Send + Sync>;

/// Bytes of memory that the sandboxes of one plugin have together.
#[derive(Debug, Default)]
pub(crate) struct TotalMemory(CachePadded<AtomicU64>);

impl TotalMemory {
    fn take(&self, bytes: u64, allowed: u64) -> Result<(), Exceeded> {
        let asked = self.0.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        if asked > allowed {
            self.give(bytes);
            return Err(Exceeded::TotalMemory { allowed, asked });
        }
        Ok(())
    }

    fn give(&self, bytes: u64) {
        self.0.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        #[cfg(feature = "async")]
        self.end_outputs();
        self.rules.memory.give(self.memory());
    }
}

/// The part of a sandbox's state that does not depend on the host author's.
pub(crate) struct Sandbox {
    pub(crate) rules: Arc<Rules>,
    /// Tells it from all others, once somebody asks.
    id: Option<NonZeroU64>,
    /// The plugins that live for it, and those that it shares with whom it lives for.
    sessions: Option<Family>,
    pub(crate) family: Weak<dyn Any + Send + Sync>,
    // Made when the plugin first calls WASI, since most calls of most plugins never do.
    wasi: Option<WasiCtx>,
    table: ResourceTable,
    /// What of the table the plugin has until the present call is over.
    pub(crate) lent: Vec<Lent>,
    pub(crate) stderr: Tail,
    /// Whether the sandbox is still starting; see [`Grants`](crate::Grants) for what that means.
    pub(crate) starting: bool,
    /// The engine's tick at which the present call must have ended.
    pub(crate) deadline: u64,
    /// The engine's tick at which it began.
    pub(crate) began: u64,
    /// What the present call has spent, and the calls before it together.
    pub(crate) spent: Counted,
    pub(crate) before: Counted,
    /// The fuel that the present call was given, where it is counted.
    pub(crate) fuel: Option<u64>,
    /// What plugins write to, of the present call.
    #[cfg(feature = "async")]
    pub(crate) outputs: Option<Arc<Outputs>>,
    /// Whether the call has called the host too often, where the host's function could not refuse.
    is_over: bool,
    /// Whether it has called a function of the host author's since it began to start.
    has_called: bool,
    memory: u64,
    /// How much of that serves to reset the sandbox, which is not charged.
    beside: u64,
    /// Whether what runs is the host's, which needs no budget: what it does is bounded by the sandbox's memory.
    is_not_charged: bool,
    table_elements: u64,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox")
            .field("plugin", &self.rules.artifact.name())
            .field("memory", &self.memory)
            .field("table_elements", &self.table_elements)
            .finish_non_exhaustive()
    }
}

impl Sandbox {
    pub(crate) fn new(rules: Arc<Rules>) -> Self {
        let beside = rules.doors.as_ref().map_or(0, |doors| doors.memory);
        Self {
            rules,
            id: None,
            sessions: None,
            family: Weak::<()>::new(),
            wasi: None,
            table: ResourceTable::new(),
            lent: Vec::new(),
            stderr: Tail::default(),
            starting: true,
            deadline: 0,
            began: 0,
            spent: Counted::default(),
            before: Counted::default(),
            fuel: None,
            #[cfg(feature = "async")]
            outputs: None,
            is_over: false,
            has_called: false,
            memory: 0,
            beside,
            is_not_charged: false,
            table_elements: 0,
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.rules.policy.limits
    }

    /// Tells this sandbox from all others that ever were.
    pub(crate) fn id(&mut self) -> NonZeroU64 {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let next = || NonZeroU64::MIN.saturating_add(LAST.fetch_add(1, Ordering::Relaxed));
        *self.id.get_or_insert_with(next)
    }

    /// The plugins that live for this sandbox, or for the one that this one lives for, where that is so.
    pub(crate) fn sessions<S: Default + Send + Sync + 'static>(&mut self) -> Arc<S> {
        let mut own = || Arc::clone(self.sessions.get_or_insert_with(|| Arc::new(S::default())));
        let family = self.family.upgrade().unwrap_or_else(&mut own);
        family.downcast().expect("all plugins of an application have one state")
    }

    /// What the present call gives out that plugins write to.
    #[cfg(feature = "async")]
    pub(crate) fn outputs(&mut self) -> Arc<Outputs> {
        let limits = &self.rules.policy.limits;
        let outputs = || Arc::new(Outputs::new(limits, Weakly::new()));
        Arc::clone(self.outputs.get_or_insert_with(outputs))
    }

    /// Ends what the call that is over gave out, and the plugin did not close.
    #[cfg(feature = "async")]
    pub(crate) fn end_outputs(&mut self) {
        if let Some(outputs) = self.outputs.take() {
            outputs.over();
        }
    }

    /// Gives the present call what it may spend.
    #[inline]
    pub(crate) fn give(&mut self, running: Running, now: u64) {
        self.began = now;
        (self.deadline, self.fuel) = (running.deadline, running.fuel);
    }

    /// The present call, as calls within it see it.
    #[inline]
    pub(crate) fn running(&self) -> Running {
        let clock = self.rules.engine.ticker().id();
        Running { clock, deadline: self.deadline, fuel: self.fuel }
    }

    /// The time that the present call was given: less than the policy allows, where it is part of another call.
    pub(crate) fn allowed(&self) -> Duration {
        let ticks = self.deadline - self.began;
        if ticks >= self.rules.ticks {
            return self.limits().time;
        }
        self.rules.engine.ticker().time(ticks)
    }

    /// The time until the present call must have ended.
    pub(crate) fn left(&self) -> Duration {
        self.rules.engine.ticker().left(self.deadline)
    }

    /// Counts a call of the host author's functions, and refuses it where the budget is spent.
    #[inline]
    pub(crate) fn charge(&mut self, function: &str, bytes: u64) -> Result<(), Exceeded> {
        self.may_show(function, bytes)?;
        // Until a call has a result, what came out of the sandbox is what it passed to the host.
        self.shown(bytes, 0);
        Ok(())
    }

    /// Whether the host may be called with so many bytes; counts nothing yet.
    #[inline]
    fn may_show(&self, function: &str, bytes: u64) -> Result<(), Exceeded> {
        let limits = &self.rules.policy.limits;
        if self.spent.host_calls >= limits.host_calls {
            return Err(Exceeded::HostCalls);
        }
        let asked = self.spent.copied_out + self.spent.borrowed + bytes;
        if asked > limits.host_bytes {
            return Err(self.too_much(function, asked));
        }
        Ok(())
    }

    #[cold]
    fn too_much(&self, function: &str, asked: u64) -> Exceeded {
        let allowed = self.rules.policy.limits.host_bytes;
        Exceeded::HostBytes { function: function.to_owned(), allowed, asked }
    }

    /// Counts such a call.
    #[inline]
    pub(crate) fn shown(&mut self, copied: u64, borrowed: u64) {
        self.has_called = true;
        self.spent.host_calls += 1;
        self.spent.copied_out += copied;
        self.spent.borrowed += borrowed;
    }

    /// Counts a call of WASI, which has no way to refuse: the clock ends the call as soon as it runs on.
    #[inline]
    fn count(&mut self) {
        self.spent.host_calls += 1;
        if self.spent.host_calls > self.rules.policy.limits.host_calls && !self.is_over {
            self.is_over = true;
            self.rules.wasm.increment_epoch();
        }
    }

    /// What the clock asks at every tick of a running call: whether it may go on.
    #[inline]
    pub(crate) fn may_go_on(&self) -> wasmtime::Result<()> {
        if self.is_not_charged {
            return Ok(());
        }
        self.keeps_within()?;
        if self.rules.engine.ticker().now() >= self.deadline {
            return Err(Exceeded::Deadline.into());
        }
        Ok(())
    }

    /// Fails where the call has spent too much without being told.
    #[inline]
    pub(crate) fn keeps_within(&self) -> wasmtime::Result<()> {
        if self.is_over { Err(Exceeded::HostCalls.into()) } else { Ok(()) }
    }

    pub(crate) fn table_mut(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    /// Bytes of memory that the sandbox has, over all its memories.
    pub(crate) fn memory(&self) -> u64 {
        self.memory.saturating_sub(self.beside)
    }

    pub(crate) fn is_not_charged(&mut self, is_so: bool) {
        self.is_not_charged = is_so;
    }

    /// Whether the host's side of the sandbox is what it was before it started.
    pub(crate) fn is_untouched(&self) -> bool {
        self.wasi.is_none() && !self.has_called
    }

    /// Takes back what the plugin was lent.
    #[cold]
    pub(crate) fn take_back(&mut self) {
        for lent in self.lent.drain(..) {
            lent.take_back(&mut self.table);
        }
    }

    /// Makes the host's side of the sandbox what it was before it started.
    fn clear(&mut self) {
        self.has_called = false;
        self.sessions = None;
        if !self.table.is_empty() {
            self.table = ResourceTable::new();
        }
        if self.wasi.take().is_some() {
            self.stderr = Tail::default();
        }
    }
}

/// Opens what the policy's grants name, which must be there when the plugin is loaded.
pub(crate) fn check_folders(plugin: &str, policy: &Policy) -> Result<(), LoadError> {
    for folder in &policy.grants.folders {
        // Reading the folder proves that it is one and that it may be read.
        std::fs::read_dir(&folder.host).map_err(|source| LoadError::Folder {
            plugin: plugin.to_owned(),
            folder: folder.host.clone(),
            source,
        })?;
    }
    Ok(())
}

impl<H: Send> WasiView for State<H> {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        self.sandbox.count();
        let Sandbox { rules, wasi, table, stderr, .. } = &mut self.sandbox;
        let ctx = wasi.get_or_insert_with(|| context(rules, stderr));
        WasiCtxView { ctx, table }
    }
}

fn context(rules: &Rules, stderr: &Tail) -> WasiCtx {
    let grants = &rules.policy.grants;
    let plugin: Arc<str> = rules.artifact.name().into();
    let sink = |stream, to: &Output, tail| Sink {
        plugin: Arc::clone(&plugin),
        stream,
        to: to.clone(),
        tail,
        line: Arc::new(Mutex::default()),
    };
    let mut context = WasiCtxBuilder::new();
    context.stdout(sink("stdout", &grants.stdout, None));
    context.stderr(sink("stderr", &grants.stderr, Some(stderr.clone())));
    context.allow_tcp(false).allow_udp(false).allow_ip_name_lookup(false);
    for (name, value) in &grants.env {
        context.env(name, value);
    }
    for folder in &grants.folders {
        let perms = if folder.write { FsPerms::ReadWrite } else { FsPerms::ReadOnly };
        if let Err(reason) = context.preopened_dir(&folder.host, &folder.guest, perms) {
            // It was there when the plugin was loaded; the plugin finds it missing, as it would find a file.
            tracing::warn!(plugin = &*plugin, folder = %folder.host.display(), %reason, "a granted folder is gone");
        }
    }
    if !grants.random {
        context.insecure_random_seed(0x706c_7567_7772_6967_6874_2073_6565_6473);
    }
    if !grants.wall_clock {
        context.wall_clock(StoppedClock);
    }
    context.build()
}

/// The wall clock that a starting sandbox without the grant sees.
struct StoppedClock;

impl HostWallClock for StoppedClock {
    fn resolution(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }
}

/// A limit that the sandbox ran into, as it travels through wasmtime to the caller.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Exceeded {
    #[error("memory limit")]
    Memory { allowed: u64, asked: u64 },
    #[error("memory limit of all sandboxes")]
    TotalMemory { allowed: u64, asked: u64 },
    #[error("table limit")]
    TableElements { allowed: u64, asked: u64 },
    #[error("deadline")]
    Deadline,
    #[error("calls of the host")]
    HostCalls,
    #[error("bytes to the host")]
    HostBytes { function: String, allowed: u64, asked: u64 },
}

impl ResourceLimiter for Sandbox {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = self.limits().memory;
        let all = grown(self.memory, current, desired);
        let more = if self.is_not_charged { all - self.memory } else { 0 };
        let (had, beside) = (self.memory(), self.beside + more);
        let asked = all.saturating_sub(beside);
        if asked > allowed {
            return Err(Exceeded::Memory { allowed, asked }.into());
        }
        if maximum.is_some_and(|it| desired > it) {
            return Ok(false);
        }
        self.rules.memory.take(asked - had, self.limits().total_memory)?;
        (self.memory, self.beside) = (all, beside);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = self.limits().table_elements;
        let asked = grown(self.table_elements, current, desired);
        if asked > allowed {
            return Err(Exceeded::TableElements { allowed, asked }.into());
        }
        if maximum.is_some_and(|it| desired > it) {
            return Ok(false);
        }
        self.table_elements = asked;
        Ok(true)
    }

    fn instances(&self) -> usize {
        let beside = self.rules.doors.as_ref().map_or(0, |doors| doors.core_instances);
        self.limits().core_instances.saturating_add(beside)
    }

    // Memories and tables are bounded by what they hold, and by the instances that have them.
    fn memories(&self) -> usize {
        usize::MAX
    }

    fn tables(&self) -> usize {
        usize::MAX
    }
}

/// What all have together once one of them has grown from `current` to `desired`.
fn grown(total: u64, current: usize, desired: usize) -> u64 {
    total.saturating_add(desired.saturating_sub(current) as u64)
}
