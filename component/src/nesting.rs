//! Refuses component types that are nested deeper than their readers can follow.
//!
//! `wasmparser` reads the types that are declared inside of component and instance types by
//! recursion, without a limit, and so do all that build on it: some hundred kilobytes of nothing
//! but beginnings would overflow the stack, which ends the process. What passes here is safe for
//! everybody who reads the component later.

use std::thread;

use wasmparser::{
    ComponentType, ComponentTypeDeclaration, ComponentTypeSectionReader, InstanceTypeDeclaration,
};

/// How deep types may be nested; a WIT package in binary form needs four.
const MAX_DEPTH: usize = 20;

/// How many possible beginnings a section may have for its depth to be measured at all.
const MAX_BEGINNINGS: usize = 1000;

/// What the measuring may use of the stack: 32 KiB for each beginning.
const STACK: usize = MAX_BEGINNINGS << 15;

/// Tells whether the types of a section are too deep to be read.
pub(crate) fn is_too_deep(bytes: &[u8], section: &ComponentTypeSectionReader<'_>) -> bool {
    // A declaration starts with 1 for a type, which starts with 0x41 or 0x42 if it has
    // declarations itself: there are no more levels than such pairs, and nearly always few pairs.
    let begins = |pair: &&[u8]| matches!(pair, [0x01, 0x41 | 0x42]);
    let beginnings = bytes[section.range()].windows(2).filter(begins).count();
    match beginnings {
        0..MAX_DEPTH => false,
        MAX_DEPTH..=MAX_BEGINNINGS => measured(section) > MAX_DEPTH,
        _ => true,
    }
}

/// Reads a section on a stack that is large enough, and gives its depth.
fn measured(section: &ComponentTypeSectionReader<'_>) -> usize {
    let depth = || {
        // What is malformed ends the measuring, and the validation after it.
        section.clone().into_iter().map_while(Result::ok).map(|ty| depth(&ty)).max().unwrap_or(0)
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, depth);
        // Without the memory for a stack, it is too deep for this machine.
        thread.ok().and_then(|thread| thread.join().ok()).unwrap_or(usize::MAX)
    })
}

fn depth(ty: &ComponentType<'_>) -> usize {
    let inner = match ty {
        ComponentType::Component(declarations) => deepest(declarations, |it| match it {
            ComponentTypeDeclaration::Type(ty) => Some(ty),
            _ => None,
        }),
        ComponentType::Instance(declarations) => deepest(declarations, |it| match it {
            InstanceTypeDeclaration::Type(ty) => Some(ty),
            _ => None,
        }),
        ComponentType::Defined(_) | ComponentType::Func(_) | ComponentType::Resource { .. } => 0,
    };
    inner + 1
}

fn deepest<'t, 'a: 't, T>(
    declarations: &'t [T],
    ty: impl Fn(&'t T) -> Option<&'t ComponentType<'a>>,
) -> usize {
    declarations.iter().filter_map(ty).map(depth).max().unwrap_or(0)
}
