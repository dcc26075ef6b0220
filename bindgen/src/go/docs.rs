//! Documentation as `gofmt` leaves it: it knows lists, code and headings by how they look, and rewrites them.

use crate::model::Docs;

#[derive(Debug, PartialEq)]
enum Block {
    Code(Vec<String>),
    List(Vec<String>),
    Text(Vec<String>),
}

/// Gives the lines of a comment with their marks.
pub(crate) fn comment(docs: &Docs) -> Vec<String> {
    lines(docs).iter().map(|it| line(it)).collect()
}

/// Writes a line of a comment.
pub(crate) fn line(text: &str) -> String {
    match text {
        "" => "//".to_owned(),
        text if text.starts_with('\t') => format!("//{text}"),
        text => format!("// {text}"),
    }
}

fn lines(docs: &Docs) -> Vec<String> {
    let blocks = blocks(&docs.0);
    let mut lines = Vec::new();
    for (index, block) in blocks.into_iter().enumerate() {
        if index > 0 {
            lines.push(String::new());
        }
        match block {
            Block::Code(code) => lines.extend(code.into_iter().map(|it| match it.is_empty() {
                true => it,
                false => format!("\t{it}"),
            })),
            Block::List(items) => lines.extend(items),
            Block::Text(mut text) => {
                if let [line] = &mut text[..] {
                    unheaded(line);
                }
                lines.extend(text);
            }
        }
    }
    lines
}

fn blocks(lines: &[String]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    let mut rest = lines.iter();
    while let Some(line) = rest.next() {
        let text = line.trim();
        if text.starts_with("```") {
            let code = rest.by_ref().take_while(|it| !it.trim().starts_with("```"));
            let mut code: Vec<_> = code.map(|it| it.trim_end().to_owned()).collect();
            while code.last().is_some_and(String::is_empty) {
                code.pop();
            }
            let start = code.iter().take_while(|it| it.is_empty()).count();
            code.drain(..start);
            let common = code.iter().filter(|it| !it.is_empty());
            let common = common.map(|it| it.len() - it.trim_start().len()).min().unwrap_or(0);
            let code: Vec<_> =
                code.iter().map(|it| it.get(common..).unwrap_or_default().to_owned()).collect();
            if !code.is_empty() {
                blocks.push(Block::Code(code));
            }
            is_open = false;
            continue;
        }
        if text.is_empty() {
            // A list goes on after an empty line if another item follows.
            is_open = matches!(blocks.last(), Some(Block::List(_))) && is_open;
            if matches!(blocks.last(), Some(Block::Text(_))) {
                is_open = false;
            }
            continue;
        }
        match (blocks.last_mut(), item(text)) {
            (Some(Block::List(items)), Some(item)) if is_open => items.push(item),
            (Some(Block::List(items)), None) if is_open && line.starts_with(' ') => {
                items.push(format!("    {}", plain(text)));
            }
            (_, Some(item)) => blocks.push(Block::List(vec![item])),
            (Some(Block::Text(lines)), None) if is_open => lines.push(plain(text)),
            (_, None) => blocks.push(Block::Text(vec![plain(text)])),
        }
        is_open = true;
    }
    blocks
}

/// Writes an item of a list, if the line is one.
fn item(line: &str) -> Option<String> {
    let mark = |mark: char| line.strip_prefix(mark).and_then(|it| it.strip_prefix(' '));
    if let Some(text) = ['-', '*', '+', '•'].into_iter().find_map(mark) {
        return Some(format!("  - {}", text.trim_start()));
    }
    let digits = line.find(|it: char| !it.is_ascii_digit())?;
    let (number, rest) = line.split_at(digits);
    let text = rest.strip_prefix(". ").or(rest.strip_prefix(") "))?;
    (!number.is_empty()).then(|| format!(" {number}. {}", text.trim_start()))
}

/// Takes the looks of a link's target from a line, which `gofmt` would move, and of a heading.
fn plain(line: &str) -> String {
    let line = line.trim_start_matches('#').trim_start();
    match line.strip_prefix('[').and_then(|it| it.split_once("]: ")) {
        Some((name, target)) => format!("{name}: {target}"),
        None => line.to_owned(),
    }
}

/// Ends a line alone so that it is no heading.
fn unheaded(line: &mut String) {
    if line.ends_with(char::is_alphanumeric) {
        line.push('.');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        lines(&Docs(text.lines().map(str::to_owned).collect())).join("\n")
    }

    #[test]
    fn lists_and_code_are_indented_as_in_go() {
        assert_eq!(
            written("All:\n- one\n  more\n* two\n\nDone."),
            "All:\n\n  - one\n    more\n  - two\n\nDone."
        );
        assert_eq!(written("So:\n```rust\n  a\n    b\n```\nDone."), "So:\n\n\ta\n\t  b\n\nDone.");
        assert_eq!(written("1. one\n2) two"), " 1. one\n 2. two");
    }

    #[test]
    fn nothing_else_looks_like_more_than_text() {
        assert_eq!(written("One.\n\nNotes\n\nTwo."), "One.\n\nNotes.\n\nTwo.");
        assert_eq!(written("# Title\n[a]: b"), "Title\na: b");
        assert_eq!(written("   indented and long"), "indented and long.");
    }
}
