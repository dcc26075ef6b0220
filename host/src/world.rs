//! What generated bindings tell the runtime about a world.

use wasmtime::{
    Store,
    component::{Instance, InstancePre, Linker},
};

use crate::state::State;

/// A world that a host was generated for; [`bindings!`](crate::bindings) implements it.
pub trait World: Sized + 'static {
    /// The host author's state, on which the world's imports are implemented.
    type Host: Send + 'static;
    /// The world's exports, found in a component that was linked.
    type Pre: Clone + Send + Sync + 'static;
    /// The world's exports, found in a live sandbox.
    type Exports: Send + Sync + 'static;
    /// The world's full name, such as `example:heater/heater@0.1.0`.
    const NAME: &'static str;
    /// The world, as `wit_parser::decoding::decode_world` reads it; empty where any component will do.
    const COMPONENT_TYPE: &'static [u8];
    /// The imports that the host author implements.
    const IMPORTS: &'static [Import<Self::Host>];
    /// Whether the host author's functions are `async`, and with them those that call plugins.
    const IS_ASYNC: bool = false;

    /// Finds the world's exports in a linked component, and checks their types.
    fn bind(pre: InstancePre<State<Self::Host>>) -> wasmtime::Result<Self::Pre>;

    /// Makes a live sandbox, and finds the world's exports in it; not for an [`AsyncWorld`].
    fn instantiate(
        _pre: &Self::Pre,
        _store: &mut Store<State<Self::Host>>,
    ) -> wasmtime::Result<(Self::Exports, Instance)> {
        const { panic!("{}", BLOCKS) }
    }
}

/// What the compiler says of a program that would block where it should await.
const BLOCKS: &str =
    "this world is async: call its plugins by the methods whose names end in `_async`";

/// Has the compiler refuse to call a plugin of an async world by a method that blocks.
pub(crate) const fn blocks<W: World>() {
    assert!(!W::IS_ASYNC, "{}", BLOCKS);
}

/// A world that a host with `async` functions was generated for; [`bindings!`](crate::bindings) implements it where it
/// is told `async: true`.
///
/// A program that calls its plugins by a method that blocks does not compile.
pub trait AsyncWorld: World {
    /// Makes a live sandbox, and finds the world's exports in it.
    fn instantiate_async(
        pre: &Self::Pre,
        store: &mut Store<State<Self::Host>>,
    ) -> impl Future<Output = wasmtime::Result<(Self::Exports, Instance)>> + Send;
}

/// An import of a world, and how the implementation of it is linked that the host author's state `H` has.
#[expect(missing_debug_implementations, reason = "it is a name and a function")]
pub struct Import<H: 'static> {
    /// The interface's full name, or `$root` for functions that the world imports directly.
    pub name: &'static str,
    /// Links it.
    pub link: fn(&mut Linker<State<H>>) -> wasmtime::Result<()>,
}
