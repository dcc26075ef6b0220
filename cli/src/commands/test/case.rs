//! One line of a file of cases: a call and what it should give.

use plugwright::Function;
use wasm_wave::lex::{Lexer, Token};
use wasm_wave::parser::ParserError;
use wasm_wave::value::{Type, Value};
use wasm_wave::wasm::WasmValue as _;

use crate::failure::Failure;

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
    for (token, place) in Lexer::new(text).spanned() {
        match token {
            Ok(Token::ParenOpen) => depth += 1,
            Ok(Token::ParenClose) if depth == 0 => break,
            Ok(Token::ParenClose) if depth == 1 => return Ok(place.end),
            Ok(Token::ParenClose) => depth -= 1,
            _ => {}
        }
    }
    Err(if depth == 0 { "it has no call" } else { "its call is not closed" })
}

/// Writes an expected result as a result of that function would be written.
pub(super) fn normal(function: &Function, text: &str) -> Result<String, String> {
    if function.gives_bytes() {
        let bytes = flowed(text).map_err(|err| {
            format!("`{text}` is neither a text nor a list of bytes, which is what flows: {err}")
        })?;
        return wasm_wave::to_string(&bytes).map_err(|err| err.to_string());
    }
    let value = function.result(text).map_err(|err| err.to_string())?;
    value.to_wave().map_err(|err| err.to_string())
}

/// Bytes that flow: a text where they are one.
fn flowed(text: &str) -> Result<Value, ParserError> {
    wasm_wave::from_str(&Type::STRING, text).or_else(|err| {
        let bytes: Value = wasm_wave::from_str(&Type::list(Type::U8), text).map_err(|_| err)?;
        let all = bytes.unwrap_list().map(|it| it.unwrap_u8()).collect();
        Ok(String::from_utf8(all).map_or(bytes, |text| Value::make_string(text.into())))
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
