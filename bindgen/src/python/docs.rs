//! Documentation from the WIT as docstrings.

/// Writes lines as a docstring, indented; nothing for no lines.
pub(crate) fn docstring(lines: &[String], indent: usize) -> String {
    let space = " ".repeat(indent);
    let mut text = lines.iter().map(|it| escaped(it)).collect::<Vec<_>>();
    while text.last().is_some_and(|it| it.trim().is_empty()) {
        text.pop();
    }
    let Some(last) = text.last_mut() else { return String::new() };
    if last.ends_with('"') {
        last.insert(last.len() - 1, '\\');
    }
    if let [line] = &text[..] {
        return format!("{space}\"\"\"{}\"\"\"\n", line.trim_start());
    }
    let mut written = format!("{space}\"\"\"{}\n", text[0].trim_start());
    for line in &text[1..] {
        match line.is_empty() {
            true => written.push('\n'),
            false => written.push_str(&format!("{space}{line}\n")),
        }
    }
    written.push_str(&format!("{space}\"\"\"\n"));
    written
}

/// Gives the docs of an item, or a sentence of our own where there are none.
pub(crate) fn or(lines: &[String], own: String) -> Vec<String> {
    if lines.iter().all(|it| it.trim().is_empty()) { vec![own] } else { lines.to_vec() }
}

fn escaped(line: &str) -> String {
    // Tabs and the like would be taken for indentation, or for nothing.
    let line: String = line.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    line.trim_end().replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"")
}

#[cfg(test)]
mod tests {
    use super::docstring;

    fn written(lines: &[&str]) -> String {
        docstring(&lines.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>(), 4)
    }

    #[test]
    fn a_docstring_ends_where_it_should() {
        assert_eq!(written(&[]), "");
        assert_eq!(written(&["One."]), "    \"\"\"One.\"\"\"\n");
        assert_eq!(written(&["Ends in \\"]), "    \"\"\"Ends in \\\\\"\"\"\n");
        assert_eq!(written(&["says \"no\""]), "    \"\"\"says \"no\\\"\"\"\"\n");
        assert_eq!(written(&["a \"\"\" b"]), "    \"\"\"a \\\"\\\"\\\" b\"\"\"\n");
        assert_eq!(
            written(&["One.", "", "  Two.", ""]),
            "    \"\"\"One.\n\n      Two.\n    \"\"\"\n"
        );
    }
}
