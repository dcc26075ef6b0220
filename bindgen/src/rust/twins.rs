//! Types that are made alike, in one interface or in several: they are the same to a component, and not to Rust.

use std::collections::BTreeSet;

use crate::model::{Case, Type, TypeId, TypeKind, World};

/// Whether a stream or a future carries a type that has a twin.
///
/// The bindings make what sends only the first of twins, so that they have to take all of them for one there.
pub(super) fn merges(world: &World) -> bool {
    let mut found = false;
    for (_, _, function) in world.every_function() {
        for ty in function.types() {
            world.walk(ty, &mut BTreeSet::new(), &mut |it| {
                if let Type::Stream(Some(ty)) | Type::Future(Some(ty)) = it {
                    world.walk(ty, &mut BTreeSet::new(), &mut |it| {
                        found |= matches!(it, Type::Named(id) if has_twin(world, *id));
                    });
                }
            });
        }
    }
    found
}

/// Gives the first of all types that are made as this one is; that may be itself.
pub(super) fn first(world: &World, id: TypeId) -> TypeId {
    let id = world.resolve(id);
    (0..id.0).map(TypeId).find(|it| are_twins(world, *it, id)).unwrap_or(id)
}

fn has_twin(world: &World, id: TypeId) -> bool {
    let id = world.resolve(id);
    (0..world.defs.len()).map(TypeId).any(|it| it != id && are_twins(world, it, id))
}

/// Compares two definitions; another name for a type is no type of its own.
fn are_twins(world: &World, a: TypeId, b: TypeId) -> bool {
    match (&world.def(a).kind, &world.def(b).kind) {
        (TypeKind::Record(a), TypeKind::Record(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|(a, b)| a.name == b.name && same(world, &a.ty, &b.ty))
        }
        (TypeKind::Variant(a), TypeKind::Variant(b))
        | (TypeKind::Enum(a), TypeKind::Enum(b))
        | (TypeKind::Flags(a), TypeKind::Flags(b)) => {
            let case = |(a, b): (&Case, &Case)| {
                a.name == b.name && both(world, a.ty.as_ref(), b.ty.as_ref())
            };
            a.len() == b.len() && a.iter().zip(b).all(case)
        }
        _ => false,
    }
}

fn same(world: &World, a: &Type, b: &Type) -> bool {
    let inner =
        |a: &Option<Box<Type>>, b: &Option<Box<Type>>| both(world, a.as_deref(), b.as_deref());
    match (behind(world, a), behind(world, b)) {
        (Type::Primitive(a), Type::Primitive(b)) => a == b,
        (Type::Named(a), Type::Named(b)) => a == b || are_twins(world, *a, *b),
        (Type::List(a), Type::List(b)) | (Type::Option(a), Type::Option(b)) => same(world, a, b),
        (Type::FixedLengthList(a, many), Type::FixedLengthList(b, more)) => {
            many == more && same(world, a, b)
        }
        (Type::Map(key, value), Type::Map(of, to)) => {
            same(world, key, of) && same(world, value, to)
        }
        (Type::Result(ok, err), Type::Result(good, bad)) => inner(ok, good) && inner(err, bad),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(world, a, b))
        }
        (Type::Own(a), Type::Own(b)) | (Type::Borrow(a), Type::Borrow(b)) => {
            world.resolve(*a) == world.resolve(*b)
        }
        (Type::Future(a), Type::Future(b)) | (Type::Stream(a), Type::Stream(b)) => inner(a, b),
        _ => false,
    }
}

fn both(world: &World, a: Option<&Type>, b: Option<&Type>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same(world, a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// Looks behind other names.
fn behind<'w>(world: &'w World, ty: &'w Type) -> &'w Type {
    match ty {
        Type::Named(id) => match &world.def(*id).kind {
            TypeKind::Alias(ty) => behind(world, ty),
            _ => ty,
        },
        _ => ty,
    }
}
