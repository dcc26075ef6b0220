"""Takes many arguments."""

from arguments_sdk import Ok, Result, export, many


@export
class Many(many.Many):
    """Functions with many arguments, and with none."""

    def nothing(self) -> None:
        pass

    def sixteen(
        self,
        a: int,
        b: int,
        c: int,
        d: int,
        e: int,
        f: int,
        g: int,
        h: int,
        i: int,
        j: int,
        k: int,
        l: int,
        m: int,
        n: int,
        o: int,
        p: int,
    ) -> list[int]:
        return [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]

    def seventeen(
        self,
        a: int,
        b: int,
        c: int,
        d: int,
        e: int,
        f: int,
        g: int,
        h: int,
        i: int,
        j: int,
        k: int,
        l: int,
        m: int,
        n: int,
        o: int,
        p: int,
        q: int,
    ) -> list[int]:
        return [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q]

    def mixed(
        self,
        a: int,
        b: int,
        c: float,
        d: float,
        e: bool,
        f: str,
        g: str,
        h: bytes,
        i: str | None,
        j: Result[int, str],
        k: tuple[int, str],
        l: str,
    ) -> str:
        truth = "true" if e else "false"
        maybe = "-" if i is None else i
        outcome = str(j.value) if isinstance(j, Ok) else j.value
        number, text = k
        return f"{a} {b} {c} {d} {truth} {f} {g} {len(h)} {maybe} {outcome} {number}{text} {l}"

    def two_records(self, left: many.Wide, right: many.Wide) -> tuple[many.Wide, many.Wide]:
        return left, right

    def records_and_more(
        self,
        first: many.Labelled,
        times: int,
        second: many.Labelled,
    ) -> list[str]:
        return [first.label] * times + [second.label] * times

    def optional(self, a: int | None, b: str | None, c: bool | None) -> int:
        return sum(it is not None for it in (a, b, c))

    def texts(
        self,
        a: str,
        b: str,
        c: str,
        d: str,
        e: str,
        f: str,
        g: str,
        h: str,
        i: str,
    ) -> str:
        return f"{a}|{b}|{c}|{d}|{e}|{f}|{g}|{h}|{i}"
