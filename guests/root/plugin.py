"""Functions of the world itself."""

import root_sdk as sdk
from root_sdk import Failure, FailureError, export, timer


@export
class Root(sdk.Root):
    """Functions and types that stand in the world itself."""

    def echo(self, it: sdk.Settings) -> sdk.Settings:
        return it

    def apply(self, it: sdk.Settings) -> str:
        if not it:
            raise FailureError(Failure.UNKNOWN)
        if it[0].value is None:
            raise FailureError(Failure.LOCKED)
        return it[0].value

    def add(self, left: int, right: int) -> int:
        return (left + right) & 0xFFFFFFFF


@export
class Timer(timer.Timer):
    """An interface that has no name of its own outside."""

    def end(self, it: timer.Span) -> timer.Ticks:
        return it.start + it.length
