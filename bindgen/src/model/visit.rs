//! Questions about types that more than one backend asks.

use std::collections::BTreeSet;

use super::{Direction, Function, Location, Primitive, Type, TypeId, TypeKind, World};

impl Type {
    /// Visits this type and the anonymous types inside it, but not what its named types are made of.
    pub(crate) fn walk(&self, visit: &mut impl FnMut(&Type)) {
        visit(self);
        match self {
            Type::Primitive(_) | Type::Named(_) | Type::Own(_) | Type::Borrow(_) => {}
            Type::List(ty) | Type::FixedLengthList(ty, _) | Type::Option(ty) => ty.walk(visit),
            Type::Map(key, value) => {
                key.walk(visit);
                value.walk(visit);
            }
            Type::Result(ok, err) => {
                for ty in [ok, err].into_iter().flatten() {
                    ty.walk(visit);
                }
            }
            Type::Tuple(types) => types.iter().for_each(|it| it.walk(visit)),
            Type::Future(ty) | Type::Stream(ty) => {
                if let Some(ty) = ty {
                    ty.walk(visit);
                }
            }
        }
    }
}

impl TypeKind {
    /// Gives the types it is made of.
    pub(crate) fn parts(&self) -> Vec<&Type> {
        match self {
            TypeKind::Alias(ty) => vec![ty],
            TypeKind::Record(fields) => fields.iter().map(|it| &it.ty).collect(),
            TypeKind::Variant(cases) => cases.iter().filter_map(|it| it.ty.as_ref()).collect(),
            TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Resource => Vec::new(),
        }
    }
}

impl Function {
    /// Gives the types of its parameters and its result.
    pub(crate) fn types(&self) -> impl Iterator<Item = &Type> {
        self.params.iter().map(|it| &it.ty).chain(&self.result)
    }
}

impl World {
    /// Visits a type, and what its named types are made of, once each.
    pub(crate) fn walk(
        &self,
        ty: &Type,
        seen: &mut BTreeSet<TypeId>,
        visit: &mut impl FnMut(&Type),
    ) {
        let mut named = Vec::new();
        ty.walk(&mut |it| {
            visit(it);
            if let Type::Named(id) = it {
                named.push(*id);
            }
        });
        for id in named {
            if seen.insert(id) {
                for part in self.def(id).kind.parts() {
                    self.walk(part, seen, visit);
                }
            }
        }
    }

    /// Whether a value of the type holds a string, a list or a map.
    pub(crate) fn has_list(&self, ty: &Type) -> bool {
        let mut found = false;
        self.walk(ty, &mut BTreeSet::new(), &mut |it| {
            found |=
                matches!(it, Type::Primitive(Primitive::String) | Type::List(_) | Type::Map(..));
        });
        found
    }

    /// Whether a value of the type holds a list of a fixed length.
    pub(crate) fn has_fixed_length_list(&self, ty: &Type) -> bool {
        let mut found = false;
        self.walk(ty, &mut BTreeSet::new(), &mut |it| {
            found |= matches!(it, Type::FixedLengthList(..));
        });
        found
    }

    /// Whether a value of the type holds a stream or a future.
    pub(crate) fn flows(&self, ty: &Type) -> bool {
        let mut found = false;
        self.walk(ty, &mut BTreeSet::new(), &mut |it| {
            found |= matches!(it, Type::Stream(_) | Type::Future(_));
        });
        found
    }

    /// Whether other things run in the sandbox while the function does.
    pub(crate) fn is_concurrent(&self, function: &Function) -> bool {
        function.is_async || function.types().any(|it| self.flows(it))
    }

    /// Whether it is a resource that the host has, and not the plugin.
    pub(crate) fn is_of_host(&self, id: TypeId) -> bool {
        let interface = self.def(self.resolve(id)).interface.map(|it| &self.interfaces[it]);
        interface.is_none_or(|it| it.direction == Direction::Import)
    }

    /// Whether it is a resource of `plugwright:data`, which the runtime keeps for the host.
    pub(crate) fn is_lent(&self, id: TypeId) -> bool {
        let interface = self.def(self.resolve(id)).interface.map(|it| &self.interfaces[it]);
        interface.is_some_and(|it| it.direction == Direction::Import && it.is_of_plugwright())
    }

    /// Whether a value of the type is another one inside the sandbox than outside of it, or holds one that is.
    pub(crate) fn crosses(&self, ty: &Type) -> bool {
        let mut found = self.flows(ty);
        self.walk(ty, &mut BTreeSet::new(), &mut |it| {
            found |= matches!(it, Type::Own(id) | Type::Borrow(id) if self.is_lent(*id));
        });
        found
    }

    /// Whether a resource goes in or comes out, of those that live as long as an instance.
    pub(crate) fn has_handle(&self, function: &Function) -> bool {
        let mut found = false;
        for ty in function.types() {
            self.walk(ty, &mut BTreeSet::new(), &mut |it| {
                found |= matches!(it, Type::Own(id) | Type::Borrow(id) if !self.is_lent(*id));
            });
        }
        found || function.kind != super::FunctionKind::Free
    }

    /// Follows aliases to a type that is none.
    pub(crate) fn unaliased<'a>(&'a self, mut ty: &'a Type) -> &'a Type {
        while let Type::Named(id) = ty
            && let TypeKind::Alias(next) = &self.def(*id).kind
        {
            ty = next;
        }
        ty
    }

    /// Gives every function with a name for messages: `control.decide`, `control.bucket.put`, `decide`.
    pub(crate) fn every_function(&self) -> impl Iterator<Item = (String, Direction, &Function)> {
        let own = self.functions.iter();
        let own = own.map(|it| (self.path(None, &it.function), it.direction, &it.function));
        let others = self.interfaces.iter().flat_map(|interface| {
            let function = |it| (self.path(Some(&interface.name), it), interface.direction, it);
            interface.functions.iter().map(function)
        });
        own.chain(others)
    }

    /// Gives every named type with a name for messages: `control.refusal`.
    pub(crate) fn every_type(&self) -> impl Iterator<Item = (String, TypeId, &Location)> {
        self.defs.iter().enumerate().map(|(index, def)| {
            let path = match def.interface {
                Some(it) => format!("{}.{}", self.interfaces[it].name, def.name),
                None => def.name.clone(),
            };
            (path, TypeId(index), &def.location)
        })
    }

    fn path(&self, interface: Option<&str>, function: &Function) -> String {
        use super::FunctionKind::{Constructor, Free, Method, Static};
        let resource = match function.kind {
            Free => None,
            Constructor(id) | Method(id) | Static(id) => Some(self.def(id).name.as_str()),
        };
        let parts = [interface, resource, Some(function.name.as_str())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(".")
    }
}
