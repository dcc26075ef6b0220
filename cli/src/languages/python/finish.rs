//! What is mended in a component as componentize-py leaves it.
//!
//! The runtime never frees the bytes that it gives away, nor the objects behind the plugin's own resources.
//! And functions get back the names that it could not link.

use wasmparser::{BinaryReader, BinaryReaderError, ComponentExportSectionReader};

use crate::languages::patch::{
    self, Module, Patch, call, is_module, number, op, section, sections,
};

type Result<T> = std::result::Result<T, BinaryReaderError>;

/// Mends a component; gives none if it has no runtime that could be.
pub(super) fn finish(bytes: &[u8], aliases: &[(String, String)]) -> Result<Option<Vec<u8>>> {
    let mut made = bytes[..patch::HEAD.min(bytes.len())].to_vec();
    let mut is_mended = false;
    for (id, range) in sections(bytes)? {
        let mut content = bytes[range].to_vec();
        match id {
            section::MODULE if is_module(&content) => {
                if let Some(mended) = mended(&content)? {
                    content = mended;
                    is_mended = true;
                }
            }
            section::COMPONENT_EXPORT => rename(&mut content, aliases)?,
            _ => {}
        }
        patch::push(&mut made, id, &content);
    }
    Ok(is_mended.then_some(made))
}

/// Gives the exports of a section their names back, which are as long.
fn rename(content: &mut [u8], aliases: &[(String, String)]) -> Result<()> {
    let reader = ComponentExportSectionReader::new(BinaryReader::new(content, 0))?;
    let mut found = Vec::new();
    for item in reader.into_iter_with_offsets() {
        let (offset, export) = item?;
        if let Some((_, name)) = aliases.iter().find(|(alias, _)| alias == export.name.name) {
            found.push((offset, name));
        }
    }
    for (offset, name) in found {
        // What kind of name it is stands before it, and how long it is.
        let mut reader = BinaryReader::new(&content[offset..], 0);
        reader.read_u8()?;
        reader.read_var_u32()?;
        let start = offset + reader.current_position();
        content[start..start + name.len()].copy_from_slice(name.as_bytes());
    }
    Ok(())
}

/// Mends the runtime; gives none for another module.
fn mended(bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    let sections = sections(bytes)?;
    let Some(module) = Module::read(bytes, &sections)? else { return Ok(None) };
    let Some(patch) = patch(&module) else { return Ok(None) };
    let mut made = bytes[..patch::HEAD].to_vec();
    for (id, range) in sections {
        patch::push(&mut made, id, &patch.section(&module, id, &bytes[range])?);
    }
    Ok(Some(made))
}

fn patch(module: &Module<'_>) -> Option<Patch> {
    let runtime = Runtime {
        dealloc_bytes: module.exported("wit_dylib_dealloc_bytes")?,
        export_start: module.exported("wit_dylib_export_start")?,
        export_finish: module.exported("wit_dylib_export_finish")?,
        pop_bool: module.exported("wit_dylib_pop_bool")?,
        pop_list: module.exported("wit_dylib_pop_list")?,
        push_borrow: module.exported("wit_dylib_push_borrow")?,
        push_own: module.exported("wit_dylib_push_own")?,
        release: module.imported("_Py_DecRef")?,
        world: module.global(|it| it.ends_with("13wit_dylib_ffi5WIT_T"))?,
        drop_type: module.type_of(module.imported("_Py_DecRef")?)?,
    };
    let ty = |name: &str| module.type_of(module.exported(name)?);
    let mut patch = Patch::default();
    patch.add(ty("wit_dylib_pop_list")?, runtime.pop_list(), &["wit_dylib_pop_list"]);
    patch.add(ty("wit_dylib_push_own")?, runtime.push_own(), &["wit_dylib_push_own"]);
    let dtor = ty("wit_dylib_resource_dtor")?;
    patch.add(dtor, runtime.resource_dtor(), &["wit_dylib_resource_dtor"]);
    Some(patch)
}

/// Functions of the runtime, and what else the added functions use.
#[derive(Debug)]
struct Runtime {
    dealloc_bytes: u32,
    export_start: u32,
    export_finish: u32,
    pop_bool: u32,
    pop_list: u32,
    push_borrow: u32,
    push_own: u32,
    /// Gives up a reference to an object.
    release: u32,
    /// The global that says where the address of the world's description is.
    world: u32,
    /// The type of a function that takes an `i32` and gives nothing.
    drop_type: u32,
}

/// Where something is in the description of a world, as `wit_dylib.h` has it.
mod at {
    pub(super) const RESOURCES: u8 = 24;
    pub(super) const RESOURCE_DROP: u8 = 8;
    /// Null for a resource of the host.
    pub(super) const RESOURCE_REP: u8 = 16;
    pub(super) const RESOURCE_SIZE: u8 = 20;
}

#[rustfmt::skip]
impl Runtime {
    /// `(cx: i32, ty: i32, to: i32) -> i32`: bytes that were copied for the host are freed when it has them.
    fn pop_list(&self) -> Vec<u8> {
        use op::*;
        const CX: u8 = 0;
        const TY: u8 = 1;
        const TO: u8 = 2;
        const LENGTH: u8 = 3;
        let mut body = vec![1, 1, I32];
        body.extend([LOCAL_GET, CX, LOCAL_GET, TY, LOCAL_GET, TO]);
        call(&mut body, self.pop_list);
        body.extend([LOCAL_SET, LENGTH]);
        // Other lists have no place of their own yet.
        body.extend([LOCAL_GET, TO, I32_LOAD, 2, 0, IF, VOID]);
        body.extend([LOCAL_GET, CX, LOCAL_GET, TO, I32_LOAD, 2, 0, LOCAL_GET, LENGTH]);
        body.extend([I32_CONST, 1, I32_CONST, 1]);
        call(&mut body, self.dealloc_bytes);
        body.extend([END, LOCAL_GET, LENGTH, END]);
        body
    }

    /// `(cx: i32, ty: i32, handle: i32)`: a resource of the plugin that comes back to it is an object, and no more.
    fn push_own(&self) -> Vec<u8> {
        use op::*;
        const CX: u8 = 0;
        const TY: u8 = 1;
        const HANDLE: u8 = 2;
        const RESOURCE: u8 = 3;
        let mut body = vec![1, 1, I32];
        body.extend([LOCAL_GET, CX, LOCAL_GET, TY, LOCAL_GET, HANDLE]);
        call(&mut body, self.push_own);
        body.push(GLOBAL_GET);
        number(&mut body, self.world as usize);
        body.extend([I32_LOAD, 2, 0, I32_LOAD, 2, at::RESOURCES]);
        body.extend([LOCAL_GET, TY, I32_CONST, at::RESOURCE_SIZE, I32_MUL, I32_ADD]);
        body.extend([LOCAL_TEE, RESOURCE, I32_LOAD, 2, at::RESOURCE_REP, IF, VOID]);
        body.extend([LOCAL_GET, HANDLE, LOCAL_GET, RESOURCE, I32_LOAD, 2, at::RESOURCE_DROP]);
        body.push(CALL_INDIRECT);
        number(&mut body, self.drop_type as usize);
        body.extend([0, END, END]);
        body
    }

    /// `(ty: i32, object: i32)`: gives up the reference that a resource has to its object.
    ///
    /// An object may only go where Python runs: so the last to have it is the runtime, which asks whether it is true.
    fn resource_dtor(&self) -> Vec<u8> {
        use op::*;
        const TY: u8 = 0;
        const OBJECT: u8 = 1;
        const CX: u8 = 2;
        let mut body = vec![1, 1, I32, I32_CONST, 0];
        call(&mut body, self.export_start);
        body.extend([LOCAL_TEE, CX, LOCAL_GET, TY, LOCAL_GET, OBJECT]);
        call(&mut body, self.push_borrow);
        body.extend([LOCAL_GET, OBJECT]);
        call(&mut body, self.release);
        body.extend([LOCAL_GET, CX]);
        call(&mut body, self.pop_bool);
        body.extend([DROP, LOCAL_GET, CX, I32_CONST, 0]);
        call(&mut body, self.export_finish);
        body.push(END);
        body
    }
}

#[cfg(test)]
mod tests {
    use wasmparser::{Parser, Payload, Validator};

    use super::*;

    /// A runtime as far as the patch asks for it.
    const RUNTIME: &str = r#"
        (import "env" "_Py_DecRef" (func $release (param i32)))
        (import "env" "memory" (memory 1))
        (import "env" "table" (table 1 funcref))
        (import "env" "other" (global i32))
        (import "GOT.mem" "_RNvCs_13wit_dylib_ffi5WIT_T" (global (mut i32)))
        (func (export "wit_dylib_dealloc_bytes") (param i32 i32 i32 i32 i32))
        (func (export "wit_dylib_export_start") (param i32) (result i32) i32.const 0)
        (func (export "wit_dylib_export_finish") (param i32 i32))
        (func (export "wit_dylib_pop_list") (param i32 i32 i32) (result i32) i32.const 0)
        (func (export "wit_dylib_pop_bool") (param i32) (result i32) i32.const 0)
        (func (export "wit_dylib_push_borrow") (param i32 i32 i32))
        (func (export "wit_dylib_push_own") (param i32 i32 i32))
        (func (export "wit_dylib_resource_dtor") (param i32 i32))
    "#;

    fn exports(bytes: &[u8]) -> Vec<String> {
        let payloads = Parser::new(0).parse_all(bytes);
        payloads
            .flat_map(|payload| match payload.unwrap() {
                Payload::ComponentExportSection(reader) => {
                    reader.into_iter().map(|it| it.unwrap().name.name.to_owned()).collect()
                }
                _ => Vec::new(),
            })
            .collect()
    }

    #[test]
    fn the_runtime_gets_three_functions() {
        let component = wat::parse_str(format!("(component (core module {RUNTIME}))")).unwrap();
        let finished = finish(&component, &[]).unwrap().unwrap();
        Validator::new().validate_all(&finished).unwrap();
        let count = |bytes: &[u8]| {
            let mut payloads = Parser::new(0).parse_all(bytes).map(Result::unwrap);
            payloads.find_map(|it| match it {
                Payload::FunctionSection(reader) => Some(reader.count()),
                _ => None,
            })
        };
        assert_eq!((count(&component), count(&finished)), (Some(8), Some(11)));
    }

    #[test]
    fn functions_get_their_names_back() {
        let text = format!(
            r#"(component
                (core module {RUNTIME})
                (core module $m (func (export "READ")))
                (core instance $i (instantiate $m))
                (func $f (canon lift (core func $i "READ")))
                (export "READ" (func $f))
                (export "READ-ALL" (func $f))
                (component (component $c) (export "READ" (component $c))))"#
        );
        let component = wat::parse_str(text).unwrap();
        let aliases = [("READ".to_owned(), "read".to_owned())];
        let finished = finish(&component, &aliases).unwrap().unwrap();
        Validator::new().validate_all(&finished).unwrap();
        assert_eq!(exports(&finished), ["read", "READ-ALL", "READ"]);
    }

    #[test]
    fn a_component_without_the_runtime_is_not_taken_for_one() {
        let component = wat::parse_str("(component (core module (func (export \"f\"))))").unwrap();
        assert_eq!(finish(&component, &[]).unwrap(), None);
        assert!(finish(&component[..component.len() - 1], &[]).is_err());
    }
}
