"""Reaches for everything that the standard library offers."""

import os
import socket
import sys
import time
from pathlib import Path

import reach_sdk as sdk
from reach_sdk import StringError, export


@export
class Reach(sdk.Reach):
    """A plugin that reaches for everything."""

    def count_words(self, text: str) -> int:
        return len(set(text.split()))

    def print(self, line: str) -> None:
        print(line)
        print(f"{line}!", file=sys.stderr)

    def elapsed(self) -> int:
        start = time.monotonic_ns()
        return time.monotonic_ns() - start

    def now(self) -> int:
        return int(time.time())

    def variable(self, name: str) -> str | None:
        return os.environ.get(name)

    def read(self, path: str) -> str:
        try:
            return Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise StringError(str(error)) from error

    def write(self, path: str, text: str) -> None:
        try:
            Path(path).write_text(text, encoding="utf-8")
        except OSError as error:
            raise StringError(str(error)) from error

    def connect(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port))).close()
        except OSError as error:
            raise StringError(str(error)) from error

    def sleep(self, milliseconds: int) -> None:
        time.sleep(milliseconds / 1000)

    def panic(self, message: str) -> None:
        raise RuntimeError(message)

    def exit(self, code: int) -> None:
        sys.exit(code)
