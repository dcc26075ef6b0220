//! Handles of resources, where the runtime takes them for something else than they are.
//!
//! A resource of the plugin that its host hands back for good, the runtime looks for by its handle, where it has to
//! look by what the handle stands for, and finds another one or none.
//! So the bindings get a function that asks what the handle stands for, has the runtime look for that as it does for a
//! borrowed resource, and drops the handle, by which the runtime forgets the resource.
//!
//! A resource of the host that is lent for a call, the runtime drops when the call has ended, which is too late.
//! So it is handed to the runtime as if it were given for good, and what is around the plugin drops it in time.

use std::ops::Range;

use wasmparser::{
    BinaryReader, BinaryReaderError, CodeSectionReader, FunctionBody, FunctionSectionReader,
    ImportSectionReader, Operator, TypeRef,
};

use crate::languages::patch::{call, content, number, op, section};

type Result<T> = std::result::Result<T, BinaryReaderError>;

/// What is called in the bindings, by numbers of functions.
#[derive(Debug)]
pub(super) struct Handles {
    push_own: u32,
    push_borrow: u32,
    /// The type of both.
    ty: u32,
    /// The first of the two functions that are added, for owned and for borrowed handles.
    added: u32,
    resources: Vec<Resource>,
}

/// A resource that the plugin has.
#[derive(Debug)]
struct Resource {
    /// Its place among all resources, of which each has a function to drop it.
    number: u32,
    rep: u32,
    drop: u32,
}

impl Handles {
    /// Looks into a module whether it is the bindings of a plugin that has to do with resources.
    pub(super) fn of(bytes: &[u8], sections: &[(u8, Range<usize>)]) -> Result<Option<Handles>> {
        let (Some(imports), Some(functions)) = (
            content(bytes, sections, section::IMPORT),
            content(bytes, sections, section::FUNCTION),
        ) else {
            return Ok(None);
        };
        let (mut push_own, mut push_borrow) = (None, None);
        let (mut imported, mut dropped) = (0, 0);
        let mut last_drop = (0, 0);
        let mut resources = Vec::new();
        for import in ImportSectionReader::new(imports)?.into_imports() {
            let import = import?;
            let TypeRef::Func(ty) = import.ty else { continue };
            match import.name {
                "wit_dylib_push_own" => push_own = Some((imported, ty)),
                "wit_dylib_push_borrow" => push_borrow = Some(imported),
                name if name.starts_with("[resource-drop]") => {
                    last_drop = (dropped, imported);
                    dropped += 1;
                }
                name if name.starts_with("[resource-rep]") => {
                    let (number, drop) = last_drop;
                    resources.push(Resource { number, rep: imported, drop });
                }
                _ => {}
            }
            imported += 1;
        }
        let added = imported + FunctionSectionReader::new(functions)?.count();
        let found = push_own.zip(push_borrow).filter(|_| dropped > 0);
        Ok(found.map(|((push_own, ty), push_borrow)| Handles {
            push_own,
            push_borrow,
            ty,
            added,
            resources,
        }))
    }

    /// Gives a section with what is changed in it.
    pub(super) fn section(&self, id: u8, content: &[u8]) -> Result<Vec<u8>> {
        let mut made = Vec::with_capacity(content.len() + 256);
        match id {
            section::FUNCTION => {
                let mut reader = BinaryReader::new(content, 0);
                number(&mut made, reader.read_var_u32()? as usize + 2);
                made.extend(&content[reader.current_position()..]);
                number(&mut made, self.ty as usize);
                number(&mut made, self.ty as usize);
            }
            section::CODE => {
                let reader = CodeSectionReader::new(BinaryReader::new(content, 0))?;
                number(&mut made, reader.count() as usize + 2);
                for body in reader {
                    let body = body?;
                    let changed = self.redirected(content, &body)?;
                    number(&mut made, changed.len());
                    made.extend(changed);
                }
                for added in [self.own(), self.borrow()] {
                    number(&mut made, added.len());
                    made.extend(added);
                }
            }
            _ => made.extend(content),
        }
        Ok(made)
    }

    /// Gives a function that calls what is added where it called the runtime.
    fn redirected(&self, content: &[u8], body: &FunctionBody<'_>) -> Result<Vec<u8>> {
        let range = body.range();
        let mut made = Vec::with_capacity(range.len() + 16);
        let mut done = range.start;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let (operator, start) = operators.read_with_offset()?;
            let Operator::Call { function_index } = operator else { continue };
            let added = match function_index {
                it if it == self.push_own => self.added,
                it if it == self.push_borrow => self.added + 1,
                _ => continue,
            };
            made.extend(&content[done..start]);
            call(&mut made, added);
            done = operators.original_position();
        }
        made.extend(&content[done..range.end]);
        Ok(made)
    }

    /// `(cx: i32, resource: i32, handle: i32)`: pushes what an owned handle stands for.
    fn own(&self) -> Vec<u8> {
        self.body(self.push_own, |body, Resource { rep, drop, .. }| {
            body.extend([op::LOCAL_GET, CX, op::LOCAL_GET, RESOURCE, op::LOCAL_GET, HANDLE]);
            call(body, *rep);
            call(body, self.push_borrow);
            body.extend([op::LOCAL_GET, HANDLE]);
            call(body, *drop);
        })
    }

    /// `(cx: i32, resource: i32, handle: i32)`: pushes a resource of the plugin, or a handle that is to be dropped.
    fn borrow(&self) -> Vec<u8> {
        self.body(self.push_own, |body, _| {
            body.extend([op::LOCAL_GET, CX, op::LOCAL_GET, RESOURCE, op::LOCAL_GET, HANDLE]);
            call(body, self.push_borrow);
        })
    }

    /// A function that does this with a resource of the plugin, and calls another function with one of the host.
    fn body(&self, other: u32, with: impl Fn(&mut Vec<u8>, &Resource)) -> Vec<u8> {
        let mut body = vec![0];
        for resource in &self.resources {
            body.extend([op::LOCAL_GET, RESOURCE, op::I32_CONST]);
            signed(&mut body, resource.number);
            body.extend([op::I32_EQ, op::IF, op::VOID]);
            with(&mut body, resource);
            body.extend([op::RETURN, op::END]);
        }
        body.extend([op::LOCAL_GET, CX, op::LOCAL_GET, RESOURCE, op::LOCAL_GET, HANDLE]);
        call(&mut body, other);
        body.push(op::END);
        body
    }
}

// The parameters of what is added.
const CX: u8 = 0;
const RESOURCE: u8 = 1;
const HANDLE: u8 = 2;

/// Writes a number where WebAssembly expects one that may be negative.
fn signed(to: &mut Vec<u8>, value: u32) {
    number(to, value as usize);
    if let Some(last) = to.last_mut().filter(|it| **it & 0x40 != 0) {
        // Its highest bit would be taken for the sign.
        *last |= 0x80;
        to.push(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages::js::finish::finish;

    #[test]
    fn handles_go_to_the_functions_that_are_added() {
        let module = r#"(module
            (import "env" "wit_dylib_push_borrow" (func $push_borrow (param i32 i32 i32)))
            (import "env" "wit_dylib_push_own" (func $push_own (param i32 i32 i32)))
            (import "host" "[resource-drop]session" (func (param i32)))
            (import "[export]own" "[resource-drop]bucket" (func $drop (param i32)))
            (import "[export]own" "[resource-new]bucket" (func (param i32) (result i32)))
            (import "[export]own" "[resource-rep]bucket" (func $rep (param i32) (result i32)))
            (func (export "f") (param i32)
                (call $push_borrow (i32.const 1) (i32.const 1) (local.get 0))
                (call $push_own (i32.const 1) (i32.const 1) (local.get 0))
                (call $drop (local.get 0))))"#;
        let before = wat::parse_str(module).unwrap();
        let after = finish(&before, &[]).unwrap();
        wasmparser::Validator::new().validate_all(&after).unwrap();
        let text = wasmparser::Parser::new(0).parse_all(&after);
        let mut calls = Vec::new();
        for payload in text {
            let wasmparser::Payload::CodeSectionEntry(body) = payload.unwrap() else { continue };
            for operator in body.get_operators_reader().unwrap() {
                if let Operator::Call { function_index } = operator.unwrap() {
                    calls.push(function_index);
                }
            }
        }
        // What there was; what is added for owned handles; what is added for borrowed ones.
        assert_eq!(calls, [8, 7, 3, 5, 0, 3, 1, 0, 1]);
    }

    #[test]
    fn a_number_that_would_be_negative_gets_another_byte() {
        let bytes = |value| {
            let mut bytes = Vec::new();
            signed(&mut bytes, value);
            bytes
        };
        assert_eq!([bytes(63), bytes(64), bytes(128)], [vec![63], vec![0xc0, 0], vec![0x80, 1]]);
    }
}
