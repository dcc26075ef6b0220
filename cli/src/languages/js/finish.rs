//! What is mended in a component as the toolchain leaves it.
//!
//! The runtime makes numbers of integers of 64 bits, which are exact to 53 bits only: it gets functions that hand them
//! over as text of 16 hexadecimal digits, and take them as that.
//! Handles of resources get the functions of [`Handles`].
//! And interfaces get back the names that the toolchain could not tell apart.

use std::ops::Range;

use wasmparser::{
    BinaryReader, BinaryReaderError, ExportSectionReader, ExternalKind, FunctionSectionReader,
    ImportSectionReader, TypeRef,
};

use super::handles::Handles;

pub(super) type Result<T> = std::result::Result<T, BinaryReaderError>;

/// Numbers of sections, in modules and in components.
pub(super) mod section {
    pub(in super::super) const CODE: u8 = 10;
    pub(in super::super) const COMPONENT: u8 = 4;
    pub(in super::super) const COMPONENT_IMPORT: u8 = 10;
    pub(in super::super) const COMPONENT_INSTANCE: u8 = 5;
    pub(super) const DATA: u8 = 11;
    pub(super) const EXPORT: u8 = 7;
    pub(in super::super) const FUNCTION: u8 = 3;
    pub(in super::super) const IMPORT: u8 = 2;
    pub(super) const MODULE: u8 = 1;
}

/// How many bytes the head of a module or a component has.
pub(super) const HEAD: usize = 8;

/// Mends a component, or a module in it.
pub(super) fn finish(bytes: &[u8], aliases: &[(String, String)]) -> Result<Vec<u8>> {
    let is_module = bytes.get(4..HEAD) == Some(&[1, 0, 0, 0]);
    let sections = sections(bytes)?;
    let patch = if is_module { Patch::of(bytes, &sections)? } else { None };
    let handles = if is_module { Handles::of(bytes, &sections)? } else { None };
    let mut made = bytes[..HEAD.min(bytes.len())].to_vec();
    for (id, range) in sections {
        let content = &bytes[range];
        let content = match (is_module, id) {
            (false, section::MODULE | section::COMPONENT) => finish(content, aliases)?,
            (true, section::DATA) => content.to_vec(),
            _ => {
                let mut content = match (&patch, &handles) {
                    (Some(patch), _) => patch.section(id, content)?,
                    (None, Some(handles)) => handles.section(id, content)?,
                    (None, None) => content.to_vec(),
                };
                for (alias, name) in aliases {
                    replace(&mut content, alias.as_bytes(), name.as_bytes());
                }
                content
            }
        };
        made.push(id);
        number(&mut made, content.len());
        made.extend(content);
    }
    Ok(made)
}

/// Finds the sections: what each is, and where its content stands.
pub(super) fn sections(bytes: &[u8]) -> Result<Vec<(u8, Range<usize>)>> {
    let mut reader = BinaryReader::new(bytes, 0);
    reader.read_bytes(HEAD)?;
    let mut sections = Vec::new();
    while !reader.eof() {
        let id = reader.read_u8()?;
        let size = reader.read_var_u32()? as usize;
        let start = reader.current_position();
        reader.read_bytes(size)?;
        sections.push((id, start..start + size));
    }
    Ok(sections)
}

/// Gives the content of one section.
pub(super) fn content<'a>(
    bytes: &'a [u8],
    sections: &[(u8, Range<usize>)],
    wanted: u8,
) -> Option<BinaryReader<'a>> {
    let found = sections.iter().find(|(id, _)| *id == wanted);
    found.map(|(_, range)| BinaryReader::new(&bytes[range.clone()], range.start))
}

/// Puts a name in the place of another one as long, where it stands by itself.
fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(from.len()).position(|it| it == from) {
        let (start, end) = (at + found, at + found + from.len());
        let goes_on =
            bytes.get(end).is_some_and(|it| it.is_ascii_alphanumeric() || b"-.+".contains(it));
        if !goes_on && from.len() == to.len() {
            bytes[start..end].copy_from_slice(to);
        }
        at = end;
    }
}

/// The functions of the runtime that are used, and those that are added.
#[derive(Debug)]
struct Patch {
    push: u32,
    pop: u32,
    push_type: u32,
    pop_type: u32,
    calls: Calls,
}

/// What the added functions call.
#[derive(Debug)]
struct Calls {
    realloc: u32,
    push_string: u32,
    pop_string: u32,
    /// The global that says where the stack ends.
    stack: u32,
}

impl Patch {
    /// Looks into a module whether it is the runtime, and where everything is.
    fn of(bytes: &[u8], sections: &[(u8, Range<usize>)]) -> Result<Option<Patch>> {
        let content = |wanted| content(bytes, sections, wanted);
        let (Some(imports), Some(functions), Some(exports)) =
            (content(section::IMPORT), content(section::FUNCTION), content(section::EXPORT))
        else {
            return Ok(None);
        };
        let (mut imported, mut globals, mut stack) = (0, 0, None);
        for import in ImportSectionReader::new(imports)?.into_imports() {
            let import = import?;
            match import.ty {
                TypeRef::Func(_) => imported += 1,
                TypeRef::Global(_) => {
                    if import.name == "__stack_pointer" {
                        stack = Some(globals);
                    }
                    globals += 1;
                }
                _ => {}
            }
        }
        let types =
            FunctionSectionReader::new(functions)?.into_iter().collect::<Result<Vec<_>>>()?;
        let exports = ExportSectionReader::new(exports)?.into_iter().collect::<Result<Vec<_>>>()?;
        let function = |name: &str| {
            let mut exports = exports.iter().filter(|it| it.kind == ExternalKind::Func);
            exports.find(|it| it.name == name).map(|it| it.index)
        };
        let ty = |index: u32| types.get(index.checked_sub(imported)? as usize).copied();
        let found = || {
            let first = imported + u32::try_from(types.len()).ok()?;
            Some(Patch {
                push: first,
                pop: first + 1,
                push_type: ty(function("wit_dylib_push_u64")?)?,
                pop_type: ty(function("wit_dylib_pop_u64")?)?,
                calls: Calls {
                    realloc: function("cabi_realloc")?,
                    push_string: function("wit_dylib_push_string")?,
                    pop_string: function("wit_dylib_pop_string")?,
                    stack: stack?,
                },
            })
        };
        Ok(found())
    }

    /// Gives a section with what is added to it.
    fn section(&self, id: u8, content: &[u8]) -> Result<Vec<u8>> {
        let mut reader = BinaryReader::new(content, 0);
        match id {
            section::FUNCTION | section::CODE => {
                let count = reader.read_var_u32()? as usize;
                let mut made = Vec::with_capacity(content.len() + 256);
                number(&mut made, count + 2);
                made.extend(&content[reader.current_position()..]);
                if id == section::FUNCTION {
                    number(&mut made, self.push_type as usize);
                    number(&mut made, self.pop_type as usize);
                } else {
                    for body in [self.calls.push(), self.calls.pop()] {
                        number(&mut made, body.len());
                        made.extend(body);
                    }
                }
                Ok(made)
            }
            section::EXPORT => {
                let mut made = Vec::with_capacity(content.len() + 16);
                number(&mut made, reader.read_var_u32()? as usize);
                while !reader.eof() {
                    let name = reader.read_string()?;
                    let kind = reader.read_u8()?;
                    let index = match (name, reader.read_var_u32()?) {
                        ("wit_dylib_push_u64" | "wit_dylib_push_s64", _) => self.push,
                        ("wit_dylib_pop_u64" | "wit_dylib_pop_s64", _) => self.pop,
                        (_, index) => index,
                    };
                    number(&mut made, name.len());
                    made.extend(name.as_bytes());
                    made.push(kind);
                    number(&mut made, index as usize);
                }
                Ok(made)
            }
            _ => Ok(content.to_vec()),
        }
    }
}

/// Instructions of WebAssembly.
pub(super) mod op {
    pub(in super::super) const IF: u8 = 0x04;
    pub(in super::super) const RETURN: u8 = 0x0f;
    pub(in super::super) const I32_EQ: u8 = 0x46;
    pub(super) const LOOP: u8 = 0x03;
    pub(in super::super) const END: u8 = 0x0b;
    pub(super) const BR_IF: u8 = 0x0d;
    pub(in super::super) const CALL: u8 = 0x10;
    pub(super) const DROP: u8 = 0x1a;
    pub(in super::super) const LOCAL_GET: u8 = 0x20;
    pub(super) const LOCAL_SET: u8 = 0x21;
    pub(super) const LOCAL_TEE: u8 = 0x22;
    pub(super) const GLOBAL_GET: u8 = 0x23;
    pub(super) const GLOBAL_SET: u8 = 0x24;
    pub(super) const I32_LOAD: u8 = 0x28;
    pub(super) const I32_LOAD8_U: u8 = 0x2d;
    pub(super) const I32_STORE8: u8 = 0x3a;
    pub(in super::super) const I32_CONST: u8 = 0x41;
    pub(super) const I64_CONST: u8 = 0x42;
    pub(super) const I32_GT_U: u8 = 0x4b;
    pub(super) const I32_ADD: u8 = 0x6a;
    pub(super) const I32_SUB: u8 = 0x6b;
    pub(super) const I32_MUL: u8 = 0x6c;
    pub(super) const I32_AND: u8 = 0x71;
    pub(super) const I64_AND: u8 = 0x83;
    pub(super) const I64_OR: u8 = 0x84;
    pub(super) const I64_SHL: u8 = 0x86;
    pub(super) const I64_SHR_U: u8 = 0x88;
    pub(super) const I32_WRAP_I64: u8 = 0xa7;
    pub(super) const I64_EXTEND_I32_U: u8 = 0xad;
    pub(in super::super) const VOID: u8 = 0x40;
    pub(super) const I32: u8 = 0x7f;
    pub(super) const I64: u8 = 0x7e;
}

impl Calls {
    /// `(cx: i32, value: i64)`: pushes the digits of the value, from the last one to the first.
    #[rustfmt::skip]
    fn push(&self) -> Vec<u8> {
        use op::*;
        const CX: u8 = 0;
        const VALUE: u8 = 1;
        const TEXT: u8 = 2;
        const AT: u8 = 3;
        const DIGIT: u8 = 4;
        let mut body = vec![1, 3, I32];
        body.extend([I32_CONST, 0, I32_CONST, 0, I32_CONST, 1, I32_CONST, 16, CALL]);
        number(&mut body, self.realloc as usize);
        body.extend([LOCAL_SET, TEXT, I32_CONST, 16, LOCAL_SET, AT, LOOP, VOID]);
        body.extend([LOCAL_GET, AT, I32_CONST, 1, I32_SUB, LOCAL_SET, AT]);
        body.extend([LOCAL_GET, TEXT, LOCAL_GET, AT, I32_ADD]);
        body.extend([LOCAL_GET, VALUE, I64_CONST, 15, I64_AND, I32_WRAP_I64, LOCAL_TEE, DIGIT]);
        // The character of the digit: `0` and the digit, and for `a` to `f` what lies between `9` and `a`.
        body.extend([I32_CONST, 48, I32_ADD]);
        body.extend([LOCAL_GET, DIGIT, I32_CONST, 9, I32_GT_U, I32_CONST, 39, I32_MUL, I32_ADD]);
        body.extend([I32_STORE8, 0, 0]);
        body.extend([LOCAL_GET, VALUE, I64_CONST, 4, I64_SHR_U, LOCAL_SET, VALUE]);
        body.extend([LOCAL_GET, AT, BR_IF, 0, END]);
        body.extend([LOCAL_GET, CX, LOCAL_GET, TEXT, I32_CONST, 16, CALL]);
        number(&mut body, self.push_string as usize);
        body.push(END);
        body
    }

    /// `(cx: i32) -> i64`: pops a text of 16 digits, and reads it.
    #[rustfmt::skip]
    fn pop(&self) -> Vec<u8> {
        use op::*;
        const CX: u8 = 0;
        const TEXT: u8 = 1;
        const AT: u8 = 2;
        const DIGIT: u8 = 3;
        const VALUE: u8 = 4;
        let mut body = vec![2, 3, I32, 1, I64];
        let stack = |body: &mut Vec<u8>, op: u8| {
            body.push(op);
            number(body, self.stack as usize);
        };
        // The text's place is told at a place in memory, which the stack has.
        stack(&mut body, GLOBAL_GET);
        body.extend([I32_CONST, 16, I32_SUB, LOCAL_TEE, AT]);
        stack(&mut body, GLOBAL_SET);
        body.extend([LOCAL_GET, CX, LOCAL_GET, AT, CALL]);
        number(&mut body, self.pop_string as usize);
        body.extend([DROP, LOCAL_GET, AT, I32_LOAD, 2, 0, LOCAL_SET, TEXT]);
        body.extend([LOCAL_GET, AT, I32_CONST, 16, I32_ADD]);
        stack(&mut body, GLOBAL_SET);
        body.extend([I32_CONST, 0, LOCAL_SET, AT, LOOP, VOID]);
        body.extend([LOCAL_GET, TEXT, LOCAL_GET, AT, I32_ADD, I32_LOAD8_U, 0, 0, LOCAL_SET, DIGIT]);
        body.extend([LOCAL_GET, VALUE, I64_CONST, 4, I64_SHL]);
        // The low four bits of a letter are nine less than its digit.
        body.extend([LOCAL_GET, DIGIT, I32_CONST, 15, I32_AND]);
        body.extend([LOCAL_GET, DIGIT, I32_CONST, 57, I32_GT_U, I32_CONST, 9, I32_MUL, I32_ADD]);
        body.extend([I64_EXTEND_I32_U, I64_OR, LOCAL_SET, VALUE]);
        body.extend([LOCAL_GET, AT, I32_CONST, 1, I32_ADD, LOCAL_TEE, AT]);
        body.extend([I32_CONST, 16, I32_SUB, BR_IF, 0, END]);
        body.extend([LOCAL_GET, VALUE, END]);
        body
    }
}

/// Writes a number as WebAssembly has them.
pub(super) fn number(to: &mut Vec<u8>, mut value: usize) {
    loop {
        let low = u8::try_from(value & 0x7f).expect("seven bits fit");
        value >>= 7;
        if value == 0 {
            return to.push(low);
        }
        to.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_where_they_stand_by_themselves() {
        let mut bytes = b"a:b/typea@1.0.0#f a:b/typea@1.0.0-rc a:b/typea@1.0.0".to_vec();
        replace(&mut bytes, b"a:b/typea@1.0.0", b"a:b/types@1.0.0");
        assert_eq!(bytes, b"a:b/types@1.0.0#f a:b/typea@1.0.0-rc a:b/types@1.0.0");
    }

    #[test]
    fn what_needs_no_mending_stays_as_it_is() {
        let bytes = wat::parse_str("(component (core module (func (export \"f\"))))").unwrap();
        assert_eq!(finish(&bytes, &[]).unwrap(), bytes);
        assert!(finish(&bytes[..bytes.len() - 1], &[]).is_err());
    }
}
