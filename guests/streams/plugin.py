"""Reads and writes what flows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import streams_sdk as sdk
from streams_sdk import export, files, flows

PIECE = 1 << 16
"""How much is written at once."""

ROUND = bytes(range(251))


def counted(count: int) -> Iterator[bytes]:
    """Give so many bytes: each is its place, modulo 251."""
    rounds = ROUND * (PIECE // len(ROUND) + 2)
    for at in range(0, count, PIECE):
        start = at % len(ROUND)
        yield rounds[start : start + min(PIECE, count - at)]


def zeroes(count: int) -> Iterator[bytes]:
    """Give so many zeroes."""
    for at in range(0, count, PIECE):
        yield b"\0" * min(PIECE, count - at)


def capitals(reader: sdk.ByteStreamReader) -> sdk.ByteStreamReader:
    """Give what is read, in capitals."""

    async def pieces() -> AsyncIterator[bytes]:
        with reader:
            async for piece in reader:
                yield piece.upper()

    return sdk.feed(sdk.byte_stream(), pieces())


async def lines(reader: sdk.ByteStreamReader) -> AsyncIterator[str]:
    """Give the lines of what is read."""
    rest = b""
    async for piece in reader:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield line.decode()


@export
class Flows(flows.Flows):
    """What flows through a plugin."""

    async def sum(self, bytes: sdk.ByteStreamReader) -> int:
        return sum([sum(piece) async for piece in bytes])

    async def count(self, bytes: int) -> sdk.ByteStreamReader:
        return sdk.feed(sdk.byte_stream(), counted(bytes))

    async def shout(self, bytes: sdk.ByteStreamReader) -> sdk.ByteStreamReader:
        return capitals(bytes)

    async def take(self, bytes: sdk.ByteStreamReader, most: int) -> bytes:
        taken = b""
        while len(taken) < most:
            piece = await bytes.read(most - len(taken))
            if not piece:
                break
            taken += piece
        return taken

    async def ignore(self, bytes: sdk.ByteStreamReader) -> bool:
        return True

    async def flood(self) -> sdk.ByteStreamReader:
        return sdk.feed(sdk.byte_stream(), zeroes(1 << 62))

    async def fail(self, after: int) -> sdk.ByteStreamReader:
        def failing() -> Iterator[bytes]:
            yield from zeroes(after)
            raise ValueError("it was to fail")

        return sdk.feed(sdk.byte_stream(), failing())

    async def words(self, text: str) -> sdk.StreamReader[str]:
        return sdk.feed(sdk.string_stream(), text.split())

    async def longest(self, words: sdk.StreamReader[str]) -> str | None:
        longest = None
        async for word in words:
            if longest is None or len(word) > len(longest):
                longest = word
        return longest

    async def double(self, number: sdk.FutureReader[int]) -> sdk.FutureReader[int]:
        writer, reader = sdk.u32_future(lambda: 0)

        async def answer() -> None:
            await writer.write(2 * await number)

        sdk.spawn(answer())
        return reader

    async def parse(
        self,
        text: sdk.ByteStreamReader,
    ) -> tuple[sdk.StreamReader[int], sdk.FutureReader[sdk.Result[int, str]]]:
        told, outcome = sdk.result_u32_string_future(lambda: sdk.Ok(0))

        async def numbers() -> AsyncIterator[int]:
            count = 0
            result: sdk.Result[int, str] | None = None
            async for line in lines(text):
                if not line.isdecimal():
                    result = sdk.Err(line)
                    break
                yield int(line)
                count += 1
            sdk.spawn(told.write(result or sdk.Ok(count)))

        return sdk.feed(sdk.u32_stream(), numbers()), outcome

    async def copy(self, source: str, target: str) -> int:
        try:
            text = files.read(source)
        except files.StringError as error:
            raise flows.StringError(error.value) from None
        match await files.write(target, capitals(text)):
            case sdk.Ok(count):
                return count
            case sdk.Err(reason):
                raise flows.StringError(reason)
