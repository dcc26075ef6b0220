//! Results as WAVE: what has to be looked at before they are written.

use plugwright::Val;

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
    fn maps_have_no_text_however_deep() {
        let map = Val::Map(Vec::new());
        let deep = Val::Result(Err(Some(Box::new(Val::Tuple(vec![Val::U8(1), map])))));
        assert_eq!(write(&deep).unwrap_err(), "it holds a map, which has no text");
        assert_eq!(write(&Val::Option(Some(Box::new(Val::U8(1))))).unwrap(), "some(1)");
    }
}
