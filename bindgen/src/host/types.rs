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

/// Writes types of a world, with the modules that its interfaces got.
pub(crate) struct Printer<'a> {
    pub(crate) world: &'a World,
    pub(crate) modules: &'a [String],
    /// What leads from where the type is written to where the modules stand.
    pub(crate) prefix: &'a str,
}

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
            Type::Own(id) | Type::Borrow(id) => self.handle(*id),
            // Refused before: the host cannot say these yet.
            Type::FixedLengthList(ty, length) => format!("[{}; {length}]", self.ty(ty, mode)),
            Type::Map(key, value) => format!(
                "::std::collections::HashMap<{}, {}>",
                self.ty(key, mode),
                self.ty(value, mode)
            ),
            Type::Future(ty) => format!(
                "::plugwright::__private::wasmtime::component::FutureReader<{}>",
                self.optional(ty.as_deref(), Mode::Owned)
            ),
            Type::Stream(ty) => format!(
                "::plugwright::__private::wasmtime::component::StreamReader<{}>",
                self.optional(ty.as_deref(), Mode::Owned)
            ),
        }
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
        let def = self.world.def(id);
        let name = rust_camel(&def.name);
        match def.interface {
            Some(index) => format!("{}{}::{name}", self.prefix, self.modules[index]),
            None => format!("{}{name}", self.prefix),
        }
    }
}
