"""Lets a plugin start without any capability.

A plugin is loaded while it is built, and what was loaded is kept; when it is called, there are no files.
"""

from __future__ import annotations

import contextlib
import encodings
import errno
import importlib
import importlib.abc
import importlib.machinery
import io
import linecache
import os
import pkgutil
import random
import re
import sys
import traceback
import weakref
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, NoReturn

# What Python itself loads late: to tell exceptions, and to encode text.
_LATE = (
    "_suggestions",
    "atexit",
    "unicodedata",
    "encodings.ascii",
    "encodings.latin_1",
    "encodings.utf_16",
    "encodings.utf_16_be",
    "encodings.utf_16_le",
    "encodings.utf_32",
    "encodings.utf_8_sig",
)

# What modules load late, if the plugin has them.
_COMPANIONS = {"datetime": "_strptime", "socket": "encodings.idna"}

_real: dict[str, Callable[..., Any]] = {}
_unseeded = {"random": True}
_encodings = {module.name for module in pkgutil.iter_modules(encodings.__path__)}
_finalize = weakref.finalize


def prepare() -> None:
    """Seed the module `random` when it is first used, not when the plugin is first called.

    So only a plugin that draws random numbers needs them granted, and no two draw the same.
    """
    for name in random.__all__:
        method = getattr(random, name)
        if isinstance(getattr(method, "__self__", None), random.Random):
            _real[name] = method
            setattr(random, name, _first(name, method))
    sys.excepthook = tell


def _first(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **named: Any) -> Any:
        if _unseeded.pop("random", False) and name not in ("seed", "setstate"):
            _real["seed"]()
        return method(*args, **named)

    return call


def freeze() -> None:
    """Keep what tracebacks show, forget what was drawn, and say what cannot be loaded any more."""
    for name in (*_LATE, *(late for module, late in _COMPANIONS.items() if module in sys.modules)):
        # Older versions do not have all of them.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for module in list(sys.modules.values()):
        _keep_source(module)
    # The lines that are kept are all that there are.
    vars(linecache)["checkcache"] = lambda filename=None: None
    vars(linecache)["updatecache"] = lambda filename, module_globals=None: []
    # Where a line is marked, it is parsed, and what cannot be parsed is looked up in its file.
    vars(traceback)["_extract_caret_anchors_from_line_segment"] = lambda segment: None
    stack: Any = traceback.StackSummary
    stack._should_show_carets = _is_part
    _unseeded["random"] = True
    # The runtime itself tells no exception of a function that had to wait.
    if support := sys.modules.get("componentize_py_async_support"):
        vars(support)["callback"] = telling(vars(support)["callback"])
    seed = random.seed

    def start(*args: Any, **named: Any) -> None:
        vars(random)["seed"] = seed
        vars(weakref)["finalize"] = _finalize
        sys.excepthook = end
        # What is compiled into Python needs no file.
        sys.meta_path[:] = [importlib.machinery.BuiltinImporter, importlib.machinery.FrozenImporter, _Sealed()]
        seal_sources()
        if args or named:
            # Without WASI the runtime does not call it.
            seed(*args, **named)

    # The runtime takes these, the first to call it before the plugin is first called.
    vars(random)["seed"] = start
    vars(weakref)["finalize"] = _finalizer


def _is_part(_stack: object, start: int, end: int, lines: Sequence[str], _anchors: object) -> bool:
    """Whether there is more in the lines than what would be marked."""
    return bool(lines[0][:start].strip() or lines[-1][end:].strip())


_owned: list[type] = []


def own(cls: Any) -> None:
    """Let the component itself count who has resources of the plugin; the runtime only counts its own handles."""
    _owned.append(cls)
    setattr(cls, "__componentize_py_handle", _Unheld())
    if not hasattr(cls, "__bool__") and not hasattr(cls, "__len__"):
        return
    is_true = getattr(cls, "__bool__", None) or (lambda self: len(self) != 0)

    def answer(self: object) -> Any:
        # The component asks when it gives up a resource. Only it calls without a frame of Python below.
        return sys._getframe().f_back is None or is_true(self)

    cls.__bool__ = answer


class _Unheld:
    """In the place of the handle that the runtime would remember of a resource: the host has it, not the plugin."""

    def __get__(self, owner: object, kind: type | None = None) -> NoReturn:
        raise AttributeError("the plugin has no handle of its own resource")

    def __set__(self, owner: object, value: object) -> None:
        """Forget the handle."""

    def __delete__(self, owner: object) -> None:
        """Have nothing to forget."""


class _Unowned:
    """In the place of a finalizer: the component itself counts who has a resource."""

    def detach(self) -> None:
        """Have nothing to give up."""


def _finalizer(instance: object, *args: Any) -> Any:
    """Drop a handle of the host's when its object is gone."""
    return _Unowned() if isinstance(instance, tuple(_owned)) else _finalize(instance, *args)


def seal_sources() -> None:
    """Spare the runtime to look for files that are not there, when it tells where an exception comes from."""
    gone = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    opened = io.open

    def open_left(file: Any, *args: Any, **named: Any) -> Any:
        if isinstance(file, str) and file in gone:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), file)
        return opened(file, *args, **named)

    vars(io)["open"] = open_left
    # It looks beside other modules, too.
    sys.path.clear()


def tell(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """Print an exception, with the plugin's own frames and with paths as its author knows them."""
    told = traceback.TracebackException(kind, error, where)
    _shorten(told)
    sys.stderr.write("".join(told.format()))
    sys.stderr.flush()


def end(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """Print an exception, and end the plugin before the runtime adds where it noticed."""
    tell(kind, error, where)
    os.abort()


def telling(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Tell the exceptions of what the runtime calls back."""

    def call(*event: int) -> Any:
        try:
            return callback(*event)
        except BaseException as error:
            end(type(error), error, error.__traceback__)
            raise

    return call


def _shorten(told: traceback.TracebackException) -> None:
    told.stack[:] = [frame for frame in told.stack if not _is_ours(frame.filename)]
    for frame in told.stack:
        # A component has the folders that it was built from under numbers.
        frame.filename = re.sub(r"^/\d+/", "", frame.filename)
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            _shorten(other)


_BETWEEN = ("/bundled/componentize_py_async_support/", "/python/importlib/", "<frozen importlib")


def _is_ours(file: str) -> bool:
    """Whether a file is between the runtime and the plugin."""
    path = Path(file)
    same = path.parent == Path(__file__).parent and path.name in ("_component.py", "_start.py", "_streams.py")
    return same or path.name == "plugwright_app.py" or file.startswith(_BETWEEN)


def _keep_source(module: ModuleType) -> None:
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or file.startswith(("/python/", "/bundled/", "/world/")):
        return
    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)


class _Sealed(importlib.abc.MetaPathFinder):
    """Says that a module was not loaded in time."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Refuse every module."""
        package, _, name = fullname.partition(".")
        if package == "encodings" and name in _encodings:
            # Who looks for an encoding takes a module that is missing for an encoding that there is not.
            raise LookupError(f"the encoding `{name}` was not loaded when the plugin was built: write `import {fullname}` at the top of a module")
        raise ModuleNotFoundError(
            f"the module `{fullname}` was not loaded when the plugin was built: import it at the top of a module",
            name=fullname,
        )
