//! The core modules that are put between the component and what it calls, and the one through which the host resets it.

use wasm_encoder::{
    CodeSection, ConstExpr, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, ImportSection, Module, TypeSection, ValType,
};

use super::module::{RESET, SNAPSHOT};

/// A function that is called through another, which notes what the call changes.
#[derive(Clone, Debug)]
pub(super) struct Wrap {
    /// The function's number in the component.
    pub(super) function: u32,
    pub(super) params: Vec<ValType>,
    pub(super) results: Vec<ValType>,
    /// Whether calling it changes what is never restored, such as a table of handles.
    pub(super) spoils: bool,
    pub(super) marks: Option<Marks>,
}

/// What the runtime writes on behalf of a function, and the instance whose memory it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Marks {
    /// So many bytes from where the last parameter points to.
    Result { instance: u32, most: u32 },
    /// What the function allocated, as many bytes as its fourth parameter says.
    Allocated { instance: u32 },
}

impl Marks {
    pub(super) fn instance(self) -> u32 {
        match self {
            Self::Result { instance, .. } | Self::Allocated { instance } => instance,
        }
    }
}

/// The names under which a module of wraps imports functions, and those that mark memory.
pub(super) const FUNCTIONS: &str = "functions";
pub(super) const MARKS: &str = "marks";

/// Writes the module that wraps these functions, whose memories are those of `instances`.
pub(super) fn wraps(wraps: &[Wrap], instances: &[u32]) -> Vec<u8> {
    let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
    types.ty().function([ValType::I32, ValType::I32], []);
    types.ty().function([], [ValType::I32]);
    let (mark, answer, first) = (0, 1, 2);
    for (number, wrap) in (first..).zip(wraps) {
        types.ty().function(wrap.params.iter().copied(), wrap.results.iter().copied());
        let name = (number - first).to_string();
        imports.import(FUNCTIONS, &name, EntityType::Function(number));
    }
    for instance in instances {
        imports.import(MARKS, &instance.to_string(), EntityType::Function(mark));
    }
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let own = count(wraps.len() + instances.len());
    let mut functions = FunctionSection::new();
    let mut exports = ExportSection::new();
    let mut code = CodeSection::new();
    for (number, wrap) in (0..).zip(wraps) {
        let place = |marks: Marks| instances.iter().position(|it| *it == marks.instance());
        let mark = wrap.marks.and_then(place).map_or(0, |at| count(wraps.len() + at));
        functions.function(first + number);
        code.function(&wrapper(wrap, number, mark));
        exports.export(&number.to_string(), ExportKind::Func, own + number);
    }
    let mut globals = GlobalSection::new();
    if wraps.iter().any(|wrap| wrap.spoils) {
        globals.global(
            GlobalType { val_type: ValType::I32, mutable: true, shared: false },
            &ConstExpr::i32_const(0),
        );
        let snapshot = own + count(wraps.len());
        functions.function(answer).function(answer);
        exports.export(SNAPSHOT, ExportKind::Func, snapshot);
        exports.export(RESET, ExportKind::Func, snapshot + 1);
        let mut function = Function::new([]);
        function.instructions().i32_const(0).global_set(0).i32_const(1).end();
        code.function(&function);
        let mut function = Function::new([]);
        function.instructions().global_get(0).i32_eqz().end();
        code.function(&function);
    }
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&globals);
    module.section(&exports).section(&code);
    module.finish()
}

fn wrapper(wrap: &Wrap, function: u32, mark: u32) -> Function {
    let params = u32::try_from(wrap.params.len()).unwrap_or(u32::MAX);
    let mut wrapper = Function::new([(1, ValType::I32)]);
    let mut code = wrapper.instructions();
    if wrap.spoils {
        code.i32_const(1).global_set(0);
    }
    for param in 0..params {
        code.local_get(param);
    }
    code.call(function);
    match wrap.marks {
        None => {}
        Some(Marks::Result { most, .. }) => {
            code.local_get(params.saturating_sub(1)).i32_const(most.cast_signed()).call(mark);
        }
        Some(Marks::Allocated { .. }) => {
            code.local_tee(params).local_get(params).local_get(3).call(mark);
        }
    }
    code.end();
    wrapper
}

/// Writes the module that asks so many instances to keep, and to restore, what they are.
pub(super) fn all(instances: u32) -> Vec<u8> {
    let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
    types.ty().function([], [ValType::I32]);
    for name in [SNAPSHOT, RESET] {
        for instance in 0..instances {
            imports.import(name, &instance.to_string(), EntityType::Function(0));
        }
    }
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    let mut exports = ExportSection::new();
    for (number, name) in (0..).zip([SNAPSHOT, RESET]) {
        let mut function = Function::new([]);
        let mut body = function.instructions();
        body.i32_const(1);
        for instance in 0..instances {
            body.call(number * instances + instance).i32_and();
        }
        body.end();
        functions.function(0);
        code.function(&function);
        exports.export(name, ExportKind::Func, 2 * instances + number);
    }
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&exports).section(&code);
    module.finish()
}
