//! Rewrites a core module, so that an instance of it can be put back to what it was when it had started.
//!
//! A memory gets a second one beside it: a table with one byte for each card of 4 KiB, which says whether the card was
//! written to, and behind it the image, which is what the memory was when the sandbox had started.
//! The image begins with the same data as the memory itself, so the runtime maps it as it maps the memory, and only
//! what the start wrote has to be copied to it.

use std::borrow::Cow;

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataCountSection, DataSection, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    Instruction, MemorySection, MemoryType, Module, RawSection, SectionId, TypeSection, ValType,
};
use wasmparser::{
    CompositeInnerType, DataKind, ExternalKind, KnownCustom, Operator, Parser, Payload, TypeRef,
};

use super::Unprovable;
use super::body::{self, Writes, card};

/// A card has 2 to the power of this many bytes.
pub(super) const CARD_BITS: i32 = 12;
const CARD: i32 = 1 << CARD_BITS;

/// A page of memory has 2 to the power of this many bytes.
const PAGE_BITS: i32 = 16;

/// The most that one store writes: it may reach so far into the card behind the one that it marks.
const WIDEST: i32 = 16;

/// The memory with the cards, in every module that has one.
pub(super) const CARDS: u32 = 1;

/// The pages that the cards take, and where the image begins: enough for a memory of 4 GiB.
const CARD_PAGES: u64 = 16;
const IMAGE: u64 = CARD_PAGES << 16;

/// What begins every name that is added to a core module.
pub(super) const PREFIX: &str = "plugwright:pristine/";
pub(super) const CARDS_NAME: &str = "plugwright:pristine/cards";
pub(super) const MARK: &str = "plugwright:pristine/mark";
pub(super) const SNAPSHOT: &str = "plugwright:pristine/snapshot";
pub(super) const RESET: &str = "plugwright:pristine/reset";

/// A core module, rewritten.
pub(super) struct Rewritten<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    pub(super) memory: Memory,
    /// Whether it has the functions that keep and restore its state.
    pub(super) has_state: bool,
    /// The names under which it exports its memory.
    pub(super) memory_exports: Vec<&'a str>,
}

/// The memory of a core module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Memory {
    None,
    /// Its own; the cards and the image take so many bytes beside it.
    Own(u64),
    /// One of another instance, imported under this module and name; the cards are imported too, where it writes.
    Other {
        from: String,
        name: String,
        writes: bool,
    },
}

/// The sections of a module, as they were read.
#[derive(Default)]
struct Sections<'a> {
    types: Option<wasmparser::TypeSectionReader<'a>>,
    imports: Option<wasmparser::ImportSectionReader<'a>>,
    functions: Option<wasmparser::FunctionSectionReader<'a>>,
    memories: Option<wasmparser::MemorySectionReader<'a>>,
    globals: Option<wasmparser::GlobalSectionReader<'a>>,
    exports: Option<wasmparser::ExportSectionReader<'a>>,
    data: Option<wasmparser::DataSectionReader<'a>>,
    has_data_count: bool,
    bodies: Vec<wasmparser::FunctionBody<'a>>,
    /// Those that stay as they are, by their number in the binary format.
    raw: Vec<(u8, &'a [u8])>,
    custom: Vec<wasmparser::CustomSectionReader<'a>>,
}

/// What is known of a module before it is rewritten.
struct Facts<'a> {
    /// The parameters of each of its types; nothing where it is not a function.
    params: Vec<u32>,
    imported_functions: u32,
    own_functions: Vec<u32>,
    globals: u32,
    /// Its own globals that can change.
    mutable: Vec<(u32, wasmparser::ValType)>,
    memory: Memory,
    memory_exports: Vec<&'a str>,
}

pub(super) fn rewrite(module: &[u8]) -> Result<Rewritten<'_>, Unprovable> {
    let sections = sections(module)?;
    let facts = facts(&sections)?;
    let data = data(&sections, &facts.memory)?;
    let functions = facts.imported_functions + count(facts.own_functions.len());
    let mut writes = Writes { mark: functions, spoiled: facts.globals, ..Writes::default() };
    let mut bodies = Vec::new();
    for (body, ty) in sections.bodies.iter().zip(&facts.own_functions) {
        let params = facts.params[*ty as usize];
        bodies.push(body::rewrite(body, params, module, &mut writes)?);
    }
    let memory = match facts.memory.clone() {
        Memory::Other { from, name, .. } => Memory::Other { from, name, writes: writes.memory },
        memory => memory,
    };
    let has_state = matches!(memory, Memory::Own(_)) || writes.spoil || !facts.mutable.is_empty();
    let memory_exports = facts.memory_exports.clone();
    if !has_state && !writes.memory {
        let bytes = Cow::Borrowed(module);
        return Ok(Rewritten { bytes, memory, has_state, memory_exports });
    }
    let bytes = encode(&sections, &facts, &data, &memory, has_state, &writes, &bodies)?;
    Ok(Rewritten { bytes: Cow::Owned(bytes), memory, has_state, memory_exports })
}

fn sections(module: &[u8]) -> Result<Sections<'_>, Unprovable> {
    let mut sections = Sections::default();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::TypeSection(it) => sections.types = Some(it),
            Payload::ImportSection(it) => sections.imports = Some(it),
            Payload::FunctionSection(it) => sections.functions = Some(it),
            Payload::MemorySection(it) => sections.memories = Some(it),
            Payload::GlobalSection(it) => sections.globals = Some(it),
            Payload::ExportSection(it) => sections.exports = Some(it),
            Payload::DataSection(it) => sections.data = Some(it),
            Payload::DataCountSection { .. } => sections.has_data_count = true,
            Payload::CodeSectionEntry(it) => sections.bodies.push(it),
            Payload::CustomSection(it) => sections.custom.push(it),
            payload => {
                let code = u8::from(SectionId::Code);
                if let Some((id, range)) = payload.as_section().filter(|(id, _)| *id != code) {
                    sections.raw.push((id, &module[range]));
                }
            }
        }
    }
    Ok(sections)
}

fn facts<'a>(sections: &Sections<'a>) -> Result<Facts<'a>, Unprovable> {
    let mut facts = Facts {
        params: Vec::new(),
        imported_functions: 0,
        own_functions: Vec::new(),
        globals: 0,
        mutable: Vec::new(),
        memory: Memory::None,
        memory_exports: Vec::new(),
    };
    for group in sections.types.iter().flat_map(|it| it.clone()) {
        facts.params.extend(group?.types().map(|ty| match &ty.composite_type.inner {
            CompositeInnerType::Func(ty) => count(ty.params().len()),
            _ => 0,
        }));
    }
    for import in sections.imports.iter().flat_map(|it| it.clone().into_imports()) {
        let import = import?;
        free(import.module)?;
        match import.ty {
            TypeRef::Func(_) | TypeRef::FuncExact(_) => facts.imported_functions += 1,
            TypeRef::Global(_) => facts.globals += 1,
            TypeRef::Memory(_) => {
                let (from, name) = (import.module.to_owned(), import.name.to_owned());
                facts.memory = Memory::Other { from, name, writes: false };
            }
            TypeRef::Table(_) | TypeRef::Tag(_) => {}
        }
    }
    for function in sections.functions.iter().flat_map(|it| it.clone()) {
        facts.own_functions.push(function?);
    }
    for memory in sections.memories.iter().flat_map(|it| it.clone()) {
        let pages = memory?.initial + CARD_PAGES;
        if pages > 1 << 16 {
            return Err(Unprovable::MemoryTooLarge);
        }
        facts.memory = Memory::Own(pages << 16);
    }
    for global in sections.globals.iter().flat_map(|it| it.clone()) {
        let ty = global?.ty;
        if ty.mutable {
            if ty.content_type.is_reference_type() && !ty.content_type.is_defaultable() {
                return Err(Unprovable::Global);
            }
            facts.mutable.push((facts.globals, ty.content_type));
        }
        facts.globals += 1;
    }
    for export in sections.exports.iter().flat_map(|it| it.clone()) {
        let export = export?;
        free(export.name)?;
        if export.kind == ExternalKind::Memory {
            facts.memory_exports.push(export.name);
        }
    }
    Ok(facts)
}

/// Refuses a name that looks like one of those that are added.
fn free(name: &str) -> Result<(), Unprovable> {
    if name.starts_with(PREFIX) {
        return Err(Unprovable::Reserved { name: name.to_owned() });
    }
    Ok(())
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Writes the module with what was added to it; its own functions, globals and so on keep their numbers.
fn encode(
    sections: &Sections<'_>,
    facts: &Facts<'_>,
    data: &DataSection,
    memory: &Memory,
    has_state: bool,
    writes: &Writes,
    bodies: &[Function],
) -> Result<Vec<u8>, Unprovable> {
    let own_memory = matches!(memory, Memory::Own(_));
    let has_mark = own_memory || writes.ranges;
    let keeps = Keeps::of(facts, own_memory, has_mark, writes.mark);

    let mut types = TypeSection::new();
    if let Some(section) = &sections.types {
        RoundtripReencoder.parse_type_section(&mut types, section.clone())?;
    }
    let signatures = count(facts.params.len());
    types.ty().function([ValType::I32, ValType::I32], []);
    types.ty().function([], [ValType::I32]);
    types.ty().function([ValType::I32], []);
    let (range, answer, direction) = (signatures, signatures + 1, signatures + 2);

    let mut imports = ImportSection::new();
    if let Some(section) = &sections.imports {
        RoundtripReencoder.parse_import_section(&mut imports, section.clone())?;
    }
    if matches!(memory, Memory::Other { writes: true, .. }) {
        imports.import(PREFIX, CARDS_NAME, EntityType::Memory(cards_type(CARD_PAGES)));
    }

    let mut functions = FunctionSection::new();
    facts.own_functions.iter().for_each(|ty| {
        functions.function(*ty);
    });
    let mut exports = ExportSection::new();
    if let Some(section) = &sections.exports {
        RoundtripReencoder.parse_export_section(&mut exports, section.clone())?;
    }
    let mut code = CodeSection::new();
    bodies.iter().for_each(|body| {
        code.function(body);
    });
    if has_mark {
        functions.function(range);
        code.function(&body::mark());
    }
    if own_memory {
        functions.function(direction);
        code.function(&sweep());
        exports.export(CARDS_NAME, ExportKind::Memory, CARDS);
        exports.export(MARK, ExportKind::Func, writes.mark);
    }
    let mut globals = GlobalSection::new();
    if let Some(section) = &sections.globals {
        RoundtripReencoder.parse_global_section(&mut globals, section.clone())?;
    }
    if has_state {
        let (snapshot, reset) = (keeps.next_function, keeps.next_function + 1);
        functions.function(answer).function(answer);
        code.function(&keeps.snapshot()).function(&keeps.reset());
        exports.export(SNAPSHOT, ExportKind::Func, snapshot);
        exports.export(RESET, ExportKind::Func, reset);
        keeps.add_globals(&mut globals);
    }

    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions);
    raw(&mut module, sections, SectionId::Table);
    if let Memory::Own(bytes) = memory {
        let mut memories = MemorySection::new();
        if let Some(section) = &sections.memories {
            RoundtripReencoder.parse_memory_section(&mut memories, section.clone())?;
        }
        memories.memory(cards_type(bytes >> 16));
        module.section(&memories);
    }
    module.section(&globals).section(&exports);
    raw(&mut module, sections, SectionId::Start);
    raw(&mut module, sections, SectionId::Element);
    if sections.has_data_count {
        module.section(&DataCountSection { count: data.len() });
    }
    module.section(&code);
    if !data.is_empty() {
        module.section(data);
    }
    for section in &sections.custom {
        // The places in the code that debug information tells of are no longer there.
        if !section.name().starts_with(".debug_") && !is_about_code(section) {
            module.section(&RoundtripReencoder.custom_section(section.clone())?);
        }
    }
    Ok(module.finish())
}

fn is_about_code(section: &wasmparser::CustomSectionReader<'_>) -> bool {
    matches!(section.as_known(), KnownCustom::BranchHints(_) | KnownCustom::Reloc(_))
        || section.name() == "sourceMappingURL"
}

fn raw(module: &mut Module, sections: &Sections<'_>, id: SectionId) {
    for (_, data) in sections.raw.iter().filter(|(it, _)| *it == u8::from(id)) {
        module.section(&RawSection { id: id.into(), data });
    }
}

fn cards_type(pages: u64) -> MemoryType {
    MemoryType {
        minimum: pages,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    }
}

/// The data of the module, and behind it the same for the image.
fn data(sections: &Sections<'_>, memory: &Memory) -> Result<DataSection, Unprovable> {
    let mut data = DataSection::new();
    let Some(section) = &sections.data else { return Ok(data) };
    RoundtripReencoder.parse_data_section(&mut data, section.clone())?;
    for segment in section.clone() {
        let segment = segment?;
        let DataKind::Active { offset_expr, .. } = segment.kind else { continue };
        if !matches!(memory, Memory::Own(_)) {
            return Err(Unprovable::DataElsewhere);
        }
        let offset = shifted(&offset_expr)?;
        data.active(CARDS, &offset, segment.data.iter().copied());
    }
    Ok(data)
}

/// Where data lies in the image.
fn shifted(offset: &wasmparser::ConstExpr<'_>) -> Result<ConstExpr, Unprovable> {
    let operators: Vec<Operator<'_>> =
        offset.get_operators_reader().into_iter().collect::<Result<_, _>>()?;
    if let [Operator::I32Const { value }, Operator::End] = operators[..] {
        let at = u64::from(value.cast_unsigned()) + IMAGE;
        let at = u32::try_from(at).map_err(|_| Unprovable::MemoryTooLarge)?;
        return Ok(ConstExpr::i32_const(at.cast_signed()));
    }
    let mut instructions = Vec::new();
    for operator in operators.into_iter().filter(|it| !matches!(it, Operator::End)) {
        instructions.push(RoundtripReencoder.instruction(operator)?);
    }
    instructions.extend([Instruction::I32Const(IMAGE as i32), Instruction::I32Add]);
    Ok(ConstExpr::extended(instructions))
}

/// The state of a module that is kept and restored.
struct Keeps<'a> {
    mutable: &'a [(u32, wasmparser::ValType)],
    own_memory: bool,
    /// The global that says that something was written which is never restored; the pages that the memory had
    /// follows, and then what the mutable globals were.
    spoiled: u32,
    sweep: u32,
    next_function: u32,
}

impl<'a> Keeps<'a> {
    fn of(facts: &'a Facts<'_>, own_memory: bool, has_mark: bool, mark: u32) -> Self {
        let sweep = mark + u32::from(has_mark);
        Self {
            mutable: &facts.mutable,
            own_memory,
            spoiled: facts.globals,
            sweep,
            next_function: sweep + u32::from(own_memory),
        }
    }

    fn pages(&self) -> u32 {
        self.spoiled + 1
    }

    /// The globals, each with the one that keeps it.
    fn kept(&self) -> impl Iterator<Item = (u32, u32)> {
        self.mutable.iter().zip(self.pages() + 1..).map(|((global, _), kept)| (*global, kept))
    }

    fn add_globals(&self, globals: &mut GlobalSection) {
        let own = [wasmparser::ValType::I32; 2];
        for ty in own.into_iter().chain(self.mutable.iter().map(|(_, ty)| *ty)) {
            // The types were read from a valid module, so they can be written.
            let Ok(val_type) = RoundtripReencoder.val_type(ty) else { continue };
            let empty = match val_type {
                ValType::I32 => ConstExpr::i32_const(0),
                ValType::I64 => ConstExpr::i64_const(0),
                ValType::F32 => ConstExpr::f32_const(0.0.into()),
                ValType::F64 => ConstExpr::f64_const(0.0.into()),
                ValType::V128 => ConstExpr::v128_const(0),
                ValType::Ref(ty) => ConstExpr::ref_null(ty.heap_type),
            };
            globals.global(GlobalType { val_type, mutable: true, shared: false }, &empty);
        }
    }

    /// The function that keeps the state; it gives 0 where there is no memory for the image.
    fn snapshot(&self) -> Function {
        let mut function = Function::new([]);
        let mut code = function.instructions();
        if self.own_memory {
            // The image is larger than it was declared where the memory has grown since.
            code.memory_size(0)
                .i32_const(CARD_PAGES as i32)
                .i32_add()
                .memory_size(CARDS)
                .i32_gt_u()
                .if_(BlockType::Empty)
                .memory_size(0)
                .i32_const(CARD_PAGES as i32)
                .i32_add()
                .memory_size(CARDS)
                .i32_sub()
                .memory_grow(CARDS)
                .i32_const(-1)
                .i32_eq()
                .if_(BlockType::Empty)
                .i32_const(0)
                .return_()
                .end()
                .end();
            code.i32_const(0).call(self.sweep).memory_size(0).global_set(self.pages());
        }
        for (global, kept) in self.kept() {
            code.global_get(global).global_set(kept);
        }
        code.i32_const(0).global_set(self.spoiled).i32_const(1).end();
        function
    }

    /// The function that restores the state; it gives 0 where that is not possible.
    fn reset(&self) -> Function {
        let mut function = Function::new([]);
        let mut code = function.instructions();
        code.global_get(self.spoiled).if_(BlockType::Empty).i32_const(0).return_().end();
        if self.own_memory {
            // A memory cannot shrink.
            code.memory_size(0)
                .global_get(self.pages())
                .i32_ne()
                .if_(BlockType::Empty)
                .i32_const(0)
                .return_()
                .end();
            code.i32_const(1).call(self.sweep);
        }
        for (global, kept) in self.kept() {
            code.global_get(kept).global_set(global);
        }
        code.i32_const(1).end();
        function
    }
}

/// The function that copies every marked card, with as much of the next as a store may reach, and clears the marks:
/// from the image to the memory where its parameter says so, and else from the memory to the image.
fn sweep() -> Function {
    let (back, at, card_at, cards, stop, length) = (0, 1, 2, 3, 4, 5);
    let eight = wasm_encoder::MemArg { offset: 0, align: 3, memory_index: CARDS };
    let mut function = Function::new([(5, ValType::I32)]);
    let mut code = function.instructions();
    code.memory_size(0).i32_const(PAGE_BITS - CARD_BITS).i32_shl().local_set(cards);
    code.block(BlockType::Empty).local_get(cards).i32_eqz().br_if(0).loop_(BlockType::Empty);
    code.local_get(at).i64_load(eight).i64_eqz().i32_eqz().if_(BlockType::Empty);
    {
        code.local_get(at).local_set(card_at).local_get(at).i32_const(8).i32_add().local_set(stop);
        code.loop_(BlockType::Empty);
        code.local_get(card_at).i32_load8_u(card()).if_(BlockType::Empty);
        {
            // Behind the last card there is nothing.
            code.i32_const(CARD)
                .i32_const(CARD + WIDEST)
                .local_get(card_at)
                .local_get(cards)
                .i32_const(1)
                .i32_sub()
                .i32_eq()
                .select()
                .local_set(length);
            let here = |code: &mut wasm_encoder::InstructionSink<'_>| {
                code.local_get(card_at).i32_const(CARD_BITS).i32_shl();
            };
            let image = |code: &mut wasm_encoder::InstructionSink<'_>| {
                code.local_get(card_at).i32_const(CARD_BITS).i32_shl();
                code.i32_const(IMAGE as i32).i32_add();
            };
            code.local_get(back).if_(BlockType::Empty);
            here(&mut code);
            image(&mut code);
            code.local_get(length).memory_copy(0, CARDS).else_();
            image(&mut code);
            here(&mut code);
            code.local_get(length).memory_copy(CARDS, 0).end();
        }
        code.end();
        code.local_get(card_at).i32_const(1).i32_add().local_tee(card_at);
        code.local_get(stop).i32_lt_u().br_if(0).end();
        code.local_get(at).i64_const(0).i64_store(eight);
    }
    code.end();
    code.local_get(at).i32_const(8).i32_add().local_tee(at);
    code.local_get(cards).i32_lt_u().br_if(0).end().end().end();
    function
}

impl From<wasmparser::BinaryReaderError> for Unprovable {
    fn from(source: wasmparser::BinaryReaderError) -> Self {
        Self::Unfollowed { source }
    }
}

impl<E: std::error::Error> From<wasm_encoder::reencode::Error<E>> for Unprovable {
    fn from(error: wasm_encoder::reencode::Error<E>) -> Self {
        Self::Unwritten { message: error.to_string() }
    }
}
