//! Versions that are no files of WIT text: packages in binary form, and standard input.

use std::error::Error;
use std::fs::{self, File};
use std::process::{Command, Output};

use wit_parser::Resolve;

use crate::fixtures::{make, plugwright};

fn told(mut command: Command) -> Result<(Option<i32>, String, String), Box<dyn Error>> {
    let Output { status, stdout, stderr } = command.output()?;
    Ok((status.code(), String::from_utf8(stdout)?, String::from_utf8(stderr)?))
}

#[test]
fn a_package_in_binary_form_is_as_good_as_its_text() -> Result<(), Box<dyn Error>> {
    let dir = make("diff")?;
    let (old, new) = ("wit/versions/heater-0.1.wit", "wit/versions/heater-0.2.wit");
    let mut resolve = Resolve::default();
    let package = resolve.push_str(new, &fs::read_to_string(dir.join(new))?)?;
    fs::write(dir.join("new.wasm"), wit_component::encode(&resolve, package)?)?;

    let text = told(plugwright(&dir, &["diff", old, new]))?;
    assert_eq!(text.0, Some(1));
    assert_eq!(told(plugwright(&dir, &["diff", old, "new.wasm"]))?, text);
    let same = told(plugwright(&dir, &["diff", new, "new.wasm"]))?;
    assert_eq!(same.0, Some(0), "{}", same.1);

    let mut piped = plugwright(&dir, &["diff", old, "-"]);
    piped.stdin(File::open(dir.join(new))?);
    assert_eq!(told(piped)?, text);

    let mut piped = plugwright(&dir, &["diff", old, "-"]);
    piped.stdin(File::open(dir.join("new.wasm"))?);
    let (code, _, stderr) = told(piped)?;
    let expected = "error: standard input is a WIT package in binary form\n\n\
        hint: write it to a file, and name that\n";
    assert_eq!((code, stderr.as_str()), (Some(1), expected));
    Ok(())
}

#[test]
fn components_and_noise_come_from_standard_input() -> Result<(), Box<dyn Error>> {
    let dir = make("diff-stdin")?;
    let mut piped = plugwright(&dir, &["diff", "greeter.wasm", "-"]);
    piped.stdin(File::open(dir.join("greeter.wasm"))?);
    let (code, stdout, _) = told(piped)?;
    assert_eq!((code, stdout.lines().count()), (Some(0), 3), "{stdout}");

    fs::write(dir.join("noise"), [0xff, 0xfe, 0x00])?;
    let mut piped = plugwright(&dir, &["diff", "greeter.wasm", "-"]);
    piped.stdin(File::open(dir.join("noise"))?);
    let (code, _, stderr) = told(piped)?;
    let expected = "error: `stdin` is neither WebAssembly nor a text in UTF-8\n\
        caused by: invalid utf-8 sequence of 1 bytes from index 0\n\n\
        hint: give a component, or WIT\n";
    assert_eq!((code, stderr.as_str()), (Some(1), expected));

    let (code, _, stderr) = told(plugwright(&dir, &["diff", "-", "-"]))?;
    let expected = "error: only one argument can be `-`: standard input can be read once\n";
    assert_eq!((code, stderr.as_str()), (Some(2), expected));
    Ok(())
}
