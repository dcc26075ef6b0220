"""Streams and futures: the ends that the runtime of a component has, and the same in memory for unit tests."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import sys
import typing
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Coroutine, Generator, Iterable
from typing import Any, Generic, TypeVar, overload

_T = TypeVar("_T")

_PIECE = 1 << 16


async def _pieces(reader: Any) -> AsyncIterator[Any]:
    while not reader.writer_dropped:
        # At the end there may be none.
        if piece := await reader.read(_PIECE):
            yield piece


async def _items(reader: Any) -> AsyncIterator[Any]:
    while not reader.writer_dropped:
        # What is read and not used would be lost to the next who reads.
        for item in await reader.read(1):
            yield item


def _awaited(reader: Any) -> Generator[Any, Any, Any]:
    waiting: Generator[Any, Any, Any] = reader.read().__await__()
    return waiting


if typing.TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

if sys.platform == "wasi":
    from componentize_py_async_support import spawn
    from componentize_py_async_support.futures import FutureReader, FutureWriter
    from componentize_py_async_support.streams import (
        ByteStreamReader,
        ByteStreamWriter,
        StreamReader,
        StreamWriter,
    )

    ByteStreamReader.__aiter__ = _pieces
    StreamReader.__aiter__ = _items
    FutureReader.__await__ = _awaited
else:

    class _Pipe:
        """What the two ends of a stream share."""

        def __init__(self) -> None:
            self.items: deque[Any] = deque()
            self.closed = {"reader": False, "writer": False}
            self.changed = asyncio.Event()

        def close(self, end: str) -> None:
            self.closed[end] = True
            self.changed.set()

        async def read(self, count: int) -> list[Any]:
            while not self.items and not self.closed["writer"]:
                self.changed.clear()
                await self.changed.wait()
            taken = [self.items.popleft() for _ in range(min(count, len(self.items)))]
            self.changed.set()
            return taken

        async def write(self, items: list[Any]) -> int:
            if self.closed["reader"]:
                return 0
            self.items.extend(items)
            self.changed.set()
            while self.items and not self.closed["reader"]:
                await asyncio.sleep(0)
            return len(items) - len(self.items)

    class _End:
        """One end of a stream, which a `with` block closes."""

        _side = "reader"

        def __init__(self, pipe: _Pipe) -> None:
            self._pipe = pipe

        def __enter__(self) -> Self:
            """Give the object itself."""
            return self

        def __exit__(
            self,
            kind: type[BaseException] | None,
            error: BaseException | None,
            traceback: TracebackType | None,
        ) -> None:
            """Close this end."""
            self._pipe.close(self._side)

    class _Reader(_End):
        @property
        def writer_dropped(self) -> bool:
            """Whether nothing more comes."""
            return self._pipe.closed["writer"] and not self._pipe.items

    class _Writer(_End):
        _side = "writer"

        def __del__(self) -> None:
            self._pipe.close(self._side)

        @property
        def reader_dropped(self) -> bool:
            """Whether nobody reads any more."""
            return self._pipe.closed["reader"]

    class StreamReader(_Reader, Generic[_T]):
        """The end of a stream that reads."""

        async def read(self, max_count: int) -> list[_T]:
            """Give at most so many items, as soon as there are any; none when the stream has ended."""
            return await self._pipe.read(max_count)

        def __aiter__(self) -> AsyncIterator[_T]:
            """Give item after item."""
            return _items(self)

    class StreamWriter(_Writer, Generic[_T]):
        """The end of a stream that writes."""

        async def write(self, source: list[_T]) -> int:
            """Write items, and tell how many were taken."""
            return await self._pipe.write(source)

        async def write_all(self, source: list[_T]) -> int:
            """Write all items unless the reader goes, and tell how many were taken."""
            return await self._pipe.write(source)

    class ByteStreamReader(_Reader):
        """The end of a stream of bytes that reads."""

        async def read(self, max_count: int) -> bytes:
            """Give at most so many bytes, as soon as there are any; none when the stream has ended."""
            return bytes(await self._pipe.read(max_count))

        def __aiter__(self) -> AsyncIterator[bytes]:
            """Give the bytes in pieces, as they come."""
            return _pieces(self)

    class ByteStreamWriter(_Writer):
        """The end of a stream of bytes that writes."""

        async def write(self, source: bytes) -> int:
            """Write bytes, and tell how many were taken."""
            return await self._pipe.write(list(source))

        async def write_all(self, source: bytes) -> int:
            """Write all bytes unless the reader goes, and tell how many were taken."""
            return await self._pipe.write(list(source))

    class FutureReader(_Reader, Generic[_T]):
        """The end of a future that reads."""

        async def read(self) -> _T:
            """Give the value, once it is there."""
            (value,) = await self._pipe.read(1)
            return typing.cast(_T, value)

        def __await__(self) -> Generator[Any, Any, _T]:
            """Give the value, once it is there."""
            return _awaited(self)

    class FutureWriter(_Writer, Generic[_T]):
        """The end of a future that writes; without a value it writes its default."""

        def __init__(self, pipe: _Pipe, default: Callable[[], _T]) -> None:
            super().__init__(pipe)
            self._default = default
            self._written = False

        async def write(self, value: _T) -> bool:
            """Write the value, and tell whether it was taken."""
            self._written = True
            return await self._pipe.write([value]) == 1

        def __del__(self) -> None:
            self.__exit__(None, None, None)

        def __exit__(
            self,
            kind: type[BaseException] | None,
            error: BaseException | None,
            traceback: TracebackType | None,
        ) -> None:
            """Close this end; a value that was not written is the default."""
            if not self._written:
                self._written = True
                self._pipe.items.append(self._default())
            super().__exit__(kind, error, traceback)

    _tasks: set[asyncio.Task[Any]] = set()

    def spawn(coroutine: Coroutine[Any, Any, Any]) -> None:
        """Go on with work after a function has given its result."""
        task = asyncio.ensure_future(coroutine)
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)


def stream() -> tuple[StreamWriter[Any], StreamReader[Any]]:
    """Make the two ends of a stream."""
    pipe = _Pipe()
    return StreamWriter(pipe), StreamReader(pipe)


def byte_stream() -> tuple[ByteStreamWriter, ByteStreamReader]:
    """Make the two ends of a stream of bytes."""
    pipe = _Pipe()
    return ByteStreamWriter(pipe), ByteStreamReader(pipe)


def future(default: Callable[[], _T]) -> tuple[FutureWriter[_T], FutureReader[_T]]:
    """Make the two ends of a future."""
    pipe = _Pipe()
    return FutureWriter(pipe, default), FutureReader(pipe)


@overload
def feed(
    ends: tuple[ByteStreamWriter, ByteStreamReader],
    source: bytes | Iterable[bytes] | AsyncIterable[bytes],
) -> ByteStreamReader: ...


@overload
def feed(
    ends: tuple[StreamWriter[_T], StreamReader[_T]],
    source: Iterable[_T] | AsyncIterable[_T],
) -> StreamReader[_T]: ...


def feed(ends: tuple[Any, Any], source: Any) -> Any:
    """Write to a stream what a source gives, and end it then; give the end that reads.

    The source is asked for no more than is read, and closed when nobody reads any more.
    """
    writer, reader = ends
    spawn(_pump(writer, source))
    return reader


async def _pump(writer: Any, source: Any) -> None:
    pieces = _asked(source, is_bytes=isinstance(writer, ByteStreamWriter))
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            if await writer.write_all(piece) < len(piece):
                break
    # Where the source fails, this is not reached: that ends the plugin, and not the stream.
    with writer:
        pass


async def _asked(source: Any, *, is_bytes: bool) -> AsyncGenerator[Any, None]:
    if is_bytes and isinstance(source, bytes):
        yield source
    elif not is_bytes and isinstance(source, list | tuple):
        yield list(source)
    elif isinstance(source, AsyncIterable):
        items = aiter(source)
        try:
            async for item in items:
                yield item if is_bytes else [item]
        finally:
            if isinstance(items, AsyncGenerator):
                await items.aclose()
    else:
        for item in source:
            yield item if is_bytes else [item]


async def arrived(started: Any) -> Any:
    """Wait for what an asynchronous function of the host gives."""
    support = importlib.import_module("componentize_py_async_support")
    return await support.await_result(started)


def ends(kind: str, name: str, number: int) -> Callable[..., tuple[Any, Any]]:
    """Give what makes the two ends of one type of stream or future inside a component."""
    runtime = importlib.import_module("componentize_py_runtime")
    support = importlib.import_module(f"componentize_py_async_support.{kind}s")
    prefix = {"future": "Future"}.get(kind, "ByteStream" if name == "byte_stream" else "Stream")
    writer = getattr(support, f"{prefix}Writer")
    reader = getattr(support, f"{prefix}Reader")
    return functools.partial(_pair, getattr(runtime, f"{kind}_new"), writer, reader, number)


def _pair(new: Any, writer: Any, reader: Any, number: int, *default: Any) -> tuple[Any, Any]:
    handles = new(number)
    return writer(number, handles >> 32, *default), reader(number, handles & 0xFFFFFFFF)
