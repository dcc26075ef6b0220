//! Rewrites the body of a function, so that every write it makes leaves a mark.

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, ValType};
use wasmparser::{BinaryReaderError, FunctionBody, Operator};

use super::module::{CARD_BITS, CARDS};

/// What the bodies of a module write to, and the functions and globals that note it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Writes {
    /// The function that marks a range of memory.
    pub(super) mark: u32,
    /// The global that says that something was written which is never restored.
    pub(super) spoiled: u32,
    /// Whether any body writes to memory.
    pub(super) memory: bool,
    /// Whether any body writes ranges of memory.
    pub(super) ranges: bool,
    /// Whether any body writes what is never restored.
    pub(super) spoil: bool,
}

/// Rewrites the body of a function that has so many parameters; `module` is what its ranges count in.
pub(super) fn rewrite(
    body: &FunctionBody<'_>,
    params: u32,
    module: &[u8],
    writes: &mut Writes,
) -> Result<Function, BinaryReaderError> {
    let mut groups = Vec::new();
    for group in body.get_locals_reader()? {
        let (count, ty) = group?;
        groups.push((count, encoded(ty)));
    }
    let locals = groups.iter().map(|(count, _)| count).sum::<u32>();
    let mut scratch = Scratch { next: params + locals, added: Vec::new() };
    let mut code = Vec::with_capacity(body.range().len() * 5 / 4);
    let mut operators = body.get_operators_reader()?;
    // What needs no change is copied in one piece.
    let mut copied = operators.original_position();
    while !operators.eof() {
        let start = operators.original_position();
        let operator = operators.read()?;
        let end = operators.original_position();
        let Some(write) = Write::of(&operator) else { continue };
        code.extend_from_slice(&module[copied..start]);
        copied = end;
        write.encode(&module[start..end], &mut code, &mut scratch, writes);
    }
    code.extend_from_slice(&module[copied..operators.original_position()]);
    groups.extend(scratch.added.iter().map(|(ty, _)| (1, *ty)));
    let mut function = Function::new(groups);
    function.raw(code);
    Ok(function)
}

fn encoded(ty: wasmparser::ValType) -> ValType {
    RoundtripReencoder.val_type(ty).unwrap_or(ValType::I32)
}

/// The locals that hold operands while their instruction runs.
struct Scratch {
    next: u32,
    added: Vec<(ValType, usize)>,
}

impl Scratch {
    /// The `nth` local of this type.
    fn local(&mut self, ty: ValType, nth: usize) -> u32 {
        let at = self.added.iter().position(|it| *it == (ty, nth)).unwrap_or_else(|| {
            self.added.push((ty, nth));
            self.added.len() - 1
        });
        self.next + u32::try_from(at).unwrap_or(u32::MAX)
    }
}

/// An instruction that writes.
enum Write {
    /// A value of this type, to so many bytes after an address.
    Store(ValType, u64),
    /// As many bytes as the last of three operands says, to the address that is the first.
    Range,
    /// Something that is never restored.
    Spoil,
}

impl Write {
    fn of(operator: &Operator<'_>) -> Option<Self> {
        Some(match operator {
            Operator::I32Store { memarg }
            | Operator::I32Store8 { memarg }
            | Operator::I32Store16 { memarg } => Self::Store(ValType::I32, memarg.offset),
            Operator::I64Store { memarg }
            | Operator::I64Store8 { memarg }
            | Operator::I64Store16 { memarg }
            | Operator::I64Store32 { memarg } => Self::Store(ValType::I64, memarg.offset),
            Operator::F32Store { memarg } => Self::Store(ValType::F32, memarg.offset),
            Operator::F64Store { memarg } => Self::Store(ValType::F64, memarg.offset),
            Operator::V128Store { memarg }
            | Operator::V128Store8Lane { memarg, .. }
            | Operator::V128Store16Lane { memarg, .. }
            | Operator::V128Store32Lane { memarg, .. }
            | Operator::V128Store64Lane { memarg, .. } => Self::Store(ValType::V128, memarg.offset),
            Operator::MemoryCopy { .. }
            | Operator::MemoryFill { .. }
            | Operator::MemoryInit { .. } => Self::Range,
            Operator::TableSet { .. }
            | Operator::TableGrow { .. }
            | Operator::TableFill { .. }
            | Operator::TableCopy { .. }
            | Operator::TableInit { .. }
            | Operator::ElemDrop { .. }
            | Operator::DataDrop { .. } => Self::Spoil,
            _ => return None,
        })
    }

    /// Writes the instruction, and what marks what it wrote.
    ///
    /// A mark is made after the write: then the address is known to be within the memory, and a write that traps ends
    /// the sandbox.
    fn encode(self, original: &[u8], code: &mut Vec<u8>, scratch: &mut Scratch, it: &mut Writes) {
        match self {
            Self::Store(ty, offset) => {
                it.memory = true;
                let address = scratch.local(ValType::I32, 0);
                let value = scratch.local(ty, usize::from(ty == ValType::I32));
                InstructionSink::new(code).local_set(value).local_tee(address).local_get(value);
                code.extend_from_slice(original);
                let mut sink = InstructionSink::new(code);
                sink.local_get(address);
                if offset != 0 {
                    // A memory of 32 bits has no more than 4 GiB, so it is the address modulo 2^32 that is added to.
                    sink.i32_const((offset as u32).cast_signed()).i32_add();
                }
                sink.i32_const(CARD_BITS).i32_shr_u().i32_const(1).i32_store8(card());
            }
            Self::Range => {
                (it.memory, it.ranges) = (true, true);
                let locals: [u32; 3] = std::array::from_fn(|nth| scratch.local(ValType::I32, nth));
                let [to, second, length] = locals;
                InstructionSink::new(code)
                    .local_set(length)
                    .local_set(second)
                    .local_tee(to)
                    .local_get(second)
                    .local_get(length);
                code.extend_from_slice(original);
                InstructionSink::new(code).local_get(to).local_get(length).call(it.mark);
            }
            Self::Spoil => {
                it.spoil = true;
                InstructionSink::new(code).i32_const(1).global_set(it.spoiled);
                code.extend_from_slice(original);
            }
        }
    }
}

/// Where the mark of a card is, after its number.
pub(super) fn card() -> MemArg {
    MemArg { offset: 0, align: 0, memory_index: CARDS }
}

/// Marks every card that a range touches: the parameters are its address and its length.
///
/// A range may be said to be longer than the memory is; marks of what is not there are never read.
pub(super) fn mark() -> Function {
    let (address, length, first, last) = (0, 1, 2, 3);
    let mut function = Function::new([(2, ValType::I32)]);
    let last_card = (1_i64 << (32 - CARD_BITS)) - 1;
    function
        .instructions()
        .local_get(length)
        .i32_eqz()
        .if_(BlockType::Empty)
        .return_()
        .end()
        .local_get(address)
        .i32_const(CARD_BITS)
        .i32_shr_u()
        .local_tee(first)
        .i32_const(1)
        .i32_store8(card())
        .local_get(address)
        .i64_extend_i32_u()
        .local_get(length)
        .i64_extend_i32_u()
        .i64_add()
        .i64_const(1)
        .i64_sub()
        .i64_const(i64::from(CARD_BITS))
        .i64_shr_u()
        .i32_wrap_i64()
        .local_tee(last)
        .i32_const(last_card as i32)
        .local_get(last)
        .i32_const(last_card as i32)
        .i32_lt_u()
        .select()
        .local_tee(last)
        .local_get(first)
        .i32_gt_u()
        .if_(BlockType::Empty)
        .local_get(first)
        .i32_const(1)
        .local_get(last)
        .local_get(first)
        .i32_sub()
        .i32_const(1)
        .i32_add()
        .memory_fill(CARDS)
        .end()
        .end();
    function
}
