//! Which versions of an interface stand in for each other, by the rule of wasmtime's linker.

use semver::Version;

/// How a name that is there answers a name that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// Another item altogether.
    None,
    /// The same item in a version that cannot stand in.
    OtherVersion,
    /// The same item in a version that can stand in.
    Compatible,
    /// The very name.
    Exact,
}

/// Splits `a:b/c@0.1.0` into its path and its version.
pub(crate) fn split(name: &str) -> (&str, Option<Version>) {
    match name.split_once('@') {
        Some((path, version)) => (path, Version::parse(version).ok()),
        None => (name, None),
    }
}

/// Gives the name without its version.
pub fn unversioned(name: &str) -> &str {
    name.split_once('@').map_or(name, |(path, _)| path)
}

/// Tells whether two names of imports or exports stand for the same item, as wasmtime's linker sees it.
///
/// `a:b/c@0.2.1` and `a:b/c@0.2.12` do; versions of another major number, or of another minor one below 1.0, do not.
pub fn same_item(a: &str, b: &str) -> bool {
    fit(a, b) >= Fit::Compatible
}

/// Compares two names of imports or exports.
pub(crate) fn fit(asked: &str, there: &str) -> Fit {
    if asked == there {
        return Fit::Exact;
    }
    let ((asked, asked_version), (there, there_version)) = (split(asked), split(there));
    if asked != there {
        return Fit::None;
    }
    let tracks = asked_version.as_ref().and_then(track).zip(there_version.as_ref().and_then(track));
    match tracks {
        Some((asked, there)) if asked == there => Fit::Compatible,
        _ => Fit::OtherVersion,
    }
}

/// Says why two versions of an item do not stand in for each other.
pub(crate) fn rule(a: &str, b: &str) -> &'static str {
    match (split(a).1, split(b).1) {
        (Some(a), Some(b)) if !a.pre.is_empty() || !b.pre.is_empty() => {
            "pre-releases are compatible with nothing else"
        }
        (Some(a), Some(b)) if a.major != b.major => "they are different major versions",
        (Some(a), Some(b)) if a.minor != b.minor => {
            "below 1.0 another minor version is another major version"
        }
        (Some(_), Some(_)) => "below 0.1 every version is another major version",
        _ => "a name without a version is compatible with itself only",
    }
}

/// The part of a version that has to be equal, or nothing where all of it has to be.
fn track(version: &Version) -> Option<(u64, u64)> {
    match (version.major, version.minor) {
        _ if !version.pre.is_empty() => None,
        (0, 0) => None,
        (0, minor) => Some((0, minor)),
        (major, _) => Some((major, 0)),
    }
}

/// Finds the entry that answers `asked` best.
pub(crate) fn find<'a, T>(
    asked: &str,
    entries: impl IntoIterator<Item = (&'a str, T)>,
) -> Option<(Fit, &'a str, T)> {
    let fitting = entries.into_iter().map(|(name, item)| (fit(asked, name), name, item));
    fitting.filter(|(fit, ..)| *fit != Fit::None).max_by_key(|(fit, name, _)| (*fit, split(name).1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_as_in_the_linker() {
        for (asked, there, expected) in [
            ("x", "x", Fit::Exact),
            ("x", "y", Fit::None),
            ("a:b/c", "a:b/d", Fit::None),
            ("a:b/c@0.2.0", "a:b/c@0.2.12", Fit::Compatible),
            ("a:b/c@0.2.12", "a:b/c@0.2.0", Fit::Compatible),
            ("a:b/c@0.2.0", "a:b/c@0.2.0+build", Fit::Compatible),
            ("a:b/c@1.0.0", "a:b/c@1.9.3", Fit::Compatible),
            ("a:b/c@0.1.0", "a:b/c@0.2.0", Fit::OtherVersion),
            ("a:b/c@1.0.0", "a:b/c@2.0.0", Fit::OtherVersion),
            ("a:b/c@0.0.1", "a:b/c@0.0.2", Fit::OtherVersion),
            ("a:b/c@0.2.0-rc", "a:b/c@0.2.0", Fit::OtherVersion),
            ("a:b/c", "a:b/c@0.2.0", Fit::OtherVersion),
        ] {
            assert_eq!(fit(asked, there), expected, "{asked} and {there}");
        }
    }

    #[test]
    fn the_best_entry_is_found() {
        let entries = ["a:b/c@0.3.0", "a:b/c@0.2.1", "a:b/c@0.2.10", "a:b/d@0.2.2"];
        let entries = || entries.into_iter().map(|name| (name, ()));
        let best = |asked| find(asked, entries()).map(|(fit, name, ())| (fit, name));
        assert_eq!(best("a:b/c@0.2.2"), Some((Fit::Compatible, "a:b/c@0.2.10")));
        assert_eq!(best("a:b/c@0.2.1"), Some((Fit::Exact, "a:b/c@0.2.1")));
        assert_eq!(best("a:b/c@0.1.0"), Some((Fit::OtherVersion, "a:b/c@0.3.0")));
        assert_eq!(best("a:b/e@0.1.0"), None);
    }
}
