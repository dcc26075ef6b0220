//! Which version the new one has to have.

use std::fmt;

use semver::{BuildMetadata, Prerelease, Version};
use serde::Serialize;

use super::Effect;

/// Tells which number of the version has to rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Bump {
    /// The last.
    Patch,
    /// The second.
    Minor,
    /// The first.
    Major,
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Bump::Patch => "patch",
            Bump::Minor => "minor",
            Bump::Major => "major",
        })
    }
}

/// Holds the versions that both sides say they have, and what the new one has to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Versioning {
    /// The version of the old side.
    pub old: Version,
    /// The version of the new side.
    pub new: Version,
    /// The lowest version that the new side may have.
    pub least: Version,
    /// Whether the version of the new side is at least that.
    pub enough: bool,
}

/// Gives the smallest bump that is honest.
///
/// Below 1.0 a breaking change raises the second number and any other the last one, and below 0.1
/// every change raises the last one, as with Cargo and in wasmtime's linker; a pre-release may be followed by
/// anything. Without a version, the rule is that of 1.0.
pub(super) fn bump(worst: Effect, old: Option<&Version>) -> Bump {
    let (major, minor) = old.map_or((1, 0), |it| (it.major, it.minor));
    match (major, minor) {
        _ if old.is_some_and(|it| !it.pre.is_empty()) => Bump::Patch,
        (0, 0) => Bump::Patch,
        (0, _) if worst.is_breaking() => Bump::Minor,
        (0, _) => Bump::Patch,
        _ if worst.is_breaking() => Bump::Major,
        _ if worst == Effect::Additive => Bump::Minor,
        _ => Bump::Patch,
    }
}

/// Judges the version of the new side.
pub(super) fn judge(bump: Bump, unchanged: bool, old: &Version, new: &Version) -> Versioning {
    let least = if unchanged { old.clone() } else { least(bump, old) };
    // The first pre-release of a version that is high enough announces that version.
    let released = Version { pre: Prerelease::EMPTY, ..new.clone() };
    let enough = new.cmp_precedence(old).is_ge() && released.cmp_precedence(&least).is_ge();
    let enough = enough && (unchanged || new.cmp_precedence(old).is_gt());
    Versioning { old: old.clone(), new: new.clone(), least, enough }
}

fn least(bump: Bump, old: &Version) -> Version {
    let Version { major, minor, patch, .. } = *old;
    // A pre-release is compatible with nothing else, and comes before its release.
    let (major, minor, patch) = match bump {
        _ if !old.pre.is_empty() => (major, minor, patch),
        Bump::Patch => (major, minor, patch.saturating_add(1)),
        Bump::Minor => (major, minor.saturating_add(1), 0),
        Bump::Major => (major.saturating_add(1), 0, 0),
    };
    Version { major, minor, patch, pre: Prerelease::EMPTY, build: BuildMetadata::EMPTY }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_rise_as_with_cargo() {
        use Effect::{Additive, Breaking, None, Source};
        for (worst, old, least) in [
            (None, "1.2.3", "1.2.4"),
            (Additive, "1.2.3", "1.3.0"),
            (Source, "1.2.3", "2.0.0"),
            (Breaking, "1.2.3", "2.0.0"),
            (Additive, "0.2.3", "0.2.4"),
            (Breaking, "0.2.3", "0.3.0"),
            (Additive, "0.0.3", "0.0.4"),
            (Breaking, "0.0.3", "0.0.4"),
            (Breaking, "1.0.0-rc.1", "1.0.0"),
        ] {
            let old = Version::parse(old).expect("a version");
            let bump = bump(worst, Some(&old));
            assert_eq!(super::least(bump, &old).to_string(), least, "{worst:?} from {old}");
        }
        assert_eq!(bump(Breaking, Option::None), Bump::Major);
        assert_eq!(bump(Additive, Option::None), Bump::Minor);
    }

    #[test]
    fn a_version_is_enough_or_not() {
        let version = |text| Version::parse(text).expect("a version");
        for (bump, old, new, enough) in [
            (Bump::Minor, "0.1.0", "0.2.0", true),
            (Bump::Minor, "0.1.0", "0.2.0-rc.1", true),
            (Bump::Minor, "0.1.0", "0.1.1", false),
            (Bump::Minor, "0.1.0", "0.1.0", false),
            (Bump::Patch, "0.1.0", "0.1.1", true),
            (Bump::Patch, "0.1.1", "0.1.0", false),
            (Bump::Major, "1.9.0", "2.0.0", true),
            (Bump::Patch, "1.0.0-rc.1", "1.0.0-rc.2", true),
            (Bump::Patch, "1.0.0-rc.2", "1.0.0-rc.1", false),
        ] {
            let judged = judge(bump, false, &version(old), &version(new));
            assert_eq!(judged.enough, enough, "{bump} from {old} to {new}");
        }
        assert!(judge(Bump::Patch, true, &version("1.0.0"), &version("1.0.0")).enough);
        assert!(!judge(Bump::Patch, true, &version("1.0.1"), &version("1.0.0")).enough);
    }
}
