//! Reads generated C just far enough to take it apart: tokens, declarations, parameters.

/// A piece of C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A name, a keyword or a number.
    Word(&'a str),
    /// A literal in quotation marks, with them.
    Literal(&'a str),
    /// A comment.
    Comment(&'a str),
    /// Anything else.
    Other(&'a str),
}

impl<'a> Token<'a> {
    /// Gives the text as it stood.
    pub(crate) fn text(self) -> &'a str {
        match self {
            Token::Word(it) | Token::Literal(it) | Token::Comment(it) | Token::Other(it) => it,
        }
    }
}

/// Splits a text into tokens, which together are the text again.
pub(crate) fn tokens<'a>(text: &'a str) -> Vec<Token<'a>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |it: char| it.is_alphanumeric() || it == '_';
        let until = |end: Option<usize>| end.unwrap_or(rest.len());
        let (length, token): (usize, fn(&'a str) -> Token<'a>) = if is_word(first) {
            (until(rest.find(|it| !is_word(it))), Token::Word)
        } else if rest.starts_with("//") {
            (until(rest.find('\n')), Token::Comment)
        } else if rest.starts_with("/*") {
            (until(rest.find("*/").map(|it| it + 2)), Token::Comment)
        } else if first == '"' || first == '\'' {
            (until(literal(rest, first)), Token::Literal)
        } else {
            (first.len_utf8(), Token::Other)
        };
        let (piece, others) = rest.split_at(length);
        found.push(token(piece));
        rest = others;
    }
    found
}

/// Gives the length of the literal that the text starts with.
fn literal(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(at, it)| {
        let ends = it == quote && !escaped;
        escaped = it == '\\' && !escaped;
        ends.then_some(at + 1)
    })
}

/// What a declaration declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A type.
    Type,
    /// A function, with or without its body.
    Function,
    /// A macro, or another line for the preprocessor.
    Directive,
}

/// A declaration at the top of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item<'a> {
    pub(crate) kind: Kind,
    /// What it declares; of a directive, the word after it.
    pub(crate) name: &'a str,
    /// Its text, without the comments around it.
    pub(crate) text: &'a str,
}

/// Splits a file into its declarations; comments between them are left out.
pub(crate) fn items(text: &str) -> Vec<Item<'_>> {
    let mut found = Vec::new();
    let (mut depth, mut at, mut start) = (0_i32, 0, None);
    let mut line_start = true;
    let mut directive_until = 0;
    for token in tokens(text) {
        let piece = token.text();
        let end = at + piece.len();
        let blank = piece.trim().is_empty() || matches!(token, Token::Comment(_));
        if at >= directive_until {
            if start.is_none() && !blank {
                start = Some(at);
            }
            let from = start.unwrap_or(at);
            match piece {
                "#" if line_start && depth == 0 => {
                    directive_until = at + text[at..].find('\n').unwrap_or(text.len() - at);
                    found.extend(item(text[at..directive_until].trim_end()));
                    start = None;
                }
                // What stands in `extern "C"` stands at the top all the same.
                "{" if text[from..at].trim_end() == "extern \"C\"" => start = None,
                "{" => depth += 1,
                "}" if depth == 0 => start = None,
                "}" => depth -= 1,
                _ => {}
            }
            let body = piece == "}" && depth == 0 && !text[from..].starts_with("typedef");
            let plain = body && text[end..].trim_start().starts_with(';');
            if depth == 0 && start.is_some() && (piece == ";" || (body && !plain)) {
                found.extend(item(&text[from..end]));
                start = None;
            }
        }
        line_start = piece.ends_with('\n') || (line_start && piece.trim().is_empty());
        at = end;
    }
    found
}

fn item(text: &str) -> Option<Item<'_>> {
    let words = |text| {
        tokens(text).into_iter().filter_map(|it| match it {
            Token::Word(it) => Some(it),
            _ => None,
        })
    };
    let (kind, name) = if text.starts_with('#') {
        (Kind::Directive, words(text).nth(1).unwrap_or_default())
    } else if text.starts_with("typedef") || text.starts_with("union") {
        (Kind::Type, words(text).next_back()?)
    } else {
        (Kind::Function, words(&text[..signature(text)?]).next_back()?)
    };
    Some(Item { kind, name, text })
}

/// Gives the place of the parenthesis before the parameters of a function.
fn signature(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text[from..].find("__attribute__") {
        let mut depth = 0;
        let after = text[from + at..].char_indices().find_map(|(at, it)| {
            depth += i32::from(it == '(') - i32::from(it == ')');
            (it == ')' && depth == 0).then_some(at + 1)
        })?;
        from += at + after;
    }
    text[from..].find('(').map(|at| from + at)
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Param<'a> {
    /// The type, with its stars.
    pub(crate) ty: String,
    pub(crate) name: &'a str,
}

/// Gives what a function gives back, and its parameters.
pub(crate) fn prototype<'a>(item: &Item<'a>) -> (&'a str, Vec<Param<'a>>) {
    let open = signature(item.text).unwrap_or(item.text.len());
    let before = item.text[..open].trim_end();
    let result = before.strip_suffix(item.name).unwrap_or(before);
    let result = result.trim().strip_prefix("extern ").unwrap_or(result.trim());
    let inside = item.text[open..].split(['(', ')', ';', '{']).nth(1).unwrap_or_default();
    let params = inside.split(',').map(str::trim).filter(|it| !it.is_empty() && *it != "void");
    let params = params.map(|text| {
        let at = text.rfind([' ', '*']).map_or(0, |it| it + 1);
        Param { ty: text[..at].trim().to_owned(), name: &text[at..] }
    });
    (result, params.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"// A comment with ' in it
#ifndef A_H
#define A_H
extern "C" {
#include <stdint.h>

typedef struct a_b_t {
  int *ptr;
} a_b_t;
extern bool a_run(a_b_t *x, const char *y);
__attribute__((__weak__, __export_name__("cabi \" {")))
void *a_body(void) {
  if (1) { return "}"; }
}
union both { int a; float b; };
}
#endif
"#;

    #[test]
    fn declarations_are_found_by_name() {
        let found: Vec<_> = items(FILE).iter().map(|it| (it.kind, it.name)).collect();
        let expected = [
            (Kind::Directive, "A_H"),
            (Kind::Directive, "A_H"),
            (Kind::Directive, "stdint"),
            (Kind::Type, "a_b_t"),
            (Kind::Function, "a_run"),
            (Kind::Function, "a_body"),
            (Kind::Type, "b"),
            (Kind::Directive, ""),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn parameters_have_a_type_and_a_name() {
        let items = items(FILE);
        let (result, params) = prototype(&items[4]);
        let params: Vec<_> = params.iter().map(|it| (it.ty.as_str(), it.name)).collect();
        assert_eq!((result, &params[..]), ("bool", &[("a_b_t *", "x"), ("const char *", "y")][..]));
    }

    #[test]
    fn tokens_are_the_text_again() {
        let text: String = tokens(FILE).into_iter().map(Token::text).collect();
        assert_eq!(text, FILE);
    }
}
