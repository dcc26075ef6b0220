//! The deep comparison of types, which reports a named type once and at its own place.

use wit_parser::{Handle, LiveTypes, Resolve, Result_, Type, TypeDefKind, TypeId, TypeOwner};

use super::difference::{Difference, Problem};
use super::{Comparison, Side};
use crate::version;
use crate::wit;

/// Compares types on behalf of a [`Comparison`].
pub(crate) struct Types<'c, 'a> {
    pub(super) comparison: &'c mut Comparison<'a>,
}

/// Writes a type for a difference: its definition follows its name.
fn text(resolve: &Resolve, ty: &Type) -> String {
    let expression = wit::expression(resolve, ty);
    let Type::Id(id) = ty else { return expression };
    let id = origin(resolve, *id);
    if resolve.types[id].name.is_none() || resolve.types[id].kind == TypeDefKind::Resource {
        return expression;
    }
    format!("{expression}, which is `{}`", wit::definition(resolve, id))
}

pub(super) fn text_or_none(resolve: &Resolve, ty: &Option<Type>) -> String {
    ty.as_ref().map_or_else(|| "no result".to_owned(), |ty| text(resolve, ty))
}

/// Writes two types that differ.
///
/// Where they read the same, their resources are of different interfaces, and these are added.
pub(super) fn texts(expected: (&Resolve, &Type), found: (&Resolve, &Type)) -> (String, String) {
    let (x, y) = (text(expected.0, expected.1), text(found.0, found.1));
    if x != y {
        return (x, y);
    }
    let with_owners = |text: &str, (resolve, ty): (&Resolve, &Type)| {
        let mut live = LiveTypes::default();
        live.add_type(resolve, ty);
        let resources = live.iter().filter(|id| resolve.types[*id].kind == TypeDefKind::Resource);
        let owners: Vec<String> = resources
            .map(|id| format!("{} of `{}`", wit::heading(resolve, id), owner(resolve, id)))
            .collect();
        format!("{text}, with the {}", owners.join(", the "))
    };
    (with_owners(&x, expected), with_owners(&y, found))
}

/// Follows `use` and other aliases to where a type is defined.
fn origin(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let TypeDefKind::Type(Type::Id(next)) = resolve.types[id].kind {
        id = next;
    }
    id
}

/// The full name of the interface that defines a type, or that of the world.
fn owner(resolve: &Resolve, id: TypeId) -> String {
    match resolve.types[id].owner {
        TypeOwner::Interface(id) => {
            let name = || resolve.interfaces[id].name.clone().unwrap_or_default();
            resolve.id_of(id).unwrap_or_else(name)
        }
        TypeOwner::World(_) | TypeOwner::None => String::new(),
    }
}

impl Types<'_, '_> {
    /// Tells whether two types are the same here; what differs inside of a named type is reported
    /// there, and counts as the same here.
    pub(crate) fn same(&mut self, expected: &Type, found: &Type) -> bool {
        let (a, b) = self.comparison.resolves();
        match (expected, found) {
            (Type::Id(x), Type::Id(y)) => {
                let (x, y) = (origin(a, *x), origin(b, *y));
                if let Some(same) = self.comparison.compared.get(&(x, y)) {
                    return *same;
                }
                let (x_def, y_def) = (&a.types[x], &b.types[y]);
                let same = if x_def.name.is_some() && x_def.name == y_def.name {
                    self.named(x, y)
                } else {
                    self.note_missing(x);
                    self.same_kinds(&x_def.kind, &y_def.kind)
                };
                self.comparison.compared.insert((x, y), same);
                same
            }
            // An alias of a primitive type is a named type of its own, and no other type is.
            (Type::Id(x), primitive) => {
                let x = origin(a, *x);
                self.note_missing(x);
                matches!(&a.types[x].kind, TypeDefKind::Type(ty) if ty == primitive)
            }
            (primitive, Type::Id(y)) => {
                let y = origin(b, *y);
                matches!(&b.types[y].kind, TypeDefKind::Type(ty) if ty == primitive)
            }
            (expected, found) => expected == found,
        }
    }

    pub(super) fn same_option(&mut self, expected: &Option<Type>, found: &Option<Type>) -> bool {
        match (expected, found) {
            (Some(expected), Some(found)) => self.same(expected, found),
            (None, None) => true,
            _ => false,
        }
    }

    /// Compares two types of the same name, and reports how they differ.
    ///
    /// Only resources differ without being reported: they are another type if they are from
    /// another interface.
    pub(crate) fn named(&mut self, expected: TypeId, found: TypeId) -> bool {
        let (a, b) = self.comparison.resolves();
        let (expected, found) = (origin(a, expected), origin(b, found));
        let item = self.item(expected);
        match (&a.types[expected].kind, &b.types[found].kind) {
            (TypeDefKind::Resource, TypeDefKind::Resource) => {
                let (x, y) = (owner(a, expected), owner(b, found));
                return self.comparison.versions.join(&x, &y);
            }
            (TypeDefKind::Record(x), TypeDefKind::Record(y)) => {
                let x: Parts<'_> = x.fields.iter().map(|it| (&*it.name, Some(it.ty))).collect();
                let y: Parts<'_> = y.fields.iter().map(|it| (&*it.name, Some(it.ty))).collect();
                self.parts(&item, "field", &x, &y);
            }
            (TypeDefKind::Variant(x), TypeDefKind::Variant(y)) => {
                let x: Parts<'_> = x.cases.iter().map(|it| (&*it.name, it.ty)).collect();
                let y: Parts<'_> = y.cases.iter().map(|it| (&*it.name, it.ty)).collect();
                self.parts(&item, "case", &x, &y);
            }
            (TypeDefKind::Enum(x), TypeDefKind::Enum(y)) => {
                let x: Parts<'_> = x.cases.iter().map(|it| (&*it.name, None)).collect();
                let y: Parts<'_> = y.cases.iter().map(|it| (&*it.name, None)).collect();
                self.parts(&item, "case", &x, &y);
            }
            (TypeDefKind::Flags(x), TypeDefKind::Flags(y)) => {
                let x: Parts<'_> = x.flags.iter().map(|it| (&*it.name, None)).collect();
                let y: Parts<'_> = y.flags.iter().map(|it| (&*it.name, None)).collect();
                self.parts(&item, "flag", &x, &y);
            }
            (x, y) => {
                if !self.same_kinds(x, y) {
                    let (x, y) = (wit::definition(a, expected), wit::definition(b, found));
                    self.comparison.report(Difference::other(&item, Problem::Type, x, y));
                }
            }
        }
        true
    }

    /// Says where a type is defined: ``example:heater/types record `outlook` ``.
    fn item(&self, expected: TypeId) -> String {
        let (a, _) = self.comparison.resolves();
        let heading = wit::heading(a, expected);
        match a.types[expected].owner {
            TypeOwner::World(id) => format!("world `{}` {heading}", a.worlds[id].name),
            _ => format!("{} {heading}", version::unversioned(&owner(a, expected))),
        }
    }

    /// Compares the fields, cases or flags of two types of the same name.
    fn parts(&mut self, item: &str, noun: &str, expected: &Parts<'_>, found: &Parts<'_>) {
        let (a, b) = self.comparison.resolves();
        let text = |resolve: &Resolve, name: &str, ty: &Option<Type>| match (noun, ty) {
            ("field", Some(ty)) => format!("{name}: {}", wit::expression(resolve, ty)),
            (_, Some(ty)) => format!("{name}({})", wit::expression(resolve, ty)),
            (_, None) => name.to_owned(),
        };
        let before = self.comparison.differences.len();
        for (name, ty) in expected {
            let item = format!("{item} {noun} `{name}`");
            let x = text(a, name, ty);
            match part(found, name) {
                None => {
                    let none = format!("no {noun} of this name");
                    self.comparison.report(Difference::other(&item, Problem::PartMissing, x, none));
                }
                Some((_, other)) if !self.same_option(ty, &other) => {
                    let mut y = text(b, name, &other);
                    let mut x = x;
                    if let (true, Some(ty), Some(other)) = (x == y, ty, &other) {
                        (x, y) = texts((a, ty), (b, other));
                    }
                    self.comparison.report(Difference::other(&item, Problem::PartType, x, y));
                }
                Some(_) => {}
            }
        }
        for (name, ty) in found.iter().filter(|it| part(expected, it.0).is_none()) {
            let item = format!("{item} {noun} `{name}`");
            let (none, y) = (format!("no {noun} of this name"), text(b, name, ty));
            self.comparison.report(Difference::other(&item, Problem::PartExtra, none, y));
        }
        let names = |parts: &Parts<'_>| parts.iter().map(|it| it.0).collect::<Vec<_>>().join(", ");
        let (x, y) = (names(expected), names(found));
        if before == self.comparison.differences.len() && x.len() == y.len() && x != y {
            self.comparison.report(Difference::other(item, Problem::PartOrder, x, y));
        }
    }

    fn same_kinds(&mut self, expected: &TypeDefKind, found: &TypeDefKind) -> bool {
        use TypeDefKind as Kind;
        match (expected, found) {
            (Kind::Type(x), Kind::Type(y))
            | (Kind::Option(x), Kind::Option(y))
            | (Kind::List(x), Kind::List(y)) => self.same(x, y),
            (Kind::Future(x), Kind::Future(y)) | (Kind::Stream(x), Kind::Stream(y)) => {
                self.same_option(x, y)
            }
            (Kind::FixedLengthList(x, m), Kind::FixedLengthList(y, n)) => m == n && self.same(x, y),
            (Kind::Map(k, v), Kind::Map(l, w)) => {
                let keys = self.same(k, l);
                self.same(v, w) && keys
            }
            (Kind::Result(Result_ { ok, err }), Kind::Result(found)) => {
                let ok = self.same_option(ok, &found.ok);
                self.same_option(err, &found.err) && ok
            }
            (Kind::Tuple(x), Kind::Tuple(y)) => {
                let pairs = x.types.iter().zip(&y.types);
                // All of them are visited, so that all differences of named types are reported.
                pairs.fold(x.types.len() == y.types.len(), |same, (x, y)| self.same(x, y) && same)
            }
            (Kind::Handle(Handle::Own(x)), Kind::Handle(Handle::Own(y)))
            | (Kind::Handle(Handle::Borrow(x)), Kind::Handle(Handle::Borrow(y))) => {
                self.same(&Type::Id(*x), &Type::Id(*y))
            }
            (Kind::Record(x), Kind::Record(y)) => {
                let names =
                    x.fields.iter().map(|it| &it.name).eq(y.fields.iter().map(|it| &it.name));
                let pairs = x.fields.iter().zip(&y.fields);
                names && pairs.fold(true, |same, (x, y)| self.same(&x.ty, &y.ty) && same)
            }
            (Kind::Variant(x), Kind::Variant(y)) => {
                let names = x.cases.iter().map(|it| &it.name).eq(y.cases.iter().map(|it| &it.name));
                let pairs = x.cases.iter().zip(&y.cases);
                names && pairs.fold(true, |same, (x, y)| self.same_option(&x.ty, &y.ty) && same)
            }
            (Kind::Enum(x), Kind::Enum(y)) => {
                x.cases.iter().map(|it| &it.name).eq(y.cases.iter().map(|it| &it.name))
            }
            (Kind::Flags(x), Kind::Flags(y)) => {
                x.flags.iter().map(|it| &it.name).eq(y.flags.iter().map(|it| &it.name))
            }
            _ => false,
        }
    }

    /// Reports a type of the world that the component nowhere defines under its name.
    ///
    /// Aliases may be missing: what they stand for is compared wherever they are used.
    fn note_missing(&mut self, expected: TypeId) {
        let (a, b) = self.comparison.resolves();
        let def = &a.types[expected];
        let (Some(name), TypeOwner::Interface(_)) = (&def.name, def.owner) else { return };
        if self.comparison.side == Side::Import || !wit::has_body(&def.kind) {
            return;
        }
        let asked = owner(a, expected);
        let versions = self.comparison.versions;
        let there = |id| versions.join(&asked, &owner(b, id));
        let same_owner = || b.types.iter().filter(|(id, def)| def.name.is_some() && there(*id));
        if !same_owner().any(|(_, def)| def.name.as_ref() == Some(name)) {
            let others: Vec<&str> =
                same_owner().filter_map(|(_, def)| def.name.as_deref()).collect();
            let text = wit::definition(a, expected);
            let item = self.item(expected);
            self.comparison.report(Difference::type_missing(&item, text, others.into_iter()));
        }
    }
}

/// The names of fields, cases or flags, and their types.
type Parts<'t> = Vec<(&'t str, Option<Type>)>;

fn part<'t>(parts: &Parts<'t>, name: &str) -> Option<(&'t str, Option<Type>)> {
    parts.iter().find(|it| it.0 == name).copied()
}
