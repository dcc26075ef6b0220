//! The code blocks of the README and the docs that the runtime's doctests cannot hold: plugins, commands, policies.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright::Policy;

use crate::fixtures::{self, plugwright};
use crate::projects::{in_project, succeed};

/// The most lines that the README's host and plugin may have.
const SHORT: usize = 15;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The code blocks of a page whose fence says `info`.
pub(crate) fn blocks(page: &str, info: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let text = fs::read_to_string(root().join(page))?;
    let fence = format!("```{info}\n");
    let bodies = text.split(&fence).skip(1).filter_map(|rest| rest.split_once("```"));
    Ok(bodies.map(|(body, _)| body.to_owned()).collect())
}

pub(crate) fn only(page: &str, info: &str) -> Result<String, Box<dyn Error>> {
    match blocks(page, info)?.as_slice() {
        [block] => Ok(block.clone()),
        several => Err(format!("{page} has {} blocks of `{info}`", several.len()).into()),
    }
}

#[test]
fn the_readme_opens_short() -> Result<(), Box<dyn Error>> {
    for info in ["rust,no_run", "rust,ignore"] {
        let block = only("README.md", info)?;
        assert!(block.lines().count() <= SHORT, "{} lines:\n{block}", block.lines().count());
    }
    Ok(())
}

#[test]
fn policies_in_the_docs_are_policies() -> Result<(), Box<dyn Error>> {
    let pages = ["README.md", "docs/guide/first-plugin.md", "docs/reference/policy.md"];
    let mut policies = 0;
    for page in pages {
        let blocks = blocks(page, "toml")?;
        for block in blocks.iter().filter(|block| block.contains("[grants]")) {
            toml::from_str::<Policy>(block).map_err(|error| format!("{page}: {error}"))?;
            policies += 1;
        }
    }
    assert_eq!(policies, pages.len());
    Ok(())
}

/// Runs a block of commands as a person would type them, and compares what they print.
///
/// A line of output stands under its command; a command without one may print what it likes to standard error.
pub(crate) fn follow(block: &str, dir: &Path) -> Result<(), Box<dyn Error>> {
    let mut dir = dir.to_owned();
    let mut lines = block.lines().peekable();
    while let Some(line) = lines.next() {
        let words = shell(line.strip_prefix("$ ").ok_or_else(|| format!("not a command: {line}"))?);
        let mut expected = String::new();
        while let Some(output) = lines.next_if(|line| !line.starts_with("$ ")) {
            expected = format!("{expected}{output}\n");
        }
        let args: Vec<&str> = words.iter().map(String::as_str).collect();
        match args.as_slice() {
            ["cd", folder] => dir = dir.join(folder),
            ["plugwright", args @ ..] => {
                let (data, _) = succeed(&mut in_project(&dir, args))?;
                if !expected.is_empty() {
                    assert_eq!(data, expected, "{line}");
                }
            }
            _ => return Err(format!("no test can run `{line}`").into()),
        }
    }
    Ok(())
}

/// Splits a line into words, with single quotes as the only quotes.
fn shell(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    parts
        .flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

#[test]
fn the_commands_that_compile_for_another_machine_work_as_they_stand() -> Result<(), Box<dyn Error>>
{
    let folder = fixtures::make("precompiled")?;
    follow(&only("docs/guide/precompiled.md", "console")?, &folder)?;
    assert!(folder.join("greeter.aarch64-unknown-linux-gnu.code").exists());
    Ok(())
}

#[test]
fn the_page_on_versions_shows_what_the_command_says() -> Result<(), Box<dyn Error>> {
    let page = "docs/guide/versions.md";
    let folder = tempfile::tempdir()?;
    let [old, new] = &blocks(page, "wit")?[..] else {
        return Err(format!("{page} has other versions").into());
    };
    fs::write(folder.path().join("heater-1.wit"), old)?;
    fs::write(folder.path().join("heater-2.wit"), new)?;
    let block = only(page, "console")?;
    let (command, expected) = block.split_once('\n').ok_or("a command without its output")?;
    let words = shell(command.strip_prefix("$ plugwright ").ok_or("another command")?);
    let args: Vec<&str> = words.iter().map(String::as_str).collect();
    let output = plugwright(folder.path(), &args).output()?;
    assert_eq!(output.status.code(), Some(1), "hosts break");
    assert_eq!(String::from_utf8(output.stdout)?, expected);
    Ok(())
}

#[test]
#[ignore = "builds a plugin with componentize-py; run by cargo xtask test"]
fn the_page_of_python_works_as_it_says() -> Result<(), Box<dyn Error>> {
    let page = "docs/guide/python.md";
    let outside = tempfile::tempdir()?;
    let dir = outside.path().join("greeter");
    let [new, build, generate] = &blocks(page, "console")?[..] else {
        return Err(format!("{page} has other commands").into());
    };
    let [plugin, _, test] = &blocks(page, "python")?[..] else {
        return Err(format!("{page} has other code").into());
    };
    follow(new, outside.path())?;
    fs::write(dir.join("plugin.py"), plugin)?;
    follow(build, &dir)?;
    follow(generate, &dir)?;
    fs::write(dir.join("test_plugin.py"), test)?;
    succeed(Command::new("python3").arg("test_plugin.py").current_dir(&dir))?;
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn the_first_plugin_of_the_readme_works_as_it_says() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    let consoles = blocks("README.md", "console")?;
    let first =
        consoles.iter().find(|it| it.contains("plugwright new")).ok_or("no first plugin")?;
    follow(first, outside.path())?;
    let dir = outside.path().join("greeter");
    for page in ["README.md", "docs/guide/first-plugin.md"] {
        let plugins = blocks(page, "rust,ignore")?;
        fs::write(dir.join("src/lib.rs"), plugins.first().ok_or("no plugin")?)?;
        succeed(&mut in_project(&dir, &["build"]))?;
        let mut test = plugwright(&dir, &["test", "greeter.wasm", "cases.wave"]);
        assert_eq!(succeed(&mut test)?.0, "1 passed, 0 failed\n");
    }
    let world = only("docs/guide/first-plugin.md", "wit")?;
    let lines = |text: &str| {
        let code = text.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with("//"));
        code.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines(&world), lines(&fs::read_to_string(dir.join("wit/greeter.wit"))?));
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn the_plugin_with_streams_of_the_guide_is_a_plugin() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    let page = "docs/guide/first-plugin.md";
    let text = fs::read_to_string(root().join(page))?;
    let export = text.split('`').find(|it| it.starts_with("export shout:"));
    let export = export.ok_or("the guide exports no stream")?;
    let world = format!("package example:shouter@0.1.0;\nworld shouter {{ {export} }}\n");
    fs::write(outside.path().join("shouter.wit"), world)?;
    let new = ["new", "shouter", "--lang", "rust", "--wit", "shouter.wit"];
    succeed(&mut in_project(outside.path(), &new))?;
    let dir = outside.path().join("shouter");
    let [_, plugin] = &blocks(page, "rust,ignore")?[..] else {
        return Err(format!("{page} has other plugins").into());
    };
    fs::write(dir.join("src/lib.rs"), plugin)?;
    succeed(&mut in_project(&dir, &["build"]))?;
    fs::write(dir.join("quiet.txt"), "hi there")?;
    let call = ["call", "shouter.wasm", "shout(\"quiet.txt\")"];
    assert_eq!(succeed(&mut in_project(&dir, &call))?.0, "HI THERE");
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn the_plugin_of_the_host_guide_is_a_plugin() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    let page = "docs/guide/first-host.md";
    let hosts = blocks(page, "rust,no_run")?;
    let inline = hosts.first().and_then(|host| host.split('"').nth(1)).ok_or("no inline WIT")?;
    fs::write(outside.path().join("welcome.wit"), inline)?;
    let new = ["new", "doorman", "--lang", "rust", "--wit", "welcome.wit"];
    succeed(&mut in_project(outside.path(), &new))?;
    let dir = outside.path().join("doorman");
    fs::write(dir.join("src/lib.rs"), only(page, "rust,ignore")?)?;
    succeed(&mut in_project(&dir, &["build"]))?;
    let (data, _) = succeed(&mut in_project(&dir, &["call", "doorman.wasm", "welcome(24)"]))?;
    assert_eq!(data, "err(\"24 is no hour\")\n");
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn the_guides_commands_work_in_the_order_that_they_stand() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    let page = "docs/guide/first-plugin.md";
    let project = outside.path().join("greeter");
    let policy = only(page, "toml")?;
    let mut commands = blocks(page, "text")?.concat();
    // The policy is a file in the project, and the project is made by the first commands.
    let (made, rest) = commands.split_once("cd greeter\n").ok_or("the guide makes no project")?;
    follow(&format!("$ {}\n", made.trim()), outside.path())?;
    fs::write(project.join("policy.toml"), policy)?;
    commands = format!("cd greeter\n{rest}");
    let typed: String = commands.lines().map(|line| format!("$ {line}\n")).collect();
    follow(&typed, outside.path())
}
