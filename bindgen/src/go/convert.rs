//! Expressions that turn what the bindings have into what plugin authors know, and back.

use super::types::{File, Nilable};
use crate::model::{Primitive, Type, TypeId, TypeKind};

impl File<'_> {
    /// Writes a value of the bindings as plugin authors know it.
    pub(crate) fn lift(&self, ty: &Type, value: &str) -> String {
        let module = self.module;
        if module.is_same(ty) {
            return value.to_owned();
        }
        match module.real(ty) {
            Type::Named(id) => match &module.world.def(*id).kind {
                TypeKind::Enum(_) | TypeKind::Flags(_) => {
                    format!("{}({value})", self.ty(&Type::Named(*id)))
                }
                _ if module.has_loan(ty) => {
                    format!("{}({value}, loans)", self.converter("Lift", *id))
                }
                _ => format!("{}({value})", self.converter("Lift", *id)),
            },
            Type::List(ty) => format!("{}({value}, {})", self.abi("Each"), self.lifter(ty)),
            Type::Option(ty) => {
                let way = module.nilable(ty).map_or("LiftOption", |_| "LiftNilable");
                format!("{}({value}, {})", self.abi(way), self.lifter(ty))
            }
            Type::Result(ok, err) => {
                let part = |ty: &Option<Box<Type>>| match ty {
                    Some(ty) => self.lifter(ty),
                    None => self.abi("Same[struct{}]"),
                };
                format!("{}({value}, {}, {})", self.abi("LiftResult"), part(ok), part(err))
            }
            Type::Tuple(types) => {
                let fields = types.iter().enumerate().map(|(index, ty)| {
                    format!("F{index}: {}", self.lift(ty, &format!("{value}.F{index}")))
                });
                let fields = fields.collect::<Vec<_>>().join(", ");
                format!("{}{{{fields}}}", self.ty(&Type::Tuple(types.clone())))
            }
            Type::Own(id) => format!("{}({value})", self.converter("Lift", *id)),
            Type::Borrow(id) if module.is_exported(*id) => {
                format!("{}({value})", self.converter("Lift", *id))
            }
            Type::Borrow(id) => {
                let lent = format!("{}(loans, {value})", self.abi("Lend"));
                format!("{}({lent})", self.converter("Lift", *id))
            }
            Type::Stream(ty) => {
                format!(
                    "{}({value}, {})",
                    self.abi("LiftStream"),
                    self.lifter_or_unit(ty.as_deref())
                )
            }
            Type::Future(ty) => {
                format!(
                    "{}({value}, {})",
                    self.abi("LiftFuture"),
                    self.lifter_or_unit(ty.as_deref())
                )
            }
            Type::Map(key, entry) => {
                let (key, entry) = (self.lifter(key), self.lifter(entry));
                format!("{}({value}, {key}, {entry})", self.abi("EachEntry"))
            }
            Type::FixedLengthList(inner, length) => {
                let items = (0..*length).map(|it| self.lift(inner, &format!("{value}.F{it}")));
                let items = items.collect::<Vec<_>>().join(", ");
                format!("{}{{{items}}}", self.ty(module.real(ty)))
            }
            Type::Primitive(_) => value.to_owned(),
        }
    }

    /// Writes what plugin authors know as a value of the bindings.
    pub(crate) fn lower(&self, ty: &Type, value: &str) -> String {
        let module = self.module;
        if module.is_same(ty) {
            return value.to_owned();
        }
        match module.real(ty) {
            Type::Named(id) => match &module.world.def(*id).kind {
                kind @ (TypeKind::Enum(_) | TypeKind::Flags(_)) => {
                    format!("{}({value})", super::types::raw_integer(kind))
                }
                _ => format!("{}({value})", self.converter("Lower", *id)),
            },
            Type::List(ty) => format!("{}({value}, {})", self.abi("Each"), self.lowerer(ty)),
            Type::Option(ty) => {
                let way = match module.nilable(ty) {
                    None => "LowerOption",
                    Some(Nilable::Pointer) => "LowerPointer",
                    Some(Nilable::Interface) => "LowerInterface",
                };
                format!("{}({value}, {})", self.abi(way), self.lowerer(ty))
            }
            Type::Result(ok, err) => {
                let part = |ty: &Option<Box<Type>>| match ty {
                    Some(ty) => self.lowerer(ty),
                    None => self.abi("Same[struct{}]"),
                };
                format!("{}({value}, {}, {})", self.abi("LowerResult"), part(ok), part(err))
            }
            Type::Tuple(types) => {
                let fields = types.iter().enumerate().map(|(index, ty)| {
                    format!("F{index}: {}", self.lower(ty, &format!("{value}.F{index}")))
                });
                let fields = fields.collect::<Vec<_>>().join(", ");
                format!("{}{{{fields}}}", self.raw(&Type::Tuple(types.clone())))
            }
            Type::Own(id) | Type::Borrow(id) => {
                format!("{}({value})", self.converter("Lower", *id))
            }
            real @ (Type::Stream(inner) | Type::Future(inner)) => {
                let way =
                    if matches!(real, Type::Stream(_)) { "LowerStream" } else { "LowerFuture" };
                let lower = match inner {
                    Some(ty) => self.lowerer(ty),
                    None => self.abi("Same[struct{}]"),
                };
                format!("{}({value}, {lower}, {})", self.abi(way), self.maker(real))
            }
            Type::Map(key, entry) => {
                let (key, entry) = (self.lowerer(key), self.lowerer(entry));
                format!("{}({value}, {key}, {entry})", self.abi("EachEntry"))
            }
            Type::FixedLengthList(inner, length) => {
                let items = (0..*length)
                    .map(|it| format!("F{it}: {}", self.lower(inner, &format!("{value}[{it}]"))));
                let items = items.collect::<Vec<_>>().join(", ");
                format!("{}{{{items}}}", self.raw(ty))
            }
            Type::Primitive(_) => value.to_owned(),
        }
    }

    /// Writes a function that lifts.
    pub(crate) fn lifter(&self, ty: &Type) -> String {
        if self.module.is_same(ty) {
            return self.abi(&format!("Same[{}]", self.ty(ty)));
        }
        if let Some(name) = self.plain("Lift", ty)
            && !self.module.has_loan(ty)
        {
            return name;
        }
        function("v", &self.raw(ty), &self.ty(ty), &self.lift(ty, "v"))
    }

    /// Writes a function that lowers.
    pub(crate) fn lowerer(&self, ty: &Type) -> String {
        if self.module.is_same(ty) {
            return self.abi(&format!("Same[{}]", self.ty(ty)));
        }
        if let Some(name) = self.plain("Lower", ty) {
            return name;
        }
        function("v", &self.ty(ty), &self.raw(ty), &self.lower(ty, "v"))
    }

    fn lifter_or_unit(&self, ty: Option<&Type>) -> String {
        ty.map_or_else(|| self.abi("Same[struct{}]"), |it| self.lifter(it))
    }

    /// Writes a function that makes an error of what the bindings have.
    pub(crate) fn error_lifter(&self, ty: Option<&Type>) -> String {
        let Some(ty) = ty else { return self.wit("Fail[struct{}]") };
        match self.module.real(ty) {
            Type::Named(id) if self.module.errors.contains(id) => {
                function("v", &self.raw(ty), "error", &self.lift(ty, "v"))
            }
            _ if self.module.is_same(ty) => self.wit(&format!("Fail[{}]", self.ty(ty))),
            _ => {
                let fail = self.wit("Fail");
                function("v", &self.raw(ty), "error", &format!("{fail}({})", self.lift(ty, "v")))
            }
        }
    }

    /// Writes a function that makes what the bindings have of an error.
    pub(crate) fn error_lowerer(&self, ty: Option<&Type>) -> String {
        let Some(ty) = ty else { return self.abi("FailureUnit") };
        let way = match self.module.real(ty) {
            Type::Primitive(Primitive::String) => return self.abi("FailureText"),
            Type::Named(id) if self.module.errors.contains(id) => "FailureOf",
            _ => "Failure",
        };
        let failure = self.abi(&format!("{way}[{}]", self.ty(ty)));
        if self.module.is_same(ty) {
            return failure;
        }
        let value = self.lower(ty, &format!("{failure}(err)"));
        function("err", "error", &self.raw(ty), &value)
    }

    /// Names the conversion of a record, a variant or a resource, which stands in its own package.
    fn converter(&self, way: &str, id: TypeId) -> String {
        let module = self.module;
        let id = module.defined(module.world.resolve(id));
        let item = format!("ABI.{way}{}", module.types[&id]);
        self.public(module.world.def(id).interface, &item)
    }

    /// Names the conversion of a type that needs nothing but its value.
    fn plain(&self, way: &str, ty: &Type) -> Option<String> {
        match self.module.real(ty) {
            Type::Named(id) => match self.module.world.def(*id).kind {
                TypeKind::Enum(_) | TypeKind::Flags(_) => None,
                _ => Some(self.converter(way, *id)),
            },
            Type::Own(id) => Some(self.converter(way, *id)),
            Type::Borrow(id) if way == "Lower" || self.module.is_exported(*id) => {
                Some(self.converter(way, *id))
            }
            _ => None,
        }
    }
}

/// Writes a function without a name, in lines that are indented as seen from where it begins.
fn function(name: &str, from: &str, to: &str, value: &str) -> String {
    format!("func({name} {from}) {to} {{\n\treturn {}\n}}", value.replace('\n', "\n\t"))
}
