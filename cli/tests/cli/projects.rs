//! Plugins that are really built: `new`, `build`, `call`, `test`, in a folder outside this repository.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fixtures::plugwright;

/// Runs a command that has to succeed, and gives what it printed: data, then everything else.
pub(crate) fn succeed(command: &mut Command) -> Result<(String, String), Box<dyn Error>> {
    let output = command.output()?;
    let (data, rest) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    if !output.status.success() {
        return Err(format!("{command:?} ended with {}: {data}{rest}", output.status).into());
    }
    Ok((data, rest))
}

/// Calls the program with one folder for what cargo builds, so that it is built once.
pub(crate) fn in_project(dir: &Path, args: &[&str]) -> Command {
    let mut command = plugwright(dir, args);
    command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects"));
    command
}

fn wit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/setpoint/wit")
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn a_new_plugin_builds_and_answers() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    let (data, _) = succeed(&mut in_project(outside.path(), &["doctor", "--lang", "rust"]))?;
    assert!(data.contains("  wasm32-wasip2           builds plugins        installed"), "{data}");
    let (_, notes) =
        succeed(&mut in_project(outside.path(), &["doctor", "--install", "--lang", "rust"]))?;
    assert_eq!(notes, "no Rust target is missing\n");
    succeed(&mut in_project(outside.path(), &["new", "hello", "--lang", "rust"]))?;
    let dir = outside.path().join("hello");
    let (data, notes) = succeed(&mut in_project(&dir, &["build"]))?;
    assert_eq!(data, "");
    assert!(notes.contains("conforms to `example:greeter/greeter@0.1.0`"), "{notes}");
    let (data, _) = succeed(&mut in_project(&dir, &["call", "hello.wasm", "greet(\"Ada\")"]))?;
    assert_eq!(data, "\"Hello, Ada!\"\n");
    let (data, _) = succeed(&mut in_project(&dir, &["test", "hello.wasm", "cases.wave"]))?;
    assert_eq!(data, "1 passed, 0 failed\n");
    let pure = ["build", "--pure", "--release", "-o", "pure.wasm"];
    let (_, notes) = succeed(&mut in_project(&dir, &pure))?;
    assert!(notes.contains("it can reach nothing outside its sandbox"), "{notes}");
    let (data, _) = succeed(&mut in_project(&dir, &["test", "pure.wasm", "cases.wave"]))?;
    assert_eq!(data, "1 passed, 0 failed\n");
    let check = ["generate", "rust", "--wit", "wit", "-o", "sdk", "--check"];
    succeed(&mut in_project(&dir, &check))?;

    let manifest = fs::read_to_string(dir.join("Cargo.toml"))?;
    fs::write(
        dir.join("Cargo.toml"),
        manifest.replace("world = \"greeter\"", "world = \"greet\""),
    )?;
    let output = in_project(&dir, &["build"]).output()?;
    let told = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(1), "{told}");
    let hints = "hint: choose one, such as `greeter`\n\n\
                 hint: `[package.metadata.plugwright]` in Cargo.toml names both: `wit` and `world`\n";
    assert!(told.ends_with(hints), "{told}");
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn a_plugin_with_debug_information_tells_files_and_lines() -> Result<(), Box<dyn Error>> {
    let guest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guests/traps");
    let outside = tempfile::tempdir()?;
    let wit = guest.join("world.wit");
    let wit = wit.to_str().ok_or("the folder's name is no text")?;
    let new = ["new", "failing", "--lang", "rust", "--wit", wit];
    succeed(&mut in_project(outside.path(), &new))?;
    let dir = outside.path().join("failing");
    let source = fs::read_to_string(guest.join("plugin.rs"))?;
    fs::write(dir.join("src/lib.rs"), &source)?;
    let line = |text: &str| source.lines().position(|it| it.contains(text)).map(|it| it + 1);
    let line = |text: &str| line(text).ok_or_else(|| format!("no line has `{text}`"));
    let (fall, end, deeper) =
        (line("plunge(depth, &message)")?, line("assert!(depth > 0")?, line("plunge(depth - 1")?);
    let call = ["call", "failing.wasm", "failing.fall(2, \"down\")"];
    let mut told = Vec::new();
    for build in [&["build"][..], &["build", "--release"]] {
        succeed(&mut in_project(&dir, build))?;
        let output = in_project(&dir, &call).output()?;
        let text = String::from_utf8(output.stderr)?.replace(&dir.display().to_string(), "[DIR]");
        let stack = text.split_once("the plugin was in\n").ok_or(text.clone())?.1;
        told.push(stack.to_owned());
    }
    let plugin =
        "<failing::Plugin as traps_sdk::__bindings::exports::plugwright::guests::failing::Guest>";
    let expected = format!(
        "  failing::plunge at [DIR]/src/lib.rs:{end}\n  failing::plunge at [DIR]/src/lib.rs:{deeper} (2 times)\n  \
         {plugin}::fall at [DIR]/src/lib.rs:{fall}\n"
    );
    assert_eq!(told, [expected.as_str(), "  failing::plunge\n"]);
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn a_new_plugin_for_a_given_world_builds_at_once() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    let wit = wit();
    let wit = wit.to_str().ok_or("the folder's name is no text")?;
    let new = ["new", "warm", "--lang", "rust", "--wit", wit, "--world", "heater"];
    succeed(&mut in_project(outside.path(), &new))?;
    let dir = outside.path().join("warm");
    let (_, notes) = succeed(&mut in_project(outside.path(), &["build", "warm", "--pure"]))?;
    assert!(notes.contains("conforms to `example:setpoint/heater@0.1.0`"), "{notes}");
    assert!(dir.join("warm.wasm").is_file());
    let (data, _) = succeed(&mut in_project(&dir, &["check", "warm.wasm", "--wit", wit]))?;
    assert_eq!(data, "`warm.wasm` conforms to `example:setpoint/heater@0.1.0`\n");
    let cases = fs::read_to_string(dir.join("cases.wave"))?;
    assert!(cases.contains("\n# control.decide: func(outlook: outlook)"), "{cases}");
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn a_plugin_is_not_written_when_it_is_wrong() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    succeed(&mut in_project(outside.path(), &["new", "wrong", "--lang", "rust"]))?;
    let dir = outside.path().join("wrong");
    let world = "package example:greeter@0.1.0; world greeter { export shout: func(); }";
    fs::write(dir.join("wit/greeter.wit"), world)?;
    let output = in_project(&dir, &["build"]).output()?;
    let stderr = String::from_utf8(output.stderr)?;
    let expected = "\
error: the SDK in `sdk` was generated from another WIT than `wit`

hint: in the project's folder, run `plugwright generate rust --wit wit --world greeter -o sdk`
";
    assert_eq!(stderr, expected);
    assert_eq!(output.status.code(), Some(1));
    fs::remove_file(dir.join("sdk/wit/world.wit"))?;
    let output = in_project(&dir, &["build"]).output()?;
    let stderr = String::from_utf8(output.stderr)?;
    let expected = "\
error: `wrong` does not conform to `example:greeter/greeter@0.1.0`: 1 difference
caused by: shout: the function is not exported
";
    assert!(stderr.contains(expected), "{stderr}");
    assert_eq!(output.status.code(), Some(1));
    fs::write(dir.join("src/lib.rs"), "fn broken( {}")?;
    let output = in_project(&dir, &["build"]).output()?;
    let stderr = String::from_utf8(output.stderr)?;
    assert!(stderr.contains("--> src/lib.rs:1:"), "{stderr}");
    assert!(stderr.contains("error: cargo could not build `wrong`\n"), "{stderr}");
    assert_eq!(output.status.code(), Some(1));
    assert!(!dir.join("wrong.wasm").exists());
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn a_plugin_that_is_not_pure_is_refused() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    let wit = "\
package example:clock;

world clock {
    import wasi:clocks/monotonic-clock@0.2.6;
    export tick: func() -> u64;
}

package wasi:clocks@0.2.6 {
    interface monotonic-clock {
        now: func() -> u64;
    }
}
";
    fs::write(outside.path().join("clock.wit"), wit)?;
    let new = ["new", "ticker", "--lang", "rust", "--wit", "clock.wit"];
    succeed(&mut in_project(outside.path(), &new))?;
    let dir = outside.path().join("ticker");
    let plugin = |body: &str| {
        format!(
            "struct Plugin;\n\
             impl clock_sdk::Clock for Plugin {{ fn tick() -> u64 {{ {body} }} }}\n\
             clock_sdk::export!(Plugin);\n\
             #[link(wasm_import_module = \"env\")]\n\
             unsafe extern \"C\" {{ fn secret() -> u64; }}\n"
        )
    };
    let refused = [
        ("clock_sdk::monotonic_clock::now()", "error: the component is not pure\n"),
        ("unsafe { secret() }", "error: no component can be made of `ticker`\n"),
    ];
    for (body, expected) in refused {
        fs::write(dir.join("src/lib.rs"), plugin(body))?;
        let output = in_project(&dir, &["build", "--pure"]).output()?;
        let stderr = String::from_utf8(output.stderr)?;
        assert!(stderr.contains(expected), "{stderr}");
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(!dir.join("ticker.wasm").exists());
    }
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn an_optimized_plugin_gets_the_stack_that_its_project_says() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    fs::write(
        outside.path().join("deep.wit"),
        "package example:deep;\nworld deep { export depth: func(of: u32) -> u32; }\n",
    )?;
    let new = ["new", "diver", "--lang", "rust", "--wit", "deep.wit"];
    succeed(&mut in_project(outside.path(), &new))?;
    let dir = outside.path().join("diver");
    // Each step has a kilobyte that the optimizer cannot do without.
    let plugin = "\
        struct Plugin;\n\
        impl deep_sdk::Deep for Plugin { fn depth(of: u32) -> u32 { down(of) } }\n\
        deep_sdk::export!(Plugin);\n\
        fn down(of: u32) -> u32 {\n\
            let bytes = std::hint::black_box([of as u8; 1024]);\n\
            if of == 0 { return 0; }\n\
            down(of - 1) + u32::from(bytes[7] == of as u8)\n\
        }\n";
    fs::write(dir.join("src/lib.rs"), plugin)?;
    let manifest = fs::read_to_string(dir.join("Cargo.toml"))?;
    let answer = |stack: &str, depth: &str| -> Result<_, Box<dyn Error>> {
        let given = manifest.replace("stack = \"64 KiB\"", stack);
        assert!(stack.contains("64") || given != manifest, "{manifest}");
        fs::write(dir.join("Cargo.toml"), given)?;
        succeed(&mut in_project(&dir, &["build", "--release"]))?;
        let (shown, _) = succeed(&mut in_project(&dir, &["inspect", "diver.wasm"]))?;
        let memory = shown.lines().find_map(|it| it.strip_prefix("memory:    "));
        let memory = memory.ok_or("no memory")?.to_owned();
        let output = in_project(&dir, &["call", "diver.wasm", depth]).output()?;
        let told = [String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?].concat();
        Ok((memory, told))
    };
    let (memory, told) = answer("stack = \"64 KiB\"", "depth(30)")?;
    assert_eq!((memory.as_str(), told.as_str()), ("128.0 KiB at the start of a sandbox", "30\n"));
    let (_, told) = answer("stack = \"64 KiB\"", "depth(500)")?;
    assert!(told.contains("trapped: out of bounds memory access"), "{told}");
    let (memory, told) = answer("", "depth(500)")?;
    assert_eq!((memory.as_str(), told.as_str()), ("1.1 MiB at the start of a sandbox", "500\n"));
    Ok(())
}

#[test]
#[ignore = "builds plugins with componentize-py; run by cargo xtask test"]
fn a_new_plugin_in_python_answers_and_tells_what_it_failed_of() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    let (data, _) = succeed(&mut in_project(outside.path(), &["doctor", "--lang", "python"]))?;
    assert!(data.contains("componentize-py"), "{data}");
    succeed(&mut in_project(outside.path(), &["new", "warm", "--lang", "python"]))?;
    let dir = outside.path().join("warm");
    let plugin = fs::read_to_string(dir.join("plugin.py"))?;

    let plugin = plugin.replacen("return ", "raise KeyError(\"no idea\")\n        return ", 1);
    fs::write(dir.join("plugin.py"), &plugin)?;
    let (_, notes) = succeed(&mut in_project(&dir, &["build"]))?;
    assert!(notes.contains("conforms to `example:greeter/greeter@0.1.0`"), "{notes}");
    let call = "greet(\"Ada\")";
    let output = in_project(&dir, &["call", "warm.wasm", call]).output()?;
    let told = String::from_utf8(output.stderr)?;
    let line = plugin.lines().position(|it| it.contains("raise KeyError")).ok_or("a raise")? + 1;
    assert!(told.contains(&format!("File \"plugin.py\", line {line}, in greet")), "{told}");
    assert!(told.contains("KeyError: 'no idea'"), "{told}");

    fs::write(dir.join("plugin.py"), "import greeter_sdk  # noqa: F401\n")?;
    let output = in_project(&dir, &["build", "-o", "none.wasm"]).output()?;
    let told = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("exports no class that derives from `Greeter`"), "{told}");
    assert!(!dir.join("none.wasm").exists());
    Ok(())
}
