"""Gives numbers back, and works with them."""

import math

from numbers_sdk import arithmetic, echoes, export


def wrapped(number: int, bits: int, signed: bool) -> int:
    """Start again from the least beyond the largest."""
    number &= (1 << bits) - 1
    return number - (1 << bits) if signed and number >> (bits - 1) else number


def bounds(bits: int) -> tuple[int, int, int]:
    """Give the least and the greatest of a width."""
    half = 1 << (bits - 1)
    return -half, half - 1, 2 * half - 1


@export
class Echoes(echoes.Echoes):
    """Numbers of all widths."""

    def echo_bool(self, it: bool) -> bool:
        return it

    def echo_u8(self, it: int) -> int:
        return it

    def echo_s8(self, it: int) -> int:
        return it

    def echo_u16(self, it: int) -> int:
        return it

    def echo_s16(self, it: int) -> int:
        return it

    def echo_u32(self, it: int) -> int:
        return it

    def echo_s32(self, it: int) -> int:
        return it

    def echo_u64(self, it: int) -> int:
        return it

    def echo_s64(self, it: int) -> int:
        return it

    def echo_f32(self, it: float) -> float:
        return it

    def echo_f64(self, it: float) -> float:
        return it


@export
class Arithmetic(arithmetic.Arithmetic):
    """Numbers that the plugin works out by itself."""

    def add_u8(self, left: int, right: int) -> int:
        return wrapped(left + right, 8, False)

    def add_s16(self, left: int, right: int) -> int:
        return wrapped(left + right, 16, True)

    def add_u32(self, left: int, right: int) -> int:
        return wrapped(left + right, 32, False)

    def add_u64(self, left: int, right: int) -> int:
        return wrapped(left + right, 64, False)

    def add_s64(self, left: int, right: int) -> int:
        return wrapped(left + right, 64, True)

    def divide_f32(self, left: float, right: float) -> float:
        return self.divide_f64(left, right)

    def divide_f64(self, left: float, right: float) -> float:
        if right != 0.0:
            return left / right
        if left == 0.0 or math.isnan(left):
            return math.nan
        return math.inf * math.copysign(1.0, left) * math.copysign(1.0, right)

    def is_nan(self, it: float) -> bool:
        return math.isnan(it)

    def bounds_8(self) -> tuple[int, int, int]:
        return bounds(8)

    def bounds_16(self) -> tuple[int, int, int]:
        return bounds(16)

    def bounds_32(self) -> tuple[int, int, int]:
        return bounds(32)

    def bounds_64(self) -> tuple[int, int, int]:
        return bounds(64)
