//! Values as text, in WAVE: what is looked at before wasmtime reads one, because its reader trusts what it reads.

use wasmtime::component::{
    Type, Val,
    wasm_wave::{
        self,
        lex::{Lexer, Token},
        parser::ParserError,
        untyped::UntypedFuncCall,
    },
};

/// How deep brackets may be nested; each level takes some of the reader's stack.
pub(crate) const DEEPEST: usize = 500;

/// The name under which WAVE reads a call's arguments.
const PLACEHOLDER: &str = "f";

/// Tells whether brackets are nested so deeply that reading them could use up the stack.
pub(crate) fn is_too_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    Lexer::new(text).any(|token| {
        match token {
            Ok(Token::BraceOpen | Token::BracketOpen | Token::ParenOpen) => depth += 1,
            Ok(Token::BraceClose | Token::BracketClose | Token::ParenClose) => {
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        depth > DEEPEST
    })
}

/// Reads the arguments of a call, such as `(1, "two")`; what is wrong with them is drawn under `text`, in which they
/// follow a name that is `name` bytes long.
pub(crate) fn arguments(
    arguments: &str,
    types: &[Type],
    text: &str,
    name: usize,
) -> Result<Vec<Val>, String> {
    // The function's name is not part of what WAVE reads, since it knows no interfaces.
    let call = format!("{PLACEHOLDER}{arguments}");
    UntypedFuncCall::parse(&call)
        .and_then(|call| call.to_wasm_params::<Val>(types))
        .map_err(|error| drawn(&error, text, name))
}

/// Reads one value.
pub(crate) fn value(text: &str, ty: &Type) -> Result<Val, String> {
    wasm_wave::from_str(ty, text).map_err(|error| error.to_string())
}

/// Tells what a type has no text for.
pub(crate) fn unwritable(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Own(_) | Type::Borrow(_) => Some("a resource"),
        Type::Stream(_) => Some("a stream"),
        Type::Future(_) => Some("a future"),
        Type::ErrorContext => Some("an error context"),
        Type::Map(_) => Some("a map"),
        Type::List(it) => unwritable(&it.ty()),
        // WAVE can write one, and wasmtime 48 cannot make a value of what it reads.
        Type::FixedLengthList(_) => Some("a list of a fixed length"),
        Type::Option(it) => unwritable(&it.ty()),
        Type::Record(it) => it.fields().find_map(|field| unwritable(&field.ty)),
        Type::Tuple(it) => it.types().find_map(|ty| unwritable(&ty)),
        Type::Variant(it) => it.cases().find_map(|case| case.ty.as_ref().and_then(unwritable)),
        Type::Result(it) => [it.ok(), it.err()].iter().flatten().find_map(unwritable),
        _ => None,
    }
}

/// The mistake, under the text in which it was made; `name` is how long the function's name is there.
fn drawn(error: &ParserError, text: &str, name: usize) -> String {
    let what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let span = error.span();
    let at = |offset: usize| (offset + name).saturating_sub(PLACEHOLDER.len()).min(text.len());
    let before = text.get(..at(span.start)).unwrap_or_default().chars().count();
    let marked = text.get(at(span.start)..at(span.end)).unwrap_or_default().chars().count().max(1);
    format!("{what}\n  {text}\n  {}{}", " ".repeat(before), "^".repeat(marked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_brackets_that_are_read_as_such_nest() {
        let open = "(".repeat(DEEPEST + 1);
        assert!(is_too_deep(&open));
        assert!(is_too_deep(&format!("f(// \"\n{open}")), "a quote in a comment");
        assert!(is_too_deep(&format!("f(\"\"\"\n\"\n\"\"\", {open}")), "a quote in a text");
        assert!(!is_too_deep(&format!("f(\"\\\"{open}\", '(')")));
        assert!(!is_too_deep(&format!("f(1) // {open}")));
        assert!(!is_too_deep(&"(a)".repeat(DEEPEST + 1)));
    }
}
