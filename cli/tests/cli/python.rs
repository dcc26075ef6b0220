//! Plugins in Python that are really built: functions that wait, and what is not there when the plugin runs.

use std::error::Error;
use std::fs;

use crate::projects::{in_project, succeed};

const WIT: &str = "package a:b;
world later {
    export pipe: async func() -> stream<u8>;
    export shout: async func(text: string) -> string;
    export load: func(module: string) -> string;
    export encode: func(text: string, encoding: string) -> list<u8>;
    export year: func(date: string) -> s32;
    export draw: func(seed: u32) -> bool;
}
";

const PLUGIN: &str = r#"
import importlib
import random
import sys
from collections.abc import Iterator
from datetime import datetime

import later_sdk as sdk
from later_sdk import export


def pieces(text: str) -> Iterator[str]:
    for piece in text.split():
        if piece == "then":
            raise ValueError("while it was read")
        yield piece


def encoded(text: str) -> Iterator[bytes]:
    for piece in pieces(text):
        yield piece.encode()


@export
class Plugin(sdk.Later):
    async def pipe(self) -> sdk.ByteStreamReader:
        return sdk.byte_stream()[1]

    async def shout(self, text: str) -> str:
        print("before", file=sys.stderr)
        if text == "now":
            raise ValueError("at once")
        found = b""
        async for piece in sdk.feed(sdk.byte_stream(), encoded(text)):
            found += piece
        print("after", file=sys.stderr)
        if not found:
            raise ValueError("nothing to shout")
        return f"{found.decode()}!"

    def load(self, module: str) -> str:
        return importlib.import_module(module).__name__

    def encode(self, text: str, encoding: str) -> bytes:
        return text.encode(encoding)

    def year(self, date: str) -> int:
        return datetime.strptime(date, "%Y-%m-%d").year

    def draw(self, seed: int) -> bool:
        random.seed(seed)
        return random.random() == random.Random(seed).random()
"#;

#[test]
#[ignore = "builds a plugin with componentize-py; run by cargo xtask test"]
fn what_is_missing_is_named_and_what_waits_is_told() -> Result<(), Box<dyn Error>> {
    let outside = tempfile::tempdir()?;
    fs::write(outside.path().join("later.wit"), WIT)?;
    let new = ["new", "later", "--lang", "python", "--wit", "later.wit", "--world", "later"];
    succeed(&mut in_project(outside.path(), &new))?;
    let dir = outside.path().join("later");
    fs::write(dir.join("plugin.py"), PLUGIN)?;
    fs::write(dir.join("policy.toml"), "[grants]\nstderr = \"capture\"\n")?;
    succeed(&mut in_project(&dir, &["build"]))?;

    let call = ["call", "later.wasm", "shout(\"Ada\")", "--policy", "policy.toml"];
    let (data, printed) = succeed(&mut in_project(&dir, &call))?;
    assert_eq!(data, "\"Ada!\"\n");
    assert!(printed.ends_with("before\nafter\n"), "{printed}");

    let cases = "shout(\"Ada\") -> \"Ada!\"\n\
        load(\"atexit\") -> \"atexit\"\n\
        load(\"colorsys\") !! the module `colorsys` was not loaded when the plugin was built\n\
        encode(\"a\", \"utf-16-le\") -> [97, 0]\n\
        encode(\"a\", \"cp1252\") !! write `import encodings.cp1252` at the top of a module\n\
        encode(\"a\", \"nonsense\") !! LookupError: unknown encoding: nonsense\n\
        year(\"2024-02-29\") -> 2024\n\
        draw(5) -> true\n";
    fs::write(dir.join("cases.wave"), cases)?;
    let (data, _) = succeed(&mut in_project(&dir, &["test", "later.wasm", "cases.wave"]))?;
    assert_eq!(data, "8 passed, 0 failed\n");

    let line = |text: &str| PLUGIN.lines().position(|it| it.contains(text)).map(|it| it + 1);
    for (text, wrote, message) in
        [("now", "before\n", "at once"), ("", "before\nafter\n", "nothing to shout")]
    {
        let call = format!("shout(\"{text}\")");
        let output = in_project(&dir, &["call", "later.wasm", &call]).output()?;
        let told = String::from_utf8(output.stderr)?;
        let raise = format!("raise ValueError(\"{message}\")");
        let expected = format!(
            "error: `shout` trapped: ValueError: {message}; it wrote:\n{wrote}\
            Traceback (most recent call last):\n  File \"plugin.py\", line {}, in shout\n    {raise}\n",
            line(&raise).ok_or("a raise")?,
        );
        assert!(told.contains(&expected), "{told}");
    }

    let output = in_project(&dir, &["call", "later.wasm", "shout(\"now and then\")"]).output()?;
    let told = String::from_utf8(output.stderr)?;
    let (outer, inner) =
        (line("in pieces(").ok_or("a line")?, line("while it was").ok_or("a line")?);
    let expected = format!(
        "before\nTraceback (most recent call last):\n  \
        File \"plugin.py\", line {outer}, in encoded\n    for piece in pieces(text):\n                 ^^^^^^^^^^^^\n  \
        File \"plugin.py\", line {inner}, in pieces\n    raise ValueError(\"while it was read\")\n"
    );
    assert!(told.contains(&expected), "{told}");

    let build = ["build", "--pure", "-o", "pure.wasm"];
    succeed(&mut in_project(&dir, &build))?;
    let (data, _) = succeed(&mut in_project(&dir, &["call", "pure.wasm", "draw(5)"]))?;
    assert_eq!(data, "true\n");
    Ok(())
}
