//! Plugins in JavaScript and TypeScript that are really built, and the guide about them.

use std::error::Error;
use std::fs;
use std::path::Path;

use crate::docs::{blocks, follow, only};
use crate::fixtures::plugwright;
use crate::projects::{in_project, succeed};

const PAGE: &str = "docs/guide/javascript.md";

/// What a build that fails prints.
fn failed(dir: &Path, args: &[&str]) -> Result<String, Box<dyn Error>> {
    let output = plugwright(dir, args).output()?;
    let told = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(1), "{told}");
    Ok(told)
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn the_guides_commands_work_in_the_order_that_they_stand() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    let project = outside.path().join("greeter");
    let commands = blocks(PAGE, "text")?.concat();
    let (made, rest) = commands.split_once("cd greeter\n").ok_or("the guide makes no project")?;
    follow(&format!("$ {}\n", made.trim()), outside.path())?;
    fs::write(project.join("policy.toml"), only(PAGE, "toml")?)?;
    fs::write(project.join("plugin.js"), blocks(PAGE, "js")?.remove(0))?;
    let typed: String = rest.lines().map(|line| format!("$ {line}\n")).collect();
    follow(&typed, &project)
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn typescript_is_checked_and_built() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    succeed(&mut in_project(outside.path(), &["new", "typed", "--lang", "ts"]))?;
    let dir = outside.path().join("typed");
    let (_, notes) = succeed(&mut in_project(&dir, &["build", "--pure", "--release"]))?;
    assert!(notes.contains("conforms to `example:greeter/greeter@0.1.0`"), "{notes}");
    assert!(notes.contains("it can reach nothing outside its sandbox"), "{notes}");
    assert!(fs::metadata(dir.join("typed.wasm"))?.len() < 1_500_000);
    let (data, _) = succeed(&mut in_project(&dir, &["test", "typed.wasm", "cases.wave"]))?;
    assert_eq!(data, "1 passed, 0 failed\n");
    let plugin = fs::read_to_string(dir.join("plugin.ts"))?;
    fs::write(dir.join("plugin.ts"), plugin.replace("`Hello, ${name}!`", "name.length"))?;
    // With the project's own settings, and with those that the build has where there are none.
    for _ in 0..2 {
        let told = failed(&dir, &["build"])?;
        assert!(told.starts_with("plugin.ts(5,3): error TS2322"), "{told}");
        fs::rename(dir.join("tsconfig.json"), dir.join("settings.json"))
            .or(Ok::<_, std::io::Error>(()))?;
    }
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn bugs_are_told_by_the_lines_of_the_author() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    succeed(&mut in_project(outside.path(), &["new", "buggy", "--lang", "js"]))?;
    let dir = outside.path().join("buggy");
    let write = |text: &str| fs::write(dir.join("plugin.js"), text);
    let import = "import { plugin } from \"greeter-sdk\";\n";
    let import_helper = "import { fail } from \"./helper.js\";\n";
    fs::write(
        dir.join("helper.js"),
        "// Comment.\n\nexport function fail(text) {\n  throw new RangeError(text);\n}\n",
    )?;
    write(&format!(
        "{import}{import_helper}export default plugin({{\n  greet(name) {{\n    const text = fail(name);\n    return text;\n  }},\n}});\n"
    ))?;
    succeed(&mut in_project(&dir, &["build"]))?;
    let told = failed(&dir, &["call", "buggy.wasm", "greet(\"two\\nlines\")"])?;
    let stack = "RangeError: two\nlines\n    at fail (helper.js:4)\n    at greet (plugin.js:5)\n";
    assert!(told.contains(stack), "{told}");

    write(&format!("{import}export default plugin({{\n  greet: () => 7,\n}});\n"))?;
    succeed(&mut in_project(&dir, &["build"]))?;
    let told = failed(&dir, &["call", "buggy.wasm", "greet(\"Ada\")"])?;
    assert!(told.contains("TypeError: the answer of greet: expected a string, not 7"), "{told}");

    write(&format!("{import}\nexport default plugin({{ greeet() {{}} }});\n"))?;
    let told = failed(&dir, &["build"])?;
    let missing = "Error: the plugin does not have greet()\n    at <anonymous> (plugin.js:3)\n";
    assert!(told.contains(missing), "{told}");
    write(&format!("{import}export default plugin({{\n"))?;
    let told = failed(&dir, &["build"])?;
    assert!(told.contains("plugin.js:3:0:") && told.contains("[ERROR]"), "{told}");
    fs::write(dir.join("package.json"), "{ \"name\": \"buggy\" }")?;
    let told = failed(&dir, &["build"])?;
    assert!(told.contains("depends on no SDK"), "{told}");
    Ok(())
}

/// Integers of 64 bits, two versions of one interface, and a console: what the toolchain alone does not give.
#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn what_the_toolchain_lacks_is_there() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    let wit = "package a:b@1.0.0; world beyond { export c:d/times@0.1.0; export c:d/times@0.2.0; }\n\
        package c:d@0.1.0 { interface times { next: func(it: u64) -> u64; } }\n\
        package c:d@0.2.0 { interface times { next: func(it: list<s64>) -> result<list<s64>, u64>; } }\n";
    fs::write(outside.path().join("beyond.wit"), wit)?;
    let new = ["new", "wide", "--lang", "js", "--wit", "beyond.wit", "--world", "beyond"];
    succeed(&mut in_project(outside.path(), &new))?;
    let dir = outside.path().join("wide");
    let plugin = "import { ResultError, plugin } from \"beyond-sdk\";\n\
        export default plugin({\n\
          cDTimes010: { next: (it) => { console.log(\"next\", it); return it + 1n; } },\n\
          cDTimes020: { next(them) {\n\
            if (them.length === 0) throw new ResultError(2n ** 64n - 1n);\n\
            return them.map((it) => it - 1n);\n\
          } },\n\
        });\n";
    let found = fs::read_to_string(dir.join("plugin.js"))?;
    assert!(found.contains("cDTimes010: {"), "{found}");
    fs::write(dir.join("plugin.js"), plugin)?;
    let cases = "c:d/times@0.1.0.next(18446744073709551614) -> 18446744073709551615\n\
        c:d/times@0.1.0.next(9007199254740992) -> 9007199254740993\n\
        c:d/times@0.2.0.next([-9223372036854775807, 0]) -> ok([-9223372036854775808, -1])\n\
        c:d/times@0.2.0.next([]) -> err(18446744073709551615)\n";
    fs::write(dir.join("cases.wave"), cases)?;
    for build in [&["build"][..], &["build", "--release", "--pure"]] {
        succeed(&mut in_project(&dir, build))?;
        let (data, _) = succeed(&mut in_project(&dir, &["test", "wide.wasm", "cases.wave"]))?;
        assert_eq!(data, "4 passed, 0 failed\n");
    }
    succeed(&mut in_project(&dir, &["build"]))?;
    fs::write(dir.join("policy.toml"), only(PAGE, "toml")?)?;
    let call = ["call", "wide.wasm", "c:d/times@0.1.0.next(7)", "--policy", "policy.toml"];
    let (data, printed) = succeed(&mut in_project(&dir, &call))?;
    assert_eq!(data, "8\n");
    assert!(printed.contains("next 7"), "{printed}");
    Ok(())
}

/// An interface of another host that takes streams of WASI, which the toolchain has itself, and only imports.
#[test]
#[ignore = "builds plugins; run by cargo xtask test"]
fn streams_of_wasi_go_where_the_world_says() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    let wit = "package wasi:press@0.2.12;\n\
        interface sheets {\n\
          use wasi:io/streams@0.2.12.{output-stream};\n\
          print: func(on: borrow<output-stream>);\n\
        }\n\
        world press { import wasi:cli/stdout@0.2.12; import sheets; export run: func(); }\n\
        world reader { import sheets; }\n\
        package wasi:io@0.2.12 {\n\
          interface error { resource error; }\n\
          interface streams {\n\
            use error.{error};\n\
            variant stream-error { last-operation-failed(error), closed }\n\
            resource output-stream {\n\
              blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;\n\
            }\n\
          }\n\
        }\n\
        package wasi:cli@0.2.12 {\n\
          interface stdout {\n\
            use wasi:io/streams@0.2.12.{output-stream};\n\
            get-stdout: func() -> output-stream;\n\
          }\n\
        }\n";
    fs::write(outside.path().join("press.wit"), wit)?;
    let new = |world| ["new", world, "--lang", "js", "--wit", "press.wit", "--world", world];
    succeed(&mut in_project(outside.path(), &new("press")))?;
    let dir = outside.path().join("press");
    let plugin = "import { plugin } from \"press-sdk\";\n\
        import { print } from \"press-sdk/sheets\";\n\
        import { getStdout } from \"press-sdk/stdout\";\n\
        console.log(\"while it is built\");\n\
        export default plugin({\n\
          run() {\n\
            getStdout().blockingWriteAndFlush(new TextEncoder().encode(\"a line\\n\"));\n\
            console.log(\"another line\");\n\
            print(getStdout());\n\
          },\n\
        });\n";
    fs::write(dir.join("plugin.js"), plugin)?;
    succeed(&mut in_project(&dir, &["build"]))?;
    fs::write(dir.join("policy.toml"), only(PAGE, "toml")?)?;
    let told = failed(&dir, &["call", "press.wasm", "run()", "--policy", "policy.toml"])?;
    assert!(told.contains("a line\nanother line\n"), "{told}");
    assert!(told.contains("(`wasi:press/sheets.print`)"), "{told}");
    let told = failed(&dir, &["build", "--pure"])?;
    assert!(told.contains("`wasi:press/sheets@0.2.12`"), "{told}");

    succeed(&mut in_project(outside.path(), &new("reader")))?;
    let dir = outside.path().join("reader");
    let plugin = "import { plugin } from \"reader-sdk\";\n\
        import \"reader-sdk/sheets\";\n\
        export default plugin({});\n";
    fs::write(dir.join("plugin.js"), plugin)?;
    succeed(&mut in_project(&dir, &["build"]))?;
    let (data, _) = succeed(&mut in_project(&dir, &["inspect", "reader.wasm"]))?;
    assert!(data.contains("import wasi:press/sheets@0.2.12;"), "{data}");
    assert!(!data.contains("private"), "{data}");
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn async_functions_print_and_fail_as_others_do() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    let wit = "package a:b; world later { export shout: async func(text: string) -> string; }\n";
    fs::write(outside.path().join("later.wit"), wit)?;
    let new = ["new", "shouter", "--lang", "js", "--wit", "later.wit", "--world", "later"];
    succeed(&mut in_project(outside.path(), &new))?;
    let dir = outside.path().join("shouter");
    let plugin = "import { plugin } from \"later-sdk\";\n\
        export default plugin({\n\
          async shout(text) {\n\
            console.error(\"before\");\n\
            await undefined;\n\
            if (text === \"\") throw new RangeError(\"nothing to shout\");\n\
            console.error(\"after\");\n\
            return `${text}!`;\n\
          },\n\
        });\n";
    fs::write(dir.join("plugin.js"), plugin)?;
    fs::write(dir.join("policy.toml"), only(PAGE, "toml")?)?;
    succeed(&mut in_project(&dir, &["build"]))?;
    let call = ["call", "shouter.wasm", "shout(\"Ada\")", "--policy", "policy.toml"];
    let (data, printed) = succeed(&mut in_project(&dir, &call))?;
    assert_eq!(data, "\"Ada!\"\n");
    assert!(printed.contains("before\nafter\n"), "{printed}");
    let told = failed(&dir, &["call", "shouter.wasm", "shout(\"\")"])?;
    let stack = "RangeError: nothing to shout\n    at shout (plugin.js:6)\n";
    assert!(told.contains(stack), "{told}");
    Ok(())
}
