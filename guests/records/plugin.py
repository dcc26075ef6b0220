"""Gives records and tuples back, and makes new ones of their parts."""

from dataclasses import replace

from records_sdk import export, people
from records_sdk.people import Address, Name, Padded, Pair, Person, Single

Nested = tuple[int, tuple[int, tuple[str, bool]], str]


@export
class People(people.People):
    """Records and tuples, nested."""

    def echo_person(self, it: Person) -> Person:
        return it

    def echo_padded(self, it: Padded) -> Padded:
        return it

    def echo_single(self, it: Single) -> Single:
        return it

    def echo_pair(self, it: Pair) -> Pair:
        return it

    def echo_tuple(self, it: Nested) -> Nested:
        return it

    def echo_single_tuple(self, it: tuple[int]) -> tuple[int]:
        return it

    def introduce(self, given: str, family: str | None, age: int) -> Person:
        return Person(Name(given, family), age, False, [], given[:1] or "?")

    def moved(self, person: Person, home: Address) -> Person:
        return replace(person, age=person.age + 1, homes=[*person.homes, home])

    def swapped(self, it: Pair) -> tuple[Single, str]:
        text, single = it
        return single, text
