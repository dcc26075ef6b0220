//! Estimates how long compiling a component takes, because its size does not tell.
//!
//! What a compiler does for a function grows faster than the function: it follows every value over every branch, and
//! where branches meet, it looks among all values that are joined anywhere in the function.
//! So a few kilobytes of nested loops keep it busy for hours.
//! What real compilers make is far from that: of all that we build, in five languages, a megabyte takes an estimated
//! 0.4 to 4 seconds.

use std::time::Duration;

use wasmparser::{
    FuncValidator, FuncValidatorAllocations, FunctionBody, Operator, OperatorsReader, Parser,
    Result, ValidPayload, Validator, ValidatorResources,
};

use crate::read::FEATURES;

/// What each function costs, however small it is, in nanoseconds.
const FUNCTION: u64 = 130_000;

/// What it costs to follow one value over one branch.
const VALUE: u64 = 1_800;

/// What it costs, beside that, for each value that is joined somewhere.
const JOIN: u64 = 1;

/// Estimates how long compiling takes on one core.
///
/// The bytes were validated before; what follows an error counts nothing.
pub(crate) fn of(bytes: &[u8]) -> Duration {
    let mut validator = Validator::new_with_features(FEATURES);
    let mut scratch = FuncValidatorAllocations::default();
    let mut parser = Parser::new(0);
    parser.set_features(FEATURES);
    let mut sum = 0_u64;
    for payload in parser.parse_all(bytes).map_while(Result::ok) {
        let Ok(payload) = validator.payload(&payload) else { break };
        if let ValidPayload::Func(function, body) = payload {
            let mut function = function.into_validator(scratch);
            let Ok(nanoseconds) = Flow::of(&mut function, &body) else { break };
            sum = sum.saturating_add(nanoseconds);
            scratch = function.into_allocations();
        }
    }
    Duration::from_nanos(sum)
}

/// The control flow of a function, as far as it was read.
struct Flow {
    frames: Vec<Frame>,
    /// For each local, the number of the frame in which it was set last.
    set_in: Vec<u32>,
    /// The number of the next frame.
    next: u32,
    reachable: bool,
    /// Branches and places where they end.
    branches: u64,
    /// Values that are alive at these, over all of them.
    values: u64,
    /// Values that are joined where branches meet.
    joined: u64,
}

struct Frame {
    number: u32,
    is_loop: bool,
    /// Whether its start can be reached.
    reachable: bool,
    /// How many branches lead to its label.
    entries: u32,
    /// How many locals are set in it, less those that were counted in a frame around it before.
    set: i64,
}

impl Flow {
    fn of(
        validator: &mut FuncValidator<ValidatorResources>,
        body: &FunctionBody<'_>,
    ) -> Result<u64> {
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader)?;
        let locals = validator.len_locals();
        let mut flow = Flow {
            frames: Vec::new(),
            set_in: vec![u32::MAX; locals as usize],
            next: 0,
            reachable: true,
            branches: 0,
            values: 0,
            joined: 0,
        };
        flow.enter(false, 0);
        let mut operators = OperatorsReader::new(reader);
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset()?;
            validator.op(offset, &operator)?;
            let before = flow.branches;
            flow.take(&operator)?;
            let alive = u64::from(locals) + u64::from(validator.operand_stack_height());
            let branches = flow.branches - before;
            flow.values = flow.values.saturating_add(branches.saturating_mul(alive));
        }
        let each = VALUE.saturating_add(flow.joined.saturating_mul(JOIN));
        Ok(flow.values.saturating_mul(each).saturating_add(FUNCTION))
    }

    fn take(&mut self, operator: &Operator<'_>) -> Result<()> {
        match operator {
            Operator::Block { .. } => self.enter(false, 0),
            Operator::Loop { .. } => {
                self.branches += 1;
                self.enter(true, 0);
            }
            // Without a condition that holds, its end is reached from its start.
            Operator::If { .. } => {
                self.branches += 2;
                self.enter(false, 1);
            }
            Operator::Else => {
                let reachable = self.reachable;
                if let Some(frame) = self.frames.last_mut() {
                    frame.entries = frame.entries.saturating_sub(u32::from(!reachable));
                    self.reachable = frame.reachable;
                }
            }
            Operator::End => self.leave(),
            Operator::Br { relative_depth } => {
                self.branch(*relative_depth);
                self.reachable = false;
            }
            Operator::BrIf { relative_depth }
            | Operator::BrOnNull { relative_depth }
            | Operator::BrOnNonNull { relative_depth } => {
                self.branches += 1;
                self.branch(*relative_depth);
            }
            Operator::BrTable { targets } => {
                let mut labels = targets.targets().collect::<Result<Vec<u32>>>()?;
                labels.push(targets.default());
                self.branches += labels.len() as u64;
                labels.sort_unstable();
                labels.dedup();
                labels.into_iter().for_each(|label| self.branch(label));
                self.reachable = false;
            }
            Operator::Return
            | Operator::ReturnCall { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::ReturnCallRef { .. }
            | Operator::Unreachable => self.reachable = false,
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                self.set(*local_index);
            }
            _ => {}
        }
        Ok(())
    }

    fn enter(&mut self, is_loop: bool, entries: u32) {
        let (number, reachable) = (self.next, self.reachable);
        self.next += 1;
        self.frames.push(Frame { number, is_loop, reachable, entries, set: 0 });
    }

    fn leave(&mut self) {
        self.branches += 1;
        let Some(frame) = self.frames.pop() else { return };
        let meet = if frame.is_loop {
            frame.entries > 0
        } else {
            let ways = frame.entries.saturating_add(u32::from(self.reachable));
            self.reachable = ways > 0;
            ways > 1
        };
        if meet {
            self.joined = self.joined.saturating_add(u64::try_from(frame.set).unwrap_or(0));
        }
        if let Some(around) = self.frames.last_mut() {
            around.set += frame.set;
        }
    }

    fn branch(&mut self, label: u32) {
        let place = self.frames.len().checked_sub(1 + label as usize);
        if self.reachable
            && let Some(frame) = place.and_then(|place| self.frames.get_mut(place))
        {
            frame.entries = frame.entries.saturating_add(1);
        }
    }

    /// Counts a local once in each frame that is open, by noting it in the innermost, and taking it back where frames
    /// begin that have it already: those that were open when it was set before.
    fn set(&mut self, local: u32) {
        let Some(set_in) = self.set_in.get_mut(local as usize) else { return };
        let Some(innermost) = self.frames.last().map(|it| it.number) else { return };
        if !self.reachable || *set_in == innermost {
            return;
        }
        let before = std::mem::replace(set_in, innermost);
        if before != u32::MAX {
            let known = self.frames.partition_point(|it| it.number <= before);
            if let Some(frame) = known.checked_sub(1).and_then(|at| self.frames.get_mut(at)) {
                frame.set -= 1;
            }
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.set += 1;
        }
    }
}
