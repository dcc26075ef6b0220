//! Doxygen comments.

use crate::model::Docs;

/// Makes a line of documentation safe to stand in a comment of C, and the same to read in Doxygen.
pub(crate) fn escape(line: &str) -> String {
    // Where a line ends in it, a backslash would join the next one.
    let (line, end) = match line.strip_suffix('\\') {
        Some(rest) => (rest, "&#92;"),
        None => (line, ""),
    };
    let mut text = String::new();
    let mut question_marks = 0;
    let mut last = ' ';
    for it in line.chars() {
        let closes = matches!((last, it), ('*', '/') | ('/', '*'));
        // Three characters that C11 takes for one.
        let trigraph = question_marks >= 2 && "=/'()!<>-".contains(it);
        if closes || trigraph {
            text.push(' ');
        }
        if matches!(it, '\\' | '@') {
            text.push('\\');
        }
        text.push(it);
        question_marks = if it == '?' { question_marks + 1 } else { 0 };
        last = it;
    }
    text + end
}

/// Gives what the WIT says, ready for a comment.
pub(crate) fn lines(docs: &Docs) -> Vec<String> {
    docs.0.iter().map(|it| escape(it)).collect()
}

/// Writes lines as one comment at an indentation; nothing for none.
pub(crate) fn comment(lines: &[String], indent: &str) -> String {
    match lines {
        [] => String::new(),
        [one] => format!("{indent}/** {one} */\n"),
        several => {
            let mut text = format!("{indent}/**\n");
            for line in several {
                text.push_str(format!("{indent} * {line}").trim_end());
                text.push('\n');
            }
            text + indent + " */\n"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_comment_or_means_something_else() {
        let escaped = [
            ("a */ b", "a * / b"),
            ("/* https://", "/ * https://"),
            ("what??/", "what?? /"),
            (r"\o/ @param", r"\\o/ \@param"),
            (r"ends \", "ends &#92;"),
        ];
        for (line, expected) in escaped {
            assert_eq!(escape(line), expected);
        }
        assert_eq!(comment(&["one".into()], "  "), "  /** one */\n");
        assert_eq!(comment(&["a".into(), String::new()], ""), "/**\n * a\n *\n */\n");
    }
}
