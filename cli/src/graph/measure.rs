//! How wide texts are, in the widest of the fonts that people have for a page.

use unicode_width::UnicodeWidthChar as _;

/// Estimates how wide a text is in pixels, and never too narrow for an ordinary sans-serif font.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| em(c) * size).sum()
}

/// The width of a character, as a part of the size of the font.
fn em(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '|' | '!' | '.' | ',' | ':' | ';' | ' ' => 0.38,
        'f' | 't' | 'r' | '-' | '/' | '(' | ')' | '[' | ']' | 'I' => 0.46,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 1.05,
        'A'..='Z' | '+' | '<' | '>' | '=' | '~' | '&' | '#' => 0.86,
        '!'..='~' => 0.7,
        c => match c.width() {
            Some(0) => 0.0,
            Some(1) => 0.9,
            _ => 1.2,
        },
    }
}

/// Shortens a text in its middle, so that it is no wider than this.
pub(super) fn shorten(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    for kept in (0..chars.len()).rev() {
        let (head, tail) = (kept.div_ceil(2), kept / 2);
        let short: String =
            chars[..head].iter().chain(&['…']).chain(&chars[chars.len() - tail..]).collect();
        if width(&short, size) <= most {
            return short;
        }
    }
    "…".to_owned()
}

/// Breaks a text between words into lines that are no wider than this; the last one is shortened.
pub(super) fn wrap(text: &str, size: f64, most: f64, lines: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let is_last = wrapped.len() == lines;
        match wrapped.last_mut() {
            Some(line) if is_last || width(&format!("{line} {word}"), size) <= most => {
                *line = format!("{line} {word}");
            }
            _ => wrapped.push(word.to_owned()),
        }
    }
    wrapped.iter().map(|it| shorten(it, size, most)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_loses_its_middle() {
        assert_eq!(shorten("pricing", 10.0, 100.0), "pricing");
        let short = shorten("the-pricing-of-everything", 10.0, 100.0);
        assert_eq!(short, "the-pric…rything");
        assert!(width(&short, 10.0) <= 100.0);
        assert_eq!(shorten("pricing", 10.0, 1.0), "…");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two three four", 10.0, 60.0, 9), ["one two", "three four"]);
        assert_eq!(wrap("one two three four", 10.0, 60.0, 1), ["one …four"]);
        assert_eq!(wrap("", 10.0, 60.0, 1), [""; 0]);
    }
}
