"""Connects a plugin with the runtime of its component, while the component is built.

The runtime looks up classes and functions in modules of its own generator. Their place is taken here, before it does so,
by modules that hold the SDK's classes: no value is converted, and no name of a world can break generated code.
Only the numbers by which the runtime knows functions are read from the generated text.
"""

from __future__ import annotations

import enum
import functools
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from . import _runtime, _start

WORLD = "wit_world"


@dataclass(frozen=True)
class Function:
    """A function that the plugin exports."""

    name: str
    error: type[_runtime.ResultError[Any]] | None = None
    is_async: bool = False
    is_static: bool = False
    returns: bool = False
    """Whether the runtime wants the error of a result returned, not raised."""


@dataclass(frozen=True)
class Resource:
    """A resource that the plugin exports."""

    name: str
    base: type
    functions: Sequence[Function] = ()


@dataclass(frozen=True)
class Exported:
    """An interface that the plugin exports, or the world's own functions."""

    module: str
    """Where the generated text is; empty for the world's own functions."""
    protocol: str
    base: type | None = None
    functions: Sequence[Function] = ()
    resources: Sequence[Resource] = ()


@dataclass(frozen=True)
class Imported:
    """The functions of the host in one module."""

    module: str
    """Where the generated text is; empty for the world's own functions."""
    into: ModuleType
    functions: Mapping[str, str] = field(default_factory=dict)
    """By the name of the module's own variable, the function as `name` or `Class.name`."""


@dataclass(frozen=True)
class World:
    """What the world says, as far as the runtime asks for it."""

    types: Mapping[str, Mapping[str, type]]
    """By generated module, the classes by their generated names."""
    imports: Sequence[Imported] = ()
    exports: Sequence[Exported] = ()
    pairs: Sequence[Imported] = ()
    """What makes the two ends of streams and futures."""


class BuildError(Exception):
    """The plugin does not fit its world."""


def connect(plugin: str, world: World) -> dict[str, object]:
    """Load the plugin's module, and give what the runtime looks for in its application."""
    stand_in(world)
    bind(world.imports)
    if world.pairs:
        streams = importlib.import_module("._streams", __package__)
        for pair in world.pairs:
            numbers = numbers_of(pair.module)
            for variable, name in pair.functions.items():
                kind = "future" if name.endswith("_future") else "stream"
                setattr(pair.into, variable, streams.ends(kind, name, numbers[name]))
    _start.prepare()
    importlib.import_module(plugin)
    lacking = [base for base in bases(world) if base not in _runtime.exported]
    if lacking:
        names = ", ".join(f"`{_runtime.describe(base)}`" for base in lacking)
        raise BuildError(f"`{plugin}` exports no class that derives from {names}")
    found: dict[str, object] = {}
    for exported in world.exports:
        found.update(export(exported))
    _start.freeze()
    return found


def bases(world: World) -> Iterable[type]:
    """Give the SDK's classes that a plugin has to derive from."""
    for exported in world.exports:
        if exported.base is not None:
            yield exported.base
        yield from (resource.base for resource in exported.resources)


def stand_in(world: World) -> None:
    """Put modules with the SDK's classes in the place of the generated ones."""
    for name in (WORLD, f"{WORLD}.imports", f"{WORLD}.exports", *world.types):
        module = ModuleType(name)
        module.__path__ = []
        vars(module).update(world.types.get(name, {}))
        cls: Any
        for cls in world.types.get(name, {}).values():
            # Bits that have no name mean nothing.
            if issubclass(cls, enum.Flag):
                cls._boundary_ = enum.CONFORM
        sys.modules[name] = module


def bind(imports: Sequence[Imported]) -> None:
    """Give the functions of the host their numbers."""
    runtime = importlib.import_module("componentize_py_runtime")
    found: dict[tuple[str, str], int] = {}
    for imported in imports:
        numbers = numbers_of(imported.module)
        found.update({(imported.module, name): numbers[name] for name in imported.functions.values() if name in numbers})
    # The generator forgets the resources that the world itself has, but their functions are counted, in their order.
    wanted = [(it.module, name) for it in imports for name in it.functions.values()]
    left = iter(sorted(set(range(len(wanted))) - set(found.values())))
    for key in wanted:
        if key not in found:
            found[key] = next(left)
    for imported in imports:
        for variable, name in imported.functions.items():
            number = found[imported.module, name]
            setattr(imported.into, variable, functools.partial(runtime.call_import, number))


def numbers_of(module: str) -> dict[str, int]:
    """Read the numbers of functions from generated text, by `name` or `Class.name`."""
    path = Path(WORLD, *module.split(".")) if module else Path(WORLD)
    for root in map(Path, sys.path):
        for file in (root / path.with_suffix(".py"), root / path / "__init__.py"):
            if file.is_file():
                return read_numbers(file.read_text(encoding="utf-8"))
    return {}


def read_numbers(text: str) -> dict[str, int]:
    """Find the first number that each function passes to the runtime."""
    numbers: dict[str, int] = {}
    owner = name = ""
    in_docs = False
    for line in text.splitlines():
        if line.strip() == '"""':
            in_docs = not in_docs
        elif in_docs:
            continue
        elif found := re.match(r"class (\w+)", line):
            owner = found[1] + "."
        elif found := re.match(r"( *)(?:async )?def (\w+)\(", line):
            if not found[1]:
                owner = ""
            name = owner + found[2]
        elif found := re.search(r"\b(?:call_import|first_poll|stream_new|future_new)\((\d+)", line):
            numbers.setdefault(name, int(found[1]))
    return numbers


def export(exported: Exported) -> dict[str, object]:
    """Make the plugin's classes what the runtime calls."""
    found: dict[str, object] = {}
    # The numbers of an interface's own functions stand beside all others of its kind.
    own = numbers_of("exports" if exported.module else "")
    if exported.base is not None:
        cls = _runtime.exported[exported.base]
        instance = cls()
        adapt(cls, exported.functions, own, exported.protocol)
        found[exported.protocol] = lambda: instance
    if exported.resources:
        numbers = numbers_of(f"exports.{exported.module}")
        module = ModuleType(exported.module)
        for resource in exported.resources:
            cls = _runtime.exported[resource.base]
            adapt(cls, resource.functions, numbers, resource.name)
            _start.own(cls)
            vars(module)[resource.name] = cls
            vars(sys.modules[f"{WORLD}.exports.{exported.module}"])[resource.name] = cls
        sys.modules[exported.module] = module
    return found


def adapt(cls: type, functions: Iterable[Function], numbers: Mapping[str, int], protocol: str) -> None:
    """Give a class of the plugin the methods that the runtime calls."""
    for function in functions:
        if function.is_async:
            name = f"_async_start_{function.name}"
            start = starting(function, numbers[f"{protocol}.{name}"])
            setattr(cls, name, classmethod(start) if function.is_static else start)
        elif function.error is not None:
            method = inspect.getattr_static(cls, function.name)
            wrapped = raising(function, getattr(method, "__func__", method))
            kept = type(method) if hasattr(method, "__func__") else None
            setattr(cls, function.name, kept(wrapped) if kept else wrapped)


def raising(function: Function, method: Callable[..., Any]) -> Callable[..., Any]:
    """Make the error of a result what the runtime takes for it, unless the plugin calls itself."""
    error = function.error
    assert error is not None

    @functools.wraps(method)
    def call(*args: Any, **named: Any) -> Any:
        try:
            value = method(*args, **named)
        except error as raised:
            # Only the runtime calls without a frame of Python below.
            if sys._getframe().f_back is not None:
                raise
            if function.returns:
                return _runtime.Err(raised.value)
            raise as_exception(raised.value) from None
        if function.returns and sys._getframe().f_back is None:
            return _runtime.Ok(value)
        return value

    return call


def starting(function: Function, number: int) -> Callable[..., int]:
    """Make the method by which the runtime starts an asynchronous one."""
    support = importlib.import_module("componentize_py_async_support")
    errors = () if function.error is None else (function.error,)

    async def outcome(awaitable: Any) -> Any:
        try:
            value = await awaitable
        except errors as raised:
            if function.returns:
                return _runtime.Err(raised.value)
            raise as_exception(raised.value) from None
        return _runtime.Ok(value) if function.returns else value

    def start(owner: Any, *args: Any) -> int:
        *arguments, borrows = args
        awaitable = getattr(owner, function.name)(*arguments)
        if function.error is not None:
            awaitable = outcome(awaitable)
        started: int = support.first_poll(number, borrows, awaitable)
        return started

    return start


def as_exception(value: object) -> BaseException:
    """Make the exception that the runtime takes for the error of a result."""
    raised: Any = _runtime.Err(value)
    assert isinstance(raised, BaseException)
    return raised
