"""Lets a plugin start without any capability.

A plugin is loaded while it is built, and what was loaded is kept; when it is called, there are no files.
"""

from __future__ import annotations

import importlib
import importlib.abc
import linecache
import random
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

# What Python itself loads late: to print an exception, to encode text.
_LATE = (
    "traceback",
    "encodings.ascii",
    "encodings.latin_1",
    "encodings.utf_16",
    "encodings.utf_16_be",
    "encodings.utf_16_le",
    "encodings.utf_32",
    "encodings.utf_8_sig",
)

_real: dict[str, Callable[..., Any]] = {}
_unseeded = {"random": True}


def prepare() -> None:
    """Seed the module `random` when it is first used, not when the plugin is first called.

    So only a plugin that draws random numbers needs them granted, and no two draw the same.
    """
    for name in random.__all__:
        method = getattr(random, name)
        if isinstance(getattr(method, "__self__", None), random.Random):
            _real[name] = method
            setattr(random, name, _first(name, method))


def _first(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **named: Any) -> Any:
        if _unseeded.pop("random", False) and name not in ("seed", "setstate"):
            _real["seed"]()
        return method(*args, **named)

    return call


def freeze() -> None:
    """Keep what tracebacks show, forget what was drawn, and say what cannot be loaded any more."""
    for name in _LATE:
        importlib.import_module(name)
    for module in list(sys.modules.values()):
        _keep_source(module)
    # The lines that are kept are all that there are.
    vars(linecache)["checkcache"] = lambda filename=None: None
    vars(linecache)["updatecache"] = lambda filename, module_globals=None: []
    _unseeded["random"] = True
    seed = random.seed

    def start(*_: object) -> None:
        vars(random)["seed"] = seed
        sys.meta_path.insert(0, _Sealed())

    # The runtime takes this one, to call it before the plugin is first called.
    vars(random)["seed"] = start


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
        raise ModuleNotFoundError(
            f"the module `{fullname}` was not loaded when the plugin was built: import it at the top of a module",
            name=fullname,
        )
