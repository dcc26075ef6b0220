//! Adds functions to a module in a component, as the toolchain left it, and leads exports to them.

use std::ops::Range;

use wasmparser::{
    BinaryReader, BinaryReaderError, ExportSectionReader, ExternalKind, FunctionSectionReader,
    ImportSectionReader, TypeRef,
};

type Result<T> = std::result::Result<T, BinaryReaderError>;

/// Numbers of sections, in modules and in components.
pub(super) mod section {
    pub(in super::super) const CODE: u8 = 10;
    pub(in super::super) const COMPONENT: u8 = 4;
    pub(in super::super) const COMPONENT_EXPORT: u8 = 11;
    pub(in super::super) const COMPONENT_IMPORT: u8 = 10;
    pub(in super::super) const COMPONENT_INSTANCE: u8 = 5;
    pub(in super::super) const DATA: u8 = 11;
    pub(super) const EXPORT: u8 = 7;
    pub(in super::super) const FUNCTION: u8 = 3;
    pub(in super::super) const IMPORT: u8 = 2;
    pub(in super::super) const MODULE: u8 = 1;
}

/// Instructions of WebAssembly, and the types that they name.
pub(super) mod op {
    pub(in super::super) const LOOP: u8 = 0x03;
    pub(in super::super) const IF: u8 = 0x04;
    pub(in super::super) const END: u8 = 0x0b;
    pub(in super::super) const BR_IF: u8 = 0x0d;
    pub(in super::super) const RETURN: u8 = 0x0f;
    pub(in super::super) const CALL: u8 = 0x10;
    pub(in super::super) const CALL_INDIRECT: u8 = 0x11;
    pub(in super::super) const DROP: u8 = 0x1a;
    pub(in super::super) const LOCAL_GET: u8 = 0x20;
    pub(in super::super) const LOCAL_SET: u8 = 0x21;
    pub(in super::super) const LOCAL_TEE: u8 = 0x22;
    pub(in super::super) const GLOBAL_GET: u8 = 0x23;
    pub(in super::super) const GLOBAL_SET: u8 = 0x24;
    pub(in super::super) const I32_LOAD: u8 = 0x28;
    pub(in super::super) const I32_LOAD8_U: u8 = 0x2d;
    pub(in super::super) const I32_STORE8: u8 = 0x3a;
    pub(in super::super) const I32_CONST: u8 = 0x41;
    pub(in super::super) const I64_CONST: u8 = 0x42;
    pub(in super::super) const I32_EQ: u8 = 0x46;
    pub(in super::super) const I32_GT_U: u8 = 0x4b;
    pub(in super::super) const I32_ADD: u8 = 0x6a;
    pub(in super::super) const I32_SUB: u8 = 0x6b;
    pub(in super::super) const I32_MUL: u8 = 0x6c;
    pub(in super::super) const I32_AND: u8 = 0x71;
    pub(in super::super) const I64_AND: u8 = 0x83;
    pub(in super::super) const I64_OR: u8 = 0x84;
    pub(in super::super) const I64_SHL: u8 = 0x86;
    pub(in super::super) const I64_SHR_U: u8 = 0x88;
    pub(in super::super) const I32_WRAP_I64: u8 = 0xa7;
    pub(in super::super) const I64_EXTEND_I32_U: u8 = 0xad;
    pub(in super::super) const VOID: u8 = 0x40;
    pub(in super::super) const I32: u8 = 0x7f;
    pub(in super::super) const I64: u8 = 0x7e;
}

/// How many bytes the head of a module or a component has.
pub(super) const HEAD: usize = 8;

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

/// Writes a section.
pub(super) fn push(made: &mut Vec<u8>, id: u8, content: &[u8]) {
    made.push(id);
    number(made, content.len());
    made.extend(content);
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

/// Writes a call.
pub(super) fn call(body: &mut Vec<u8>, function: u32) {
    body.push(op::CALL);
    number(body, function as usize);
}

pub(super) fn is_module(bytes: &[u8]) -> bool {
    bytes.get(4..HEAD) == Some(&[1, 0, 0, 0])
}

/// A module, as far as patches ask for it.
#[derive(Debug)]
pub(super) struct Module<'a> {
    /// The names of imported functions, and their types.
    imported: Vec<(&'a str, u32)>,
    /// The names of imported globals.
    globals: Vec<&'a str>,
    /// The types of its own functions.
    types: Vec<u32>,
    exported: Vec<(&'a str, u32)>,
}

impl<'a> Module<'a> {
    /// Reads a module; none if it is one of the small ones, without imports or functions.
    pub(super) fn read(bytes: &'a [u8], sections: &[(u8, Range<usize>)]) -> Result<Option<Self>> {
        let content = |wanted| content(bytes, sections, wanted);
        let (Some(imports), Some(functions), Some(exports)) =
            (content(section::IMPORT), content(section::FUNCTION), content(section::EXPORT))
        else {
            return Ok(None);
        };
        let (mut imported, mut globals) = (Vec::new(), Vec::new());
        for import in ImportSectionReader::new(imports)?.into_imports() {
            let import = import?;
            match import.ty {
                TypeRef::Func(ty) => imported.push((import.name, ty)),
                TypeRef::Global(_) => globals.push(import.name),
                _ => {}
            }
        }
        let types = FunctionSectionReader::new(functions)?.into_iter().collect::<Result<_>>()?;
        let mut exported = Vec::new();
        for export in ExportSectionReader::new(exports)? {
            let export = export?;
            if export.kind == ExternalKind::Func {
                exported.push((export.name, export.index));
            }
        }
        Ok(Some(Module { imported, globals, types, exported }))
    }

    /// Finds a function that the module exports.
    pub(super) fn exported(&self, name: &str) -> Option<u32> {
        self.exported.iter().find(|(it, _)| *it == name).map(|(_, index)| *index)
    }

    /// Finds a function that the module imports.
    pub(super) fn imported(&self, name: &str) -> Option<u32> {
        self.imported.iter().position(|(it, _)| *it == name).and_then(|it| it.try_into().ok())
    }

    /// Finds a global that the module imports.
    pub(super) fn global(&self, is_it: impl Fn(&str) -> bool) -> Option<u32> {
        self.globals.iter().position(|it| is_it(it)).and_then(|it| it.try_into().ok())
    }

    /// Gives the type of a function.
    pub(super) fn type_of(&self, function: u32) -> Option<u32> {
        let function = function as usize;
        match function.checked_sub(self.imported.len()) {
            None => Some(self.imported[function].1),
            Some(own) => self.types.get(own).copied(),
        }
    }

    /// How many functions there are.
    fn functions(&self) -> usize {
        self.imported.len() + self.types.len()
    }
}

/// What is put into a module.
#[derive(Debug, Default)]
pub(super) struct Patch {
    functions: Vec<Function>,
}

#[derive(Debug)]
struct Function {
    ty: u32,
    body: Vec<u8>,
    /// The exports that become it.
    exports: &'static [&'static str],
}

impl Patch {
    /// Adds a function of this type and with this body, which takes the place of exports.
    pub(super) fn add(&mut self, ty: u32, body: Vec<u8>, exports: &'static [&'static str]) {
        self.functions.push(Function { ty, body, exports });
    }

    /// Gives a section with what is added to it.
    pub(super) fn section(&self, module: &Module<'_>, id: u8, content: &[u8]) -> Result<Vec<u8>> {
        let mut reader = BinaryReader::new(content, 0);
        match id {
            section::FUNCTION | section::CODE => {
                let count = reader.read_var_u32()? as usize;
                let mut made = Vec::with_capacity(content.len() + 512);
                number(&mut made, count + self.functions.len());
                made.extend(&content[reader.current_position()..]);
                for Function { ty, body, .. } in &self.functions {
                    if id == section::FUNCTION {
                        number(&mut made, *ty as usize);
                    } else {
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
                    let index = reader.read_var_u32()? as usize;
                    let added = self.functions.iter().position(|it| it.exports.contains(&name));
                    number(&mut made, name.len());
                    made.extend(name.as_bytes());
                    made.push(kind);
                    number(&mut made, added.map_or(index, |it| module.functions() + it));
                }
                Ok(made)
            }
            _ => Ok(content.to_vec()),
        }
    }
}
