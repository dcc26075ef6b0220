//! The core module of a stand-in.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function,
    FunctionSection, MemorySection, MemoryType, Module, NameMap, NameSection, TypeSection, ValType,
};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{
    LiftLowerAbi, ManglingAndAbi, Resolve, WasmExport, WasmExportKind, WorldId, WorldItem,
};

use super::answer::{Answers, refusal};
use crate::wit;

/// The size of a page of memory, in bytes.
const PAGE: usize = 1 << 16;

/// The parts of a module while functions are added.
#[derive(Default)]
struct Sections {
    types: TypeSection,
    functions: FunctionSection,
    exports: ExportSection,
    code: CodeSection,
    names: NameMap,
}

impl Sections {
    fn add(
        &mut self,
        export: &str,
        name: &str,
        params: Vec<ValType>,
        results: Vec<ValType>,
        body: &Function,
    ) {
        let index = self.functions.len();
        self.types.ty().function(params, results);
        self.functions.function(index);
        self.exports.export(export, ExportKind::Func, index);
        self.code.function(body);
        self.names.append(index, name);
    }
}

/// Makes a module that exports what the world does, and refuses whatever it is asked.
pub(super) fn refusing(resolve: &Resolve, world: WorldId) -> Vec<u8> {
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut sections = Sections::default();
    let mut answers = Answers::new(resolve);
    for (key, item) in &resolve.worlds[world].exports {
        let interface = resolve.name_world_key(key);
        let (functions, key, interface) = match item {
            WorldItem::Function(func) => (vec![func], None, None),
            WorldItem::Interface { id, .. } => {
                let functions = resolve.interfaces[*id].functions.values().collect();
                (functions, Some(key), Some(interface.as_str()))
            }
            WorldItem::Type { .. } => continue,
        };
        for func in functions {
            let export = WasmExport::Func { interface: key, func, kind: WasmExportKind::Normal };
            let export = resolve.wasm_export_name(mangling, export);
            let signature = resolve.wasm_signature(AbiVariant::GuestExport, func);
            let name = refusal(interface, &wit::function_name(func));
            let answer = func.result.as_ref().and_then(|it| {
                answers.add(it, &name).or_else(|| answers.nothing(interface, &func.name, it))
            });
            let mut body = Function::new([]);
            match answer {
                Some(address) if signature.retptr => body.instructions().i32_const(address),
                // Then the result is one number, which says that it is an error.
                Some(_) => body.instructions().i32_const(1),
                None => body.instructions().unreachable(),
            };
            body.instructions().end();
            let params = signature.params.into_iter().map(value).collect();
            let results = signature.results.into_iter().map(value).collect();
            sections.add(&export, &name, params, results, &body);
        }
    }
    let (start, bytes) = answers.into_bytes();
    let scratch = (start + bytes.len()).next_multiple_of(16);
    let realloc = resolve.wasm_export_name(mangling, WasmExport::Realloc);
    sections.add(
        &realloc,
        "room for arguments",
        vec![ValType::I32; 4],
        vec![ValType::I32],
        &room(scratch),
    );
    finish(sections, &resolve.wasm_export_name(mangling, WasmExport::Memory), start, bytes)
}

/// Gives every argument the same place behind the answers, since nobody ever reads one.
fn room(scratch: usize) -> Function {
    let scratch = i32::try_from(scratch).unwrap_or(i32::MAX);
    let page = i32::try_from(PAGE).unwrap_or(i32::MAX);
    let mut body = Function::new([(1, ValType::I32)]);
    // How many pages it takes, rounded up; what would overflow cannot be had, and the growing fails.
    body.instructions()
        .local_get(3)
        .i32_const(page)
        .i32_div_u()
        .i32_const(2 + scratch / page)
        .i32_add()
        .memory_size(0)
        .i32_sub()
        .local_tee(4)
        .i32_const(0)
        .i32_gt_s()
        .if_(BlockType::Empty)
        .local_get(4)
        .memory_grow(0)
        .i32_const(-1)
        .i32_eq()
        .if_(BlockType::Empty)
        .unreachable()
        .end()
        .end()
        .i32_const(scratch)
        .end();
    body
}

fn finish(sections: Sections, memory: &str, start: usize, bytes: Vec<u8>) -> Vec<u8> {
    let Sections { types, functions, mut exports, code, names } = sections;
    let minimum = ((start + bytes.len()) / PAGE + 1) as u64;
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    exports.export(memory, ExportKind::Memory, 0);
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(i32::try_from(start).unwrap_or(0)), bytes);
    let mut section = NameSection::new();
    section.functions(&names);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&exports);
    module.section(&code).section(&data).section(&section);
    module.finish()
}

fn value(ty: WasmType) -> ValType {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
    }
}
