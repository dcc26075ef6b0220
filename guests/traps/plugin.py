"""Fails in many ways."""

import sys

from traps_sdk import export, failing


def plunge(depth: int, message: str) -> int:
    """Fail that much further down."""
    if depth == 0:
        raise RuntimeError(message)
    return plunge(depth - 1, message) + 1


@export
class Failing(failing.Failing):
    """What goes wrong, and how it is told."""

    def panic(self, message: str) -> None:
        raise RuntimeError(message)

    def fall(self, depth: int, message: str) -> int:
        return plunge(depth, message)

    def talk(self, lines: int, message: str) -> None:
        for line in range(lines):
            print(f"line {line}", file=sys.stderr)
        raise RuntimeError(message)

    def element(self, of: list[int], at: int) -> int:
        return of[at]

    def recurse(self, depth: int) -> int:
        return self.recurse(depth - 1) + 1 if depth else 0

    def exhaust(self) -> int:
        taken = []
        while True:
            taken.append(bytes(1 << 20))

    def spin(self) -> None:
        while True:
            pass

    def work(self) -> int:
        return 7
