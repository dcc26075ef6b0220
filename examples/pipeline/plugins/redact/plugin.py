"""Takes out of each flight by which plane it was: who knows that knows whose plane was where, and when."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import stage_sdk as sdk
from stage_sdk import counts, export, flow, report

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

LONGEST = 1 << 20
"""The longest line that is kept, in bytes; a longer one is refused."""

NUMBER = re.compile(r"N[0-9A-Z]{1,5}")
"""What the number on the tail of an American plane looks like."""

JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""How lines are written."""


class RefusalError(Exception):
    """Raised for a line that cannot be redacted, and so is not let through."""


def redact(line: bytes) -> bytes:
    """Hide the plane's number; nothing is let through that is not understood."""
    try:
        event = json.loads(line.decode())
        plane = event["plane"]
        tail = plane["tail"]
    except (ValueError, KeyError, TypeError) as error:
        message = f"it is no flight: {error}"
        raise RefusalError(message) from None
    if tail is not None:
        if not isinstance(tail, str) or not NUMBER.fullmatch(tail):
            message = f"`{tail}` is not the number of a plane"
            raise RefusalError(message)
        plane["tail"] = "N" + "*" * (len(tail) - 1)
    return JSON.encode(event).encode()


class Lines:
    """The lines of what comes in pieces."""

    def __init__(self) -> None:
        """Begin before the first piece."""
        self._number = 0
        self._parts: list[bytes] = []
        self._length = 0

    def add(self, piece: bytes) -> Iterator[bytes]:
        """Give the lines that a piece ends, redacted."""
        first, *others = piece.split(b"\n")
        self._hold(first)
        for part in others:
            yield from self._end_line()
            self._hold(part)

    def end(self) -> Iterator[bytes]:
        """Give the last line, where nothing ended it."""
        if self._length:
            yield from self._end_line()

    def _hold(self, part: bytes) -> None:
        self._length += len(part)
        if self._length > LONGEST:
            self._parts.clear()
        else:
            self._parts.append(part)

    def _end_line(self) -> Iterator[bytes]:
        self._number += 1
        line, length = b"".join(self._parts), self._length
        self._parts, self._length = [], 0
        try:
            if length > LONGEST:
                message = f"it is longer than {LONGEST} bytes"
                raise RefusalError(message)
            if line:
                yield redact(line)
                yield b"\n"
        except RefusalError as error:
            report.refuse(self._number, str(error))


@export
class Flow(flow.Flow):
    """Redacts what flows."""

    async def run(
        self,
        lines: sdk.ByteStreamReader,
    ) -> tuple[sdk.ByteStreamReader, sdk.FutureReader[sdk.Result[list[counts.Count], str]]]:
        told, outcome = sdk.result_list_counts_count_string_future(lambda: sdk.Ok([]))

        async def redacted() -> AsyncIterator[bytes]:
            found = Lines()
            with lines:
                async for piece in lines:
                    yield b"".join(found.add(piece))
                yield b"".join(found.end())
            sdk.spawn(told.write(sdk.Ok([])))

        return sdk.feed(sdk.byte_stream(), redacted()), outcome
