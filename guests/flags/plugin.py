"""Gives flags back, and works with them as with sets."""

from flags_sdk import export, switches
from flags_sdk.switches import Eight, Nine, One, Seventeen, ThirtyTwo


@export
class Switches(switches.Switches):
    """Flags of all widths."""

    def echo_one(self, it: One) -> One:
        return it

    def echo_eight(self, it: Eight) -> Eight:
        return it

    def echo_nine(self, it: Nine) -> Nine:
        return it

    def echo_seventeen(self, it: Seventeen) -> Seventeen:
        return it

    def echo_thirty_two(self, it: ThirtyTwo) -> ThirtyTwo:
        return it

    def inverted_eight(self, it: Eight) -> Eight:
        return ~it

    def inverted_nine(self, it: Nine) -> Nine:
        return ~it

    def is_weekend(self, it: Eight) -> bool:
        return bool(it & (Eight.SATURDAY | Eight.SUNDAY))

    def each_thirty_two(self) -> list[ThirtyTwo]:
        return list(ThirtyTwo)

    def union_thirty_two(self, left: ThirtyTwo, right: ThirtyTwo) -> ThirtyTwo:
        return left | right

    def count_thirty_two(self, it: ThirtyTwo) -> int:
        return it.value.bit_count()
