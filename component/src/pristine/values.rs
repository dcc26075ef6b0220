//! What is known of the values that cross the border of a component.

use std::collections::HashMap;

use wasmparser::component_types::{
    ComponentDefinedType, ComponentDefinedTypeId, ComponentFuncType, ComponentValType,
};
use wasmparser::{PrimitiveValType, types::TypesRef};

/// What a type of values means for the sandbox that they enter or leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Value {
    /// No value of it takes more bytes of memory, apart from what it points to.
    ///
    /// It is an upper bound, since it does no harm to mark more than is written.
    pub(super) most: u64,
    /// Whether there are handles in it.
    pub(super) has_handles: bool,
}

/// The types of a component, each of which is looked at once.
pub(super) struct Values<'a> {
    types: TypesRef<'a>,
    known: HashMap<ComponentDefinedTypeId, Value>,
}

/// No part of a value is aligned to more than this many bytes, nor are numbers and pointers longer.
const WORD: u64 = 8;

impl<'a> Values<'a> {
    pub(super) fn new(types: TypesRef<'a>) -> Self {
        Self { types, known: HashMap::new() }
    }

    /// What a function gives; `None` where it gives nothing.
    pub(super) fn result(&mut self, function: &ComponentFuncType) -> Option<Value> {
        function.result.as_ref().map(|ty| self.value(ty))
    }

    /// Whether handles go into or come out of a function.
    pub(super) fn has_handles(&mut self, function: &ComponentFuncType) -> bool {
        let params = function.params.iter().map(|(_, ty)| ty);
        params.chain(&function.result).any(|ty| self.value(ty).has_handles)
    }

    fn value(&mut self, ty: &ComponentValType) -> Value {
        let id = match ty {
            ComponentValType::Primitive(ty) => return primitive(*ty),
            ComponentValType::Type(id) => *id,
        };
        if let Some(value) = self.known.get(&id) {
            return *value;
        }
        let types = self.types;
        let value = self.defined(&types[id]);
        self.known.insert(id, value);
        value
    }

    fn defined(&mut self, ty: &ComponentDefinedType) -> Value {
        match ty {
            ComponentDefinedType::Primitive(ty) => primitive(*ty),
            ComponentDefinedType::Record(it) => self.all(it.fields.values()),
            ComponentDefinedType::Tuple(it) => self.all(&it.types),
            ComponentDefinedType::Variant(it) => {
                self.one_of(it.cases.values().filter_map(|case| case.ty.as_ref()))
            }
            ComponentDefinedType::Option { ty, .. } => self.one_of([ty]),
            ComponentDefinedType::Result { ok, err, .. } => {
                self.one_of([ok, err].into_iter().flatten())
            }
            ComponentDefinedType::Enum(_) => Value { most: WORD, has_handles: false },
            ComponentDefinedType::Flags(it) => {
                Value { most: (it.len() as u64).next_multiple_of(WORD), has_handles: false }
            }
            ComponentDefinedType::List { element, .. } => self.behind_pointer([element]),
            ComponentDefinedType::Map { key, value, .. } => self.behind_pointer([key, value]),
            ComponentDefinedType::FixedLengthList { element, length, .. } => {
                let Value { most, has_handles } = self.value(element);
                Value { most: most.saturating_mul((*length).into()), has_handles }
            }
            ComponentDefinedType::Own(_)
            | ComponentDefinedType::Borrow(_)
            | ComponentDefinedType::Future { .. }
            | ComponentDefinedType::Stream { .. } => Value { most: WORD, has_handles: true },
        }
    }

    fn all<'t>(&mut self, parts: impl IntoIterator<Item = &'t ComponentValType>) -> Value {
        parts.into_iter().fold(Value::default(), |all, ty| {
            let part = self.value(ty);
            Value {
                most: all.most.saturating_add(part.most),
                has_handles: all.has_handles || part.has_handles,
            }
        })
    }

    fn one_of<'t>(&mut self, cases: impl IntoIterator<Item = &'t ComponentValType>) -> Value {
        let largest = cases.into_iter().fold(Value::default(), |largest, ty| {
            let case = self.value(ty);
            Value {
                most: largest.most.max(case.most),
                has_handles: largest.has_handles || case.has_handles,
            }
        });
        Value { most: largest.most.saturating_add(WORD), ..largest }
    }

    /// A pointer and a length, whatever they point to, which lies where it was allocated.
    fn behind_pointer<'t>(
        &mut self,
        parts: impl IntoIterator<Item = &'t ComponentValType>,
    ) -> Value {
        Value { most: WORD, ..self.all(parts) }
    }
}

fn primitive(ty: PrimitiveValType) -> Value {
    Value { most: WORD, has_handles: ty == PrimitiveValType::ErrorContext }
}
