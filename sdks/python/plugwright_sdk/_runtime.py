"""What plugins use whatever their world says: results, errors, and the decorator that exports a class."""

from __future__ import annotations

import inspect
import sys
import typing
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, TypeVar

_T = TypeVar("_T")
_E = TypeVar("_E")
_C = TypeVar("_C", bound=type)

if typing.TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

# Inside a component the classes are those that its runtime makes values of.
if sys.platform == "wasi":
    from componentize_py_types import Err, Ok, Some
else:

    @dataclass
    class Some(Generic[_T]):
        """A value that is there, where a value that is there may be `None` as well."""

        value: _T

    @dataclass
    class Ok(Generic[_T]):
        """A result that is good."""

        value: _T

    @dataclass
    class Err(Generic[_E]):
        """A result that is an error."""

        value: _E


Result = Ok[_T] | Err[_E]
"""A result that is a value of its own; what a function itself gives is returned or raised."""


class ResultError(Exception, Generic[_T]):
    """Raised where a function gives an error as its result.

    Each type of error has a subclass; every other exception ends the plugin.
    """

    value: _T

    def __init__(self, value: _T) -> None:
        super().__init__(value)
        self.value = value


class FailedError(ResultError[None]):
    """Raised where a function fails and does not say why."""

    def __init__(self, value: None = None) -> None:
        super().__init__(value)


class OutsideHostError(RuntimeError):
    """Raised where something of the host is used and there is no host, as in a unit test."""


class Resource:
    """Something of the host, behind a handle.

    The handle is given back when the object is gone, or at the end of a `with` block.
    """

    def __enter__(self) -> Self:
        """Give the object itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the handle back."""
        finalizer = self.__dict__.pop("finalizer", None)
        if finalizer is not None:
            _, drop, args, _ = finalizer.detach()
            self.__dict__["handle"] = None
            drop(*args)


def adopt(resource: Resource, made: Any) -> None:
    """Make `resource` what a constructor of the host made."""
    _, drop, args, _ = made.finalizer.detach()
    fields = resource.__dict__
    fields["handle"] = made.handle
    fields["finalizer"] = weakref.finalize(resource, drop, *args)


def outside(name: str) -> Callable[[list[Any]], Any]:
    """Give what stands for a function of the host until there is one."""

    def call(_arguments: list[Any]) -> NoReturn:
        raise OutsideHostError(f"`{name}` is the host's: patch it where there is none")

    return call


exported: dict[type, type] = {}
"""What the plugin exports: the SDK's class, and the plugin's."""


def export(cls: _C) -> _C:
    """Export a class: the decorator for every class of the plugin that the host calls.

    The class derives from one of the SDK's, or from several, and has all their methods.
    An instance is made when the plugin is built, and stays.
    """
    bases = [base for base in cls.__mro__[1:] if "_plugwright_export" in vars(base)]
    if not bases:
        raise TypeError(f"`{cls.__name__}` does not derive from a class that the world exports")
    lacking = sorted(getattr(cls, "__abstractmethods__", ()))
    if lacking:
        names = ", ".join(f"`{name}`" for name in lacking)
        raise TypeError(f"`{cls.__name__}` lacks {names}")
    for base in bases:
        other = exported.get(base)
        # A module that is loaded again, as test runners do, brings the same class again.
        if other is not None and other.__qualname__ != cls.__qualname__:
            raise TypeError(f"`{other.__name__}` exports `{base.__name__}` already")
        exported[base] = cls
    return cls


def describe(base: type) -> str:
    """Name a class of the SDK as messages do."""
    module = inspect.getmodule(base)
    path = module.__name__.partition(".")[2] if module else ""
    return f"{path}.{base.__name__}" if path else base.__name__
