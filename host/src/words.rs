//! What a plugin wrote before it failed, and which line of it is the message.
//!
//! Every language tells a panic or an exception in its own form, on standard error.

/// The message of a panic or an exception that text tells of; where it has the form of none, its last line.
pub(crate) fn last_words(text: &str) -> Option<String> {
    panic_message(text).or_else(|| last_line(text))
}

/// The message of the last panic or exception that text tells of, if it does.
pub(crate) fn panic_message(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let message = (0..lines.len()).rev().find_map(|at| message_from(&lines[at..]));
    message.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
}

/// The message of what begins with the first of these lines.
fn message_from<'t>(lines: &[&'t str]) -> Option<&'t str> {
    let first = *lines.first()?;
    // Rust: the place, then the message.
    if first.ends_with(':') && first.contains(" panicked at ") {
        return lines.get(1).copied();
    }
    // Go: the message, then the stack.
    for start in ["panic: ", "fatal error: "] {
        if let Some(message) = first.strip_prefix(start) {
            return Some(message.trim_end_matches(" [recovered]"));
        }
    }
    // Python: the stack, then the message.
    if first == "Traceback (most recent call last):" {
        return lines[1..].iter().copied().find(|it| !it.starts_with(' ') && !it.is_empty());
    }
    None
}

/// The last line that is not indented, as the lines of a stack are.
fn last_line(text: &str) -> Option<String> {
    let lines = text.lines().rev().map(str::trim_end);
    let mut lines = lines.filter(|it| !it.is_empty() && !it.starts_with([' ', '\t']));
    lines.next().map(str::to_owned)
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
\t/work/plugin.go:12
main.main()
\t/work/plugin.go:7 +0x4";

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
        let forms = [
            (RUST, "index out of bounds: the len is 3 but the index is 3"),
            (GO, "out of cheese"),
            (PYTHON, "RuntimeError: out of cheese"),
        ];
        for (text, message) in forms {
            assert_eq!(panic_message(text).as_deref(), Some(message));
            assert_eq!(last_words(&format!("{text}\n")).as_deref(), Some(message));
        }
    }

    #[test]
    fn other_text_is_told_by_its_last_line() {
        assert_eq!(panic_message(JAVASCRIPT), None);
        assert_eq!(last_words(JAVASCRIPT).as_deref(), Some("Error: out of cheese"));
        let c = "line 1\nAssertion failed: depth > 0 (plugin.c: plunge: 12)\n";
        assert_eq!(
            last_words(c).as_deref(),
            Some("Assertion failed: depth > 0 (plugin.c: plunge: 12)")
        );
        assert_eq!(last_words(""), None);
        assert_eq!(last_words("  only\n\tindented\n"), None);
    }

    #[test]
    fn an_empty_message_is_none() {
        assert_eq!(
            panic_message("thread 'main' panicked at src/lib.rs:1:1:\n\nnote: run with"),
            None
        );
        assert_eq!(panic_message("thread 'main' panicked at src/lib.rs:1:1:"), None);
    }
}
