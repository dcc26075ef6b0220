//! One line of a file of cases: a call and what it should give.

use plugwright_component::World;
use wasm_wave::value::{Value, resolve_wit_func_type};
use wasm_wave::wasm::WasmFunc as _;
use wit_parser::{Function, Resolve, WorldItem};

use crate::failure::Failure;
use crate::wave::{check_nesting, outside_quotes};

/// A call and what it should give.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Case<'t> {
    /// The line's number, from 1.
    pub(super) line: usize,
    pub(super) call: &'t str,
    pub(super) expected: Expected<'t>,
}

/// What a call should give.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expected<'t> {
    /// A failure whose message contains this.
    Failure(&'t str),
    Nothing,
    /// This, in WAVE.
    Result(&'t str),
}

/// Reads all cases of a file.
pub(super) fn parse<'t>(name: &str, text: &'t str) -> Result<Vec<Case<'t>>, Failure> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let cases = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let case = |(line, text)| {
        check_nesting(text)?;
        let (call, expected) = split(text).map_err(|problem| {
            Failure::input(format!("line {line} of `{name}` is not a case: {problem}"))
                .cause(format!("it says\n  {text}"))
                .hint("write `call(args) -> result`, `call(args)` or `call(args) !! text`")
        })?;
        Ok(Case { line, call, expected })
    };
    cases.map(case).collect()
}

fn split(text: &str) -> Result<(&str, Expected<'_>), &'static str> {
    let (call, rest) = text.split_at(end_of_call(text)?);
    let rest = rest.trim();
    let expected = match (rest.strip_prefix("->"), rest.strip_prefix("!!")) {
        (Some(result), _) => Expected::Result(result.trim()),
        (_, Some(text)) => Expected::Failure(text.trim()),
        (None, None) if rest.is_empty() => Expected::Nothing,
        (None, None) => return Err("after the call comes neither `->` nor `!!`"),
    };
    match expected {
        Expected::Result("") => Err("after `->` there is no result"),
        Expected::Failure("") => Err("after `!!` there is no text"),
        expected => Ok((call, expected)),
    }
}

/// Finds the end of the bracket that opens first.
fn end_of_call(text: &str) -> Result<usize, &'static str> {
    let mut depth = 0_usize;
    for (at, c) in outside_quotes(text) {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => break,
            ')' if depth == 1 => return Ok(at + 1),
            ')' => depth -= 1,
            _ => {}
        }
    }
    Err(if depth == 0 { "it has no call" } else { "its call is not closed" })
}

/// Writes an expected result as a result of that function would be written.
pub(super) fn normal(world: &World, call: &str, text: &str) -> Result<String, String> {
    let asked = call.split('(').next().unwrap_or_default().trim();
    let function = find(world, asked).ok_or("its type is not known")?;
    let ty = resolve_wit_func_type(world.resolve(), function).map_err(|err| err.to_string())?;
    let ty = ty.results().next().ok_or("it returns nothing")?;
    let value: Value = wasm_wave::from_str(&ty, text).map_err(|err| err.to_string())?;
    wasm_wave::to_string(&value).map_err(|err| err.to_string())
}

/// Finds an exported function by the names that a call may use.
///
/// The plugin was called by this name before, so that it is not ambiguous.
fn find<'w>(world: &'w World, asked: &str) -> Option<&'w Function> {
    let (interface, name) = match asked.rsplit_once('.') {
        Some((interface, name)) => (Some(interface), name),
        None => (None, asked),
    };
    let resolve: &Resolve = world.resolve();
    let exports = &resolve.worlds[world.id()].exports;
    exports.iter().find_map(|(key, item)| match item {
        WorldItem::Function(function) if interface.is_none() && function.name == name => {
            Some(function)
        }
        WorldItem::Interface { id, .. } => {
            let own = resolve.name_world_key(key);
            let unversioned = own.split('@').next().unwrap_or_default();
            let short = unversioned.rsplit('/').next().unwrap_or_default();
            let asked_for =
                interface.is_none_or(|it| [own.as_str(), unversioned, short].contains(&it));
            resolve.interfaces[*id].functions.get(name).filter(|_| asked_for)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_call_and_what_it_gives() {
        let text =
            "\n# comment\n f(1) -> ok(\"-> !!\") \ng(\")\", ')', (1))\na.b.h() !! no -> way\n";
        let cases = parse("cases.wave", text).unwrap();
        let expected = [
            Case { line: 3, call: "f(1)", expected: Expected::Result("ok(\"-> !!\")") },
            Case { line: 4, call: "g(\")\", ')', (1))", expected: Expected::Nothing },
            Case { line: 5, call: "a.b.h()", expected: Expected::Failure("no -> way") },
        ];
        assert_eq!(cases, expected);
    }

    #[test]
    fn a_malformed_line_is_named() {
        let problems = [
            ("f", "it has no call"),
            (") f()", "it has no call"),
            ("f(\")\"", "its call is not closed"),
            ("f() = 1", "after the call comes neither `->` nor `!!`"),
            ("f() ->", "after `->` there is no result"),
            ("f() !!", "after `!!` there is no text"),
        ];
        for (line, problem) in problems {
            let text = format!("f()\n{line}");
            let failure = parse("x", &text).unwrap_err();
            assert_eq!(failure.message(), format!("line 2 of `x` is not a case: {problem}"));
            assert_eq!(failure.causes(), [format!("it says\n  {line}")]);
        }
    }
}
