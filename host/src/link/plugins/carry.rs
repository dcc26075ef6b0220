//! Values on their way from sandbox to sandbox.
//!
//! Values are copied. A handle and what flows mean something in one sandbox only, so they are taken out of the values,
//! and others take their places in the sandbox that they come to.

use std::collections::VecDeque;

use wasmtime::{
    AsContextMut,
    component::{Resource, ResourceAny, ResourceDynamic, ResourceType, Type, Val},
};

#[cfg(feature = "async")]
use super::flow::Flow;
use super::handle::{Handle, Proxy};
use crate::{plugin::Plugin, state::State, untyped::Untyped, weigh::Weigh};

/// Values that were taken out of a sandbox, and what is to take the places of the handles and the flows in them.
#[derive(Debug)]
pub(crate) struct Carried<H: Send + 'static> {
    values: Vec<Val>,
    /// In the order in which their places are come to.
    passed: VecDeque<Passed<H>>,
}

#[derive(Debug)]
enum Passed<H: Send + 'static> {
    Handle {
        handle: Handle<H>,
        /// What it was in the sandbox that it was taken out of, where it was a proxy there.
        kind: Option<u32>,
        is_borrowed: bool,
    },
    #[cfg(feature = "async")]
    Flow(Flow),
}

impl<H: Send + 'static> Passed<H> {
    fn handle(&self) -> Option<&Handle<H>> {
        match self {
            Self::Handle { handle, .. } => Some(handle),
            #[cfg(feature = "async")]
            Self::Flow(_) => None,
        }
    }
}

/// A handle that is of no other plugin.
#[derive(Debug, thiserror::Error)]
#[error("a resource of the plugin's own, or of its host, cannot be passed to another plugin")]
struct NotPassable;

impl<H: Send + 'static> Weigh for Carried<H> {
    fn bytes(&self) -> u64 {
        // What holds the places of others is a truth value, of one byte.
        let bytes: u64 = self.values.iter().map(Weigh::bytes).sum();
        bytes - self.passed.len() as u64
    }
}

impl<H: Send + 'static> Carried<H> {
    /// Takes values out of a sandbox; `plugin` is the one whose own handles may leave it.
    pub(crate) fn take(
        mut store: impl AsContextMut<Data = State<H>>,
        types: impl Iterator<Item = Type>,
        mut values: Vec<Val>,
        plugin: Option<&Plugin<Untyped<H>>>,
    ) -> wasmtime::Result<Self> {
        let mut passed = VecDeque::new();
        for (ty, value) in types.zip(&mut values) {
            walk(&ty, value, &mut |ty, value| {
                let taken = match std::mem::replace(value, Val::Bool(false)) {
                    Val::Resource(resource) => handle(&mut store, resource, plugin)?,
                    #[cfg(feature = "async")]
                    flow @ (Val::Stream(_) | Val::Future(_)) => {
                        Passed::Flow(Flow::take(&mut store, ty, flow, plugin.is_some())?)
                    }
                    _ => wasmtime::bail!("a value is not of its type, `{ty:?}`"),
                };
                passed.push_back(taken);
                Ok(())
            })?;
        }
        Ok(Self { values, passed })
    }

    /// The handles that were made by one plugin, wherever its sandboxes are.
    pub(crate) fn handles_of(
        &self,
        plugin: &Plugin<Untyped<H>>,
    ) -> impl Iterator<Item = &Handle<H>> {
        let handles = self.passed.iter().filter_map(Passed::handle);
        handles.filter(|it| it.plugin().is_like(plugin))
    }

    /// Puts the values into a sandbox; `plugin` is the one that it is of, where its own handles come back to it, and
    /// `kinds` are the resources of others that it knows.
    ///
    /// Gives what was lent, and is to be taken back when the call is over.
    pub(crate) fn put(
        self,
        mut store: impl AsContextMut<Data = State<H>>,
        types: impl Iterator<Item = Type>,
        plugin: Option<&Plugin<Untyped<H>>>,
        kinds: &[u32],
    ) -> wasmtime::Result<(Vec<Val>, Vec<ResourceAny>)> {
        let Self { mut values, mut passed } = self;
        let mut lent = Vec::new();
        for (ty, value) in types.zip(&mut values) {
            walk(&ty, value, &mut |ty, value| {
                *value = match passed.pop_front() {
                    Some(Passed::Handle { handle, kind, is_borrowed }) => {
                        let own = plugin.filter(|it| handle.plugin().is(it));
                        Val::Resource(if own.is_some() {
                            if is_borrowed { handle.resource() } else { handle.give_back() }
                        } else {
                            let kind = kind.or_else(|| kind_of(ty, kinds));
                            let kind = kind.ok_or(NotPassable)?;
                            let proxy = proxy(&mut store, handle, kind)?;
                            if is_borrowed {
                                lent.push(proxy);
                            }
                            proxy
                        })
                    }
                    #[cfg(feature = "async")]
                    Some(Passed::Flow(flow)) => flow.pass(&mut store)?,
                    None => wasmtime::bail!("a value is not of its type, `{ty:?}`"),
                };
                Ok(())
            })?;
        }
        Ok((values, lent))
    }
}

/// Takes a handle out of a sandbox.
fn handle<H: Send + 'static>(
    mut store: impl AsContextMut<Data = State<H>>,
    resource: ResourceAny,
    plugin: Option<&Plugin<Untyped<H>>>,
) -> wasmtime::Result<Passed<H>> {
    let mut store = store.as_context_mut();
    let Ok(proxy) = ResourceDynamic::try_from_resource_any(resource, &mut store) else {
        let plugin = plugin.ok_or(NotPassable)?;
        let handle = Handle::new(plugin, store.data_mut().sandbox.id(), resource);
        return Ok(Passed::Handle { handle, kind: None, is_borrowed: false });
    };
    let is_borrowed = !proxy.owned();
    let table = store.data_mut().sandbox.table_mut();
    let handle = if is_borrowed {
        table.get(&Resource::<Proxy<H>>::new_borrow(proxy.rep()))?.0.clone()
    } else {
        table.delete(Resource::<Proxy<H>>::new_own(proxy.rep()))?.0
    };
    Ok(Passed::Handle { handle, kind: Some(proxy.ty()), is_borrowed })
}

/// Has a handle of another sandbox's take its place in this one.
///
/// What is lent is passed by one that the host owns meanwhile, since only a call that runs can make a borrowed one.
fn proxy<H: Send + 'static>(
    mut store: impl AsContextMut<Data = State<H>>,
    handle: Handle<H>,
    kind: u32,
) -> wasmtime::Result<ResourceAny> {
    let mut store = store.as_context_mut();
    let entry = store.data_mut().sandbox.table_mut().push(Proxy(handle))?;
    ResourceDynamic::new_own(entry.rep(), kind).try_into_resource_any(store)
}

/// Takes back what was lent for one call.
pub(crate) fn take_back<H: Send + 'static>(
    mut store: impl AsContextMut<Data = State<H>>,
    lent: Vec<ResourceAny>,
) -> wasmtime::Result<()> {
    let mut store = store.as_context_mut();
    lent.into_iter().try_for_each(|it| {
        let proxy = ResourceDynamic::try_from_resource_any(it, &mut store)?;
        let table = store.data_mut().sandbox.table_mut();
        table.delete(Resource::<Proxy<H>>::new_own(proxy.rep()))?;
        Ok(())
    })
}

/// Which of some resources a type is.
fn kind_of(ty: &Type, kinds: &[u32]) -> Option<u32> {
    let (Type::Own(resource) | Type::Borrow(resource)) = ty else { return None };
    kinds.iter().copied().find(|it| ResourceType::host_dynamic(*it) == *resource)
}

/// Whether values of a type are copied whole.
pub(super) fn is_plain(ty: &Type) -> bool {
    !has(ty, &|it| matches!(it, Type::Own(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_)))
}

/// Whether something flows in values of a type.
pub(crate) fn flows(ty: &Type) -> bool {
    has(ty, &|it| matches!(it, Type::Stream(_) | Type::Future(_)))
}

/// Whether a type is, or is made of, one that is asked for.
fn has(ty: &Type, asked: &impl Fn(&Type) -> bool) -> bool {
    let has = |ty: &Type| has(ty, asked);
    asked(ty)
        || match ty {
            Type::List(list) => has(&list.ty()),
            Type::FixedLengthList(list) => has(&list.ty()),
            Type::Map(map) => has(&map.key()) || has(&map.value()),
            Type::Record(record) => record.fields().any(|it| has(&it.ty)),
            Type::Tuple(tuple) => tuple.types().any(|it| has(&it)),
            Type::Variant(variant) => variant.cases().any(|it| it.ty.is_some_and(|it| has(&it))),
            Type::Option(option) => has(&option.ty()),
            Type::Result(result) => {
                [result.ok(), result.err()].into_iter().flatten().any(|it| has(&it))
            }
            _ => false,
        }
}

/// Comes to each handle and flow in a value, always in the same order.
fn walk(
    ty: &Type,
    value: &mut Val,
    visit: &mut impl FnMut(&Type, &mut Val) -> wasmtime::Result<()>,
) -> wasmtime::Result<()> {
    match (ty, value) {
        (Type::Own(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_), value) => {
            visit(ty, value)
        }
        (Type::List(list), Val::List(items)) => all(&list.ty(), items, visit),
        (Type::FixedLengthList(list), Val::FixedLengthList(items)) => all(&list.ty(), items, visit),
        (Type::Map(map), Val::Map(entries)) if !is_plain(ty) => {
            let (key, item) = (map.key(), map.value());
            entries.iter_mut().try_for_each(|(name, value)| {
                walk(&key, name, visit)?;
                walk(&item, value, visit)
            })
        }
        (Type::Record(record), Val::Record(fields)) => {
            let mut fields = record.fields().zip(fields);
            fields.try_for_each(|(field, (_, value))| walk(&field.ty, value, visit))
        }
        (Type::Tuple(tuple), Val::Tuple(values)) => {
            let mut values = tuple.types().zip(values);
            values.try_for_each(|(ty, value)| walk(&ty, value, visit))
        }
        (Type::Variant(variant), Val::Variant(name, Some(value))) => {
            let case = variant.cases().find(|it| it.name == name).and_then(|it| it.ty);
            case.map_or(Ok(()), |ty| walk(&ty, value, visit))
        }
        (Type::Option(option), Val::Option(Some(value))) => walk(&option.ty(), value, visit),
        (Type::Result(result), Val::Result(value)) => {
            let (ty, value) = match value {
                Ok(value) => (result.ok(), value),
                Err(value) => (result.err(), value),
            };
            ty.zip(value.as_mut()).map_or(Ok(()), |(ty, value)| walk(&ty, value, visit))
        }
        _ => Ok(()),
    }
}

fn all(
    ty: &Type,
    items: &mut [Val],
    visit: &mut impl FnMut(&Type, &mut Val) -> wasmtime::Result<()>,
) -> wasmtime::Result<()> {
    if is_plain(ty) { Ok(()) } else { items.iter_mut().try_for_each(|it| walk(ty, it, visit)) }
}
