"""Reads what its host lends it."""

import math

import lent_sdk as sdk
from lent_sdk import export, reports, store
from lent_sdk.reports import Buffer, StringError, Table
from lent_sdk.tables import (
    Kind,
    Mistake,
    MistakeError,
    MistakeNoColumn,
    MistakeOtherKind,
    MistakeTwice,
    Value,
    ValueBlob,
    ValueBoolean,
    ValueMissing,
)

EVERYTHING = 2**64 - 1


def shown(value: Value) -> str:
    """Write a value."""
    if isinstance(value, ValueMissing):
        return "-"
    if isinstance(value, ValueBlob):
        return f"{len(value.value)} bytes"
    if isinstance(value, ValueBoolean):
        return str(value.value).lower()
    return str(value.value)


def told(mistake: Mistake) -> StringError:
    """Say what was wrong."""
    if isinstance(mistake, MistakeNoColumn):
        return StringError(f"no column {mistake.value}")
    if isinstance(mistake, MistakeTwice):
        return StringError(f"twice {mistake.value}")
    if isinstance(mistake, MistakeOtherKind) and mistake.value is Kind.TEXTS:
        return StringError("these are texts")
    return StringError("these are no numbers")


@export
class Lent(sdk.Lent):
    """What the world itself asks."""

    def length(self, of: Buffer) -> int:
        return of.length()


@export
class Reports(reports.Reports):
    """Data that stays with the host, and the plugin reads in parts."""

    def __init__(self) -> None:
        self.held: Buffer | None = None

    def head(self, of: Buffer, most: int) -> bytes:
        return of.read(0, most)

    def total(self, of: Buffer, first: int, most: int) -> float:
        return sum(of.read_f64(first, most))

    def numbers(self, of: Buffer) -> tuple[int, int, int, int, float, float]:
        return (
            of.read_u32(0, 1)[0],
            of.read_u64(0, 1)[0],
            of.read_s32(0, 1)[0],
            of.read_s64(0, 1)[0],
            of.read_f32(0, 1)[0],
            of.read_f64(0, 1)[0],
        )

    def lengths(self, of: list[Buffer]) -> int:
        return sum(it.length() for it in of)

    def part(self, of: Buffer, first: int, most: int) -> Buffer:
        return of.slice(first, EVERYTHING).slice(0, most)

    def hold(self, it: Buffer) -> None:
        self.held = it

    def release(self) -> Buffer | None:
        held, self.held = self.held, None
        return held

    def restock(self, name: str) -> tuple[int, int] | None:
        found = store.find(name)
        if found is None:
            return None
        return store.measure(found), store.put(found)

    def mean(self, of: Table, column: str) -> tuple[float, int]:
        names = [it.name for it in of.columns()]
        if column not in names:
            raise StringError(f"no column {column}")
        place = names.index(column)
        try:
            values = of.numbers(place, 0, EVERYTHING)
            missing = len(of.missing(place, 0, EVERYTHING))
        except MistakeError as error:
            raise told(error.value) from error
        there = [it for it in values if not math.isnan(it)]
        return sum(there) / len(there), missing

    def describe(self, of: Table, row: int) -> str | None:
        values = of.row(row)
        return None if values is None else ", ".join(map(shown, values))

    def choose(self, of: Table, columns: list[str], first: int, most: int) -> Table:
        try:
            return of.select(columns).slice(first, most)
        except MistakeError as error:
            raise told(error.value) from error
