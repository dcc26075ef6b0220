//! What is mended in a component as the toolchain leaves it.
//!
//! The runtime makes numbers of integers of 64 bits, which are exact to 53 bits only: it gets functions that hand them
//! over as text of 16 hexadecimal digits, and take them as that.
//! Handles of resources get the functions of [`Handles`].
//! And interfaces get back the names that the toolchain could not tell apart.

use wasmparser::BinaryReaderError;

use super::handles::Handles;
use crate::languages::patch::{self, Module, Patch, is_module, number, op, section, sections};

pub(super) type Result<T> = std::result::Result<T, BinaryReaderError>;

/// Mends a component, or a module in it.
pub(super) fn finish(bytes: &[u8], aliases: &[(String, String)]) -> Result<Vec<u8>> {
    let is_module = is_module(bytes);
    let sections = sections(bytes)?;
    let module = if is_module { Module::read(bytes, &sections)? } else { None };
    let patched = module.and_then(|it| Some((patch(&it)?, it)));
    let handles = if is_module { Handles::of(bytes, &sections)? } else { None };
    let mut made = bytes[..patch::HEAD.min(bytes.len())].to_vec();
    for (id, range) in sections {
        let content = &bytes[range];
        let content = match (is_module, id) {
            (false, section::MODULE | section::COMPONENT) => finish(content, aliases)?,
            (true, section::DATA) => content.to_vec(),
            _ => {
                let mut content = match (&patched, &handles) {
                    (Some((patch, module)), _) => patch.section(module, id, content)?,
                    (None, Some(handles)) => handles.section(id, content)?,
                    (None, None) => content.to_vec(),
                };
                if (is_module, id) != (true, section::CODE) {
                    for (alias, name) in aliases {
                        replace(&mut content, alias.as_bytes(), name.as_bytes());
                    }
                }
                content
            }
        };
        patch::push(&mut made, id, &content);
    }
    Ok(made)
}

/// Puts a name in the place of another one as long, where it stands by itself.
fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(from.len()).position(|it| it == from) {
        let (start, end) = (at + found, at + found + from.len());
        let goes_on =
            bytes.get(end).is_some_and(|it| it.is_ascii_alphanumeric() || b"-.+".contains(it));
        if (!goes_on || is_all(&bytes[..start], from.len())) && from.len() == to.len() {
            bytes[start..end].copy_from_slice(to);
        }
        at = end;
    }
}

/// Whether a name of this length is a whole text, by what is before it; then what follows is something else.
fn is_all(before: &[u8], length: usize) -> bool {
    const EXPORT: &[u8] = b"[export]";
    let (before, length) = match before.strip_suffix(EXPORT) {
        Some(before) => (before, length + EXPORT.len()),
        None => (before, length),
    };
    let mut told = Vec::new();
    number(&mut told, length);
    before.ends_with(&told)
}

/// What the runtime gets; nothing if the module is not the runtime.
fn patch(module: &Module<'_>) -> Option<Patch> {
    let calls = Calls {
        realloc: module.exported("cabi_realloc")?,
        push_string: module.exported("wit_dylib_push_string")?,
        pop_string: module.exported("wit_dylib_pop_string")?,
        stack: module.global(|it| it == "__stack_pointer")?,
    };
    let ty = |name: &str| module.type_of(module.exported(name)?);
    let mut patch = Patch::default();
    let push = &["wit_dylib_push_u64", "wit_dylib_push_s64"];
    patch.add(ty(push[0])?, calls.push(), push);
    let pop = &["wit_dylib_pop_u64", "wit_dylib_pop_s64"];
    patch.add(ty(pop[0])?, calls.pop(), pop);
    Some(patch)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_where_they_stand_by_themselves() {
        let mut bytes = b"a:b/typea@1.0.0#f a:b/typea@1.0.0-rc a:b/typea@1.0.0".to_vec();
        replace(&mut bytes, b"a:b/typea@1.0.0", b"a:b/types@1.0.0");
        assert_eq!(bytes, b"a:b/types@1.0.0#f a:b/typea@1.0.0-rc a:b/types@1.0.0");
        let mut bytes =
            b"\x0fa:b/typea@1.0.0.next\x17[export]a:b/typea@1.0.0.next\x12a:b/typea@1.0.0-rc"
                .to_vec();
        replace(&mut bytes, b"a:b/typea@1.0.0", b"a:b/types@1.0.0");
        assert_eq!(
            bytes,
            b"\x0fa:b/types@1.0.0.next\x17[export]a:b/types@1.0.0.next\x12a:b/typea@1.0.0-rc"
        );
    }

    #[test]
    fn what_needs_no_mending_stays_as_it_is() {
        let bytes = wat::parse_str("(component (core module (func (export \"f\"))))").unwrap();
        assert_eq!(finish(&bytes, &[]).unwrap(), bytes);
        assert!(finish(&bytes[..bytes.len() - 1], &[]).is_err());
    }
}
