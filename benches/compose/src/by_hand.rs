//! What wasmtime does by hand, with the best settings known: two plugins in one component, and two stores with a bridge
//! between them whose types are known when it is compiled.

use plugwright_benches::by_hand::{Bounds, engine};
use tokio::runtime::Builder;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, plug};
use wasmtime::component::{
    Component, ComponentNamedList, ComponentType, Instance, InstancePre, Lift, Linker,
    LinkerInstance, Lower, Resource, ResourceAny, ResourceTable, ResourceType, TypedFunc,
};
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, Store, StoreContextMut, StoreLimits,
    StoreLimitsBuilder,
};

use crate::Result;
use crate::plugins::Plugins;
use crate::rows::{Pair, Row, Worker, checked};

/// Ticks of a clock that never ticks here, so that no call ends for want of time.
const DEADLINE: u64 = 1000;

/// How many sandboxes an engine has room for.
const INSTANCES: u32 = 100;

/// What bounds a store.
struct Bounded {
    limits: StoreLimits,
    /// The other store, and the resources of its that this one has.
    other: Option<(Store<Self>, ResourceTable)>,
}

fn store(engine: &Engine, other: Option<Store<Bounded>>) -> Store<Bounded> {
    let limits = StoreLimitsBuilder::new().memory_size(128 << 20).table_elements(100_000).build();
    let other = other.map(|it| (it, ResourceTable::new()));
    let mut store = Store::new(engine, Bounded { limits, other });
    store.limiter(|it| &mut it.limits);
    store.set_epoch_deadline(DEADLINE);
    store
}

/// Both plugins in one component, as `wac plug` makes it.
fn composed(plugins: &Plugins) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let asker = Package::from_bytes("asker", None, plugins.asker.clone(), graph.types_mut())?;
    let asker = graph.register_package(asker)?;
    let answerer =
        Package::from_bytes("answerer", None, plugins.answerer.clone(), graph.types_mut())?;
    let answerer = graph.register_package(answerer)?;
    plug(&mut graph, vec![answerer], asker)?;
    Ok(graph.encode(EncodeOptions::default())?)
}

/// Gets ready to call within one component.
pub fn fused(plugins: &Plugins, row: &Row) -> Result<Option<Worker>> {
    if row.fresh {
        return Ok(None);
    }
    let composed = composed(plugins)?;
    if row.pair == Pair::Flows {
        return flows(&composed, row);
    }
    let engine = engine(INSTANCES, Bounds::MemoryAndTime)?;
    let component = Component::from_binary(&engine, &composed)?;
    let mut store = store(&engine, None);
    let instance = Linker::new(&engine).instantiate(&mut store, &component)?;
    asking(instance, store, row)
}

fn asking(instance: Instance, mut store: Store<Bounded>, row: &Row) -> Result<Option<Worker>> {
    let ask: TypedFunc<(u32,), (u64,)> = instance.get_typed_func(&mut store, row.export)?;
    checked(row, move |times| {
        store.set_epoch_deadline(DEADLINE);
        Ok(ask.call(&mut store, (times,))?.0)
    })
}

fn flows(composed: &[u8], row: &Row) -> Result<Option<Worker>> {
    let mut config = Config::new();
    config.epoch_interruption(true);
    config.allocation_strategy(InstanceAllocationStrategy::pooling());
    let engine = Engine::new(&config)?;
    let component = Component::from_binary(&engine, composed)?;
    let mut store = store(&engine, None);
    let runtime = Builder::new_current_thread().build()?;
    let linker = Linker::new(&engine);
    let instance = runtime.block_on(linker.instantiate_async(&mut store, &component))?;
    let ask: TypedFunc<(u32,), (u64,)> = instance.get_typed_func(&mut store, row.export)?;
    checked(row, move |times| {
        store.set_epoch_deadline(DEADLINE);
        Ok(runtime.block_on(ask.call_async(&mut store, (times,)))?.0)
    })
}

/// The record that passes, as the bridge reads and writes it.
#[derive(Clone, Copy, Debug, ComponentType, Lift, Lower)]
#[component(record)]
struct Reading {
    sensor: u32,
    at: u64,
    value: f64,
    low: f32,
    high: f32,
    channel: u8,
    offset: i16,
    valid: bool,
}

/// Gets ready to call from store to store.
pub fn bridged(plugins: &Plugins, row: &Row) -> Result<Option<Worker>> {
    let engine = engine(INSTANCES, Bounds::MemoryAndTime)?;
    let mut linker = Linker::new(&engine);
    let answerer = match row.pair {
        Pair::Plain | Pair::Handles => Component::from_binary(&engine, &plugins.answerer)?,
        // Who writes this by hand has two event loops to bring together.
        Pair::Flows => return Ok(None),
    };
    let pre = Linker::new(&engine).instantiate_pre(&answerer)?;
    let mut other = store(&engine, None);
    let instance = pre.instantiate(&mut other)?;
    let mut answers = Answers { store: &mut other, instance, fresh: row.fresh.then_some(pre) };
    match row.pair {
        Pair::Handles => handles(&mut linker.instance(HANDLES)?, &mut answers)?,
        _ => plain(&mut linker.instance(PLAIN)?, &mut answers)?,
    }
    let component = Component::from_binary(&engine, &plugins.asker)?;
    let mut store = store(&engine, Some(other));
    let instance = linker.instantiate(&mut store, &component)?;
    asking(instance, store, row)
}

const PLAIN: &str = "plugwright:chain/plain@0.1.0";
const HANDLES: &str = "plugwright:chain/handles@0.1.0";

/// Who answers.
struct Answers<'s> {
    store: &'s mut Store<Bounded>,
    instance: Instance,
    fresh: Option<InstancePre<Bounded>>,
}

impl Answers<'_> {
    fn function<P, R>(&mut self, interface: &str, name: &str) -> Result<TypedFunc<P, R>>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        function(self.store, self.instance, interface, name)
    }
}

fn function<P, R>(
    store: &mut Store<Bounded>,
    instance: Instance,
    interface: &str,
    name: &str,
) -> Result<TypedFunc<P, R>>
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    let interface = instance.get_export_index(&mut *store, None, interface);
    let function = instance.get_export_index(&mut *store, interface.as_ref(), name);
    let function = function.ok_or("the function is not there")?;
    Ok(instance.get_typed_func(&mut *store, &function)?)
}

/// The other store, ready for a call.
fn other(bounded: &mut Bounded) -> wasmtime::Result<(&mut Store<Bounded>, &mut ResourceTable)> {
    let other = bounded.other.as_mut();
    let (store, table) = other.ok_or_else(|| wasmtime::format_err!("there is no other store"))?;
    store.set_epoch_deadline(DEADLINE);
    Ok((store, table))
}

fn plain(linker: &mut LinkerInstance<'_, Bounded>, answers: &mut Answers<'_>) -> Result<()> {
    bridge::<(u32, u32), (u32,)>(linker, answers, "add")?;
    bridge::<(Reading,), (Reading,)>(linker, answers, "echo")?;
    bridge::<(Vec<Reading>,), (Vec<Reading>,)>(linker, answers, "echo-all")?;
    bridge::<(String,), (String,)>(linker, answers, "echo-text")?;
    bridge::<(Vec<u8>,), (u64,)>(linker, answers, "take")?;
    bridge::<(Vec<u8>,), (Vec<u8>,)>(linker, answers, "echo-bytes")
}

fn bridge<P, R>(
    linker: &mut LinkerInstance<'_, Bounded>,
    answers: &mut Answers<'_>,
    name: &'static str,
) -> Result<()>
where
    P: ComponentNamedList + Lift + Lower + Send + Sync + 'static,
    R: ComponentNamedList + Lift + Lower + Send + Sync + 'static,
{
    if let Some(pre) = answers.fresh.clone() {
        return Ok(linker.func_wrap(name, move |_: StoreContextMut<'_, Bounded>, params: P| {
            let mut store = store(pre.engine(), None);
            let instance = pre.instantiate(&mut store)?;
            let found = function::<P, R>(&mut store, instance, PLAIN, name);
            found.map_err(|it| wasmtime::format_err!("{it}"))?.call(&mut store, params)
        })?);
    }
    let function = answers.function::<P, R>(PLAIN, name)?;
    Ok(linker.func_wrap(name, move |mut store: StoreContextMut<'_, Bounded>, params: P| {
        function.call(other(store.data_mut())?.0, params)
    })?)
}

/// A resource of the other store's stays there; this one has handles of its own.
fn handles(linker: &mut LinkerInstance<'_, Bounded>, answers: &mut Answers<'_>) -> Result<()> {
    type Counter = Resource<ResourceAny>;
    let new: TypedFunc<(u32,), (ResourceAny,)> =
        answers.function(HANDLES, "[constructor]counter")?;
    let add: TypedFunc<(ResourceAny, u32), (u32,)> =
        answers.function(HANDLES, "[method]counter.add")?;
    linker.resource("counter", ResourceType::host::<ResourceAny>(), |mut store, handle| {
        let (other, table) = other(store.data_mut())?;
        table.delete(Counter::new_own(handle))?.resource_drop(other)
    })?;
    linker.func_wrap(
        "[constructor]counter",
        move |mut store: StoreContextMut<'_, Bounded>, params: (u32,)| {
            let (other, table) = other(store.data_mut())?;
            Ok((table.push(new.call(other, params)?.0)?,))
        },
    )?;
    Ok(linker.func_wrap(
        "[method]counter.add",
        move |mut store: StoreContextMut<'_, Bounded>, (counter, number): (Counter, u32)| {
            let (other, table) = other(store.data_mut())?;
            add.call(other, (*table.get(&counter)?, number))
        },
    )?)
}
