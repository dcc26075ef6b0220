"""Works with notebooks that its host keeps."""

from handles_sdk import export, shelf, tasks
from handles_sdk.shelf import Notebook


def filled(title: str, lines: list[str]) -> Notebook:
    """Make a notebook with these lines."""
    notebook = Notebook(title)
    for line in lines:
        notebook.append(line)
    return notebook


@export
class Tasks(tasks.Tasks):
    """Resources that the host makes, and the plugin holds."""

    def __init__(self) -> None:
        self.held: Notebook | None = None

    def jot(self, title: str, lines: list[str]) -> int:
        return len(filled(title, lines).lines())

    def read(self, title: str) -> list[str]:
        return shelf.open(title).lines()

    def join(self, left: list[str], right: list[str]) -> list[str]:
        return Notebook.joined(filled("left", left), filled("right", right)).lines()

    def archive(self, count: int) -> int:
        notebooks = [Notebook(str(it)) for it in range(count)]
        last = shelf.archive(notebooks.pop()) if notebooks else 0
        return last + shelf.archive_all(notebooks)

    def titles(self) -> list[str]:
        return [it.title() for it in shelf.all()]

    def longest(self, lengths: list[int]) -> int | None:
        return shelf.longest([filled("long", [str(it) for it in range(length)]) for length in lengths])

    def measure(self, it: Notebook) -> int:
        return len(it.lines())

    def pass_(self, it: Notebook, line: str) -> Notebook:
        it.append(line)
        return it

    def make(self, title: str) -> Notebook:
        return Notebook(title)

    def hold(self, it: Notebook) -> None:
        self.held = it

    def release(self) -> Notebook | None:
        held, self.held = self.held, None
        return held
