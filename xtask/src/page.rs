//! Pages with a table that a command writes, between two marks that name the command.

use std::fs;
use std::path::Path;

use crate::error::StepError;

/// Puts a table between the marks of a command.
pub(crate) fn write(page: &str, command: &str, table: &str) -> Result<(), StepError> {
    let page = Path::new(page);
    let text = fs::read_to_string(page).map_err(|source| StepError::file("read", page, source))?;
    let replaced = replace(&text, command, table);
    let replaced = replaced.ok_or(StepError::Marks { path: page.to_owned() })?;
    fs::write(page, replaced).map_err(|source| StepError::file("write", page, source))
}

fn replace(page: &str, command: &str, table: &str) -> Option<String> {
    let begin = format!("<!-- begin: {command} -->\n");
    let end = format!("<!-- end: {command} -->");
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}{table}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_between_its_marks() {
        let page =
            |table: &str| format!("before\n<!-- begin: x -->\n{table}<!-- end: x -->\nafter\n");
        assert_eq!(replace(&page("old\n"), "x", "new\n"), Some(page("new\n")));
        assert_eq!(replace(&page("old\n"), "y", "new\n"), None);
        assert_eq!(replace("no marks", "x", "new\n"), None);
    }
}
