"""Streams and futures in memory."""

import asyncio
import unittest

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


if __name__ == "__main__":
    unittest.main()
