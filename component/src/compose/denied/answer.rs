//! The error that a denied function answers with, as it lies in memory.

use wit_parser::{Int, Resolve, Result_, SizeAlign, Type, TypeDefKind};

use crate::version;

/// The cases that say that something is not allowed, the best first.
const REFUSALS: [&str; 10] = [
    "access-denied",
    "access",
    "not-permitted",
    "permission-denied",
    "HTTP-request-denied",
    "denied",
    "forbidden",
    "unauthorized",
    "not-supported",
    "unsupported",
];

/// The functions of WASI that have an answer without an error for who may have nothing: that there is nothing.
///
/// The libraries of C and of other languages ask when they start.
const NOTHING: [(&str, &str); 4] = [
    ("wasi:cli/environment", "get-arguments"),
    ("wasi:cli/environment", "get-environment"),
    ("wasi:cli/environment", "initial-cwd"),
    ("wasi:filesystem/preopens", "get-directories"),
];

/// Where the answers begin in the memory; what is before it stays empty, so that no pointer is null.
const START: usize = 16;

/// The answers of all functions, which lie one behind the other from the address [`START`].
pub(super) struct Answers<'r> {
    resolve: &'r Resolve,
    sizes: SizeAlign,
    bytes: Vec<u8>,
}

impl<'r> Answers<'r> {
    pub(super) fn new(resolve: &'r Resolve) -> Self {
        let mut sizes = SizeAlign::default();
        sizes.fill(resolve);
        Answers { resolve, sizes, bytes: Vec::new() }
    }

    /// Gives the address of the answer that says `refusal`, or nothing where the result has no such answer.
    pub(super) fn add(&mut self, result: &Type, refusal: &str) -> Option<i32> {
        let TypeDefKind::Result(Result_ { ok, err }) = self.kind(result)? else { return None };
        let before = self.bytes.len();
        let at = self.room(result);
        self.bytes[at] = 1;
        let written = err.map_or(Some(()), |error| {
            let cases = [ok.as_ref(), err.as_ref()];
            let payload = self.sizes.payload_offset(Int::U8, cases).size_wasm32();
            self.write(&error, at + payload, refusal)
        });
        if written.is_none() {
            self.bytes.truncate(before);
        }
        written.map(|()| i32::try_from(START + at).unwrap_or(0))
    }

    /// Gives the address of the answer that there is nothing, where a function has that one.
    pub(super) fn nothing(
        &mut self,
        interface: Option<&str>,
        function: &str,
        result: &Type,
    ) -> Option<i32> {
        let asked = (version::unversioned(interface?), function);
        let gives = self.kind(result)?;
        let is_empty = matches!(gives, TypeDefKind::List(_) | TypeDefKind::Option(_));
        let at = (NOTHING.contains(&asked) && is_empty).then(|| self.room(result))?;
        i32::try_from(START + at).ok()
    }

    /// Gives the address and the bytes of all answers.
    pub(super) fn into_bytes(self) -> (usize, Vec<u8>) {
        (START, self.bytes)
    }

    /// Follows aliases to what a type is.
    fn kind(&self, ty: &Type) -> Option<&'r TypeDefKind> {
        let Type::Id(id) = ty else { return None };
        match &self.resolve.types[*id].kind {
            TypeDefKind::Type(next @ Type::Id(_)) => self.kind(next),
            kind => Some(kind),
        }
    }

    fn room(&mut self, ty: &Type) -> usize {
        let at = self.bytes.len().next_multiple_of(8);
        self.bytes.resize(at + self.sizes.size(ty).size_wasm32().max(1), 0);
        at
    }

    /// Writes a value that refuses; what has nothing to say stays zero. Nothing, if there is no such value.
    fn write(&mut self, ty: &Type, at: usize, refusal: &str) -> Option<()> {
        let Type::Id(id) = ty else {
            return match ty {
                Type::String => {
                    let text = self.bytes.len();
                    self.bytes.extend(refusal.as_bytes());
                    self.put(at, START + text, 4)?;
                    self.put(at + 4, refusal.len(), 4)
                }
                Type::ErrorContext => None,
                _ => Some(()),
            };
        };
        match &self.resolve.types[*id].kind {
            TypeDefKind::Type(ty) => self.write(ty, at, refusal),
            TypeDefKind::Enum(it) => {
                let cases: Vec<&str> = it.cases.iter().map(|it| &*it.name).collect();
                let case = refusing(&cases)?;
                self.put(at, case, bytes(it.tag()))
            }
            TypeDefKind::Variant(it) => {
                let cases: Vec<&str> = it.cases.iter().map(|it| &*it.name).collect();
                let case = refusing(&cases)?;
                let types = it.cases.iter().map(|it| it.ty.as_ref());
                let payload = self.sizes.payload_offset(it.tag(), types).size_wasm32();
                self.put(at, case, bytes(it.tag()))?;
                it.cases[case].ty.map_or(Some(()), |ty| self.write(&ty, at + payload, refusal))
            }
            TypeDefKind::Record(it) => self.all(it.fields.iter().map(|it| &it.ty), at, refusal),
            TypeDefKind::Tuple(it) => self.all(&it.types, at, refusal),
            // No value, no elements and no flags are all zero, and so is a pointer to nothing.
            TypeDefKind::Option(_)
            | TypeDefKind::List(_)
            | TypeDefKind::Map(..)
            | TypeDefKind::Flags(_) => Some(()),
            _ => None,
        }
    }

    fn all<'t>(
        &mut self,
        types: impl IntoIterator<Item = &'t Type>,
        at: usize,
        refusal: &str,
    ) -> Option<()> {
        let fields: Vec<(usize, Type)> = self
            .sizes
            .field_offsets(types)
            .into_iter()
            .map(|(offset, ty)| (offset.size_wasm32(), *ty))
            .collect();
        fields.iter().try_for_each(|(offset, ty)| self.write(ty, at + offset, refusal))
    }

    fn put(&mut self, at: usize, value: usize, size: usize) -> Option<()> {
        let value = value.to_le_bytes();
        self.bytes.get_mut(at..at + size)?.copy_from_slice(&value[..size]);
        Some(())
    }
}

/// Finds the case that says best that something is denied.
fn refusing(cases: &[&str]) -> Option<usize> {
    REFUSALS.iter().find_map(|refusal| cases.iter().position(|case| case == refusal))
}

fn bytes(tag: Int) -> usize {
    match tag {
        Int::U8 => 1,
        Int::U16 => 2,
        Int::U32 => 4,
        Int::U64 => 8,
    }
}

/// Says what is denied: `denied: wasi:filesystem/types.descriptor.read`.
pub(super) fn refusal(interface: Option<&str>, function: &str) -> String {
    let mark = super::MARK;
    match interface {
        Some(interface) => format!("{mark}{}.{function}", version::unversioned(interface)),
        None => format!("{mark}{function}"),
    }
}
