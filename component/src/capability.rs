//! What a component may do outside its sandbox, told in plain words from its imports.

use serde::Serialize;

use crate::version;
use crate::world::{Extern, ExternKind};

/// The name under which a policy grants the functions that a world imports directly.
const ROOT: &str = "$root";

/// Describes one way in which a component reaches outside its sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Capability {
    /// What it reaches.
    pub kind: CapabilityKind,
    /// The full names of the imports that reach it.
    pub interfaces: Vec<String>,
    /// The functions that are imported: `wasi:clocks/wall-clock.now`.
    pub functions: Vec<String>,
}

/// Tells what a capability reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CapabilityKind {
    /// An interface or a function that is not WASI: the host's own.
    Host,
    /// Files and folders.
    Files,
    /// Sockets.
    Network,
    /// HTTP.
    Http,
    /// Environment variables, arguments and the working directory.
    Environment,
    /// Standard input.
    Stdin,
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// Whether the standard streams are terminals.
    Terminal,
    /// The date and the time of day.
    WallClock,
    /// Measuring time and sleeping.
    MonotonicClock,
    /// Randomness fit for secrets.
    Random,
    /// Randomness that is not fit for secrets.
    InsecureRandom,
    /// Ending itself.
    Exit,
    /// What its host lends it.
    Lent,
    /// A WASI interface that is not known here.
    OtherWasi,
}

/// Tells how a policy of the host decides over a capability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Access {
    /// It is harmless and always allowed.
    Always,
    /// It is allowed by a grant: a piece of the policy's TOML, with an example value.
    Granted(String),
    /// No grant allows it.
    Refused,
}

/// Derives the capabilities from the imports: one for each kind, and one for each of the host's
/// own interfaces.
pub(crate) fn of(imports: &[Extern]) -> Vec<Capability> {
    let mut found: Vec<Capability> = Vec::new();
    for import in imports.iter().filter(|import| !import.is_types_only()) {
        let Some(kind) = kind(&import.name) else { continue };
        let merged = found.iter_mut().find(|it| it.kind == kind && kind != CapabilityKind::Host);
        let functions = import.functions().iter().map(|func| match import.kind {
            ExternKind::Interface { .. } => {
                format!("{}.{}", version::unversioned(&import.name), func.name)
            }
            ExternKind::Function(_) | ExternKind::Type(_) => func.name.clone(),
        });
        match merged {
            Some(capability) => {
                capability.interfaces.push(import.name.clone());
                capability.functions.extend(functions);
            }
            None => found.push(Capability {
                kind,
                interfaces: vec![import.name.clone()],
                functions: functions.collect(),
            }),
        }
    }
    found.sort_by_key(|it| it.kind);
    found
}

/// Tells whether an import grants nothing by itself, and only serves those that do.
pub(crate) fn only_serves(name: &str) -> bool {
    kind(name).is_none()
}

/// Tells what an import reaches; nothing, if it only serves the others.
fn kind(name: &str) -> Option<CapabilityKind> {
    use CapabilityKind as Kind;
    let path = version::unversioned(name);
    if path.starts_with("plugwright:data/") {
        return Some(Kind::Lent);
    }
    let Some((package, interface)) =
        path.strip_prefix("wasi:").and_then(|path| path.split_once('/'))
    else {
        return Some(Kind::Host);
    };
    Some(match (package, interface) {
        ("io", _) | ("cli", "terminal-input" | "terminal-output" | "types") => return None,
        ("clocks", "types") => return None,
        ("filesystem", _) => Kind::Files,
        ("sockets", _) => Kind::Network,
        ("http", _) => Kind::Http,
        ("clocks", "monotonic-clock") => Kind::MonotonicClock,
        ("clocks", "wall-clock" | "system-clock" | "timezone") => Kind::WallClock,
        ("random", "random") => Kind::Random,
        ("random", _) => Kind::InsecureRandom,
        ("cli", "environment") => Kind::Environment,
        ("cli", "exit") => Kind::Exit,
        ("cli", "stdin") => Kind::Stdin,
        ("cli", "stdout") => Kind::Stdout,
        ("cli", "stderr") => Kind::Stderr,
        ("cli", "terminal-stdin" | "terminal-stdout" | "terminal-stderr") => Kind::Terminal,
        _ => Kind::OtherWasi,
    })
}

impl Capability {
    /// Says in plain words what the component may do: `may read the wall clock`.
    pub fn describe(&self) -> String {
        let plain = match self.kind {
            CapabilityKind::Host | CapabilityKind::OtherWasi => return self.describe_calls(),
            CapabilityKind::Environment => return self.describe_environment(),
            CapabilityKind::Http => return self.describe_http(),
            CapabilityKind::Network => return self.describe_network(),
            CapabilityKind::Files if self.opens_folders() => {
                "may read and write files in the folders that it is given"
            }
            CapabilityKind::Files => "may use files that are handed to it",
            CapabilityKind::Stdin => "may read standard input",
            CapabilityKind::Stdout => "may write to standard output",
            CapabilityKind::Stderr => "may write to standard error",
            CapabilityKind::Terminal => "may ask whether its standard streams are terminals",
            CapabilityKind::WallClock => "may read the wall clock",
            CapabilityKind::MonotonicClock => "may measure time and wait",
            CapabilityKind::Random => "may draw secure random numbers",
            CapabilityKind::InsecureRandom => "may draw insecure random numbers",
            CapabilityKind::Exit => "may end itself",
            CapabilityKind::Lent => "may read what its host lends it",
        };
        plain.to_owned()
    }

    /// Tells how a policy decides over it.
    pub fn access(&self) -> Access {
        let snippet = match self.kind {
            CapabilityKind::Exit
            | CapabilityKind::Lent
            | CapabilityKind::MonotonicClock
            | CapabilityKind::Terminal => return Access::Always,
            CapabilityKind::Http | CapabilityKind::Network | CapabilityKind::Stdin => {
                return Access::Refused;
            }
            CapabilityKind::Host | CapabilityKind::OtherWasi => {
                let names = self.granted_as().map(|it| format!("\"{}\"", version::unversioned(it)));
                format!("interfaces = [{}]", names.collect::<Vec<_>>().join(", "))
            }
            CapabilityKind::Files => {
                r#"folders = [{ host = "data", guest = "/data", write = false }]"#.to_owned()
            }
            CapabilityKind::Environment => r#"env = { NAME = "value" }"#.to_owned(),
            CapabilityKind::Stdout => r#"stdout = "capture""#.to_owned(),
            CapabilityKind::Stderr => r#"stderr = "capture""#.to_owned(),
            CapabilityKind::WallClock => "wall-clock = true".to_owned(),
            CapabilityKind::Random | CapabilityKind::InsecureRandom => "random = true".to_owned(),
        };
        Access::Granted(format!("[grants]\n{snippet}\n"))
    }

    /// Gives the piece of a policy's TOML that grants it, if there is a grant for it at all.
    ///
    /// [`Capability::access`] tells why there is none.
    pub fn grant(&self) -> Option<String> {
        match self.access() {
            Access::Granted(snippet) => Some(snippet),
            Access::Always | Access::Refused => None,
        }
    }

    /// Lists the names under which a policy grants its interfaces; functions of the world itself are `$root`.
    pub(crate) fn granted_as(&self) -> impl Iterator<Item = &str> {
        let root = |name: &&str| !name.contains('/');
        self.interfaces.iter().map(String::as_str).map(move |it| if root(&it) { ROOT } else { it })
    }

    fn has_interface(&self, path: &str) -> bool {
        self.interfaces.iter().any(|it| version::unversioned(it) == path)
    }

    /// A component that imports only the types gets files from others, and cannot open its own.
    fn opens_folders(&self) -> bool {
        self.has_interface("wasi:filesystem/preopens")
    }

    fn describe_calls(&self) -> String {
        let quoted = |names: &mut dyn Iterator<Item = &str>| {
            names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        let whose = if self.kind == CapabilityKind::Host { "the host's " } else { "" };
        let interfaces = quoted(&mut self.interfaces.iter().map(String::as_str));
        let [interface] = self.interfaces.as_slice() else {
            return format!("may call {whose}{interfaces}");
        };
        let prefix = format!("{}.", version::unversioned(interface));
        let mut names = self.functions.iter().map(|it| it.strip_prefix(&prefix).unwrap_or(it));
        match self.functions.as_slice() {
            [] => format!("may use {whose}{interfaces}"),
            [only] if only == interface => format!("may call {whose}function {interfaces}"),
            _ => format!("may call {whose}{interfaces}: {}", quoted(&mut names)),
        }
    }

    fn describe_environment(&self) -> String {
        let parts = [
            ("get-environment", "environment variables"),
            ("get-arguments", "arguments"),
            ("initial-cwd", "working directory"),
            ("get-initial-cwd", "working directory"),
        ];
        self.describe_parts("may read its", &parts)
    }

    fn describe_http(&self) -> String {
        let sends = ["outgoing-handler", "client", "handler"];
        if sends.iter().any(|name| self.has_interface(&format!("wasi:http/{name}"))) {
            "may send HTTP requests".to_owned()
        } else {
            "may build and read HTTP messages, but not send requests".to_owned()
        }
    }

    fn describe_network(&self) -> String {
        let protocols = [("tcp", "TCP"), ("udp", "UDP")];
        let uses = |key: &str| {
            let resource = format!("wasi:sockets/types.{key}-socket.");
            self.has_interface(&format!("wasi:sockets/{key}"))
                || self.functions.iter().any(|it| it.starts_with(&resource))
        };
        let used: Vec<&str> =
            protocols.into_iter().filter(|(key, _)| uses(key)).map(|(_, name)| name).collect();
        let sockets = match used.as_slice() {
            [] => None,
            names => Some(format!("use the network ({})", names.join(", "))),
        };
        let lookup = self.has_interface("wasi:sockets/ip-name-lookup");
        match (sockets, lookup) {
            (Some(sockets), true) => format!("may {sockets} and look up host names"),
            (Some(sockets), false) => format!("may {sockets}"),
            (None, true) => "may look up host names in the network".to_owned(),
            (None, false) => "may use the network".to_owned(),
        }
    }

    /// Names those parts whose function is imported.
    fn describe_parts(&self, verb: &str, parts: &[(&str, &str)]) -> String {
        let imported =
            |name: &str| self.functions.iter().any(|it| it.rsplit('.').next() == Some(name));
        let mut named: Vec<&str> =
            parts.iter().filter(|(name, _)| imported(name)).map(|(_, part)| *part).collect();
        named.dedup();
        match named.split_last() {
            None => format!("{verb} environment"),
            Some((last, [])) => format!("{verb} {last}"),
            Some((last, rest)) => format!("{verb} {} and {last}", rest.join(", ")),
        }
    }
}
