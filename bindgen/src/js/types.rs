//! Writes types: as TypeScript declares them, and as the package lifts and lowers them.

use super::names::{Names, property};
use crate::model::{Direction, Primitive, Type, TypeId, TypeKind};

/// Which way a value goes, seen from the plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// The plugin gets it.
    In,
    /// The plugin hands it over.
    Out,
    /// It stands in a type, which may go either way.
    Either,
}

impl Names<'_> {
    /// Writes a type in TypeScript; `prefix` stands before the names of the world's own types.
    pub(super) fn ts(&self, ty: &Type, flow: Flow, prefix: &str) -> String {
        let inner = |ty: &Type| self.ts(ty, flow, prefix);
        let optional =
            |ty: &Option<Box<Type>>| ty.as_ref().map_or("void".to_owned(), |it| inner(it));
        match ty {
            Type::Primitive(it) => primitive(*it).to_owned(),
            Type::Named(id) | Type::Own(id) | Type::Borrow(id) => {
                format!("{prefix}{}", self.types[id])
            }
            Type::List(item) => match self.resolved(item) {
                Type::Primitive(Primitive::U8) => "Uint8Array".to_owned(),
                Type::Primitive(Primitive::S8) => "Int8Array".to_owned(),
                _ => format!("{}[]", grouped(inner(item))),
            },
            Type::FixedLengthList(item, _) => format!("{}[]", grouped(inner(item))),
            Type::Map(key, value) => format!("Map<{}, {}>", inner(key), inner(value)),
            Type::Option(some) if self.is_option(some) => {
                format!("{{ tag: \"some\"; val: {} }} | {{ tag: \"none\" }}", inner(some))
            }
            Type::Option(some) => format!("{} | undefined", inner(some)),
            Type::Result(ok, err) => {
                let case = |tag: &str, ty: &Option<Box<Type>>| match ty {
                    Some(ty) => format!("{{ tag: \"{tag}\"; val: {} }}", inner(ty)),
                    None => format!("{{ tag: \"{tag}\" }}"),
                };
                format!("{} | {}", case("ok", ok), case("err", err))
            }
            Type::Tuple(types) => {
                format!("[{}]", types.iter().map(inner).collect::<Vec<_>>().join(", "))
            }
            Type::Future(value) => match (flow, optional(value)) {
                (Flow::In, value) => format!("Future<{value}>"),
                (Flow::Out, value) => format!("{value} | PromiseLike<{value}>"),
                (Flow::Either, value) => format!("Future<{value}> | PromiseLike<{value}>"),
            },
            Type::Stream(item) => {
                let item = match item.as_deref().map(|it| self.resolved(it)) {
                    Some(Type::Primitive(Primitive::U8)) => "Uint8Array".to_owned(),
                    _ => optional(item),
                };
                match flow {
                    Flow::In => format!("Stream<{item}>"),
                    Flow::Out | Flow::Either => format!("StreamSource<{item}>"),
                }
            }
        }
    }

    /// Writes how values of a type are lifted and lowered.
    pub(super) fn codec(&self, ty: &Type) -> String {
        let optional = |ty: &Option<Box<Type>>| {
            ty.as_ref().map_or("undefined".to_owned(), |it| self.codec(it))
        };
        match ty {
            Type::Primitive(it) => format!("$.{}", codec(*it)),
            Type::Named(id) => format!("$w.{}", self.codecs[&self.world.resolve(*id)]),
            Type::Own(id) => format!("$w.{}.own", self.codecs[&self.world.resolve(*id)]),
            Type::Borrow(id) => format!("$w.{}.borrow", self.codecs[&self.world.resolve(*id)]),
            Type::List(item) | Type::FixedLengthList(item, _) => {
                format!("$.list({})", self.codec(item))
            }
            Type::Map(key, value) => format!("$.map({}, {})", self.codec(key), self.codec(value)),
            Type::Option(some) if self.is_option(some) => {
                format!("$.nestedOption({})", self.codec(some))
            }
            Type::Option(some) => format!("$.option({})", self.codec(some)),
            Type::Result(ok, err) => format!("$.result({}, {})", optional(ok), optional(err)),
            Type::Tuple(types) => {
                let types: Vec<_> = types.iter().map(|it| self.codec(it)).collect();
                format!("$.tuple({})", types.join(", "))
            }
            Type::Future(value) => {
                let name = self.runtime_name(value.as_deref());
                format!("$.future({}, \"{name}\")", optional(value))
            }
            Type::Stream(None) => "$.stream()".to_owned(),
            Type::Stream(Some(item)) => format!("$.stream({})", self.codec(item)),
        }
    }

    /// Writes how values of a named type are lifted and lowered, beside the other named types.
    pub(super) fn codec_of(&self, id: TypeId) -> String {
        self.codec_of_kind(id).replace("$w.", "")
    }

    fn codec_of_kind(&self, id: TypeId) -> String {
        let def = self.world.def(id);
        let quoted = |name: &String| format!("\"{name}\"");
        match &def.kind {
            TypeKind::Alias(ty) => self.codec(ty),
            TypeKind::Enum(cases) => {
                let names: Vec<_> = cases.iter().map(|it| quoted(&it.name)).collect();
                format!("$.oneOf({})", names.join(", "))
            }
            TypeKind::Flags(cases) => {
                let names: Vec<_> = cases.iter().map(|it| quoted(&property(&it.name))).collect();
                format!("$.flags({})", names.join(", "))
            }
            TypeKind::Record(fields) => {
                let fields = fields
                    .iter()
                    .map(|it| format!("  {}: {},\n", property(&it.name), self.codec(&it.ty)));
                format!("$.record({{\n{}}})", fields.collect::<String>())
            }
            TypeKind::Resource => {
                let direction = def.interface.map(|it| self.world.interfaces[it].direction);
                match direction {
                    Some(Direction::Export) => format!("$.pluginResource(\"{}\")", def.name),
                    Some(Direction::Import) | None => format!("$.hostResource(\"{}\")", def.name),
                }
            }
            TypeKind::Variant(cases) => {
                let cases = cases.iter().map(|it| {
                    let value = it.ty.as_ref().map_or("undefined".to_owned(), |it| self.codec(it));
                    format!("  \"{}\": {value},\n", it.name)
                });
                format!("$.variant({{\n{}}})", cases.collect::<String>())
            }
        }
    }

    /// Follows aliases to a type that is not one.
    fn resolved<'b>(&'b self, ty: &'b Type) -> &'b Type {
        match ty {
            Type::Named(id) => match &self.world.def(*id).kind {
                TypeKind::Alias(ty) => self.resolved(ty),
                _ => ty,
            },
            _ => ty,
        }
    }

    pub(super) fn is_option(&self, ty: &Type) -> bool {
        self.option_of(ty).is_some()
    }

    /// What is inside an option, be it behind an alias.
    pub(super) fn option_of<'b>(&'b self, ty: &'b Type) -> Option<&'b Type> {
        match self.resolved(ty) {
            Type::Option(some) => Some(some),
            _ => None,
        }
    }

    /// The sides of a `result`, be it behind an alias.
    pub(super) fn as_result<'b>(
        &'b self,
        ty: &'b Type,
    ) -> Option<(Option<&'b Type>, Option<&'b Type>)> {
        match self.resolved(ty) {
            Type::Result(ok, err) => Some((ok.as_deref(), err.as_deref())),
            _ => None,
        }
    }

    /// What the runtime calls the type of a future's value.
    fn runtime_name(&self, ty: Option<&Type>) -> String {
        let inner = |ty: &Type| self.runtime_name(Some(ty));
        let boxed = |ty: &Option<Box<Type>>, none: &str| {
            ty.as_ref().map_or(none.to_owned(), |it| inner(it))
        };
        match ty {
            None => "UNIT".to_owned(),
            Some(Type::Primitive(it)) => primitive_name(*it).to_owned(),
            Some(Type::Named(id)) => constant(&self.world.def(*id).name),
            Some(Type::Option(some)) => format!("OPTION_{}", inner(some)),
            Some(Type::Tuple(types)) => {
                format!("TUPLE_{}", types.iter().map(inner).collect::<Vec<_>>().join("_"))
            }
            Some(Type::Result(ok, err)) => {
                format!("RESULT_{}_{}", boxed(ok, "VOID"), boxed(err, "VOID"))
            }
            Some(Type::List(item)) => format!("LIST_{}", inner(item)),
            Some(Type::Map(key, value)) => format!("MAP_{}_{}", inner(key), inner(value)),
            Some(Type::Future(value)) => format!("FUTURE_{}", boxed(value, "UNIT")),
            Some(Type::Stream(item)) => format!("STREAM_{}", boxed(item, "UNIT")),
            Some(Type::Own(_) | Type::Borrow(_) | Type::FixedLengthList(..)) => "OTHER".to_owned(),
        }
    }
}

/// Puts a type in brackets where what follows would belong to its last part only.
pub(super) fn grouped(ty: String) -> String {
    if ty.contains(' ') && !ty.starts_with('[') { format!("({ty})") } else { ty }
}

fn constant(name: &str) -> String {
    name.to_ascii_uppercase().replace('-', "_")
}

fn primitive(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::Bool => "boolean",
        Primitive::U64 | Primitive::S64 => "bigint",
        Primitive::Char | Primitive::String => "string",
        // Every language refuses it before.
        Primitive::ErrorContext => "never",
        _ => "number",
    }
}

fn codec(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::Bool => "bool",
        Primitive::U8 => "u8",
        Primitive::U16 => "u16",
        Primitive::U32 => "u32",
        Primitive::U64 => "u64",
        Primitive::S8 => "s8",
        Primitive::S16 => "s16",
        Primitive::S32 => "s32",
        Primitive::S64 => "s64",
        Primitive::F32 => "f32",
        Primitive::F64 => "f64",
        Primitive::Char => "char",
        // Every language refuses the other before.
        Primitive::String | Primitive::ErrorContext => "string",
    }
}

fn primitive_name(primitive: Primitive) -> String {
    match primitive {
        Primitive::ErrorContext => "ERROR_CONTEXT".to_owned(),
        it => codec(it).to_ascii_uppercase(),
    }
}
