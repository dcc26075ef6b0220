//! Writes types and values in Python.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::names::{Names, Place, camel, shouty, snake};
use crate::model::{Primitive, Type, TypeId, TypeKind};

/// Where a type is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    /// In a module of the package.
    Package(Place),
    /// In a plugin, where modules go by their own names.
    Plugin,
}

/// Writes types for one file, and notes what they need.
pub(crate) struct Printer<'a> {
    pub(crate) names: &'a Names<'a>,
    pub(crate) context: Context,
    /// Names of Python that mean something else here.
    pub(crate) shadowed: BTreeSet<String>,
    /// The modules of interfaces that are mentioned.
    pub(crate) modules: RefCell<BTreeSet<usize>>,
    /// The exported resource whose class is written, and how that calls itself.
    pub(crate) this: RefCell<Option<(TypeId, String)>>,
    /// Other things that are mentioned: `builtins`, `self`, `runtime`, `streams`, `root`.
    pub(crate) uses: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Printer<'a> {
    pub(crate) fn new(names: &'a Names<'a>, context: Context) -> Self {
        let shadowed = BTreeSet::new();
        let (modules, uses) = (RefCell::default(), RefCell::default());
        Self { names, context, shadowed, modules, this: RefCell::default(), uses }
    }

    pub(crate) fn mention(&self, what: &'static str) {
        self.uses.borrow_mut().insert(what);
    }

    /// Writes a type that Python has.
    pub(crate) fn builtin(&self, name: &str) -> String {
        if !self.shadowed.contains(name) {
            return name.to_owned();
        }
        self.mention("builtins");
        match self.context {
            Context::Package(_) => format!("_builtins.{name}"),
            Context::Plugin => format!("builtins.{name}"),
        }
    }

    /// Writes a name of the hand-written part.
    pub(crate) fn runtime(&self, name: &str) -> String {
        match self.context {
            Context::Package(_) => {
                self.mention("runtime");
                format!("_runtime.{name}")
            }
            Context::Plugin => self.root(name),
        }
    }

    /// Writes a name of the streams.
    pub(crate) fn streams(&self, name: &str) -> String {
        match self.context {
            Context::Package(_) => {
                self.mention("streams");
                format!("_streams.{name}")
            }
            Context::Plugin => self.root(name),
        }
    }

    fn root(&self, name: &str) -> String {
        self.mention("root");
        format!("sdk.{name}")
    }

    /// Writes a name that stands in the module of a place.
    pub(crate) fn at(&self, place: Place, name: &str) -> String {
        match (self.context, place) {
            (Context::Package(here), _) if here == place => name.to_owned(),
            (_, None) => self.root(name),
            (Context::Package(_), Some(index)) => {
                self.modules.borrow_mut().insert(index);
                format!("{}.{name}", alias(&self.names.modules[index]))
            }
            (Context::Plugin, Some(index)) => {
                self.modules.borrow_mut().insert(index);
                format!("{}.{name}", self.names.modules[index])
            }
        }
    }

    pub(crate) fn named(&self, id: TypeId) -> String {
        self.at(self.names.world.def(id).interface, &self.names.types[&id])
    }

    pub(crate) fn optional(&self, ty: Option<&Type>) -> String {
        ty.map_or_else(|| "None".to_owned(), |it| self.ty(it))
    }

    /// Writes a type.
    pub(crate) fn ty(&self, ty: &Type) -> String {
        let optional = |ty: &Option<Box<Type>>| self.optional(ty.as_deref());
        match ty {
            Type::Primitive(it) => self.builtin(primitive(*it)),
            Type::Named(id) => self.named(*id),
            Type::Own(id) | Type::Borrow(id) => match &*self.this.borrow() {
                Some((this, name)) if *this == self.names.world.resolve(*id) => {
                    self.mention("self");
                    name.clone()
                }
                _ => self.named(*id),
            },
            Type::List(ty) if is_byte(ty) => self.builtin("bytes"),
            Type::List(ty) | Type::FixedLengthList(ty, _) => {
                format!("{}[{}]", self.builtin("list"), self.ty(ty))
            }
            Type::Map(key, value) => {
                format!("{}[{}, {}]", self.builtin("dict"), self.ty(key), self.ty(value))
            }
            Type::Option(ty) if self.is_option(ty) => {
                format!("{}[{}] | None", self.runtime("Some"), self.ty(ty))
            }
            Type::Option(ty) => format!("{} | None", self.ty(ty)),
            Type::Result(ok, err) => {
                format!("{}[{}, {}]", self.runtime("Result"), optional(ok), optional(err))
            }
            Type::Tuple(types) => {
                let types = types.iter().map(|it| self.ty(it)).collect::<Vec<_>>().join(", ");
                format!("{}[{types}]", self.builtin("tuple"))
            }
            Type::Future(ty) => format!("{}[{}]", self.streams("FutureReader"), optional(ty)),
            Type::Stream(Some(ty))
                if is_byte(ty) || matches!(**ty, Type::Primitive(Primitive::S8)) =>
            {
                self.streams("ByteStreamReader")
            }
            Type::Stream(ty) => format!("{}[{}]", self.streams("StreamReader"), optional(ty)),
        }
    }

    fn is_option(&self, ty: &Type) -> bool {
        match ty {
            Type::Option(_) => true,
            Type::Named(id) => match &self.names.world.def(*id).kind {
                TypeKind::Alias(ty) => self.is_option(ty),
                _ => false,
            },
            _ => false,
        }
    }

    /// Writes a value of the type, if there is one that needs nothing but the SDK.
    ///
    /// `own` gives the plugin's class of an exported resource, with the arguments that it takes.
    pub(crate) fn value(
        &self,
        ty: &Type,
        own: &dyn Fn(&Self, TypeId) -> Option<String>,
    ) -> Option<String> {
        let optional = |ty: &Option<Box<Type>>| match ty {
            Some(ty) => self.value(ty, own),
            None => Some("None".to_owned()),
        };
        let text = |it: &str| Some(it.to_owned());
        match ty {
            Type::Primitive(Primitive::Bool) => text("False"),
            Type::Primitive(Primitive::Char) => text("\" \""),
            Type::Primitive(Primitive::String) => text("\"\""),
            Type::Primitive(Primitive::F32 | Primitive::F64) => text("0.0"),
            Type::Primitive(_) => text("0"),
            Type::List(ty) if is_byte(ty) => text("b\"\""),
            Type::List(_) => text("[]"),
            Type::Map(..) => text("{}"),
            Type::Option(_) => text("None"),
            Type::Result(ok, err) => {
                let of = |case, it| format!("{}({it})", self.runtime(case));
                optional(ok)
                    .map(|it| of("Ok", it))
                    .or_else(|| optional(err).map(|it| of("Err", it)))
            }
            Type::FixedLengthList(ty, length) => {
                self.value(ty, own).map(|it| format!("[{it}] * {length}"))
            }
            Type::Tuple(types) => {
                let values =
                    types.iter().map(|it| self.value(it, own)).collect::<Option<Vec<_>>>()?;
                match &values[..] {
                    [one] => Some(format!("({one},)")),
                    several => Some(format!("({})", several.join(", "))),
                }
            }
            Type::Named(id) => self.named_value(*id, own),
            Type::Own(id) | Type::Borrow(id) => own(self, self.names.world.resolve(*id)),
            // The end that writes goes at once, so the stream is empty and the future has its default.
            Type::Stream(ty) => {
                let make = self.names.pair(true, ty.as_deref(), &self.names.modules);
                Some(format!("{}()[1]", self.at(None, &make)))
            }
            Type::Future(ty) => {
                let make = self.names.pair(false, ty.as_deref(), &self.names.modules);
                let value = optional(ty)?;
                Some(format!("{}(lambda: {value})[1]", self.at(None, &make)))
            }
        }
    }

    fn named_value(
        &self,
        id: TypeId,
        own: &dyn Fn(&Self, TypeId) -> Option<String>,
    ) -> Option<String> {
        let def = self.names.world.def(id);
        match &def.kind {
            TypeKind::Alias(ty) => self.value(ty, own),
            TypeKind::Enum(cases) => {
                cases.first().map(|it| format!("{}.{}", self.named(id), shouty(&it.name)))
            }
            TypeKind::Flags(_) => Some(format!("{}(0)", self.named(id))),
            TypeKind::Record(fields) => {
                let values = fields.iter().map(|it| self.value(&it.ty, own));
                let values = values.collect::<Option<Vec<_>>>()?;
                Some(format!("{}({})", self.named(id), values.join(", ")))
            }
            TypeKind::Resource => own(self, id),
            TypeKind::Variant(cases) => cases.iter().enumerate().find_map(|(index, it)| {
                let case = self.at(def.interface, &self.names.cases[&id][index]);
                match &it.ty {
                    None => Some(format!("{case}()")),
                    Some(ty) => self.value(ty, own).map(|it| format!("{case}({it})")),
                }
            }),
        }
    }
}

/// Names the module of an interface inside the package, apart from all that the package imports.
pub(crate) fn alias(module: &str) -> String {
    const TAKEN: [&str; 9] = [
        "abc",
        "builtins",
        "component",
        "dataclasses",
        "enum",
        "runtime",
        "streams",
        "typing",
        "world",
    ];
    if TAKEN.contains(&module) { format!("_{module}_") } else { format!("_{module}") }
}

/// Names the variable that holds a function of the host; no name of the WIT has two underscores.
pub(crate) fn hook(resource: Option<&str>, function: &str) -> String {
    let resource = resource.map(|it| format!("{}__", snake(it))).unwrap_or_default();
    format!("_host__{resource}{}", snake(function))
}

/// Names a class as `componentize-py` does.
pub(crate) fn generated(name: &str, case: Option<&str>) -> String {
    case.map_or_else(|| camel(name), |case| format!("{}_{}", camel(name), camel(case)))
}

fn is_byte(ty: &Type) -> bool {
    matches!(ty, Type::Primitive(Primitive::U8))
}

fn primitive(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::Bool => "bool",
        Primitive::F32 | Primitive::F64 => "float",
        Primitive::Char | Primitive::String => "str",
        Primitive::U8
        | Primitive::U16
        | Primitive::U32
        | Primitive::U64
        | Primitive::S8
        | Primitive::S16
        | Primitive::S32
        | Primitive::S64 => "int",
        // Every language refuses it before.
        Primitive::ErrorContext => "object",
    }
}
