"""Gives characters back, counts with them, and makes texts of them."""

from chars_sdk import export, letters

SURROGATES = range(0xD800, 0xE000)
END = 0x110000


@export
class Letters(letters.Letters):
    """Single characters of Unicode."""

    def echo(self, letter: str) -> str:
        return letter

    def code(self, letter: str) -> int:
        return ord(letter)

    def of_code(self, code: int) -> str | None:
        return chr(code) if code < END and code not in SURROGATES else None

    def next(self, letter: str) -> str | None:
        code = ord(letter) + 1
        return self.of_code(SURROGATES.stop if code in SURROGATES else code)

    def spell(self, text: str) -> list[str]:
        return list(text)

    def write(self, letters: list[str]) -> str:
        return "".join(letters)
