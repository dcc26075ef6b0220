"""Works with what its host offers."""

from imports_sdk import FailedError, answer, desk, export, tasks
from imports_sdk.desk import FailureError, FailureNotFound, Line, QueryById


@export
class Tasks(tasks.Tasks):
    """Functions of the host, called from inside the plugin's own."""

    def report(self, level: desk.Level, texts: list[str]) -> int:
        for at, text in enumerate(texts):
            desk.write(Line(level, text, [str(at)]))
        return len(texts)

    def find(self, query: desk.Query) -> list[desk.Entry]:
        return desk.find(query)

    def name_of(self, id: int) -> str:
        entries = desk.find(QueryById(id))
        if not entries:
            raise FailureError(FailureNotFound())
        return entries[0].name

    def copy(self, from_: str, to: str) -> int | None:
        value = desk.load(from_)
        if value is None:
            return None
        desk.store(to, value)
        return len(value)

    def check(self, level: desk.Level) -> bool:
        try:
            desk.check(level)
        except FailedError:
            return False
        return True

    def mix(self) -> tuple[int, int, float, float, bool, str, str]:
        return desk.mix(255, -(2**63), 0.1, 0.1, True, "🦀", "gemischt ✓")

    def sum(self, of: int) -> int:
        return desk.sum(1, 2, 3, 4, -5, -6, -7, -8, 9, 10, 11, 12, -13, -14, -15, of, 17)

    def ticks(self, times: int) -> int:
        return sum(desk.now() for _ in range(times))

    def ask(self, question: str) -> str:
        return answer(question)
