//! The findings that there are: each has a number for good, a severity, and an explanation.

use std::fmt;

use serde::{Serialize, Serializer};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// The application would fail, or not do what its file says: it is refused.
    Error,
    /// It works, and is probably not what its author means.
    Warning,
    /// It is as it has to be, and worth knowing.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        })
    }
}

macro_rules! codes {
    ($($name:ident = $number:literal, $severity:ident, $title:literal, $why:literal, $fix:literal;)*) => {
        /// Says which kind of finding it is; `PW0012` and the like for people and programs.
        ///
        /// A number is never used for anything else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $title] $name = $number,)*
        }

        impl Code {
            /// Lists all codes, in the order of their numbers.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// Gives how much such a finding weighs.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// Says what is wrong, in one line.
            pub fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// Says why it matters.
            pub fn why(self) -> &'static str {
                match self { $(Code::$name => $why,)* }
            }

            /// Says what to do about it.
            pub fn fix(self) -> &'static str {
                match self { $(Code::$name => $fix,)* }
            }
        }
    };
}

codes! {
    Syntax = 1, Error, "The file is not valid TOML.",
        "Nothing else can be said about a file that cannot be read.",
        "correct what stands at the place";
    UnknownKey = 2, Error, "A key is not known.",
        "A key that nobody reads is most often a misspelt one, and what it should say is not in force.",
        "write the key that was meant, or take it out";
    BadValue = 3, Error, "A value is not one that its key can have.",
        "The key would have no effect, or another one than its author thinks.",
        "write a value of the type that is named";
    MissingKey = 4, Error, "A key that has to be there is missing.",
        "There is no default that would be right for everybody.",
        "add it";
    FileUnreadable = 5, Error, "A file that the application names cannot be read.",
        "Every plugin and the WIT of the host are read before anything is said about how they fit.",
        "build the plugin, or correct the path; paths begin at the folder of the application file";
    PathOutside = 6, Error, "A path leaves the folder of the application file.",
        "An application is a folder that can be moved, packed and signed as it is, so nothing outside of it belongs to it; links of the file system are followed.",
        "copy the file into the folder";
    NotAComponent = 7, Error, "A file is not a component that can be used.",
        "Only valid components have types that can be checked.",
        "do what the finding says: most often, build the plugin again";
    DigestDiffers = 8, Error, "The digest of a plugin is not the one that is written.",
        "The file is not the one that somebody looked at when the digest was written.",
        "find out where the file comes from; if it is right, write its digest";
    PluginVersion = 9, Error, "The version of a plugin is not one that the application asks for.",
        "The version is what the component says in its own bytes.",
        "take another version of the plugin, or ask for this one";
    World = 10, Error, "The world of the host cannot be read.",
        "What plugins may import of the host, and what the application has to export, stands there.",
        "correct the WIT, or name the world that is meant";
    UnknownPlugin = 11, Error, "A link or an export names a plugin that is not there.",
        "Links go from plugin to plugin, by the names in the application file, or to `host`.",
        "write the name of a plugin, or add the plugin";
    NotLinked = 12, Error, "A plugin imports what nobody provides.",
        "The plugin cannot be loaded: a component without its imports does not exist. Links are never guessed, so that a plugin that is added cannot take the place of another one.",
        "link the import to a plugin that exports it, or let the world of the host offer it";
    UnusedLink = 13, Error, "A link is for an import that its plugin does not have.",
        "The link does nothing; what its author meant by it is not in force.",
        "take the link out, or write the import's name as `inspect` shows it";
    NotExported = 14, Error, "A link goes to a plugin that does not export what is asked for.",
        "Nobody would answer.",
        "link to a plugin that exports it";
    VersionMismatch = 15, Error, "A link joins two versions of an interface that are not compatible.",
        "Versions are compatible as in semver: within a major version, below 1.0 within a minor one. That is the rule of the runtime's linker.",
        "build one of the plugins against the version of the other";
    TypeMismatch = 16, Error, "The types at the two ends of a link differ.",
        "The Component Model has no subtyping: records, variants and the rest have to be the same to the last field.",
        "build both plugins against the same WIT";
    Ambiguous = 17, Error, "A name stands for more than one thing.",
        "What would be taken is a matter of chance, and may change with a version.",
        "write the name in full, with its version, or take one of the two out";
    Cycle = 18, Error, "Plugins depend on each other in a circle.",
        "None of them could be started first, and a component cannot be called again while it waits for an answer.",
        "take one link out: most often by moving what both need into a plugin of its own";
    TwoVersions = 19, Warning, "Two versions of one package meet in the application.",
        "They are different types and different functions, though they look alike: what one plugin gives cannot be passed to another that has the other version.",
        "build all plugins against one version";
    UnusedPlugin = 20, Warning, "Nobody uses a plugin.",
        "It is neither exported nor linked to, so that none of its functions can ever be called.",
        "link to it, export it, or take it out";
    ResourceIdentity = 21, Error, "A resource would come from two places.",
        "A resource belongs to the plugin that defines it. An interface that uses it, from another plugin, means another one, even where its name and its functions are the same.",
        "link both interfaces to plugins that have the resource from the same one";
    CannotIsolate = 22, Error, "A link cannot be isolated.",
        "Between plugins that live in stores of their own, values are copied, and the handles of plugins are held for each other. A resource of the host's lies in one store. What flows in a stream or a future has to be of a type that the runtime knows: a number, a `bool`, a `char`, a `string`, a `list<u8>`, or a `result` of these whose error is a `string`.",
        "let the link be `fused`, if both plugins may share one sandbox, or change the interface";
    NotProvided = 23, Error, "The application lacks an export of the host's world.",
        "The host calls what its world exports.",
        "name the plugin that provides it in `[exports]`";
    WorldMismatch = 24, Error, "A plugin does not fit the host's world.",
        "Types have to be the same to the last field, in what the host calls and in what the host offers.",
        "build the plugin against the WIT of the host";
    CannotFuse = 25, Error, "A link cannot be fused.",
        "Plugins that are fused live in one sandbox and share what the host gives it: one of them would inherit what only the other one was granted.",
        "let the link be `isolated`, or grant both the same";
    NotGranted = 26, Warning, "A plugin imports an interface of the host that it was not granted.",
        "The plugin loads, and a call that reaches for the interface fails.",
        "grant it, or link the import to a plugin that may answer";
    UnusedGrant = 27, Warning, "A grant is for something that the plugin does not import.",
        "What nobody asks for need not be allowed, and would be there for the next version to use.",
        "take the grant out";
    Refused = 28, Note, "A plugin may reach for what was not granted to it.",
        "Every language's library imports more of WASI than a program uses. The plugin loads, and a call that really reaches for it fails, with an error that names the grant.",
        "nothing has to be done; grant what the plugin needs for its work";
    LimitUnreachable = 29, Warning, "A limit is larger than that of every plugin that calls.",
        "A plugin that is called spends what its caller was given: it ends no later, and spends no more fuel. The larger limit is never reached.",
        "lower it, or raise that of the callers";
    LimitTooSmall = 30, Error, "A limit cannot hold.",
        "The plugin asks for more before its first call, so that every call would fail.",
        "raise the limit to what the plugin begins with, at least";
    ExportMissing = 31, Error, "An export names what its plugin does not export.",
        "The host would call what is not there.",
        "name a plugin that exports it";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PW{:04}", *self as u16)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
