//! What a plugin wrote before it failed, and which line of it is the message.
//!
//! Every language tells a panic or an exception in its own form, on standard error.

/// What is to be learnt from what a plugin wrote.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Words<'t> {
    /// The message of the last panic or exception that the text tells of, if it does.
    pub(crate) message: Option<&'t str>,
    /// The text, without what an interpreter adds about itself.
    pub(crate) text: &'t str,
    /// Whether an interpreter told of an exception, so that the functions of wasm that were running are its own.
    pub(crate) is_interpreted: bool,
}

/// Reads what a plugin wrote.
pub(crate) fn read(text: &str) -> Words<'_> {
    let text = text.trim();
    let starts = text.match_indices('\n').map(|(at, _)| at + 1).rev().chain([0]);
    for start in starts {
        let (before, panic) = (text[..start].trim_end(), &text[start..]);
        // An interpreter that is written in Rust tells of the exception, and then panics itself.
        if let Some(message) = rust_panic(panic) {
            return match exception(before) {
                Some(message) => {
                    Words { message: Some(message), text: before, is_interpreted: true }
                }
                None => Words { message: nonempty(message), text, is_interpreted: false },
            };
        }
        if let Some(message) = go_panic(panic) {
            return Words { message: nonempty(message), text, is_interpreted: false };
        }
    }
    let message = exception(text);
    Words { message, text, is_interpreted: message.is_some() }
}

/// The last line that is not indented, as the lines of a stack are.
pub(crate) fn last_line(text: &str) -> Option<&str> {
    let lines = text.lines().rev().map(str::trim_end);
    let mut lines = lines.filter(|it| !it.is_empty() && !it.starts_with([' ', '\t']));
    lines.next()
}

/// The message of a panic that begins here: first comes its place.
fn rust_panic(text: &str) -> Option<&str> {
    let mut lines = text.lines();
    let first = lines.next()?;
    let is_panic = first.ends_with(':') && first.contains(" panicked at ");
    is_panic.then(|| lines.next().unwrap_or_default())
}

/// The message of a panic that begins here: the stack comes after it.
fn go_panic(text: &str) -> Option<&str> {
    let first = text.lines().next()?;
    let message =
        ["panic: ", "fatal error: "].iter().find_map(|start| first.strip_prefix(start))?;
    Some(message.trim_end_matches(" [recovered]"))
}

/// The message of the exception that a text ends with.
fn exception(text: &str) -> Option<&str> {
    // Python: the message comes after the stack.
    if let Some((_, stack)) = text.rsplit_once("Traceback (most recent call last):\n") {
        return stack.lines().find(|it| !it.starts_with(' ') && !it.is_empty());
    }
    // JavaScript: it comes before, and may have several lines.
    if !text.lines().next_back()?.starts_with("    at ") {
        return None;
    }
    let is_first = |line: &&str| line.split(':').next().is_some_and(|it| it.ends_with("Error"));
    text.lines().rev().find(is_first).or_else(|| last_line(text))
}

fn nonempty(message: &str) -> Option<&str> {
    Some(message.trim()).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUST: &str = "\
starting
thread '<unnamed>' (1) panicked at src/lib.rs:24:11:
index out of bounds: the len is 3 but the index is 3
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace";

    const GO: &str = "\
panic: out of cheese

goroutine 1 [running]:
main.plunge(...)
\t/plunger/plugin.go:12
main.main()
\t/plunger/plugin.go:7 +0x4";

    const PYTHON: &str = "\
Traceback (most recent call last):
  File \"/0/plugin.py\", line 12, in panic
    raise ValueError(\"first\")
ValueError: first

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File \"/0/plugin.py\", line 14, in panic
    raise RuntimeError(message)
RuntimeError: out of cheese";

    const JAVASCRIPT: &str = "\
Error: out of cheese
    at plunge (plugin.js:12:9)
    at panic (plugin.js:3)";

    #[test]
    fn a_panic_is_told_by_its_message() {
        let index = "index out of bounds: the len is 3 but the index is 3";
        for (text, message) in [(RUST, index), (GO, "out of cheese")] {
            let words = Words { message: Some(message), text, is_interpreted: false };
            assert_eq!(read(&format!("{text}\n\n")), words);
        }
    }

    #[test]
    fn an_exception_is_told_and_not_what_its_interpreter_did_then() {
        let forms = [(PYTHON, "RuntimeError: out of cheese"), (JAVASCRIPT, "Error: out of cheese")];
        for (text, message) in forms {
            let words = Words { message: Some(message), text, is_interpreted: true };
            assert_eq!(read(text), words);
            let panic = "thread '<unnamed>' (1) panicked at runtime/src/lib.rs:1280:25:\n\
                the function threw\nnote: run with `RUST_BACKTRACE=1`";
            assert_eq!(read(&format!("{text}\n\n{panic}")), words);
        }
    }

    #[test]
    fn a_message_of_several_lines_is_told_by_its_first() {
        let text = "line 1\nTypeError: one\ntwo\n    at panic (plugin.js:3)";
        assert_eq!(read(text).message, Some("TypeError: one"));
        assert_eq!(read("thrown\n    at panic (plugin.js:3)").message, Some("thrown"));
        assert_eq!(read("panic: one\n\ttwo\n\ngoroutine 1 [running]:").message, Some("one"));
    }

    #[test]
    fn other_text_is_told_by_its_last_line() {
        let assertion = "Assertion failed: depth > 0 (plugin.c: plunge: 12)";
        let text = format!("line 1\n{assertion}");
        assert_eq!(read(&text), Words { message: None, text: &text, is_interpreted: false });
        assert_eq!(last_line(&text), Some(assertion));
        assert_eq!(last_line(""), None);
        assert_eq!(last_line("  only\n\tindented\n"), None);
    }

    #[test]
    fn an_empty_message_is_none() {
        for text in ["", "panic: ", "thread 'main' panicked at src/lib.rs:1:1:"] {
            assert_eq!(read(text).message, None, "{text}");
        }
        let text = "thread 'main' panicked at src/lib.rs:1:1:\n\nnote: run with";
        assert_eq!(read(text), Words { message: None, text, is_interpreted: false });
    }
}
