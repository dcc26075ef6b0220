"""Gives lists back, makes them, and sums them up."""

from lists_sdk import Result, echoes, export, lengths
from lists_sdk.echoes import Point


@export
class Echoes(echoes.Echoes):
    """Lists of every kind of element."""

    def echo_bool(self, it: list[bool]) -> list[bool]:
        return it

    def echo_u8(self, it: bytes) -> bytes:
        return it

    def echo_s8(self, it: list[int]) -> list[int]:
        return it

    def echo_u16(self, it: list[int]) -> list[int]:
        return it

    def echo_s16(self, it: list[int]) -> list[int]:
        return it

    def echo_u32(self, it: list[int]) -> list[int]:
        return it

    def echo_s32(self, it: list[int]) -> list[int]:
        return it

    def echo_u64(self, it: list[int]) -> list[int]:
        return it

    def echo_s64(self, it: list[int]) -> list[int]:
        return it

    def echo_f32(self, it: list[float]) -> list[float]:
        return it

    def echo_f64(self, it: list[float]) -> list[float]:
        return it

    def echo_char(self, it: list[str]) -> list[str]:
        return it

    def echo_string(self, it: list[str]) -> list[str]:
        return it

    def echo_list(self, it: list[bytes]) -> list[bytes]:
        return it

    def echo_deep(self, it: list[list[list[str]]]) -> list[list[list[str]]]:
        return it

    def echo_record(self, it: list[echoes.Point]) -> list[echoes.Point]:
        return it

    def echo_tuple(self, it: list[tuple[int, str, int]]) -> list[tuple[int, str, int]]:
        return it

    def echo_variant(self, it: list[echoes.Shape]) -> list[echoes.Shape]:
        return it

    def echo_enum(self, it: list[echoes.Colour]) -> list[echoes.Colour]:
        return it

    def echo_flags(self, it: list[echoes.Access]) -> list[echoes.Access]:
        return it

    def echo_option(self, it: list[int | None]) -> list[int | None]:
        return it

    def echo_result(self, it: list[Result[int, str]]) -> list[Result[int, str]]:
        return it


@export
class Lengths(lengths.Lengths):
    """Long lists."""

    def count_u32(self, length: int) -> list[int]:
        return list(range(length))

    def count_u8(self, length: int) -> bytes:
        return bytes(it & 0xFF for it in range(length))

    def count_string(self, length: int) -> list[str]:
        return [str(it) for it in range(length)]

    def count_point(self, length: int) -> list[Point]:
        return [Point(it, -it) for it in range(length)]

    def sum_u8(self, it: bytes) -> int:
        return sum(it)

    def sum_u32(self, it: list[int]) -> int:
        return sum(it)

    def sum_f64(self, it: list[float]) -> float:
        return sum(it, 0.0)

    def sum_string(self, it: list[str]) -> int:
        return sum(map(len, it))

    def sum_point(self, it: list[Point]) -> int:
        return sum(point.x + point.y for point in it)
