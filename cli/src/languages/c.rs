//! Plugins in C and C++: what their projects say, and how CMake builds them with the compiler that zig carries.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::commands::doctor::Check;
use crate::componentize::{self, System};
use crate::failure::Failure;
use crate::languages::{Build, Manifest, Starter, contract_file};
use crate::tools::{self, Registry, Tool};
use crate::ui::Ui;

/// Compiles C and C++, and carries their standard libraries.
const ZIG: Tool = Tool {
    name: "ziglang",
    version: "0.17.0",
    purpose: "compiles",
    registry: Registry::Pypi,
    packages: &["ziglang==0.17.0"],
    program: "ziglang/zig",
};

/// Builds what `CMakeLists.txt` says, with the ninja beside it.
const CMAKE: Tool = Tool {
    name: "cmake",
    version: "4.4.4",
    purpose: "builds",
    registry: Registry::Pypi,
    packages: &["cmake==4.4.4", "ninja==1.13.2"],
    program: "cmake/data/bin/cmake",
};

/// The first plugin of a project.
pub(crate) const STARTER: Starter = Starter {
    file: "plugin.c",
    text: include_str!("../commands/new/plugin.c.txt"),
    ignore: "/build/\n",
    indent: 2,
};

/// What the build is told about the compiler.
const TOOLCHAIN: &str = include_str!("c/toolchain.cmake");
const RULES: &str = include_str!("c/rules.cmake");

/// Targets that CMake has in every project.
const RESERVED: [&str; 10] = [
    "all",
    "clean",
    "depend",
    "edit_cache",
    "help",
    "install",
    "list_install_components",
    "package",
    "rebuild_cache",
    "test",
];

/// Why a target cannot have a name.
pub(crate) fn reserved(name: &str) -> Option<&'static str> {
    RESERVED.contains(&name).then_some("CMake has reserved it")
}

/// Reads what `CMakeLists.txt` and `plugwright.toml` say.
pub(crate) fn manifest(dir: &Path, full: &Path) -> Result<Manifest, Failure> {
    let path = dir.join("CMakeLists.txt");
    let text = fs::read_to_string(&path).map_err(|source| Failure::file("read", &path, &source))?;
    let folder = || full.file_name().map(|it| it.to_string_lossy().into_owned());
    let name = project_name(&text).or_else(folder).unwrap_or_else(|| "plugin".to_owned());
    Ok(Manifest { name, contract: contract_file(dir)?, stack: None })
}

/// Gives the name in `project(..)`, unless CMake has to work it out.
fn project_name(text: &str) -> Option<String> {
    let lines = text.lines().map(str::trim_start);
    let call = lines.into_iter().find_map(|it| {
        let head = it.get(.."project".len())?;
        let rest = it["project".len()..].trim_start().strip_prefix('(')?;
        head.eq_ignore_ascii_case("project").then_some(rest)
    })?;
    let name = call.split([' ', ')', '\t']).find(|it| !it.is_empty())?.trim_matches('"');
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    (!name.is_empty() && name.chars().all(plain)).then(|| name.to_owned())
}

/// Has CMake build the project, and makes a component of what the linker left.
pub(crate) fn build(build: &Build<'_>) -> Result<Vec<u8>, Failure> {
    let Build { project, source, release, pure } = *build;
    let source = source.ok_or_else(|| {
        Failure::input(format!("`{}` does not say its world", project.name)).hint(
            "write `plugwright.toml` beside its CMakeLists.txt, with the keys `wit` and `world`",
        )
    })?;
    let kind = if release { "release" } else { "debug" };
    let kind = if pure { format!("{kind}-pure") } else { kind.to_owned() };
    let folder = project.full.join("build").join("plugwright").join(kind);
    configure(build, &folder)?;
    let mut make = cmake(&folder);
    // Only what went wrong is of interest.
    make.args(["--build", "."]).args(["--", "--quiet"]);
    tools::run(make, "cmake", &project.name)?;
    let built = built(&folder.join("bin"), &project.name)?;
    let mut module = fs::read(&built).map_err(|source| Failure::file("read", &built, &source))?;
    if release {
        module = componentize::without_debug_info(&module);
    }
    componentize::embed(&project.name, &mut module, source)?;
    let system = if pure { System::None } else { System::Wasi };
    componentize::encode(&project.name, &module, system)
}

/// Has CMake read the project, where it has not done so with these tools; afterwards it sees changes by itself.
fn configure(build: &Build<'_>, folder: &Path) -> Result<(), Failure> {
    let text = |path: PathBuf| path.to_string_lossy().replace('\\', "/");
    let flags = if build.pure { "-DPW_PURE" } else { "" };
    let toolchain = TOOLCHAIN.replace("@ZIG@", &text(ZIG.program())).replace("@FLAGS@", flags);
    fs::create_dir_all(folder).map_err(|source| Failure::file("create", folder, &source))?;
    let mut same = folder.join("build.ninja").is_file();
    for (name, text) in [("rules.cmake", RULES), ("toolchain.cmake", &toolchain)] {
        let path = folder.join(name);
        if fs::read_to_string(&path).is_ok_and(|it| it == *text) {
            continue;
        }
        same = false;
        fs::write(&path, text).map_err(|source| Failure::file("write", &path, &source))?;
    }
    if same {
        return Ok(());
    }
    let cache = folder.join("CMakeCache.txt");
    if cache.exists() {
        fs::remove_file(&cache).map_err(|source| Failure::file("remove", &cache, &source))?;
    }
    let kind = if build.release { "MinSizeRel" } else { "Debug" };
    let mut cmake = cmake(folder);
    cmake.arg("-S").arg(&build.project.full).args(["-B", ".", "-G", "Ninja"]);
    cmake.arg(format!("-DCMAKE_BUILD_TYPE={kind}"));
    cmake.arg(format!("-DCMAKE_MAKE_PROGRAM={}", text(CMAKE.dir().join("bin").join("ninja"))));
    cmake.arg(format!("-DCMAKE_RUNTIME_OUTPUT_DIRECTORY={}", text(folder.join("bin"))));
    cmake.arg(format!("-DCMAKE_TOOLCHAIN_FILE={}", text(folder.join("toolchain.cmake"))));
    // Editors read it, and it costs nothing.
    cmake.arg("-DCMAKE_EXPORT_COMPILE_COMMANDS=ON");
    // What it says while nothing is wrong goes nowhere; what is wrong, it says on standard error.
    let output = cmake.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|source| {
        Failure::system("`cmake` cannot be started", &source).hint(tools::DOCTOR)
    })?;
    if output.status.success() {
        return Ok(());
    }
    let ended = format!("it ended with {}, and printed why above", output.status);
    Err(Failure::input(format!("cmake could not read `{}`", build.project.name)).cause(ended))
}

fn cmake(folder: &Path) -> Command {
    let mut cmake = Command::new(CMAKE.program());
    cached(&mut cmake);
    cmake.current_dir(folder);
    cmake
}

/// Has zig keep what it compiles of the standard libraries in a place of its own.
fn cached(command: &mut Command) {
    let cache = tools::cache("zig");
    command.env("ZIG_GLOBAL_CACHE_DIR", &cache).env("ZIG_LOCAL_CACHE_DIR", &cache);
}

/// Finds what was linked.
fn built(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path());
    let is_wasm = |it: &PathBuf| it.extension().is_some_and(|it| it == "wasm");
    let mut found: Vec<_> = entries.filter(is_wasm).collect();
    found.sort();
    let own = folder.join(format!("{name}.wasm"));
    match &found[..] {
        [one] => Ok(one.clone()),
        [] => Err(Failure::input(format!("cmake built `{name}` but no plugin"))
            .hint("add to its CMakeLists.txt:\n  add_executable(${PROJECT_NAME} plugin.c)")),
        several if several.contains(&own) => Ok(own),
        several => {
            let names = several.iter().filter_map(|it| it.file_name());
            let names: Vec<_> = names.map(|it| format!("`{}`", it.to_string_lossy())).collect();
            Err(Failure::input(format!("`{name}` builds more than one plugin"))
                .cause(format!("it builds {}", names.join(", ")))
                .hint("call the one that is meant like the project"))
        }
    }
}

/// Says which tools are there.
pub(crate) fn look(_dir: &Path) -> Vec<Check> {
    vec![Registry::Pypi.check("c"), ZIG.check("c"), CMAKE.check("c")]
}

/// Installs what is missing, and compiles the C library once, so that the first build is as fast as any.
pub(crate) fn install(ui: &Ui, _dir: &Path) -> Result<(), Failure> {
    ZIG.install(ui)?;
    CMAKE.install(ui)?;
    let progress = ui.progress("compiling the C library".to_owned());
    let folder = tools::cache("zig");
    fs::create_dir_all(&folder).map_err(|source| Failure::file("create", &folder, &source))?;
    let (source, module) = (folder.join("first.c"), folder.join("first.wasm"));
    fs::write(&source, "void first(void) {}\n")
        .map_err(|error| Failure::file("write", &source, &error))?;
    for flags in [["-Os", "-g"], ["-O1", "-g"]] {
        let mut zig = Command::new(ZIG.program());
        cached(&mut zig);
        zig.args(["cc", "-target", "wasm32-wasi", "-mexec-model=reactor"]).args(flags);
        zig.arg(&source).arg("-o").arg(&module);
        tools::run(zig, "zig", "the C library")?;
    }
    drop(progress);
    Ok(())
}

/// Refuses to begin where a tool is missing.
pub(crate) fn ready(_dir: &Path, _pure: bool) -> Result<(), Failure> {
    ZIG.require("c").and(CMAKE.require("c")).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_project_is_read_where_it_stands() {
        let named = |text| project_name(text);
        assert_eq!(named("# x\nproject(first-heater LANGUAGES C)\n"), Some("first-heater".into()));
        assert_eq!(named("PROJECT ( \"a_b\" C)"), Some("a_b".into()));
        assert_eq!(named("project(${NAME})"), None);
        assert_eq!(named("set(project 1)"), None);
    }

    #[test]
    fn of_several_modules_the_one_named_like_the_project_is_meant() {
        let dir = tempfile::tempdir().unwrap();
        assert!(built(dir.path(), "a").is_err());
        fs::write(dir.path().join("b.wasm"), "").unwrap();
        assert_eq!(built(dir.path(), "a").unwrap(), dir.path().join("b.wasm"));
        fs::write(dir.path().join("c.wasm"), "").unwrap();
        assert!(built(dir.path(), "a").is_err());
        fs::write(dir.path().join("a.wasm"), "").unwrap();
        assert_eq!(built(dir.path(), "a").unwrap(), dir.path().join("a.wasm"));
    }
}
