//! Imports that another plugin answers, in a sandbox of its own: what is passed is copied out of the one and into the
//! other.

use std::{fmt, sync::Arc};

use plugwright_component::{same_item, unversioned};
use wasmtime::{
    StoreContextMut,
    component::{
        Component, Linker, LinkerInstance, Val,
        types::{ComponentFunc, ComponentItem},
    },
};

use crate::{
    error::CallError,
    plugin::Plugin,
    state::{Exceeded, State},
    untyped::{Function, Untyped},
    weigh::Weigh,
};

/// Says which plugin answers an import.
#[derive(Clone)]
pub(crate) struct Answer {
    /// The full name of the import; a compatible version will do.
    pub(crate) import: String,
    pub(crate) plugin: Plugin<Untyped>,
    /// What the plugin is called in its application.
    pub(crate) name: Arc<str>,
    /// The full name of what it exports.
    pub(crate) export: String,
}

impl fmt::Debug for Answer {
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

/// The plugin that asks passed more than it may, as it travels through wasmtime.
#[derive(Debug, thiserror::Error)]
#[error("too much is passed")]
pub(crate) struct TooMuch {
    pub(crate) import: Arc<str>,
    pub(crate) allowed: u64,
    pub(crate) asked: u64,
}

/// One function of another plugin.
struct Linked {
    plugin: Plugin<Untyped>,
    name: Arc<str>,
    function: Function,
    /// What errors call it in the plugin that answers.
    called: String,
    /// What errors call it in the plugin that asks.
    import: Arc<str>,
}

/// Links what is answered.
pub(super) fn link<H: Send + 'static>(
    linker: &mut Linker<State<H>>,
    component: &Component,
    answers: &[Answer],
) -> wasmtime::Result<()> {
    if answers.is_empty() {
        return Ok(());
    }
    let engine = component.engine();
    for (name, import) in component.component_type().imports(engine) {
        let Some(answer) = answers.iter().find(|it| same_item(&it.import, name)) else { continue };
        match import.ty {
            ComponentItem::ComponentInstance(instance) => {
                let mut into = linker.instance(name)?;
                for (item, export) in instance.exports(engine) {
                    if let ComponentItem::ComponentFunc(ty) = export.ty {
                        let linked = linked(answer, name, Some(item))?;
                        define(&mut into, item, linked, &ty)?;
                    }
                }
            }
            ComponentItem::ComponentFunc(ty) => {
                define(&mut linker.root(), name, linked(answer, name, None)?, &ty)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn linked(answer: &Answer, import: &str, item: Option<&str>) -> wasmtime::Result<Linked> {
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
    Ok(Linked {
        plugin: answer.plugin.clone(),
        name: Arc::clone(&answer.name),
        called: function.short_name(),
        function: function.clone(),
        import: import.into(),
    })
}

fn define<H: Send + 'static>(
    into: &mut LinkerInstance<'_, State<H>>,
    name: &str,
    linked: Linked,
    ty: &ComponentFunc,
) -> wasmtime::Result<()> {
    if !same_type(ty, &linked.function) {
        wasmtime::bail!("`{}` of `{}` has another type", linked.import, linked.name);
    }
    into.func_new(name, move |store, _, params, results| linked.call(store, params, results))
}

/// Whether two functions have one type; names of parameters are those of the WIT, which was compared.
fn same_type(ty: &ComponentFunc, function: &Function) -> bool {
    let other = function.ty();
    ty.async_() == other.async_()
        && ty.params().map(|(_, ty)| ty).eq(other.params().map(|(_, ty)| ty))
        && ty.results().eq(other.results())
}

impl Linked {
    fn call<H: Send + 'static>(
        &self,
        mut store: StoreContextMut<'_, State<H>>,
        params: &[Val],
        results: &mut [Val],
    ) -> wasmtime::Result<()> {
        let state = store.data_mut();
        let bytes = params.iter().map(Weigh::bytes).sum();
        state.sandbox.charge("", bytes).map_err(|exceeded| match exceeded {
            Exceeded::HostBytes { allowed, asked, .. } => {
                TooMuch { import: Arc::clone(&self.import), allowed, asked }.into()
            }
            other => wasmtime::Error::from(other),
        })?;
        let answer = self.plugin.call_with(&self.called, &self.function, params);
        let answer = answer.map_err(|source| Failed {
            plugin: Arc::clone(&self.name),
            import: Arc::clone(&self.import),
            source: Arc::new(source),
        })?;
        if let (Some(answer), Some(result)) = (answer, results.first_mut()) {
            *result = state.__answered(answer)?;
        }
        Ok(())
    }
}
