//! Two versions of one interface: its types, resources and functions.

use std::collections::HashMap;

use wit_parser::{Function, Interface, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner};

use super::{ADDED_TYPE, Move, Provider, REMOVED_TYPE, Walk, is_there, path};
use crate::changes::ChangeKind;
use crate::conform::{Difference, Place, Problem};
use crate::wit;

impl<'a> Walk<'a> {
    pub(super) fn interface_moved(&mut self, how: Move, resolve: &Resolve, id: InterfaceId) {
        let interface = &resolve.interfaces[id];
        let is_resource = |id: &TypeId| matches!(resolve.types[*id].kind, TypeDefKind::Resource);
        let types_only =
            interface.functions.is_empty() && !interface.types.values().any(is_resource);
        // Nobody has to implement an interface only because it is there.
        let (kind, effects) = match how {
            Move::Added => (ChangeKind::InterfaceAdded, ADDED_TYPE),
            Move::Removed if types_only => (ChangeKind::InterfaceRemoved, REMOVED_TYPE),
            Move::Removed => {
                (ChangeKind::InterfaceRemoved, self.effects(how, Provider::Implementers))
            }
        };
        self.push(path(resolve, id), kind, (None, None), effects);
    }

    pub(super) fn interface(
        &mut self,
        path: &str,
        old: InterfaceId,
        new: InterfaceId,
        provider: Provider,
    ) {
        let (a, b) = self.resolves;
        let (old, new) = (&a.interfaces[old], &b.interfaces[new]);
        for (name, id) in old.types.iter().filter(|it| is_there(&a.types[*it.1].stability)) {
            match new.types.get(name).filter(|id| is_there(&b.types[**id].stability)) {
                Some(other) => self.type_pair(&format!("{path} type `{name}`"), *id, *other),
                None => self.type_moved(Move::Removed, path, a, *id, provider),
            }
        }
        let before = |name: &str| type_in(a, old, name).is_some();
        for (name, id) in new.types.iter().filter(|it| is_there(&b.types[*it.1].stability)) {
            if !before(name) {
                self.type_moved(Move::Added, path, b, *id, provider);
            }
        }
        let place = Place { path: Some(path) };
        let (before, after) = (Functions::of(old), Functions::of(new));
        for func in functions(old) {
            match after.find(func) {
                Some(other) => {
                    self.function(place, func, other);
                }
                None if self.went_with_its_resource(a, b, new, func) => {}
                None => self.function_moved(Move::Removed, place, a, func, provider),
            }
        }
        for func in functions(new).filter(|func| before.find(func).is_none()) {
            if !self.went_with_its_resource(b, a, old, func) {
                self.function_moved(Move::Added, place, b, func, provider);
            }
        }
    }

    /// Tells whether a function's resource is not on the other side, so that this is told already.
    fn went_with_its_resource(
        &self,
        here: &Resolve,
        there: &Resolve,
        other: &Interface,
        func: &Function,
    ) -> bool {
        let name = func.kind.resource().and_then(|id| here.types[id].name.as_deref());
        name.is_some_and(|name| type_in(there, other, name).is_none())
    }

    fn function_moved(
        &mut self,
        how: Move,
        place: Place<'_>,
        resolve: &Resolve,
        func: &Function,
        provider: Provider,
    ) {
        let name = wit::function_name(func);
        let text = format!("{name}: {}", wit::signature(resolve, func));
        let kind = match how {
            Move::Added => ChangeKind::FunctionAdded,
            Move::Removed => ChangeKind::FunctionRemoved,
        };
        self.push(place.item(&name), kind, how.texts(text), self.effects(how, provider));
    }

    fn type_moved(
        &mut self,
        how: Move,
        path: &str,
        resolve: &Resolve,
        id: TypeId,
        provider: Provider,
    ) {
        let def = &resolve.types[id];
        let item = format!("{path} {}", wit::heading(resolve, id));
        let texts = how.texts(wit::definition(resolve, id));
        if def.kind == TypeDefKind::Resource {
            let kind = match how {
                Move::Added => ChangeKind::ResourceAdded,
                Move::Removed => ChangeKind::ResourceRemoved,
            };
            self.push(item, kind, texts, self.effects(how, provider));
            return;
        }
        match how {
            // What an interface uses of others is no type of its own.
            Move::Added if is_used(resolve, id) => {}
            Move::Added => self.push(item, ChangeKind::TypeAdded, texts, ADDED_TYPE),
            Move::Removed => self.push(item, ChangeKind::TypeRemoved, texts, REMOVED_TYPE),
        }
    }

    /// Compares two types that have the same name in the same place.
    pub(super) fn type_pair(&mut self, item: &str, old: TypeId, new: TypeId) {
        let (a, b) = self.resolves;
        if !self.comparison.types().same(&Type::Id(old), &Type::Id(new)) {
            let texts = (wit::definition(a, old), wit::definition(b, new));
            let difference = Difference::other(item, Problem::Type, texts.0, texts.1);
            self.comparison.report(difference);
        }
        self.take();
    }
}

fn functions(interface: &Interface) -> impl Iterator<Item = &Function> {
    interface.functions.values().filter(|it| is_there(&it.stability))
}

/// The functions of an interface by the names that WIT gives them, whatever their kinds.
struct Functions<'i> {
    interface: &'i Interface,
    named: HashMap<String, &'i Function>,
}

impl<'i> Functions<'i> {
    fn of(interface: &'i Interface) -> Self {
        let named = functions(interface).map(|it| (wit::function_name(it), it)).collect();
        Functions { interface, named }
    }

    /// Finds the function that stands for one of another version.
    fn find(&self, func: &Function) -> Option<&'i Function> {
        let found = self.interface.functions.get(&func.name);
        let found = found.filter(|it| is_there(&it.stability));
        found.or_else(|| self.named.get(&wit::function_name(func)).copied())
    }
}

fn type_in(resolve: &Resolve, interface: &Interface, name: &str) -> Option<TypeId> {
    let id = interface.types.get(name).copied();
    id.filter(|id| is_there(&resolve.types[*id].stability))
}

/// Tells whether a type came by `use` from another interface.
fn is_used(resolve: &Resolve, id: TypeId) -> bool {
    let def = &resolve.types[id];
    let owner = |id: TypeId| match resolve.types[id].owner {
        TypeOwner::Interface(id) => Some(id),
        TypeOwner::World(_) | TypeOwner::None => None,
    };
    matches!(def.kind, TypeDefKind::Type(Type::Id(origin)) if owner(origin) != owner(id))
}
