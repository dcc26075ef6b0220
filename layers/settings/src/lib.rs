//! What a policy sets for a layer, as variables of the environment that begin with the layer's name.
//!
//! A variable that begins so and is not known is a mistake, and so is a value that cannot be meant: what its author
//! thinks would not be in force.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The variables of one layer that are set.
#[derive(Clone, Debug)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Reads those that begin with `prefix`, none of which may be unknown.
    ///
    /// # Errors
    ///
    /// The name that is not known, and those that are.
    pub fn read(prefix: &str, known: &[&str]) -> Result<Settings, String> {
        let mut found = BTreeMap::new();
        for (name, value) in env::vars_os() {
            let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
            if !name.starts_with(prefix) {
                continue;
            }
            if !known.contains(&&*name) {
                let known = known.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>();
                return Err(format!("`{name}` is not known; there are {}", known.join(", ")));
            }
            found.insert(name.into_owned(), value.into_owned());
        }
        Ok(Settings(found))
    }

    /// Gives a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Gives a number, which lies in a range; nothing if it is not set.
    ///
    /// # Errors
    ///
    /// What the number has to be, and what is there instead.
    pub fn number<N>(&self, name: &str, range: RangeInclusive<N>) -> Result<Option<N>, String>
    where
        N: FromStr + PartialOrd + Display,
    {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => {
                let (least, most) = range.into_inner();
                Err(format!("`{name}` has to be a number from {least} to {most}, and is `{text}`"))
            }
        }
    }

    /// Gives the place of a word among those that there are; 0 if it is not set.
    ///
    /// # Errors
    ///
    /// What the word has to be, and what is there instead.
    pub fn word(&self, name: &str, words: &[&str]) -> Result<usize, String> {
        let Some(text) = self.text(name) else { return Ok(0) };
        words.iter().position(|it| *it == text).ok_or_else(|| {
            let words = words.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>();
            format!("`{name}` has to be one of {}, and is `{text}`", words.join(", "))
        })
    }
}
