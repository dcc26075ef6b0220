"""Gives texts back, and measures them."""

from strings_sdk import export, texts


@export
class Texts(texts.Texts):
    """Texts of all lengths."""

    def echo(self, text: str) -> str:
        return text

    def length(self, text: str) -> int:
        return len(text.encode())

    def characters(self, text: str) -> int:
        return len(text)

    def repeat(self, text: str, times: int) -> str:
        return text * times

    def join(self, texts: list[str], between: str) -> str:
        return between.join(texts)

    def measure(self, text: str, times: int) -> int:
        return self.length(self.echo(self.repeat(text, times)))
