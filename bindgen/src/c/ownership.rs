//! What the documentation of a function says about its parameters: what they are, and who frees what.

use std::collections::BTreeSet;

use super::names::{Names, shouty};
use super::text::Param;
use crate::model::{Direction, Function, Primitive, Type, TypeKind, World};

/// Says who owns what.
pub(crate) struct Ownership<'a> {
    pub(crate) world: &'a World,
    pub(crate) names: &'a Names<'a>,
    /// The functions that free something, by the placeholder of the type.
    pub(crate) frees: &'a BTreeSet<String>,
}

impl Ownership<'_> {
    /// Says what a parameter of the WIT is, and who has it afterwards.
    pub(crate) fn param(&self, ty: &Type, param: &Param<'_>, direction: Direction) -> String {
        let mut said = self.what(ty, &param.ty);
        match direction {
            Direction::Import => said.push_str(self.lent(ty)),
            Direction::Export => said.push_str(&self.received(ty, &param.ty)),
        }
        said
    }

    /// Says what is given back through a pointer, or by value.
    pub(crate) fn result(&self, ty: &Type, c: &str, direction: Direction) -> String {
        match direction {
            Direction::Import => self.received(ty, c),
            Direction::Export => self.given(ty).to_owned(),
        }
    }

    /// Says when what is pointed to counts.
    pub(crate) fn returned(&self, function: &Function) -> Option<&'static str> {
        let result = function.result.as_ref()?;
        Some(match self.bare(result) {
            Type::Result(Some(_), Some(_)) => "true if `ret` is set, false if `err` is.",
            Type::Result(Some(_), None) => "true if `ret` is set, false for an error.",
            Type::Result(None, Some(_)) => "true for success, false if `err` is set.",
            Type::Result(None, None) => "true for success, false for an error.",
            Type::Option(_) => "true if `ret` is set, false for none.",
            _ => return None,
        })
    }

    /// Follows aliases.
    pub(crate) fn bare<'b>(&'b self, ty: &'b Type) -> &'b Type {
        match ty {
            Type::Named(id) => match &self.world.def(*id).kind {
                TypeKind::Alias(ty) => self.bare(ty),
                _ => ty,
            },
            _ => ty,
        }
    }

    fn what(&self, ty: &Type, c: &str) -> String {
        match self.bare(ty) {
            Type::Primitive(Primitive::Bool) => "A boolean.".to_owned(),
            Type::Primitive(Primitive::Char) => "A character: a Unicode scalar value.".to_owned(),
            Type::Primitive(Primitive::String) => "A string.".to_owned(),
            Type::Primitive(_) => "A number.".to_owned(),
            Type::Named(id) => {
                let def = self.world.def(*id);
                let constants = || {
                    let name = self.names.of(c);
                    shouty(name.strip_suffix("_t").unwrap_or(&name))
                };
                match def.kind {
                    TypeKind::Enum(_) => format!("One of the constants `{}_..`.", constants()),
                    TypeKind::Flags(_) => {
                        format!("Any of the constants `{}_..`, joined by `|`.", constants())
                    }
                    _ => format!("The `{}`.", def.name),
                }
            }
            Type::List(_) | Type::FixedLengthList(..) => "A list.".to_owned(),
            Type::Map(..) => "A map.".to_owned(),
            Type::Option(_) => "NULL for none.".to_owned(),
            Type::Result(..) => "A result.".to_owned(),
            Type::Tuple(_) => "A tuple.".to_owned(),
            Type::Own(id) | Type::Borrow(id) => format!("A `{}`.", self.world.def(*id).name),
            Type::Future(_) => "The end of a future that reads.".to_owned(),
            Type::Stream(_) => "The end of a stream that reads.".to_owned(),
        }
    }

    /// Says what becomes of an argument that the plugin gives.
    fn lent(&self, ty: &Type) -> &'static str {
        match self.bare(ty) {
            Type::Own(_) | Type::Future(_) | Type::Stream(_) => {
                " It is handed over: do not use it afterwards."
            }
            Type::Borrow(_) => " It is lent and stays yours.",
            ty if self.has_handle(ty) => {
                " The memory stays yours; the handles in it that are not borrowed are handed over."
            }
            ty if self.has_memory(ty) => " It is read during the call and stays yours.",
            _ => "",
        }
    }

    /// Says what the plugin has to do with what it gets.
    fn received(&self, ty: &Type, c: &str) -> String {
        let ty_name = c.trim_start_matches("const ").trim_end_matches(['*', ' ']);
        let stem = ty_name.strip_suffix("_t").unwrap_or(ty_name);
        let free = format!("{stem}_free");
        match self.bare(ty) {
            Type::Own(id) => match self.handle(*id, "drop_own") {
                Some(drop) => format!(" It is yours: drop it with {drop}()."),
                None => " It is yours.".to_owned(),
            },
            Type::Borrow(id) => match self.handle(*id, "drop_borrow") {
                Some(drop) => format!(" It is lent: drop it with {drop}() before you return."),
                None => " It is lent: do not keep it.".to_owned(),
            },
            Type::Future(_) | Type::Stream(_) => {
                format!(
                    " It is yours: drop it with {}().",
                    self.names.of(&format!("{stem}_drop_readable"))
                )
            }
            ty if self.frees.contains(&free) => {
                let handles = if self.has_handle(ty) {
                    ", after the handles in it, which are dropped one by one"
                } else {
                    ""
                };
                format!(" It is yours: free it with {}(){handles}.", self.names.of(&free))
            }
            ty if self.has_handle(ty) => " The handles in it are yours to drop.".to_owned(),
            _ => String::new(),
        }
    }

    /// Says what becomes of what the plugin gives back.
    fn given(&self, ty: &Type) -> &'static str {
        match self.bare(ty) {
            Type::Own(_) | Type::Future(_) | Type::Stream(_) => " It is handed over.",
            ty if self.has_memory(ty) => {
                " Memory in it is allocated, not static, and is freed for you."
            }
            _ => "",
        }
    }

    /// Gives the function that drops a handle, as far as there is one.
    pub(crate) fn handle(&self, id: crate::model::TypeId, verb: &str) -> Option<String> {
        let def = self.world.def(self.world.resolve(id));
        let (id, direction) = match def.interface {
            Some(index) => {
                let interface = &self.world.interfaces[index];
                (Some(interface.id.as_str()), interface.direction)
            }
            None => (None, Direction::Import),
        };
        self.names.helper(id, direction, &def.name, verb)
    }

    fn has_memory(&self, ty: &Type) -> bool {
        self.world.has_list(ty)
    }

    /// Whether a value of the type holds a handle.
    pub(crate) fn has_handle(&self, ty: &Type) -> bool {
        let mut found = false;
        self.world.walk(ty, &mut BTreeSet::new(), &mut |it| {
            found |=
                matches!(it, Type::Own(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_));
        });
        found
    }
}
