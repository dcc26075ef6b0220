//! Plugins of any world, called by name with values that are known only at run time.
//!
//! This is what the command line uses.
//! A program that knows its world is better served by [`bindings!`](crate::bindings): a record costs four times less
//! there, and a mistake is found when the program is compiled.

#[cfg(feature = "async")]
mod flow;

use std::{marker::PhantomData, num::NonZeroU64, sync::Arc};

use plugwright_component::unversioned;
use wasmtime::{
    AsContextMut, Store,
    component::{
        Component, ComponentExportIndex, Func, InstancePre, Type, Val,
        types::{ComponentFunc, ComponentItem},
        wasm_wave,
    },
};

#[cfg(feature = "async")]
pub use self::flow::FlowRequest;
use crate::{
    error::{CallError, quoted},
    instance::Instance,
    link::{Carried, Row, flows, take_back},
    nested,
    plugin::Plugin,
    pristine::is_door,
    state::State,
    watch::driven,
    wave,
    weigh::Weigh,
    world::{Import, World},
};

/// The world of a plugin whose world is not known: it has any exports, and no host behind its own imports.
///
/// Such a plugin loads whatever it imports.
/// A call that reaches for an interface that is not WASI's ends with
/// [`CallError::NotGranted`](crate::CallError::NotGranted).
/// Plugins of an [`Application`](crate::Application) may have a host, whose state for each sandbox is `H`.
#[derive(Debug)]
pub struct Untyped<H = ()>(PhantomData<fn() -> H>);

/// The exports of an untyped plugin, in a component that was linked.
#[doc(hidden)]
#[expect(missing_debug_implementations, reason = "it is what wasmtime made of a component")]
pub struct Exports<H: 'static> {
    pre: InstancePre<State<H>>,
    functions: Arc<[Function]>,
}

/// A function that a plugin exports.
#[derive(Clone, Debug)]
pub struct Function {
    interface: Option<String>,
    name: String,
    ty: ComponentFunc,
    index: ComponentExportIndex,
    /// Which of the plugin's functions it is, whatever code that runs on.
    at: usize,
}

/// The exports of an untyped plugin, in a live sandbox.
#[doc(hidden)]
#[expect(missing_debug_implementations, reason = "it is what wasmtime made of a component")]
pub struct Live {
    instance: wasmtime::component::Instance,
    functions: Arc<[Function]>,
}

/// A call that was read, found in the plugin, and typed.
#[derive(Clone, Debug)]
pub struct Request {
    function: Function,
    params: Vec<Val>,
}

/// Why a call could not be made of a text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The text is not a call: write one in WAVE.
    #[error("`{text}` is not a call, such as `name(1, \"two\")`")]
    NotACall {
        /// The text.
        text: String,
    },
    /// Brackets are nested deeper than the reader follows: call it from a program.
    #[error("the value is nested more than {deepest} levels deep")]
    TooDeep {
        /// How deep they may be nested.
        deepest: usize,
    },
    /// No function has this name: choose one that the plugin exports.
    #[error("the plugin exports no function `{asked}`; it exports {}", quoted(.known))]
    Unknown {
        /// The name that was asked for.
        asked: String,
        /// The functions that there are.
        known: Vec<String>,
    },
    /// Several functions have this name: write it with its interface.
    #[error("several functions are called `{asked}`: {}", quoted(.candidates))]
    Ambiguous {
        /// The name that was asked for.
        asked: String,
        /// The functions of that name.
        candidates: Vec<String>,
    },
    /// The arguments are not what the function takes: change them.
    #[error("the arguments of `{function}` do not fit `{signature}`: {reason}")]
    Arguments {
        /// The function.
        function: String,
        /// Its type.
        signature: String,
        /// What does not fit, and where.
        reason: String,
    },
    /// The text is no result of the function: write what it returns.
    #[error("`{text}` is no result of `{signature}`: {reason}")]
    Result {
        /// The text.
        text: String,
        /// The function's type.
        signature: String,
        /// What does not fit.
        reason: String,
    },
    /// The function gives a stream or a future that has no text, and would wait for who reads it: call it from a program.
    #[error(
        "`{function}` cannot be called by text, because nobody would read what flows out of `{signature}`"
    )]
    Unreadable {
        /// The function.
        function: String,
        /// Its type.
        signature: String,
    },
    /// The function takes a resource, a stream or a future, for which there is no text: call it from a program.
    #[error("`{function}` cannot be called by text, because its parameter `{parameter}` is {kind}")]
    Unwritable {
        /// The function.
        function: String,
        /// The parameter.
        parameter: String,
        /// What it is, in plain words.
        kind: &'static str,
    },
}

impl<H> Clone for Exports<H> {
    fn clone(&self) -> Self {
        Self { pre: self.pre.clone(), functions: Arc::clone(&self.functions) }
    }
}

impl<H: Send + 'static> World for Untyped<H> {
    type Host = H;
    type Pre = Exports<H>;
    type Exports = Live;
    const NAME: &'static str = "untyped";
    const COMPONENT_TYPE: &'static [u8] = &[];
    const IMPORTS: &'static [Import<H>] = &[];

    fn bind(pre: InstancePre<State<H>>) -> wasmtime::Result<Exports<H>> {
        let functions = functions(&pre);
        Ok(Exports { pre, functions })
    }

    fn instantiate(
        pre: &Exports<H>,
        store: &mut Store<State<H>>,
    ) -> wasmtime::Result<(Live, wasmtime::component::Instance)> {
        let instance = if store.data().sandbox.rules.concurrent {
            driven(store, async |store| pre.pre.instantiate_async(store).await)
        } else {
            pre.pre.instantiate(store)
        }?;
        Ok((Live { instance, functions: Arc::clone(&pre.functions) }, instance))
    }
}

fn functions<H>(pre: &InstancePre<State<H>>) -> Arc<[Function]> {
    let component = pre.component();
    let engine = component.engine();
    let mut functions: Vec<Function> = Vec::new();
    for (name, export) in component.component_type().exports(engine) {
        match export.ty {
            ComponentItem::ComponentFunc(ty) if !is_door(name) => {
                let index = component.get_export_index(None, name);
                functions.extend(index.map(|index| Function {
                    interface: None,
                    name: name.to_owned(),
                    ty,
                    index,
                    at: functions.len(),
                }));
            }
            ComponentItem::ComponentInstance(instance) => {
                let parent = component.get_export_index(None, name);
                for (function, item) in instance.exports(engine) {
                    let ComponentItem::ComponentFunc(ty) = item.ty else { continue };
                    let index = component.get_export_index(parent.as_ref(), function);
                    functions.extend(index.map(|index| Function {
                        interface: Some(name.to_owned()),
                        name: function.to_owned(),
                        ty,
                        index,
                        at: functions.len(),
                    }));
                }
            }
            _ => {}
        }
    }
    functions.into()
}

impl Function {
    /// The full name, such as `example:heater/control@0.1.0.decide`.
    pub fn full_name(&self) -> String {
        match &self.interface {
            Some(interface) => format!("{interface}.{}", self.name),
            None => self.name.clone(),
        }
    }

    /// Whether an export of this name has it, or is it.
    pub(crate) fn is_of(&self, export: &str) -> bool {
        self.interface.as_deref().unwrap_or(&self.name) == export
    }

    pub(crate) fn ty(&self) -> &ComponentFunc {
        &self.ty
    }

    /// Whether it is this one of an interface, or of the world itself.
    pub(crate) fn is(&self, interface: Option<&str>, name: &str) -> bool {
        self.interface.as_deref() == interface && self.name == name
    }

    /// The shortest name that says which interface it is in, such as `control.decide`.
    pub fn short_name(&self) -> String {
        match &self.interface {
            Some(interface) => format!("{}.{}", short(interface), self.name),
            None => self.name.clone(),
        }
    }

    /// The type, as WIT writes it.
    pub fn signature(&self) -> String {
        let params = self.ty.params().map(|(name, ty)| format!("{name}: {}", written(&ty)));
        let params = params.collect::<Vec<_>>().join(", ");
        let result =
            self.ty.results().map(|ty| format!(" -> {}", written(&ty))).collect::<String>();
        format!("func({params}){result}")
    }

    /// Reads a result of this function in WAVE, to compare one with it.
    ///
    /// # Errors
    ///
    /// [`RequestError::Result`], and [`RequestError::TooDeep`].
    pub fn result(&self, text: &str) -> Result<Val, RequestError> {
        if wave::is_too_deep(text) {
            return Err(RequestError::TooDeep { deepest: wave::DEEPEST });
        }
        let value = match self.ty.results().next() {
            None => Err("it returns nothing".to_owned()),
            Some(ty) => match wave::unwritable(&ty) {
                Some(kind) => Err(format!("it holds {kind}, which has no text")),
                None => wave::value(text, &ty),
            },
        };
        value.map_err(|reason| {
            let (text, signature) = (text.to_owned(), self.signature());
            RequestError::Result { text, signature, reason }
        })
    }

    /// Whether `asked` names this function: by its name alone, or with its interface written in part or in full.
    fn answers_to(&self, asked: &str) -> bool {
        let (interface, name) = match asked.rsplit_once('.') {
            Some((interface, name)) => (Some(interface), name),
            None => (None, asked),
        };
        if name != self.name {
            return false;
        }
        match (interface, &self.interface) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(asked), Some(own)) => {
                asked == own || asked == unversioned(own) || asked == short(own)
            }
        }
    }
}

/// `control` of `example:heater/control@0.1.0`.
fn short(interface: &str) -> &str {
    let interface = unversioned(interface);
    interface.rsplit_once('/').map_or(interface, |(_, name)| name)
}

impl Request {
    /// The function that will be called.
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// Reads a call of one of some functions, where the text writes some types as others.
    pub(crate) fn read(
        text: &str,
        functions: &[&Function],
        written: impl Fn(Type) -> Type,
    ) -> Result<Self, RequestError> {
        let not_a_call = || RequestError::NotACall { text: text.to_owned() };
        if wave::is_too_deep(text) {
            return Err(RequestError::TooDeep { deepest: wave::DEEPEST });
        }
        let (asked, arguments) = text.split_at(text.find('(').ok_or_else(not_a_call)?);
        let function = find(functions, asked.trim())?;
        for (parameter, ty) in function.ty.params() {
            if let Some(kind) = wave::unwritable(&written(ty)) {
                let (function, parameter) = (function.short_name(), parameter.to_owned());
                return Err(RequestError::Unwritable { function, parameter, kind });
            }
        }
        let types: Vec<Type> = function.ty.params().map(|(_, ty)| written(ty)).collect();
        let params = wave::arguments(arguments, &types, text, asked.len()).map_err(|reason| {
            let (function, signature) = (function.short_name(), function.signature());
            RequestError::Arguments { function, signature, reason }
        })?;
        Ok(Self { function, params })
    }
}

fn find(functions: &[&Function], asked: &str) -> Result<Function, RequestError> {
    let candidates: Vec<&&Function> = functions.iter().filter(|it| it.answers_to(asked)).collect();
    match *candidates {
        [function] => Ok((*function).clone()),
        [] => {
            let known = functions.iter().map(|it| it.short_name()).collect();
            Err(RequestError::Unknown { asked: asked.to_owned(), known })
        }
        _ => {
            let candidates = candidates.iter().map(|it| it.full_name()).collect();
            Err(RequestError::Ambiguous { asked: asked.to_owned(), candidates })
        }
    }
}

impl<H: Send + 'static> Plugin<Untyped<H>> {
    /// The functions that the plugin exports, in the component's order.
    pub fn functions(&self) -> Arc<[Function]> {
        Arc::clone(&self.running().now().pre.functions)
    }

    /// Reads a call in WAVE, such as `control.decide({temperature: 55})`.
    ///
    /// A function of an interface may be named with it in full, without its package, or by its own name alone where
    /// no other function has it.
    ///
    /// # Errors
    ///
    /// See [`RequestError`].
    pub fn request(&self, text: &str) -> Result<Request, RequestError> {
        self.read(text, |ty| ty)
    }

    /// The same where the text writes some types as others.
    fn read(&self, text: &str, written: impl Fn(Type) -> Type) -> Result<Request, RequestError> {
        Request::read(text, &self.functions().iter().collect::<Vec<_>>(), written)
    }

    /// Calls a function under the plugin's instance policy; `None` where it returns nothing.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub fn call(&self, request: &Request) -> Result<Option<Val>, CallError> {
        let Request { function, params } = request;
        self.call_with(&function.short_name(), function, params)
    }

    /// The same with the parts of a request; `name` is what errors call the function.
    pub(crate) fn call_with(
        &self,
        name: &str,
        function: &Function,
        params: &[Val],
    ) -> Result<Option<Val>, CallError> {
        let bytes = params.iter().map(Weigh::bytes).sum();
        self.__call(name, bytes, |exports, store| invoke(exports, store, function, params))
            .map(|mut results| results.pop())
    }

    /// The same where the types are known when this is compiled.
    pub(crate) fn call_typed<P: Row, R: Row>(
        &self,
        name: &str,
        function: &Function,
        params: P,
    ) -> Result<R, CallError> {
        let bytes = params.bytes();
        self.__call(name, bytes, |exports, store| invoke_typed(exports, store, function, params))
    }
}

impl<H: Send + 'static> Plugin<Untyped<H>> {
    /// What was compiled.
    pub(crate) fn component(&self) -> Component {
        self.running().now().pre.pre.component().clone()
    }

    /// Calls a function with what another sandbox passes; `sandbox` is the one that its handles lie in.
    pub(crate) fn call_carried(
        &self,
        name: &str,
        function: &Function,
        sandbox: Option<NonZeroU64>,
        carried: Carried<H>,
    ) -> Result<Carried<H>, CallError> {
        self.lease(name, |instance| {
            lies_in(instance, sandbox, name)?;
            instance.__call(name, carried.bytes(), |exports, store| {
                let types = function.ty.params().map(|(_, ty)| ty);
                let (params, lent) = carried.put(&mut *store, types, Some(self), &[])?;
                let results = invoke(exports, store, function, &params)?;
                take_back(&mut *store, lent)?;
                Carried::take(store, function.ty.results(), results, Some(self))
            })
        })
    }
}

/// Refuses handles of a sandbox that is gone.
fn lies_in<H: Send + 'static>(
    instance: &mut Instance<Untyped<H>>,
    sandbox: Option<NonZeroU64>,
    function: &str,
) -> Result<(), CallError> {
    match sandbox {
        Some(sandbox) if sandbox != instance.id() => {
            Err(CallError::Dead { function: function.to_owned() })
        }
        _ => Ok(()),
    }
}

impl<H: Send + 'static> Instance<Untyped<H>> {
    /// Calls a function of the plugin that this instance is of; `None` where it returns nothing.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub fn call(&mut self, request: &Request) -> Result<Option<Val>, CallError> {
        let bytes = request.params.iter().map(Weigh::bytes).sum();
        self.__call(&request.function.short_name(), bytes, |exports, store| {
            invoke(exports, store, &request.function, &request.params)
        })
        .map(|mut results| results.pop())
    }
}

/// The function in a live sandbox.
fn found(
    Live { instance, functions }: &Live,
    store: impl AsContextMut,
    function: &Function,
) -> wasmtime::Result<Func> {
    let same = functions.get(function.at);
    let same = same.filter(|it| it.name == function.name && it.interface == function.interface);
    let found = same.and_then(|it| instance.get_func(store, it.index));
    found.ok_or_else(|| {
        wasmtime::format_err!("`{}` is a function of another plugin", function.full_name())
    })
}

fn invoke<H: Send + 'static>(
    exports: &Live,
    store: &mut Store<State<H>>,
    function: &Function,
    params: &[Val],
) -> wasmtime::Result<Vec<Val>> {
    let func = found(exports, &mut *store, function)?;
    let mut results = vec![Val::Bool(false); function.ty.results().len()];
    if store.data().sandbox.rules.concurrent {
        let mut call =
            || driven(store, async |store| func.call_async(store, params, &mut results).await);
        if nested::is_in_loop() { nested::elsewhere(call)?? } else { call()? }
    } else {
        func.call(store, params, &mut results)?;
    }
    Ok(results)
}

fn invoke_typed<H: Send + 'static, P: Row, R: Row>(
    exports: &Live,
    store: &mut Store<State<H>>,
    function: &Function,
    params: P,
) -> wasmtime::Result<R> {
    let func = found(exports, &mut *store, function)?.typed::<P, R>(&*store)?;
    if store.data().sandbox.rules.concurrent {
        let call = || driven(store, async |store| func.call_async(store, params).await);
        if nested::is_in_loop() { nested::elsewhere(call)? } else { call() }
    } else {
        func.call(store, params)
    }
}

/// Writes a type as WIT does; WAVE has no name for what flows, and none for what holds it.
fn written(ty: &Type) -> String {
    let of = |name: &str, held: &[Option<Type>]| {
        let written = |it: &Option<Type>| it.as_ref().map_or_else(|| "_".to_owned(), written);
        match held {
            [] | [None] | [None, None] => name.to_owned(),
            [held, None] => format!("{name}<{}>", written(held)),
            held => format!("{name}<{}>", held.iter().map(written).collect::<Vec<_>>().join(", ")),
        }
    };
    match ty {
        Type::Stream(stream) => of("stream", &[stream.ty()]),
        Type::Future(future) => of("future", &[future.ty()]),
        ty if !flows(ty) => wasm_wave::wasm::DisplayType(ty).to_string(),
        Type::List(list) => of("list", &[Some(list.ty())]),
        Type::Option(option) => of("option", &[Some(option.ty())]),
        Type::Result(result) => of("result", &[result.ok(), result.err()]),
        Type::Tuple(tuple) => of("tuple", &tuple.types().map(Some).collect::<Vec<_>>()),
        ty => wasm_wave::wasm::DisplayType(ty).to_string(),
    }
}
