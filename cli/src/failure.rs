//! Why a command failed: the one place that turns the errors of the libraries into an exit code, a
//! message and hints.

use std::error::Error;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use plugwright::{
    ApplicationLoadError, CallError, EngineError, Frame, KeyError, LoadError, RequestError,
    SealError,
};
use plugwright_bindgen::GenerateError;
use plugwright_component::{ComposeError, ReadError, application::ApplicationError};

/// Whose fault a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A file, or the plugin, is wrong.
    Input,
    /// We are.
    Internal,
    /// A file is wrong, and the data that was printed says how.
    Told,
    /// Nobody reads the output any more.
    Unread,
    /// The command was called in a wrong way.
    Usage,
}

impl Kind {
    pub(crate) fn exit_code(self) -> ExitCode {
        match self {
            Kind::Unread => ExitCode::SUCCESS,
            Kind::Input | Kind::Told => ExitCode::from(1),
            Kind::Usage => ExitCode::from(2),
            Kind::Internal => ExitCode::from(70),
        }
    }
}

/// Says why a command failed and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
    causes: Vec<String>,
    hints: Vec<String>,
}

impl Failure {
    fn new(kind: Kind, message: impl Into<String>) -> Failure {
        Failure { kind, message: message.into(), causes: Vec::new(), hints: Vec::new() }
    }

    /// The input is at fault.
    pub(crate) fn input(message: impl Into<String>) -> Failure {
        Failure::new(Kind::Input, message)
    }

    /// The command was called in a wrong way.
    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure::new(Kind::Usage, message)
    }

    /// The data that was printed says it all.
    pub(crate) fn told() -> Failure {
        Failure::new(Kind::Told, "")
    }

    /// Nobody reads the output any more.
    pub(crate) fn unread() -> Failure {
        Failure::new(Kind::Unread, "")
    }

    /// A file or folder cannot be used.
    pub(crate) fn file(action: &str, path: &Path, source: &io::Error) -> Failure {
        Failure::input(format!("cannot {action} `{}`", path.display()))
            .because(source)
            .hint(path_hint(path, source))
    }

    /// The system refused something that no file of the user is to blame for.
    pub(crate) fn system(message: &str, source: &io::Error) -> Failure {
        Failure::input(message).because(source)
    }

    /// The program panicked.
    pub(crate) fn panicked(panic: &str) -> Failure {
        Failure::internal("plugwright panicked; this is a bug").cause(panic)
    }

    /// Something went wrong that no input may cause.
    pub(crate) fn internal(message: impl Into<String>) -> Failure {
        let report = format!(
            "report it with the input and this text; it is version {}",
            env!("CARGO_PKG_VERSION")
        );
        Failure::new(Kind::Internal, message).hint(report)
    }

    /// Adds the next layer.
    pub(crate) fn cause(mut self, text: impl Into<String>) -> Failure {
        self.causes.push(text.into());
        self
    }

    /// Adds an error and the errors below it.
    pub(crate) fn because(mut self, source: &dyn Error) -> Failure {
        let mut next = Some(source);
        while let Some(error) = next {
            let text = error.to_string();
            // Some layers of other crates only repeat the one below.
            if self.causes.last() != Some(&text) {
                self.causes.push(text);
            }
            next = error.source();
        }
        self
    }

    /// Adds what to do.
    pub(crate) fn hint(mut self, text: impl Into<String>) -> Failure {
        self.hints.push(text.into());
        self
    }

    fn below(self, error: &dyn Error) -> Failure {
        match error.source() {
            Some(source) => self.because(source),
            None => self,
        }
    }

    /// Says what failed because of this.
    fn above(mut self, message: String) -> Failure {
        self.causes.insert(0, std::mem::replace(&mut self.message, message));
        self
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn causes(&self) -> &[String] {
        &self.causes
    }

    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }
}

fn path_hint(path: &Path, source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::IsADirectory => "it is a folder; name a file",
        io::ErrorKind::NotFound => "check the path",
        io::ErrorKind::NotADirectory => "it, or one part of the path, is a file and no folder",
        io::ErrorKind::AlreadyExists => "a file is where a folder has to be",
        _ if path.is_dir() => "it is a folder; name a file",
        _ => "check the path and its permissions",
    }
}

/// The file `name` is not a component that can be used.
pub(crate) fn unreadable(name: &str, error: &ReadError) -> Failure {
    match error {
        ReadError::Io { path, source, .. } => Failure::file("read", path, source),
        ReadError::Panicked { .. } => {
            Failure::internal(format!("`{name}` cannot be read")).because(error)
        }
        _ => Failure::input(format!("`{name}` is not a component that can be used"))
            .because(error)
            .hint(error.fix()),
    }
}

/// The WIT at `path` cannot be used.
pub(crate) fn unusable_wit(path: &str, error: &GenerateError) -> Failure {
    let failure = Failure::input(error.to_string()).below(error);
    match error {
        GenerateError::MissingPath { .. } => {
            failure.hint("name a `.wit` file, or a folder of such files")
        }
        GenerateError::Io { path, source } => Failure::file("read", path, source),
        GenerateError::Syntax { rendered } => {
            Failure::input(format!("the WIT in `{path}` is not valid")).cause(rendered)
        }
        GenerateError::WorldNotFound { known, .. } | GenerateError::WorldNotNamed { known } => {
            match known.first() {
                Some(world) => failure.hint(format!("choose one, such as `{world}`")),
                None => failure.hint("add a `world` to the WIT"),
            }
        }
        GenerateError::NoWorld { .. } => failure.hint("add a `world` to the WIT"),
        GenerateError::Upstream { .. } => Failure::internal(error.to_string()).below(error),
        _ => failure,
    }
}

impl From<ApplicationError> for Failure {
    fn from(error: ApplicationError) -> Failure {
        match &error {
            ApplicationError::Io { path, source, .. } => Failure::file("read", path, source),
            ApplicationError::Faults(faults) => {
                let check = format!("see them with `plugwright check {}`", faults.path.display());
                Failure::input(error.to_string()).hint(check)
            }
            _ => Failure::input(error.to_string()).hint("name the file that lists the plugins"),
        }
    }
}

impl From<ApplicationLoadError> for Failure {
    fn from(error: ApplicationLoadError) -> Failure {
        let message = error.to_string();
        match error {
            ApplicationLoadError::Load { source, .. } => Failure::from(*source).above(message),
            ApplicationLoadError::Compose { source, .. } => {
                uncomposed("the application", &source).above(message)
            }
            _ => Failure::input(message).below(&error),
        }
    }
}

/// What the file `name` says cannot be composed.
pub(crate) fn uncomposed(name: &str, error: &ComposeError) -> Failure {
    match error {
        ComposeError::Bug { .. } => Failure::internal(error.to_string()).below(error),
        ComposeError::Script { rendered, .. } => {
            Failure::input(format!("the script `{name}` is not valid")).cause(rendered)
        }
        ComposeError::UnknownPackage { name: package, .. } => {
            let (path, version) = package.split_once('@').unwrap_or((package, ""));
            let path = [&path.replace(':', "/"), version].join("/");
            Failure::input(error.to_string()).hint(format!(
                "give it with `--part {package}=FILE`, or put it at `deps/{}.wasm` beside the script",
                path.trim_end_matches('/')
            ))
        }
        _ => Failure::input(format!("what `{name}` says cannot be composed"))
            .because(error)
            .hint(error.fix()),
    }
}

/// The file is no compiled code that can be used.
pub(crate) fn unsealed(path: &Path, error: &SealError) -> Failure {
    Failure::input(format!("the compiled code `{}` cannot be used", path.display())).because(error)
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Failure {
        Failure::input(error.to_string()).below(&error)
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        let failure = Failure::input(error.to_string()).below(&error);
        match &error {
            EngineError::CacheFolder { .. } | EngineError::CacheForeign { .. } => {
                failure.hint("name another folder in `PLUGWRIGHT_CACHE`, or use `--no-cache`")
            }
            EngineError::Thread(_) => failure,
            _ => Failure::internal(error.to_string()).below(&error),
        }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Failure {
        let failure = Failure::input(error.to_string()).below(&error);
        match &error {
            LoadError::Compile { .. } => failure
                .hint("build it again with a current toolchain, and with stable features only"),
            LoadError::Link { .. } => failure.hint("build it again with a current toolchain"),
            LoadError::Folder { .. } => failure.hint("create the folder, or change the policy"),
            LoadError::CompileTime { estimated, .. } => {
                let time = humantime::format_duration(Duration::from_secs(estimated.as_secs() + 1));
                failure
                    .hint("no compiler makes such code: find out where the file comes from")
                    .hint(Rules::Policy.raise(&format!("compile = \"{time}\"")))
            }
            LoadError::CompilerPanicked { .. } => {
                Failure::internal(error.to_string()).below(&error)
            }
            _ => failure,
        }
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Failure {
        let failure = Failure::input(error.to_string()).below(&error);
        match &error {
            RequestError::NotACall { .. } => {
                failure.hint("quote the call for the shell, as in `'greet(\"Ada\")'`")
            }
            RequestError::TooDeep { .. } => failure.hint("call it from a program"),
            RequestError::Arguments { signature, .. } if signature.contains("stream<u8>") => failure
                .hint("in the place of a `stream<u8>` stands the name of a file, as a text, or `\"-\"`"),
            RequestError::Ambiguous { candidates, .. } => match candidates.first() {
                Some(name) => failure.hint(format!("write it in full, as in `{name}(..)`")),
                None => failure,
            },
            _ => failure,
        }
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Failure {
        Failure::of_call(&error, Rules::Policy)
    }
}

/// Where stands what a plugin may do and spend.
#[derive(Clone, Copy)]
pub(crate) enum Rules<'a> {
    /// In the file for `--policy`.
    Policy,
    /// In the application file, at the plugin; whoever reads it knows which, where it has no name here.
    Application(Option<&'a str>),
}

impl Failure {
    /// Tells why a call failed, and what to write where these rules stand.
    pub(crate) fn of_call(error: &CallError, rules: Rules<'_>) -> Failure {
        let limit = |line: &str| rules.raise(line);
        let failure = Failure::input(error.to_string()).below(error);
        match error {
            CallError::Deadline { allowed, .. } => {
                let time = humantime::format_duration(allowed.saturating_mul(10));
                failure
                    .hint("look for a loop or a wait that does not end")
                    .hint(limit(&format!("time = \"{time}\"")))
            }
            CallError::Fuel { allowed, .. } => {
                failure.hint(limit(&format!("fuel = {}", allowed.saturating_mul(10))))
            }
            CallError::Memory { asked, .. } => {
                let mebibytes = (asked.saturating_mul(2) >> 20).max(1);
                failure.hint(limit(&format!("memory = \"{mebibytes} MiB\"")))
            }
            CallError::TableElements { asked, .. } => {
                failure.hint(limit(&format!("table-elements = {}", asked.saturating_mul(2))))
            }
            CallError::Handles { allowed, .. } => {
                failure.hint(limit(&format!("handles = {}", allowed.saturating_mul(10))))
            }
            CallError::Lifted { allowed, .. } => {
                let mebibytes = (allowed.saturating_mul(10) >> 20).max(1);
                failure.hint(limit(&format!("lifted = \"{mebibytes} MiB\"")))
            }
            CallError::HostCalls { allowed, .. } => {
                failure.hint(limit(&format!("host-calls = {}", allowed.saturating_mul(10))))
            }
            CallError::HostBytes { asked, .. } => {
                let mebibytes = (asked.saturating_mul(2) >> 20).max(1);
                failure.hint(limit(&format!("host-bytes = \"{mebibytes} MiB\"")))
            }
            CallError::CoreInstances { allowed, .. } => {
                failure.hint(limit(&format!("core-instances = {}", allowed.saturating_mul(10))))
            }
            CallError::NotGranted { grant: Some(grant), .. } => failure.hint(rules.grant(grant)),
            CallError::NotGranted { grant: None, import, .. } => failure.hint(out_of_reach(import)),
            // What may be done is done at the plugin that failed.
            CallError::Linked { plugin, source, .. } => {
                let Failure { hints, .. } =
                    Failure::of_call(source, Rules::Application(Some(plugin)));
                Failure { hints, ..failure }
            }
            CallError::Trap { frames, .. } if !frames.is_empty() => {
                failure.cause(format!("the plugin was in\n{}", trace(frames)))
            }
            CallError::Dead { .. } | CallError::Panicked { .. } => {
                Failure::internal(error.to_string()).below(error)
            }
            _ => failure,
        }
    }
}

fn out_of_reach(import: &str) -> &'static str {
    if import.starts_with("wasi:") {
        "take it out of the plugin: its host would refuse it, too"
    } else {
        "call it from a program that implements this interface: the command line has no host behind it"
    }
}

impl Rules<'_> {
    fn raise(self, line: &str) -> String {
        let (place, table) = self.at("limits");
        format!("raise the limit in {place}:\n{}", indented(&format!("[{table}]\n{line}")))
    }

    fn grant(self, lines: &str) -> String {
        let (place, table) = self.at("grants");
        let lines = lines.replace("[grants]", &format!("[{table}]"));
        format!("grant it in {place}:\n{}", indented(&lines))
    }

    /// Where a table of a policy stands, and what it is called there.
    fn at(self, table: &str) -> (&'static str, String) {
        match self {
            Rules::Policy => ("the file for `--policy`", table.to_owned()),
            Rules::Application(Some(plugin)) => {
                ("the application file", format!("plugins.{plugin}.{table}"))
            }
            Rules::Application(None) => (
                "the application file, where `NAME` is the plugin",
                format!("plugins.NAME.{table}"),
            ),
        }
    }
}

fn indented(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// Shows the innermost functions of a backtrace, those that called themselves once.
fn trace(frames: &[Frame]) -> String {
    const SHOWN: usize = 16;
    let mut told: Vec<(String, usize)> = Vec::new();
    for frame in frames {
        match told.last_mut() {
            Some((last, times)) if *last == frame.to_string() => *times += 1,
            _ => told.push((frame.to_string(), 1)),
        }
    }
    let line = |(frame, times): &(String, usize)| match times {
        1 => frame.clone(),
        _ => format!("{frame} ({times} times)"),
    };
    let more = told.len().saturating_sub(SHOWN);
    let mut lines: Vec<_> = told.iter().take(SHOWN).map(line).collect();
    lines.extend((more > 0).then(|| format!("and {more} more")));
    indented(&lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_layer_is_told_once() {
        let io = io::Error::new(io::ErrorKind::NotFound, "gone");
        let failure = Failure::file("read", Path::new("a.wit"), &io).because(&io).cause("last");
        assert_eq!(failure.message(), "cannot read `a.wit`");
        assert_eq!(failure.causes(), ["gone", "last"]);
        assert_eq!(failure.hints(), ["check the path"]);
        assert_eq!(failure.kind(), Kind::Input);
    }

    #[test]
    fn a_panic_is_our_bug() {
        let failure = Failure::panicked("panicked at src/a.rs:1:2:\nno");
        assert_eq!(failure.kind(), Kind::Internal);
        assert_eq!(failure.message(), "plugwright panicked; this is a bug");
        assert_eq!(failure.causes(), ["panicked at src/a.rs:1:2:\nno"]);
        assert!(failure.hints()[0].starts_with("report it with the input"));
        let upstream = GenerateError::Upstream {
            generator: "wit-bindgen-rust",
            world: "a:b/c".to_owned(),
            message: "no".to_owned(),
        };
        assert_eq!(unusable_wit("a.wit", &upstream).kind(), Kind::Internal);
        assert_eq!(
            format!("{:?}", Kind::Internal.exit_code()),
            format!("{:?}", ExitCode::from(70))
        );
    }

    #[test]
    fn a_long_backtrace_is_cut() {
        let frame = |at: u32| Frame { function: format!("f{at}"), file: None, line: None };
        let text = trace(&(0..20).map(frame).collect::<Vec<_>>());
        assert!(text.starts_with("  f0\n  f1\n"), "{text}");
        assert!(text.ends_with("\n  f15\n  and 4 more"), "{text}");
    }

    #[test]
    fn a_recursion_is_one_line() {
        let frame = |function: &str, line| Frame {
            function: function.to_owned(),
            file: Some("src/lib.rs".to_owned()),
            line: Some(line),
        };
        let frames = [frame("f", 3), frame("f", 3), frame("f", 4), frame("g", 1)];
        let lines = "  f at src/lib.rs:3 (2 times)\n  f at src/lib.rs:4\n  g at src/lib.rs:1";
        assert_eq!(trace(&frames), lines);
    }
}
