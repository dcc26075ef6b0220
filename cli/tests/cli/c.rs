//! Plugins in C and C++ that are really built: what the guide says, and what is told when something is wrong.

use std::error::Error;
use std::fs;
use std::path::Path;

use crate::docs::{blocks, follow};
use crate::fixtures::plugwright;
use crate::projects::succeed;

type Outcome = Result<(), Box<dyn Error>>;

const PAGE: &str = "docs/guide/c.md";

/// Runs a command that has to fail, and gives what it printed.
fn fail(dir: &Path, args: &[&str]) -> Result<String, Box<dyn Error>> {
    let output = plugwright(dir, args).output()?;
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    Ok(String::from_utf8(output.stderr)?)
}

#[test]
#[ignore = "builds plugins in C; run by cargo xtask test"]
fn the_guide_for_c_works_as_it_says() -> Outcome {
    let outside = tempfile::tempdir()?;
    let project = outside.path().join("hello");
    let commands = blocks(PAGE, "text")?.concat();
    let typed: String = commands.lines().map(|line| format!("$ {line}\n")).collect();
    follow(&typed, outside.path())?;
    let answers = || -> Outcome {
        succeed(&mut plugwright(&project, &["build", "--release"]))?;
        let tested = succeed(&mut plugwright(&project, &["test", "hello.wasm", "cases.wave"]))?;
        assert_eq!(tested.0, "1 passed, 0 failed\n");
        Ok(())
    };
    answers()?;
    let size = fs::metadata(project.join("hello.wasm"))?.len();
    assert!(size < 20_000, "{size}");

    let plugin = blocks(PAGE, "c")?.into_iter().next().ok_or("a plugin")?;
    fs::write(project.join("plugin.c"), plugin)?;
    answers()?;

    let manifest = blocks(PAGE, "cmake")?.into_iter().next_back().ok_or("a CMakeLists.txt")?;
    fs::write(project.join("CMakeLists.txt"), manifest)?;
    fs::remove_file(project.join("plugin.c"))?;
    fs::write(project.join("plugin.cpp"), blocks(PAGE, "cpp")?.concat())?;
    answers()?;

    let (_, told) = succeed(&mut plugwright(&project, &["doctor", "--lang", "c"]))?;
    assert!(!told.contains("missing"), "{told}");
    Ok(())
}

#[test]
#[ignore = "builds plugins in C; run by cargo xtask test"]
fn what_is_wrong_with_a_plugin_in_c_is_told() -> Outcome {
    let outside = tempfile::tempdir()?;
    succeed(&mut plugwright(outside.path(), &["new", "wrong", "--lang", "c"]))?;
    let dir = outside.path().join("wrong");
    let plugin = |body: &str| {
        let head =
            "#include \"greeter.h\"\n\nvoid greeter_greet(pw_string_t *name, pw_string_t *ret) {\n";
        fs::write(dir.join("plugin.c"), format!("{head}{body}\n}}\n"))
    };

    plugin("  *ret = nothing;")?;
    let told = fail(&dir, &["build"])?;
    assert!(
        told.contains("plugin.c:4:10: error: use of undeclared identifier 'nothing'"),
        "{told}"
    );
    assert!(told.contains("error: cmake could not build `wrong`"), "{told}");

    fs::write(dir.join("plugin.c"), "int nothing;\n")?;
    let told = fail(&dir, &["build"])?;
    assert!(told.contains("undefined symbol: greeter_greet"), "{told}");

    plugin("  PW_ASSERT(name->len < 4);\n  *ret = *name;")?;
    for args in [&["build"][..], &["build", "--release"]] {
        succeed(&mut plugwright(&dir, args))?;
        let told = fail(&dir, &["call", "wrong.wasm", "greet(\"long\")"])?;
        let message = "plugin.c:4: greeter_greet: `name->len < 4` does not hold";
        assert!(told.contains(message), "{told}");
        let line = if args.len() == 1 {
            format!(" at {}/plugin.c:4", dir.display())
        } else {
            String::new()
        };
        let stack = format!("caused by: the plugin was in\n  greeter_greet{line}\n");
        assert!(told.ends_with(&stack), "{told}");
        let (data, _) = succeed(&mut plugwright(&dir, &["call", "wrong.wasm", "greet(\"abc\")"]))?;
        assert_eq!(data, "\"abc\"\n");
    }

    plugin(
        "  volatile char big[60000];\n  big[0] = 0;\n  greeter_greet(name, ret);\n  big[1] = 0;",
    )?;
    succeed(&mut plugwright(&dir, &["build"]))?;
    let told = fail(&dir, &["call", "wrong.wasm", "greet(\"Ada\")"])?;
    assert!(told.contains("out of bounds memory access"), "{told}");
    assert!(told.contains("greeter_greet"), "{told}");

    fs::remove_file(dir.join("plugwright.toml"))?;
    let told = fail(&dir, &["build"])?;
    assert!(told.contains("does not say its world"), "{told}");
    Ok(())
}
