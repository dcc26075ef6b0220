"""Streams and futures in memory."""

import asyncio
import unittest
from collections.abc import AsyncIterator

from plugwright_sdk import _streams


class Streams(unittest.IsolatedAsyncioTestCase):
    """What is written is read, and both ends know when the other goes."""

    async def test_bytes_arrive(self) -> None:
        writer, reader = _streams.byte_stream()

        async def send() -> None:
            with writer:
                self.assertEqual(await writer.write_all(b"hello"), 5)

        _streams.spawn(send())
        self.assertEqual(await reader.read(2), b"he")
        self.assertEqual(await reader.read(100), b"llo")
        self.assertEqual(await reader.read(100), b"")
        self.assertTrue(reader.writer_dropped)

    async def test_a_reader_that_goes_ends_the_writing(self) -> None:
        writer, reader = _streams.stream()
        task = asyncio.ensure_future(writer.write_all([1, 2]))
        await asyncio.sleep(0)
        with reader:
            pass
        self.assertEqual(await task, 0)
        self.assertTrue(writer.reader_dropped)

    async def test_a_writer_that_is_forgotten_is_closed(self) -> None:
        reader = _streams.stream()[1]
        self.assertEqual(await reader.read(1), [])

    async def test_a_future_has_its_value_or_its_default(self) -> None:
        writer, reader = _streams.future(lambda: 0)
        _streams.spawn(writer.write(7))
        self.assertEqual(await reader.read(), 7)
        self.assertEqual(await _streams.future(lambda: 3)[1].read(), 3)

    async def test_an_end_is_gone_through(self) -> None:
        reader = _streams.feed(_streams.byte_stream(), [b"he", b"llo"])
        self.assertEqual([piece async for piece in reader], [b"he", b"llo"])
        reader = _streams.feed(_streams.byte_stream(), b"hello")
        self.assertEqual([piece async for piece in reader], [b"hello"])
        items: _streams.StreamReader[int] = _streams.feed(_streams.stream(), [1, 2, 3])
        self.assertEqual([item async for item in items], [1, 2, 3])

    async def test_a_source_is_closed_when_nobody_reads(self) -> None:
        closed = asyncio.Event()

        async def numbers() -> AsyncIterator[int]:
            try:
                for number in range(1000):
                    yield number
            finally:
                closed.set()

        with _streams.feed(_streams.stream(), numbers()) as reader:
            async for number in reader:
                if number == 2:
                    break
        await asyncio.wait_for(closed.wait(), 10)

    async def test_a_future_is_awaited(self) -> None:
        self.assertEqual(await _streams.future(lambda: 3)[1], 3)


if __name__ == "__main__":
    unittest.main()
