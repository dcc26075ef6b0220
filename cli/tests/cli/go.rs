//! Plugins in Go that are really built, and the guide about them.

use std::error::Error;
use std::fs;
use std::path::Path;

use crate::docs::{blocks, follow, only};
use crate::fixtures::plugwright;
use crate::projects::{in_project, succeed};

const PAGE: &str = "docs/guide/go.md";

/// What a command that fails prints.
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
    assert_eq!(fs::read_to_string(project.join("main.go"))?, blocks(PAGE, "go")?.remove(0));
    fs::write(project.join("policy.toml"), only(PAGE, "toml")?)?;
    let typed: String = rest.lines().map(|line| format!("$ {line}\n")).collect();
    follow(&typed, &project)
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn a_panic_is_told_by_the_lines_of_the_author() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    succeed(&mut in_project(outside.path(), &["new", "buggy", "--lang", "go"]))?;
    let dir = outside.path().join("buggy");
    let text = fs::read_to_string(dir.join("main.go"))?;
    let line = "return \"Hello, \" + name + \"!\"";
    fs::write(dir.join("main.go"), text.replace(line, "panic(\"nothing for \" + name)"))?;
    succeed(&mut in_project(&dir, &["build", "--release"]))?;
    assert!(fs::metadata(dir.join("buggy.wasm"))?.len() < 3_000_000);
    let told = failed(&dir, &["call", "buggy.wasm", "greet(\"Ada\")"])?;
    for part in ["`greet` trapped: nothing for Ada", "main.plugin.Greet", "buggy/main.go:16\n"] {
        assert!(told.contains(part), "{told}");
    }
    fs::write(dir.join("main.go"), text.replace(line, "return nam"))?;
    let told = failed(&dir, &["build"])?;
    assert!(told.contains("./main.go:16:9: undefined: nam\n"), "{told}");
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn what_go_cannot_do_is_told() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    succeed(&mut in_project(outside.path(), &["new", "bare", "--lang", "go"]))?;
    let dir = outside.path().join("bare");
    let told = failed(&dir, &["build", "--pure"])?;
    assert!(told.starts_with("error: a plugin in Go cannot be built without WASI\n"), "{told}");
    fs::remove_file(dir.join("plugwright.toml"))?;
    let told = failed(&dir, &["build"])?;
    assert!(told.starts_with("error: `bare` does not say its world\n"), "{told}");
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn an_async_func_waits_for_goroutines_and_for_time() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    let wit = "package example:waiting;\n\nworld waiting {\n    export drip: async func(drops: u32) -> string;\n    export soak: async func(text: string) -> result<string, string>;\n}\n";
    fs::write(outside.path().join("waiting.wit"), wit)?;
    let new = ["new", "drop", "--lang", "go", "--wit", "waiting.wit"];
    succeed(&mut in_project(outside.path(), &new))?;
    let dir = outside.path().join("drop");
    fs::write(dir.join("main.go"), include_str!("go/waiting.go.txt"))?;
    succeed(&mut in_project(&dir, &["build"]))?;
    for (call, given) in [
        ("drip(3)", "\"drop drop drop \"\n"),
        ("drip(2000)", &*format!("\"{}\"\n", "drop ".repeat(2000))),
        ("soak(\"wet\")", "ok(\"wet\")\n"),
        ("soak(\"\")", "err(\"nothing to soak\")\n"),
    ] {
        let (data, _) = succeed(&mut in_project(&dir, &["call", "drop.wasm", call]))?;
        assert_eq!(data, given, "{call}");
    }
    Ok(())
}
