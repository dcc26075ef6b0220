//! The functions by which plugins read what they were lent.

use wasmtime::{
    StoreContextMut,
    component::{ComponentNamedList, Lift, Linker, LinkerInstance, Lower, Resource, ResourceType},
};

use super::{
    Buffer, Table, own,
    table::{Mistake, blobs, booleans, integers, numbers, texts},
};
use crate::state::State;

/// The interfaces that are linked, which need no grant.
pub(crate) const INTERFACES: [&str; 2] =
    ["plugwright:data/buffers@0.1.0", "plugwright:data/tables@0.1.0"];

/// The place of a first thing, and how many things at most: what most of the functions are given.
const RANGE: u64 = 16;

/// Links what a plugin reads with.
pub(crate) fn link<H: Send + 'static>(linker: &mut Linker<State<H>>) -> wasmtime::Result<()> {
    link_buffers(&mut Door::open::<Buffer>(linker, INTERFACES[0], "buffer")?)?;
    link_tables(&mut Door::open::<Table>(linker, INTERFACES[1], "table")?)
}

/// An interface of one resource.
struct Door<'a, H: 'static>(LinkerInstance<'a, State<H>>);

impl<'a, H: Send + 'static> Door<'a, H> {
    fn open<L: Send + 'static>(
        linker: &'a mut Linker<State<H>>,
        interface: &str,
        resource: &str,
    ) -> wasmtime::Result<Self> {
        let mut into = linker.instance(interface)?;
        into.resource(resource, ResourceType::host::<L>(), |mut store, rep| {
            store.data_mut().__take(own::<L>(rep)).map(drop)
        })?;
        Ok(Self(into))
    }

    /// Links a method; `name` is that of the function, as budgets and errors name it.
    fn method<P, R>(
        &mut self,
        name: &'static str,
        answer: impl Fn(&mut State<H>, &'static str, P) -> wasmtime::Result<R> + Send + Sync + 'static,
    ) -> wasmtime::Result<()>
    where
        P: ComponentNamedList + Lift + 'static,
        R: Lower + wasmtime::component::ComponentType + Send + Sync + 'static,
    {
        let method = name.split_once('.').map_or(name, |(_, method)| method);
        self.0.func_wrap(
            &format!("[method]{method}"),
            move |mut store: StoreContextMut<'_, State<H>>, given: P| {
                Ok((answer(store.data_mut(), name, given)?,))
            },
        )
    }
}

fn link_buffers<H: Send + 'static>(door: &mut Door<'_, H>) -> wasmtime::Result<()> {
    type Given = (Resource<Buffer>, u64, u64);
    door.method("plugwright:data/buffers.buffer.length", |state, name, (it,): (_,)| {
        state.read::<Buffer, _>(name, 0, &it, |it, _| Ok(it.len() as u64))
    })?;
    door.method("plugwright:data/buffers.buffer.read", |state, name, given: Given| {
        let (it, first, most) = given;
        state.read(name, RANGE, &it, |it, copied| it.read(first, most, copied))
    })?;
    macro_rules! numbers {
        ($($name:literal: $ty:ty),+) => {$(
            door.method(
                concat!("plugwright:data/buffers.buffer.", $name),
                |state, name, (it, first, most): Given| {
                    let read = <$ty>::from_le_bytes;
                    state.read(name, RANGE, &it, |it, copied| it.numbers(first, most, copied, read))
                },
            )?;
        )+};
    }
    numbers!(
        "read-u32": u32, "read-u64": u64, "read-s32": i32, "read-s64": i64, "read-f32": f32, "read-f64": f64
    );
    door.method("plugwright:data/buffers.buffer.slice", |state, name, given: Given| {
        let (it, first, most) = given;
        let part = state.read(name, RANGE, &it, |it, _| Ok(it.slice(first, most)))?;
        state.__give(part)
    })
}

fn link_tables<H: Send + 'static>(door: &mut Door<'_, H>) -> wasmtime::Result<()> {
    type Of = Resource<Table>;
    door.method("plugwright:data/tables.table.columns", |state, name, (it,): (Of,)| {
        state.read(name, 0, &it, |it, copied| it.described(copied))
    })?;
    door.method("plugwright:data/tables.table.rows", |state, name, (it,): (Of,)| {
        state.read(name, 0, &it, |it, _| Ok(it.rows() as u64))
    })?;
    door.method(
        "plugwright:data/tables.table.select",
        |state, name, (it, columns): (Of, Vec<String>)| {
            let bytes = columns.iter().map(|it| it.len() as u64).sum();
            let some = state.read(name, bytes, &it, |it, _| Ok(it.select(columns)))?;
            some.map_or_else(
                |mistake| Ok(Err(mistake)),
                |it| state.__give(it).map(Ok::<_, Mistake>),
            )
        },
    )?;
    door.method(
        "plugwright:data/tables.table.slice",
        |state, name, (it, first, most): (Of, u64, u64)| {
            let some = state.read(name, RANGE, &it, |it, _| Ok(it.slice(first, most)))?;
            state.__give(some)
        },
    )?;
    door.method("plugwright:data/tables.table.row", |state, name, (it, at): (Of, u64)| {
        state.read(name, 8, &it, |it, copied| it.row(at, copied))
    })?;
    macro_rules! values {
        ($($kind:ident),+) => {$(
            door.method(
                concat!("plugwright:data/tables.table.", stringify!($kind)),
                |state, name, (it, column, first, most): (Of, u32, u64, u64)| {
                    let rows = (first, most);
                    state.read(name, 4 + RANGE, &it, |it, copied| it.values(column, rows, copied, $kind))
                },
            )?;
        )+};
    }
    values!(booleans, integers, numbers, texts, blobs);
    door.method(
        "plugwright:data/tables.table.missing",
        |state, name, (it, column, first, most): (Of, u32, u64, u64)| {
            state.read(name, 4 + RANGE, &it, |it, copied| it.missing(column, (first, most), copied))
        },
    )
}
