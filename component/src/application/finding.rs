//! One thing that was found in an application, with its place and what to do about it.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

use super::code::{Code, Severity};
use crate::version::unversioned;

/// Tells one thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Which kind it is.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What is found, in one line.
    pub message: String,
    /// Where it stands in the application file.
    pub place: Place,
    /// The item of WIT that it is about, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// What else there is to know: what was expected and what was found, who else is part of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What to do about it.
    pub fix: String,
}

/// Tells a place in the application file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The bytes of the file.
    pub span: Range<usize>,
}

impl Place {
    /// Finds line and column of a range of bytes, which may lie beyond the text.
    pub(super) fn of(text: &str, span: Range<usize>) -> Place {
        let end = text.floor_char_boundary(span.end.min(text.len()));
        let start = text.floor_char_boundary(span.start.min(end));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        Place {
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            span: start..end,
        }
    }
}

impl fmt::Display for Finding {
    /// Writes it for a log: one line, and one more for each note and the fix.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column, .. } = self.place;
        write!(f, "{}[{}] {line}:{column}: {}", self.severity, self.code, self.message)?;
        for note in &self.notes {
            write!(f, "\n  {note}")?;
        }
        write!(f, "\n  fix: {}", self.fix)
    }
}

/// Collects what is found in one file.
#[derive(Debug)]
pub(super) struct Findings<'t> {
    text: &'t str,
    found: Vec<Finding>,
}

impl<'t> Findings<'t> {
    pub(super) fn new(text: &'t str) -> Findings<'t> {
        Findings { text, found: Vec::new() }
    }

    /// Adds one, with the fix that all of its kind have.
    pub(super) fn add(&mut self, code: Code, span: &Range<usize>, message: String) -> &mut Finding {
        self.found.push(Finding {
            code,
            severity: code.severity(),
            message,
            place: Place::of(self.text, span.clone()),
            item: None,
            notes: Vec::new(),
            fix: code.fix().to_owned(),
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    pub(super) fn has(&self, code: Code) -> bool {
        self.found.iter().any(|it| it.code == code)
    }

    pub(super) fn any_error(&self) -> bool {
        self.found.iter().any(|it| it.severity == Severity::Error)
    }

    /// Gives all, in the order of the file; what stands at one place in the order of its weight.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.found.sort_by_key(|it| (it.place.span.start, it.severity, it.code));
        self.found.dedup();
        self.found
    }
}

impl Finding {
    pub(super) fn item(&mut self, item: impl Into<String>) -> &mut Finding {
        self.item = Some(item.into());
        self
    }

    pub(super) fn note(&mut self, note: impl Into<String>) -> &mut Finding {
        self.notes.push(note.into());
        self
    }

    pub(super) fn fix(&mut self, fix: impl Into<String>) -> &mut Finding {
        self.fix = fix.into();
        self
    }

    /// Suggests the name that was most likely meant, and tells whether there is one.
    pub(super) fn suggest<'n>(
        &mut self,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> bool {
        let close = closest(name, known.into_iter());
        if let Some(close) = close {
            self.fix(format!("write `{close}`, if that is meant"));
        }
        close.is_some()
    }
}

/// Finds the name that was most likely meant.
pub(super) fn closest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    const ENOUGH: f64 = 0.75;
    let scored = known.map(|it| (likeness(name, it), it));
    let close = scored.filter(|(score, _)| *score >= ENOUGH);
    close.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, it)| it)
}

/// How much two names look alike, from 0 to 1; a version is no matter where the first has none.
fn likeness(name: &str, known: &str) -> f64 {
    use strsim::normalized_damerau_levenshtein as likeness;
    let known = if name.contains('@') { known } else { unversioned(known) };
    match (name.rsplit_once('/'), known.rsplit_once('/')) {
        // All interfaces of one package look alike by its name.
        (Some((a, name)), Some((b, known))) if a == b && likeness(name, known) < 0.5 => 0.0,
        _ => likeness(name, known),
    }
}
