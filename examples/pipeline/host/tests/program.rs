//! The program as people run it: files, pipes and signals.

use std::error::Error;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

type Tested<T = ()> = Result<T, Box<dyn Error>>;

fn plugin(name: &str) -> PathBuf {
    let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/guests");
    guests.join(format!("pipeline-{name}.wasm"))
}

/// The program with these stages.
fn pipeline(stages: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipeline"));
    for stage in stages {
        command.arg("--plugin").arg(plugin(stage));
    }
    command.stdin(Stdio::null());
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What is in a folder.
fn names(dir: &Path) -> Tested<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

#[test]
fn what_is_missing_is_named() -> Tested {
    let dir = tempfile::tempdir()?;
    for (option, path, start) in [
        ("--in", "no.ndjson", "error: `no.ndjson` cannot be read: No such file"),
        ("--in", ".", "error: `.` cannot be read: "),
        ("--out", "no/out.ndjson", "error: `no/out.ndjson` cannot be written: No such file"),
        ("--out", ".", "error: `.` cannot be written: "),
        ("--plugin", "no.wasm", "error: stage `no` cannot be read\ncaused by: "),
    ] {
        let output =
            pipeline(&[]).args(["--plugin", "no.wasm", option, path]).current_dir(&dir).output()?;
        assert!(stderr(&output).starts_with(start), "{}", stderr(&output));
        assert_eq!(output.status.code(), Some(1), "{option} {path}");
    }
    assert_eq!(pipeline(&[]).output()?.status.code(), Some(2));
    assert_eq!(names(dir.path())?, [""; 0]);
    Ok(())
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn a_pipe_in_and_a_pipe_out() -> Tested {
    let mut child = pipeline(&["fragile"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    child.stdin.take().ok_or("no pipe")?.write_all(b"1\n\"refuse\"\n2")?;
    let output = child.wait_with_output()?;
    assert_eq!(String::from_utf8(output.stdout.clone())?, "1\n2\n");
    let told = stderr(&output);
    assert!(
        told.starts_with("`pipeline-fragile` refused line 2: it was told to\nstage "),
        "{told}"
    );
    assert!(told.contains("\n3 lines in, 1 refused, 2 out; 12 B in, 4 B out; "), "{told}");
    Ok(())
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn a_file_is_replaced_at_a_good_end_only() -> Tested {
    let dir = tempfile::tempdir()?;
    let (input, out) = (dir.path().join("in.ndjson"), dir.path().join("out.ndjson"));
    fs::write(&out, "as it was\n")?;
    let many = "\"a line\"\n".repeat(100_000);
    for (last, told) in [
        ("\"trap\"\n", "error: stage 2, `pipeline-fragile`, failed\ncaused by: "),
        ("\"give up\"\n", "error: stage 1, `pipeline-fragile`, gave up: it was told to\n"),
    ] {
        fs::write(&input, format!("{many}{last}{many}"))?;
        let stages: &[_] =
            if last.contains("trap") { &["slow", "fragile"] } else { &["fragile", "slow"] };
        let output = pipeline(stages).arg("--in").arg(&input).arg("--out").arg(&out).output()?;
        assert!(stderr(&output).starts_with(told), "{}", stderr(&output));
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(fs::read_to_string(&out)?, "as it was\n");
    }
    fs::write(&input, &many)?;
    let output = pipeline(&["fragile"])
        .arg("--quiet")
        .arg("--in")
        .arg(&input)
        .arg("--out")
        .arg(&out)
        .output()?;
    assert_eq!((stderr(&output).as_str(), output.status.code()), ("", Some(0)));
    assert!(fs::read_to_string(&out)? == many, "it is not what went in");
    assert_eq!(names(dir.path())?, ["in.ndjson", "out.ndjson"]);
    Ok(())
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn who_reads_may_have_enough() -> Tested {
    let dir = tempfile::tempdir()?;
    let input = dir.path().join("in.ndjson");
    fs::write(&input, "\"a line\"\n".repeat(500_000))?;
    let mut command = pipeline(&["fragile", "slow"]);
    command.arg("--in").arg(&input).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let mut start = [0; 9];
    child.stdout.take().ok_or("no pipe")?.read_exact(&mut start)?;
    let output = child.wait_with_output()?;
    assert_eq!((&start, stderr(&output).as_str()), (b"\"a line\"\n", ""));
    assert_eq!(output.status.code(), Some(0));
    Ok(())
}

#[cfg(unix)]
#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn an_interruption_leaves_nothing_behind() -> Tested {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("out.ndjson");
    let mut command = pipeline(&["fragile"]);
    let mut child =
        command.arg("--out").arg(&out).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().ok_or("no pipe")?;
    input.write_all(b"1\n")?;
    while names(dir.path())?.is_empty() {
        running(&mut child)?;
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status()?;
    assert!(killed.success());
    let output = child.wait_with_output()?;
    drop(input);
    assert_eq!((stderr(&output).as_str(), output.status.code()), ("interrupted\n", Some(130)));
    assert_eq!(names(dir.path())?, [""; 0]);
    Ok(())
}

fn running(child: &mut Child) -> Tested {
    std::thread::sleep(std::time::Duration::from_millis(10));
    match child.try_wait()? {
        None => Ok(()),
        Some(status) => Err(format!("it ended with {status}").into()),
    }
}
