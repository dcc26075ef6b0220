//! Inputs that nobody wrote by hand: none may cause a panic or a hang.

use std::error::Error;
use std::fs;

use crate::fixtures::{make, plugwright};

#[test]
fn a_changed_byte_is_never_our_bug() -> Result<(), Box<dyn Error>> {
    let dir = make("bytes")?;
    let good = fs::read(dir.join("greeter.wasm"))?;
    let mut refused = 0;
    for at in (8..good.len()).step_by(5) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x55;
        fs::write(dir.join("one.wasm"), bytes)?;
        let output = plugwright(&dir, &["call", "one.wasm", "greet(\"Ada\")"]).output()?;
        let stderr = String::from_utf8(output.stderr)?;
        match output.status.code() {
            Some(0) => {}
            Some(1) => {
                assert!(stderr.starts_with("error: "), "byte {at}: {stderr}");
                refused += 1;
            }
            code => panic!("byte {at}: {code:?}: {stderr}"),
        }
    }
    assert!(refused > 10, "only {refused} were refused");
    Ok(())
}

#[test]
fn nesting_does_not_use_up_the_stack() -> Result<(), Box<dyn Error>> {
    let dir = make("nesting")?;
    let deep = "[".repeat(100_000);
    // A quote in a comment opens no text.
    let call = format!("greet(// \"\n{deep}");
    let output = plugwright(&dir, &["call", "greeter.wasm", &call]).output()?;
    let stderr = String::from_utf8(output.stderr)?;
    assert!(stderr.starts_with("error: the value is nested more than 500 levels"), "{stderr}");
    assert_eq!(output.status.code(), Some(1));
    fs::write(dir.join("deep.wave"), format!("greet({deep})\ngreet(\"a\") -> {deep}\n"))?;
    let output = plugwright(&dir, &["test", "greeter.wasm", "deep.wave"]).output()?;
    let stdout = String::from_utf8(output.stdout)?;
    assert!(stdout.contains("no call: the value is nested more than 500 levels deep"), "{stdout}");
    assert!(stdout.contains("expected: the value is nested more than 500 levels"), "{stdout}");
    assert_eq!(output.status.code(), Some(1));
    Ok(())
}

#[test]
fn a_folder_for_code_that_cannot_be_used_is_gone_without() -> Result<(), Box<dyn Error>> {
    let dir = make("cache")?;
    let call = ["call", "greeter.wasm", "greet(\"Ada\")"];
    let mut command = plugwright(&dir, &call);
    let output = command.env("PLUGWRIGHT_CACHE", dir.join("text.wasm")).output()?;
    let stderr = String::from_utf8(output.stderr)?;
    assert!(stderr.ends_with("the plugin is compiled anew\n"), "{stderr}");
    assert_eq!(String::from_utf8(output.stdout)?, "\"Ada\"\n");
    assert!(output.status.success());
    Ok(())
}

#[test]
fn compiled_code_is_kept_where_it_shall_be() -> Result<(), Box<dyn Error>> {
    let dir = make("code")?;
    let call = ["call", "greeter.wasm", "greet(\"Ada\")"];
    let is_code = |it: &fs::DirEntry| it.path().extension().is_some_and(|it| it == "code");
    let entries =
        || fs::read_dir(dir.join("code")).map_or(0, |it| it.flatten().filter(is_code).count());
    let mut uncached = plugwright(&dir, &[&call[..], &["--no-cache"]].concat());
    assert!(uncached.env("PLUGWRIGHT_CACHE", "code").status()?.success());
    assert_eq!(entries(), 0);
    for _ in 0..2 {
        assert!(plugwright(&dir, &call).env("PLUGWRIGHT_CACHE", "code").status()?.success());
        assert_eq!(entries(), 1);
    }
    Ok(())
}
