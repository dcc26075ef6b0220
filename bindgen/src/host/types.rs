//! Writes types as `bindgen!` writes them in the functions it makes of exports.

use crate::model::{Direction, Type, TypeId, TypeKind, World};
use crate::names::{rust_camel, rust_snake};

/// Writes a name as `bindgen!` does, which escapes one word more than guests need.
pub(super) fn ident(name: &str) -> String {
    if name == "gen" { "gen_".to_owned() } else { rust_snake(name) }
}

/// What a type is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A parameter: borrowed where the value holds a string or a list.
    Borrowed,
    /// A result, and what is inside a list.
    Owned,
}

/// The type by which the runtime keeps a resource of `plugwright:data` for the host.
pub(super) fn lent(name: &str) -> String {
    format!("::plugwright::data::{}", rust_camel(name))
}

/// Which way what is another thing outside the sandbox goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crossing {
    /// Into the plugin.
    Pass,
    /// Out of it, as an argument of the host's functions.
    Take,
    /// Out of it, as the result of a call.
    TakeResult,
}

impl Crossing {
    /// A stream or a future.
    fn flow(self, ty: &str, value: &str) -> String {
        match self {
            Self::Pass => format!("{ty}::__pass({value}, &mut __store)?"),
            Self::Take => format!("{ty}::__take({value}, &mut __store, false)?"),
            Self::TakeResult => format!("{ty}::__take({value}, &mut __store, true)?"),
        }
    }

    /// What the runtime keeps for the host.
    fn lent(self, is_own: bool, state: &str, value: &str) -> String {
        match (self, is_own) {
            (Self::Pass, true) => format!("{state}.__give({value})?"),
            (Self::Pass, false) => format!("{state}.__lend({value})?"),
            (_, true) => format!("{state}.__take({value})?"),
            (_, false) => format!("{state}.__look(&{value})?"),
        }
    }
}

/// What a host that borrows is given of a type, where that is borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Borrowed {
    Text,
    Bytes,
}

impl Borrowed {
    pub(super) fn of(world: &World, ty: &Type) -> Option<Self> {
        match world.unaliased(ty) {
            Type::Primitive(crate::model::Primitive::String) => Some(Self::Text),
            Type::List(item) if is_bytes(Some(world.unaliased(item))) => Some(Self::Bytes),
            _ => None,
        }
    }

    /// As the host's trait has it.
    pub(super) fn ours(self) -> &'static str {
        match self {
            Self::Text => "&str",
            Self::Bytes => "&[u8]",
        }
    }

    /// As the runtime gives it.
    pub(super) fn raw(self) -> &'static str {
        match self {
            Self::Text => "::plugwright::__private::wasmtime::component::WasmStr",
            Self::Bytes => "::plugwright::__private::wasmtime::component::WasmList<u8>",
        }
    }
}

fn is_bytes(item: Option<&Type>) -> bool {
    item == Some(&Type::Primitive(crate::model::Primitive::U8))
}

/// Writes types of a world, with the modules that its interfaces got.
pub(crate) struct Printer<'a> {
    pub(crate) world: &'a World,
    pub(crate) modules: &'a [String],
    /// What leads from where the type is written to where the modules stand.
    pub(crate) prefix: &'a str,
    /// Whether streams, futures and what is lent are written as `bindgen!` has them, and not as ours.
    pub(crate) is_raw: bool,
    /// What gives the sandbox's state where things cross.
    pub(crate) state: &'a str,
}

/// What gives the sandbox's state where there is a store.
pub(super) const STATE: &str = "__store.data_mut()";

impl Printer<'_> {
    /// Writes a type, or nothing as `()`.
    pub(crate) fn optional(&self, ty: Option<&Type>, mode: Mode) -> String {
        ty.map_or_else(|| "()".to_owned(), |it| self.ty(it, mode))
    }

    /// Writes a type, with full paths: a program may have a `Result` of its own where the macro stands.
    pub(crate) fn ty(&self, ty: &Type, mode: Mode) -> String {
        use crate::model::Primitive::String as Text;
        let borrowed = mode == Mode::Borrowed;
        match ty {
            Type::Primitive(Text) if borrowed => "&str".to_owned(),
            Type::Primitive(Text) => "::std::string::String".to_owned(),
            Type::Primitive(it) => crate::rust::primitive(*it).to_owned(),
            Type::Named(_) if self.world.crosses(ty) => self.ty(self.world.unaliased(ty), mode),
            Type::Named(id) if borrowed && self.world.has_list(ty) => {
                format!("&{}", self.path(*id))
            }
            Type::Named(id) => self.path(*id),
            Type::List(ty) if borrowed => format!("&[{}]", self.ty(ty, Mode::Owned)),
            Type::List(ty) => format!("::std::vec::Vec<{}>", self.ty(ty, Mode::Owned)),
            Type::Option(ty) => format!("::core::option::Option<{}>", self.ty(ty, mode)),
            Type::Result(ok, err) => format!(
                "::core::result::Result<{}, {}>",
                self.optional(ok.as_deref(), mode),
                self.optional(err.as_deref(), mode)
            ),
            Type::Tuple(types) => match &types[..] {
                [one] => format!("({},)", self.ty(one, mode)),
                several => {
                    let types = several.iter().map(|it| self.ty(it, mode));
                    format!("({})", types.collect::<Vec<_>>().join(", "))
                }
            },
            Type::Own(id) | Type::Borrow(id) if self.world.is_lent(*id) && !self.is_raw => {
                self.path(*id)
            }
            Type::Own(id) | Type::Borrow(id) => self.handle(*id),
            Type::FixedLengthList(ty, length) => format!("[{}; {length}]", self.ty(ty, mode)),
            Type::Map(key, value) => format!(
                "::std::collections::HashMap<{}, {}>",
                self.ty(key, mode),
                self.ty(value, mode)
            ),
            Type::Stream(item) if is_bytes(item.as_deref()) && !self.is_raw => {
                "::plugwright::ByteStream".to_owned()
            }
            Type::Future(item) | Type::Stream(item) => {
                let item = self.optional(item.as_deref(), Mode::Owned);
                format!("{}<{item}>", self.flow(ty))
            }
        }
    }

    /// The type of a stream or a future, without what it is of.
    fn flow(&self, ty: &Type) -> &'static str {
        match (ty, self.is_raw) {
            (Type::Future(_), true) => "::plugwright::__private::wasmtime::component::FutureReader",
            (_, true) => "::plugwright::__private::wasmtime::component::StreamReader",
            (Type::Future(_), false) => "::plugwright::ItemFuture",
            (_, false) => "::plugwright::ItemStream",
        }
    }

    /// Writes what makes of `value` what crosses the border, or the other way round; `value` itself where it is both.
    pub(crate) fn crossed(&self, ty: &Type, value: &str, how: Crossing) -> String {
        if !self.world.crosses(ty) {
            return value.to_owned();
        }
        let inner = |ty: &Type| self.crossed(ty, "__it", how);
        match self.world.unaliased(ty) {
            Type::Stream(item) if is_bytes(item.as_deref()) => {
                how.flow("::plugwright::ByteStream", value)
            }
            Type::Stream(_) => how.flow("::plugwright::ItemStream", value),
            Type::Future(_) => how.flow("::plugwright::ItemFuture", value),
            Type::Own(_) => how.lent(true, self.state, value),
            Type::Borrow(_) => how.lent(false, self.state, value),
            Type::Option(ty) => format!(
                "match {value} {{ ::core::option::Option::Some(__it) => ::core::option::Option::Some({}), ::core::option::Option::None => ::core::option::Option::None }}",
                inner(ty)
            ),
            Type::Result(ok, err) => {
                let [ok, err] =
                    [ok, err].map(|it| it.as_deref().map_or_else(|| "__it".to_owned(), inner));
                format!(
                    "match {value} {{ ::core::result::Result::Ok(__it) => ::core::result::Result::Ok({ok}), ::core::result::Result::Err(__it) => ::core::result::Result::Err({err}) }}"
                )
            }
            Type::List(ty) => format!(
                "{{ let mut __all = ::std::vec::Vec::new(); for __it in {value} {{ __all.push({}); }} __all }}",
                inner(ty)
            ),
            Type::Tuple(types) => {
                let names: Vec<_> = (0..types.len()).map(|at| format!("__{at}")).collect();
                let crossed = types.iter().zip(&names).map(|(ty, it)| self.crossed(ty, it, how));
                let crossed: String = crossed.map(|it| format!("{it}, ")).collect();
                let names: String = names.iter().map(|it| format!("{it}, ")).collect();
                format!("{{ let ({names}) = {value}; ({crossed}) }}")
            }
            // Refused before.
            _ => value.to_owned(),
        }
    }

    /// The same as a `Result`; nothing where it is both.
    pub(crate) fn crossing(&self, ty: &Type, value: &str, how: Crossing) -> Option<String> {
        let crosses = self.world.crosses(ty);
        let crossed = crosses.then(|| self.crossed(ty, value, how))?;
        Some(match self.world.unaliased(ty) {
            Type::Stream(_) | Type::Future(_) | Type::Own(_) | Type::Borrow(_) => {
                crossed.trim_end_matches('?').to_owned()
            }
            _ => format!("::core::result::Result::Ok({crossed})"),
        })
    }

    /// A resource of the plugin is a `ResourceAny` under its name; one of the host has a type.
    fn handle(&self, id: TypeId) -> String {
        if self.is_of_plugin(id) {
            return self.path(id);
        }
        format!("::plugwright::Resource<{}>", self.path(id))
    }

    fn is_of_plugin(&self, id: TypeId) -> bool {
        let def = self.world.def(self.world.resolve(id));
        matches!(def.kind, TypeKind::Resource)
            && def
                .interface
                .is_some_and(|it| self.world.interfaces[it].direction == Direction::Export)
    }

    fn path(&self, id: TypeId) -> String {
        if self.world.is_lent(id) {
            return lent(&self.world.def(self.world.resolve(id)).name);
        }
        let def = self.world.def(id);
        let name = rust_camel(&def.name);
        match def.interface {
            Some(index) => format!("{}{}::{name}", self.prefix, self.modules[index]),
            None => format!("{}{name}", self.prefix),
        }
    }
}
