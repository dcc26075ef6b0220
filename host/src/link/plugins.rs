//! Imports that another plugin answers, in a sandbox of its own: values are copied out of the one and into the other,
//! handles are held for each other, and streams are read from the one as the other reads them.

mod carry;
#[cfg(feature = "async")]
mod flow;
mod handle;
mod typed;

use std::{borrow::Cow, fmt, num::NonZeroU64, sync::Arc};

use plugwright_component::{same_item, unversioned};
use wasmtime::{
    AsContextMut, StoreContextMut,
    component::{
        Component, Linker, LinkerInstance, Resource, ResourceType, Type, Val,
        types::{ComponentExtern, ComponentFunc, ComponentItem},
    },
};

use self::{carry::is_plain, handle::Proxy};
pub(crate) use self::{
    carry::{Carried, flows, take_back},
    typed::Row,
};
#[cfg(feature = "async")]
use crate::access::crossing;
use crate::{
    error::CallError,
    plugin::Plugin,
    state::State,
    untyped::{Function, Untyped},
    weigh::Weigh,
};

/// Says which plugin answers an import.
pub(crate) struct Answer<H: Send + 'static> {
    /// The full name of the import; a compatible version will do.
    pub(crate) import: String,
    pub(crate) plugin: Plugin<Untyped<H>>,
    /// What the plugin is called in its application.
    pub(crate) name: Arc<str>,
    /// The full name of what it exports.
    pub(crate) export: String,
    /// The resources that the plugin exports.
    pub(crate) resources: Arc<[Kind]>,
}

/// A resource that a plugin exports, and the number by which all who are linked with it know it.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    interface: String,
    resource: String,
    number: u32,
}

/// Numbers the resources that a component exports; those that it has from others keep the numbers which they have.
pub(crate) fn kinds<H: Send + 'static>(
    component: &Component,
    answers: &[Answer<H>],
    next: &mut u32,
) -> Arc<[Kind]> {
    let engine = component.engine();
    let ty = component.component_type();
    let mut known: Vec<(ResourceType, u32)> = Vec::new();
    for (name, resource, ty) in resources(ty.imports(engine), engine) {
        let answer = answers.iter().find(|it| same_item(&it.import, &name));
        known.extend(answer.and_then(|it| it.kind(&resource)).map(|number| (ty, number)));
    }
    let exported = resources(ty.exports(engine), engine).map(|(interface, resource, ty)| {
        let found = known.iter().find(|(it, _)| *it == ty).map(|(_, number)| *number);
        let number = found.unwrap_or_else(|| {
            *next += 1;
            known.push((ty, *next));
            *next
        });
        Kind { interface, resource, number }
    });
    exported.collect()
}

/// The resources of some imports or exports: the interface's name, the resource's, and which it is.
fn resources<'a>(
    items: impl Iterator<Item = (&'a str, ComponentExtern<'a>)> + 'a,
    engine: &'a wasmtime::Engine,
) -> impl Iterator<Item = (String, String, ResourceType)> + 'a {
    items.flat_map(move |(name, item)| {
        let ComponentItem::ComponentInstance(instance) = item.ty else { return Vec::new() };
        let resource = |(resource, item): (&str, ComponentExtern<'_>)| match item.ty {
            ComponentItem::Resource(ty) => Some((name.to_owned(), resource.to_owned(), ty)),
            _ => None,
        };
        instance.exports(engine).filter_map(resource).collect()
    })
}

impl<H: Send + 'static> Answer<H> {
    /// The number of a resource of the interface that is answered.
    fn kind(&self, resource: &str) -> Option<u32> {
        let found = |it: &&Kind| it.interface == self.export && it.resource == resource;
        self.resources.iter().find(found).map(|it| it.number)
    }

    /// Whether what is answered has resources.
    fn has_resources(&self) -> bool {
        self.resources.iter().any(|it| it.interface == self.export)
    }
}

impl<H: Send + 'static> fmt::Debug for Answer<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("import", &self.import).finish_non_exhaustive()
    }
}

/// The plugin that answers failed, as it travels through wasmtime.
#[derive(Debug, thiserror::Error)]
#[error("plugin `{plugin}` failed")]
pub(crate) struct Failed {
    pub(crate) plugin: Arc<str>,
    pub(crate) import: Arc<str>,
    pub(crate) source: Arc<CallError>,
}

/// One function of another plugin.
struct Linked<H: Send + 'static> {
    plugin: Plugin<Untyped<H>>,
    name: Arc<str>,
    function: Function,
    /// What errors call it in the plugin that answers.
    called: Arc<str>,
    /// What errors call it in the plugin that asks.
    import: Arc<str>,
    /// Whether the plugin lives in one sandbox as long as the one that asks, which may hold its handles.
    is_kept: bool,
    passes: Passes,
    /// The numbers of all resources that the one who asks has from others.
    kinds: Arc<[u32]>,
}

/// What a function passes, either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passes {
    Values,
    Handles,
    /// Streams or futures; or it is `async`.
    Flows,
}

impl Passes {
    fn of(ty: &ComponentFunc) -> Self {
        let all = || ty.params().map(|(_, ty)| ty).chain(ty.results());
        if ty.async_() || all().any(|it| flows(&it)) {
            Self::Flows
        } else if all().all(|it| is_plain(&it)) {
            Self::Values
        } else {
            Self::Handles
        }
    }
}

/// Links what is answered.
pub(super) fn link<H: Send + 'static>(
    linker: &mut Linker<State<H>>,
    component: &Component,
    answers: &[Answer<H>],
) -> wasmtime::Result<()> {
    if answers.is_empty() {
        return Ok(());
    }
    let engine = component.engine();
    let kinds = answers.iter().flat_map(|it| it.resources.iter().map(|it| it.number)).collect();
    let asks = Asks { answers, kinds };
    for (name, import) in component.component_type().imports(engine) {
        let Some(answer) = answers.iter().find(|it| same_item(&it.import, name)) else { continue };
        match import.ty {
            ComponentItem::ComponentInstance(instance) => {
                let mut into = linker.instance(name)?;
                for (item, export) in instance.exports(engine) {
                    match export.ty {
                        ComponentItem::ComponentFunc(ty) => {
                            define(
                                &mut into,
                                item,
                                asks.linked(answer, name, Some(item), &ty)?,
                                &ty,
                            )?;
                        }
                        ComponentItem::Resource(_) => resource(&mut into, item, answer, name)?,
                        _ => {}
                    }
                }
            }
            ComponentItem::ComponentFunc(ty) => {
                define(&mut linker.root(), name, asks.linked(answer, name, None, &ty)?, &ty)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// What one component asks of others.
struct Asks<'a, H: Send + 'static> {
    answers: &'a [Answer<H>],
    kinds: Arc<[u32]>,
}

impl<H: Send + 'static> Asks<'_, H> {
    fn linked(
        &self,
        answer: &Answer<H>,
        import: &str,
        item: Option<&str>,
        ty: &ComponentFunc,
    ) -> wasmtime::Result<Linked<H>> {
        let functions = answer.plugin.functions();
        let interface = item.is_some().then_some(answer.export.as_str());
        let name = item.unwrap_or(&answer.export);
        let function = functions.iter().find(|it| it.is(interface, name)).ok_or_else(|| {
            wasmtime::format_err!("`{}` does not export `{}`", answer.name, answer.export)
        })?;
        let import = match item {
            Some(item) => format!("{}.{item}", unversioned(import)),
            None => import.to_owned(),
        };
        if !same_function(ty, function.ty()) {
            wasmtime::bail!("`{import}` of `{}` has another type", answer.name);
        }
        let is_kept = |it: &&Answer<H>| it.plugin.is_like(&answer.plugin) && it.has_resources();
        Ok(Linked {
            plugin: answer.plugin.clone(),
            name: Arc::clone(&answer.name),
            called: function.short_name().into(),
            function: function.clone(),
            import: import.into(),
            is_kept: self.answers.iter().any(|it| is_kept(&it)),
            passes: Passes::of(ty),
            kinds: Arc::clone(&self.kinds),
        })
    }
}

fn define<H: Send + 'static>(
    into: &mut LinkerInstance<'_, State<H>>,
    name: &str,
    linked: Linked<H>,
    ty: &ComponentFunc,
) -> wasmtime::Result<()> {
    match linked.passes {
        Passes::Values => match typed::define(into, name, linked, ty)? {
            None => Ok(()),
            Some(linked) => into.func_new(name, move |store, _, params, results| {
                linked.call(store, params, results)
            }),
        },
        Passes::Handles => into.func_new(name, move |store, ty, params, results| {
            linked.carry(store, &ty, params, results)
        }),
        #[cfg(feature = "async")]
        Passes::Flows if ty.async_() => {
            let linked = Arc::new(linked);
            into.func_new_concurrent(name, move |accessor, ty, params, results| {
                let linked = Arc::clone(&linked);
                Box::pin(async move {
                    let (plugin, carried) = crossing(accessor, |mut store| {
                        linked.taken(store.as_context_mut(), &ty, params)
                    })?;
                    let answer = linked.flow(plugin, carried).await?;
                    crossing(accessor, |mut store| {
                        linked.put(store.as_context_mut(), &ty, answer, results)
                    })
                })
            })
        }
        #[cfg(feature = "async")]
        Passes::Flows => {
            let linked = Arc::new(linked);
            into.func_new_async(name, move |mut store, ty, params, results| {
                let linked = Arc::clone(&linked);
                Box::new(async move {
                    let (plugin, carried) = linked.taken(store.as_context_mut(), &ty, params)?;
                    let answer = linked.flow(plugin, carried).await?;
                    linked.put(store, &ty, answer, results)
                })
            })
        }
        #[cfg(not(feature = "async"))]
        Passes::Flows => wasmtime::bail!("`{}` waits, or something flows", linked.import),
    }
}

/// Has a handle that is dropped end what it stands for.
fn resource<H: Send + 'static>(
    into: &mut LinkerInstance<'_, State<H>>,
    name: &str,
    answer: &Answer<H>,
    import: &str,
) -> wasmtime::Result<()> {
    let kind = answer
        .kind(name)
        .ok_or_else(|| wasmtime::format_err!("`{}` has no resource `{name}`", answer.name))?;
    let plugin = Arc::clone(&answer.name);
    let import: Arc<str> = format!("{}.[drop]{name}", unversioned(import)).into();
    into.resource(name, ResourceType::host_dynamic(kind), move |mut store, rep| {
        let table = store.data_mut().sandbox.table_mut();
        let Proxy(handle) = table.delete(Resource::<Proxy<H>>::new_own(rep))?;
        handle.end().map_err(|source| {
            let (plugin, import) = (Arc::clone(&plugin), Arc::clone(&import));
            Failed { plugin, import, source: Arc::new(source) }.into()
        })
    })
}

/// Whether two functions have one type; names of parameters are those of the WIT, which was compared.
fn same_function(a: &ComponentFunc, b: &ComponentFunc) -> bool {
    a.async_() == b.async_()
        && same_types(a.params().map(|(_, ty)| ty), b.params().map(|(_, ty)| ty))
        && same_types(a.results(), b.results())
}

fn same_types(
    a: impl ExactSizeIterator<Item = Type>,
    b: impl ExactSizeIterator<Item = Type>,
) -> bool {
    a.len() == b.len() && a.zip(b).all(|(a, b)| same_type(&a, &b))
}

/// Whether two types are one; resources are those of the links, which were compared.
fn same_type(a: &Type, b: &Type) -> bool {
    let both = |a: Option<Type>, b: Option<Type>| match (a, b) {
        (Some(a), Some(b)) => same_type(&a, &b),
        (a, b) => a.is_none() && b.is_none(),
    };
    match (a, b) {
        (Type::Own(_), Type::Own(_)) | (Type::Borrow(_), Type::Borrow(_)) => true,
        (Type::List(a), Type::List(b)) => same_type(&a.ty(), &b.ty()),
        (Type::FixedLengthList(a), Type::FixedLengthList(b)) => {
            a.len() == b.len() && same_type(&a.ty(), &b.ty())
        }
        (Type::Map(a), Type::Map(b)) => {
            same_type(&a.key(), &b.key()) && same_type(&a.value(), &b.value())
        }
        (Type::Record(a), Type::Record(b)) => {
            a.fields().len() == b.fields().len()
                && a.fields()
                    .zip(b.fields())
                    .all(|(a, b)| a.name == b.name && same_type(&a.ty, &b.ty))
        }
        (Type::Tuple(a), Type::Tuple(b)) => same_types(a.types(), b.types()),
        (Type::Variant(a), Type::Variant(b)) => {
            a.cases().len() == b.cases().len()
                && a.cases().zip(b.cases()).all(|(a, b)| a.name == b.name && both(a.ty, b.ty))
        }
        (Type::Option(a), Type::Option(b)) => same_type(&a.ty(), &b.ty()),
        (Type::Result(a), Type::Result(b)) => both(a.ok(), b.ok()) && both(a.err(), b.err()),
        (Type::Stream(a), Type::Stream(b)) => both(a.ty(), b.ty()),
        (Type::Future(a), Type::Future(b)) => both(a.ty(), b.ty()),
        (a, b) => a == b,
    }
}

impl<H: Send + 'static> Linked<H> {
    /// Counts a call, and finds the plugin that answers the sandbox which asks.
    fn asked(
        &self,
        state: &mut State<H>,
        bytes: u64,
    ) -> wasmtime::Result<Cow<'_, Plugin<Untyped<H>>>> {
        state.sandbox.charge(&self.import, bytes)?;
        Ok(match self.is_kept {
            true => Cow::Owned(self.plugin.session(&state.sandbox.sessions())),
            false => Cow::Borrowed(&self.plugin),
        })
    }

    /// Calls what passes values only.
    fn call(
        &self,
        mut store: StoreContextMut<'_, State<H>>,
        params: &[Val],
        results: &mut [Val],
    ) -> wasmtime::Result<()> {
        let state = store.data_mut();
        let plugin = self.asked(state, params.iter().map(Weigh::bytes).sum())?;
        let answer = plugin.call_with(&self.called, &self.function, params);
        let answer = answer.map_err(|source| self.failed(source))?;
        if let (Some(answer), Some(result)) = (answer, results.first_mut()) {
            *result = state.__answered(answer)?;
        }
        Ok(())
    }

    /// Calls what passes handles.
    fn carry(
        &self,
        mut store: StoreContextMut<'_, State<H>>,
        ty: &ComponentFunc,
        params: &[Val],
        results: &mut [Val],
    ) -> wasmtime::Result<()> {
        let (home, carried) = self.taken(store.as_context_mut(), ty, params)?;
        let answer = home.plugin.call_carried(&self.called, &self.function, home.sandbox, carried);
        let answer = answer.map_err(|source| self.failed(source))?;
        self.put(store, ty, answer, results)
    }

    /// Calls what waits, or what something flows in or out of.
    #[cfg(feature = "async")]
    async fn flow(&self, home: Home<H>, carried: Carried<H>) -> wasmtime::Result<Carried<H>> {
        let answer = home.plugin.flow_carried(&self.called, &self.function, home.sandbox, carried);
        answer.await.map_err(|source| self.failed(source))
    }

    /// Takes what is passed out of the sandbox that asks, and finds where it goes.
    fn taken(
        &self,
        mut store: StoreContextMut<'_, State<H>>,
        ty: &ComponentFunc,
        params: &[Val],
    ) -> wasmtime::Result<(Home<H>, Carried<H>)> {
        let bytes = params.iter().map(Weigh::bytes).sum();
        let plugin = self.asked(store.data_mut(), bytes)?.into_owned();
        let types = ty.params().map(|(_, ty)| ty);
        let carried = Carried::take(&mut store, types, params.to_vec(), None)?;
        let mut home = Home { plugin, sandbox: None };
        for handle in carried.handles_of(&self.plugin) {
            if home.sandbox.is_some_and(|it| it != handle.sandbox()) {
                let function = self.called.to_string();
                return Err(self.failed(CallError::Strangers { function }));
            }
            home = Home { plugin: handle.plugin().clone(), sandbox: Some(handle.sandbox()) };
        }
        Ok((home, carried))
    }

    /// Puts what was answered into the sandbox that asks.
    fn put(
        &self,
        mut store: StoreContextMut<'_, State<H>>,
        ty: &ComponentFunc,
        answer: Carried<H>,
        results: &mut [Val],
    ) -> wasmtime::Result<()> {
        let answer = store.data_mut().__answered(answer)?;
        let (values, _) = answer.put(&mut store, ty.results(), None, &self.kinds)?;
        for (result, value) in results.iter_mut().zip(values) {
            *result = value;
        }
        Ok(())
    }

    #[cold]
    fn failed(&self, source: CallError) -> wasmtime::Error {
        let (plugin, import) = (Arc::clone(&self.name), Arc::clone(&self.import));
        Failed { plugin, import, source: Arc::new(source) }.into()
    }
}

/// Where a call goes.
struct Home<H: Send + 'static> {
    plugin: Plugin<Untyped<H>>,
    /// The sandbox that the handles lie in which are passed.
    sandbox: Option<NonZeroU64>,
}
