//! Calls and results as WAVE: what has to be looked at before it is read or written.

use plugwright::Val;

use crate::failure::Failure;

/// Finds each character that is not in a string or a character literal of WAVE, with its place.
pub(crate) fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut escaped = false;
    text.char_indices().filter(move |&(_, c)| match quote {
        Some(_) if escaped => {
            escaped = false;
            false
        }
        Some(_) if c == '\\' => {
            escaped = true;
            false
        }
        Some(open) => {
            if c == open {
                quote = None;
            }
            false
        }
        None => {
            if c == '"' || c == '\'' {
                quote = Some(c);
            }
            true
        }
    })
}

/// Refuses values that are nested so deeply that parsing them would use up the stack.
pub(crate) fn check_nesting(wave: &str) -> Result<(), Failure> {
    const DEEPEST: usize = 500;
    let mut depth = 0_usize;
    for (_, c) in outside_quotes(wave) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            let message = format!("the value is nested more than {DEEPEST} levels deep");
            return Err(Failure::input(message).hint("call it from a program"));
        }
    }
    Ok(())
}

/// Writes a result, if all of it has a text.
pub(crate) fn write(value: &Val) -> Result<String, String> {
    match unwritable(value) {
        Some(kind) => Err(format!("it holds {kind}, which has no text")),
        None => value.to_wave().map_err(|err| err.to_string()),
    }
}

/// Finds what WAVE has no text for, on which its writer would panic.
fn unwritable(value: &Val) -> Option<&'static str> {
    match value {
        Val::Resource(_) => Some("a resource"),
        Val::Future(_) => Some("a future"),
        Val::Stream(_) => Some("a stream"),
        Val::ErrorContext(_) => Some("an error context"),
        Val::Map(_) => Some("a map"),
        Val::List(values) | Val::FixedLengthList(values) | Val::Tuple(values) => {
            values.iter().find_map(unwritable)
        }
        Val::Record(fields) => fields.iter().find_map(|(_, value)| unwritable(value)),
        Val::Variant(_, value) | Val::Option(value) | Val::Result(Ok(value) | Err(value)) => {
            value.as_deref().and_then(unwritable)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_brackets_do_not_nest() {
        let nested = format!("f({}", "(".repeat(600));
        assert!(check_nesting(&nested).is_err());
        assert!(check_nesting(&format!("f(\"\\\"{}\", '(')", "(".repeat(600))).is_ok());
        assert!(check_nesting(&"(a)".repeat(600)).is_ok());
    }

    #[test]
    fn maps_have_no_text_however_deep() {
        let map = Val::Map(Vec::new());
        let deep = Val::Result(Err(Some(Box::new(Val::Tuple(vec![Val::U8(1), map])))));
        assert_eq!(write(&deep).unwrap_err(), "it holds a map, which has no text");
        assert_eq!(write(&Val::Option(Some(Box::new(Val::U8(1))))).unwrap(), "some(1)");
    }
}
