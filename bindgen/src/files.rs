//! The files a backend made, not yet on any disk.

use std::collections::{BTreeMap, btree_map};

/// Files by their relative path, which has forward slashes on every system.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, String>);

/// A file that is not as it would be generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its relative path.
    pub path: String,
    /// How it differs.
    pub kind: DifferenceKind,
}

/// How a file differs from what would be generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DifferenceKind {
    /// There is no such file.
    Missing,
    /// The file says something else, first in this line (from 1).
    Changed {
        /// The first line that differs.
        line: usize,
    },
}

impl Files {
    /// Adds a file, and replaces one of the same path.
    pub(crate) fn insert(&mut self, path: impl Into<String>, text: String) {
        self.0.insert(path.into(), text);
    }

    /// Gives the text of one file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Gives paths and texts, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Compares with what is there already; files that would not be generated are not looked at.
    pub fn differences(&self, existing: impl Fn(&str) -> Option<String>) -> Vec<Difference> {
        let kind = |path: &str, text: &str| match existing(path) {
            None => Some(DifferenceKind::Missing),
            Some(found) if found == text => None,
            Some(found) => Some(DifferenceKind::Changed { line: first_difference(&found, text) }),
        };
        self.iter()
            .filter_map(|(path, text)| {
                kind(path, text).map(|kind| Difference { path: path.to_owned(), kind })
            })
            .collect()
    }
}

fn first_difference(left: &str, right: &str) -> usize {
    let same = left.split('\n').zip(right.split('\n')).take_while(|(left, right)| left == right);
    same.count() + 1
}

impl IntoIterator for Files {
    type Item = (String, String);
    type IntoIter = btree_map::IntoIter<String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_missing_and_changed_files() {
        let mut files = Files::default();
        files.insert("a", "1\n2\n".to_owned());
        files.insert("b", "same".to_owned());
        files.insert("c", "new".to_owned());
        let found = files.differences(|path| match path {
            "a" => Some("1\n3\n".to_owned()),
            "b" => Some("same".to_owned()),
            _ => None,
        });
        let changed = Difference { path: "a".into(), kind: DifferenceKind::Changed { line: 2 } };
        let missing = Difference { path: "c".into(), kind: DifferenceKind::Missing };
        assert_eq!(found, [changed, missing]);
    }
}
