//! Compiles the C SDK of every `tests/wit/*.wit` as C11 and as C++17 with warnings as errors, and its first plugin.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_bindgen::{GenerateError, Language, Options, Source, generate, load, parse};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::decoding::DecodedWasm;

type Outcome<T> = Result<T, Box<dyn Error>>;

const TOOL: &str = "ziglang-0.17.0/ziglang/zig";

/// A world in which everything that can meet in C does.
const MEETINGS: &str = "
package example:meetings;
interface a { b-c: func(); %list: func(it: tuple<list<u8>, option<big-bucket>>); resource big-bucket {} }
interface a-b { c: func(); }
interface pthread { create: func(restrict: u8, base: list<string>, ptr: string, ret-area: u64) -> string; }
interface pw {
    use a.{big-bucket};
    type %string = u8;
    type list-u8 = list<u8>;
    type option-string-list = option<list<string>>;
    record thing { thread-local: u8, static-cast: string, %typeof: list-u8 }
    resource big-bucket-maker {
        constructor(maybe-it: option<string>);
        drop: func();
        free: func(ret: string, err: string) -> result<string, string>;
        to-own: static func(it: borrow<big-bucket-maker>, other: borrow<big-bucket>) -> big-bucket-maker;
    }
    thing-free: func(it: thing, %list: list<u8>) -> option-string-list;
    flags every { f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15,
        f16, f17, f18, f19, f20, f21, f22, f23, f24, f25, f26, f27, f28, f29, f30, f31 }
    all: func(some: every) -> every;
}
world %string {
    import a;
    import a-b;
    import pthread;
    export pw;
    import both: interface { record it { x: u8 } go: func(it: it); }
    export both: interface { record it { x: s64 } go: func(it: it) -> it; }
    import read: func() -> string;
    export read: func() -> string;
    export memory: func();
    export exit: func(code: s32);
    export free: func(size: u32) -> list<list<list<u8>>>;
}
";

fn cases() -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir("tests/wit")?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<_> = entries.into_iter().map(|it| it.path()).collect();
    paths.sort();
    Ok(paths)
}

fn source(path: &Path, case: &str) -> Outcome<Source> {
    match load(path, None) {
        Err(GenerateError::WorldNotNamed { .. }) => Ok(load(path, Some(case))?),
        other => Ok(other?),
    }
}

/// Finds the compiler where `plugwright doctor --install` puts it.
fn zig() -> Outcome<PathBuf> {
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|it| Path::new(&it).join(".local/share"));
    let data = data.or_else(home).ok_or("a home")?;
    Ok(data.join("plugwright/tools").join(TOOL))
}

struct Compiler {
    zig: PathBuf,
    cache: PathBuf,
}

impl Compiler {
    fn run(&self, what: &str, args: &[&str]) -> Outcome<()> {
        let output = Command::new(&self.zig)
            .args(args)
            .env("ZIG_GLOBAL_CACHE_DIR", &self.cache)
            .env("ZIG_LOCAL_CACHE_DIR", &self.cache)
            .output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(()) } else { Err(format!("{what}:\n{told}").into()) }
    }

    /// Compiles a folder with an SDK to a core module.
    fn sdk(&self, folder: &Path, stem: &str) -> Outcome<Vec<u8>> {
        let name = folder.display().to_string();
        let path = |it: &str| folder.join(it).display().to_string();
        let include = format!("-I{}", path("include"));
        let warnings = ["-Wall", "-Wextra", "-Werror", "-target", "wasm32-wasi", &include];
        let cpp = path("header.cpp");
        fs::write(&cpp, format!("#include \"{stem}.h\"\n"))?;
        let object = path("header.o");
        let mut args = vec!["c++", "-std=c++17", "-c", "-Wdocumentation", &cpp, "-o", &object];
        args.extend(warnings);
        self.run(&name, &args)?;
        let sources = [
            path("examples/first/plugin.c"),
            path(&format!("src/{stem}.c")),
            path("src/plugwright.c"),
            path("src/plugwright_messages.c"),
        ];
        let out = path("plugin.wasm");
        let mut args =
            vec!["cc", "-std=c11", "-mexec-model=reactor", "-Os", "-s", "-DPW_PURE", "-o", &out];
        args.extend(warnings);
        args.extend(sources.iter().map(String::as_str));
        self.run(&name, &args)?;
        Ok(fs::read(out)?)
    }
}

/// Makes a component of a core module, and gives what it exports.
fn exports(mut module: Vec<u8>, source: &Source) -> Outcome<BTreeSet<String>> {
    let told = |err| format!("{err:#}");
    let (resolve, world) = (&source.resolve, source.world);
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8).map_err(told)?;
    let encoded = ComponentEncoder::default().validate(true).module(&module);
    let component = encoded.and_then(|mut it| it.encode()).map_err(told)?;
    let decoded = wit_parser::decoding::decode(&component).map_err(told)?;
    let DecodedWasm::Component(resolve, world) = decoded else {
        return Err("it is no component".into());
    };
    Ok(resolve.worlds[world].exports.keys().map(|it| resolve.name_world_key(it)).collect())
}

#[test]
#[ignore = "compiles C; run by cargo xtask test"]
fn every_sdk_and_its_first_plugin_compile() -> Outcome<()> {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c");
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    let compiler = Compiler { zig: zig()?, cache: root.with_file_name("c-cache") };
    let mut wrong = Vec::new();
    let mut sources = vec![("meetings".to_owned(), parse("meetings.wit", MEETINGS, None)?)];
    for path in cases()? {
        let case = path.file_stem().and_then(|it| it.to_str()).ok_or("a name in UTF-8")?.to_owned();
        let source = source(&path, &case)?;
        sources.push((case, source));
    }
    for (case, source) in sources {
        let folder = root.join(&case);
        let files = generate(Language::C, &source, &Options::default())?;
        let mut stem = String::new();
        for (path, text) in files {
            if let Some(name) = path.strip_prefix("include/").filter(|it| *it != "plugwright.h") {
                name.trim_end_matches(".h").clone_into(&mut stem);
            }
            let path = folder.join(path);
            fs::create_dir_all(path.parent().ok_or("a file in a folder")?)?;
            fs::write(path, text)?;
        }
        match compiler.sdk(&folder, &stem).and_then(|it| exports(it, &source)) {
            Err(err) => wrong.push(err.to_string()),
            Ok(found) => {
                let world = &source.resolve.worlds[source.world];
                let wanted: BTreeSet<_> =
                    world.exports.keys().map(|it| source.resolve.name_world_key(it)).collect();
                if found != wanted {
                    wrong.push(format!("{case}: it exports {found:?} instead of {wanted:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// Compiles and runs what is written by hand, as a program of this machine.
#[test]
#[ignore = "compiles C; run by cargo xtask test"]
fn the_part_written_by_hand_does_what_it_says() -> Outcome<()> {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c-native");
    fs::create_dir_all(&root)?;
    let compiler = Compiler { zig: zig()?, cache: root.with_file_name("c-cache") };
    let path = |it: &str| root.join(it).display().to_string();
    let sdk = "../sdks/c";
    let sources = ["plugwright.c", "plugwright_messages.c"].map(|it| format!("{sdk}/{it}"));
    let mut objects = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        let object = path(&format!("{at}.o"));
        let args = ["cc", "-c", "-std=c11", "-g", "-Wall", "-Wextra", "-Werror", "-I", sdk, source];
        compiler.run(source, &[&args[..], &["-o", &object]].concat())?;
        objects.push(object);
    }
    for (compile, standard, test) in
        [("cc", "-std=c11", "plugwright_test.c"), ("c++", "-std=c++17", "plugwright_test.cpp")]
    {
        let (object, program) = (path(&format!("{test}.o")), path(&format!("{test}.run")));
        let source = format!("{sdk}/test/{test}");
        let args = [compile, "-c", standard, "-g", "-Wall", "-Wextra", "-Werror", "-I", sdk];
        compiler.run(&source, &[&args[..], &[&source, "-o", &object]].concat())?;
        let mut args = vec!["cc", "-o", &program, &object];
        args.extend(objects.iter().map(String::as_str));
        compiler.run(&source, &args)?;
        assert!(Command::new(&program).output()?.status.success(), "{source}");
    }
    let panic = Command::new(path("plugwright_test.c.run")).arg("panic").output()?;
    let told = String::from_utf8(panic.stderr)?;
    assert!(!panic.status.success());
    assert!(told.contains("plugwright_test.c:"), "{told}");
    assert!(told.contains(": main: no answer for 42\n"), "{told}");
    assert!(!Command::new(path("plugwright_test.c.run")).arg("huge").output()?.status.success());
    Ok(())
}
