//! Standard input in place of a file, and output that nobody reads.

use std::error::Error;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Output, Stdio};

use crate::fixtures::{make, plugwright};

/// Runs a command with this standard input.
fn feed(dir: &Path, args: &[&str], input: &[u8]) -> Result<Output, Box<dyn Error>> {
    let mut command = plugwright(dir, args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    child.stdin.take().ok_or("stdin was piped")?.write_all(input)?;
    Ok(child.wait_with_output()?)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn every_input_can_come_from_a_pipe() -> Result<(), Box<dyn Error>> {
    let dir = make("stdin")?;
    let greeter = fs::read(dir.join("greeter.wasm"))?;
    let wit = b"package a:b; world w { export greet: func(name: string) -> string; }";
    let check = ["check", "greeter.wasm", "--wit", "-"];
    let runs: [(&[&str], &[u8], &str); 6] = [
        (&["call", "-", "greet(\"Ada\")"], &greeter, "\"Ada\"\n"),
        (
            &["check", "-", "--wit", "wit/greeter"],
            &greeter,
            "`stdin` conforms to `example:greeter/greeter@0.1.0`\n",
        ),
        (&check, wit, "`greeter.wasm` conforms to `a:b/w`\n"),
        (&["test", "greeter.wasm", "-"], b"greet(\"a\") -> \"a\"", "1 passed, 0 failed\n"),
        (&["call", "reach.wasm", "now()", "--policy", "-"], b"grants.wall-clock = true", ""),
        (&["generate", "rust", "--wit", "-", "-o", "sdk"], wit, ""),
    ];
    for (args, input, expected) in runs {
        let output = feed(&dir, args, input)?;
        assert_eq!(text(&output.stdout), expected, "{args:?}: {}", text(&output.stderr));
        assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    }
    assert!(dir.join("sdk/src/lib.rs").is_file());
    Ok(())
}

#[test]
fn bytes_flow_from_a_pipe_to_a_pipe() -> Result<(), Box<dyn Error>> {
    let dir = make("flows")?;
    // More than any pipe holds, and no text.
    let bytes: Vec<u8> = (0..3 << 20).map(|it: u32| it.to_le_bytes()[it as usize % 3]).collect();
    fs::write(dir.join("bytes.bin"), &bytes)?;
    let policy: &[&str] = &["--policy", "slow.toml"];
    fs::write(dir.join("slow.toml"), "limits.time = \"5m\"")?;
    let from_file = ["call", "flows.wasm", "copy(\"bytes.bin\")"];
    let output = feed(&dir, &[&from_file[..], policy].concat(), b"")?;
    assert!(output.stdout == bytes, "{} bytes: {}", output.stdout.len(), text(&output.stderr));
    let from_pipe = ["call", "flows.wasm", "length(\"-\")"];
    let output = feed(&dir, &[&from_pipe[..], policy].concat(), &bytes)?;
    assert_eq!(text(&output.stdout), "3145728\n", "{}", text(&output.stderr));
    let output = feed(&dir, &["bench", "flows.wasm", "length(\"-\")"], b"once")?;
    let expected = "error: what `length` was given to read failed\n\
        caused by: only one argument can be `-`: standard input can be read once\n";
    assert_eq!(text(&output.stderr), expected);
    // Who reads no more is no failure.
    let mut command = plugwright(&dir, &[&from_file[..], policy].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut some = [0; 1000];
    let mut stdout = child.stdout.take().ok_or("stdout was piped")?;
    stdout.read_exact(&mut some)?;
    drop(stdout);
    let output = child.wait_with_output()?;
    assert_eq!((text(&output.stderr).as_str(), output.status.code()), ("", Some(0)));
    Ok(())
}

#[test]
fn standard_input_is_read_once() -> Result<(), Box<dyn Error>> {
    let dir = make("stdin-twice")?;
    let output = feed(&dir, &["check", "-", "--wit", "-"], b"package a:b; world w {}")?;
    let expected = "error: only one argument can be `-`: standard input can be read once\n";
    assert_eq!(text(&output.stderr), expected);
    assert_eq!(output.status.code(), Some(2));
    Ok(())
}

#[test]
fn a_reader_that_closes_its_end_is_no_failure() -> Result<(), Box<dyn Error>> {
    let dir = make("closed")?;
    let failing = ["test", "tools.wasm", "bad.wave"];
    let commands: [&[&str]; 4] = [
        &["inspect", "reach.wasm"],
        &["inspect", "reach.wasm", "--format", "json"],
        &failing,
        &["--help"],
    ];
    for args in commands {
        let mut command = plugwright(&dir, args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().ok_or("stderr was piped")?.read_to_string(&mut stderr)?;
        assert_eq!(stderr, "", "{args:?}");
        assert_eq!(child.wait()?.code(), Some(0), "{args:?}");
    }
    Ok(())
}

#[test]
fn a_full_disk_is_an_error() -> Result<(), Box<dyn Error>> {
    let full = Path::new("/dev/full");
    if !full.exists() {
        return Ok(());
    }
    let dir = make("full")?;
    let mut command = plugwright(&dir, &["inspect", "greeter.wasm"]);
    let output = command.stdout(fs::File::create(full)?).stderr(Stdio::piped()).output()?;
    let stderr = text(&output.stderr);
    assert!(stderr.starts_with("error: standard output cannot be written\n"), "{stderr}");
    assert_eq!(output.status.code(), Some(1));
    Ok(())
}
