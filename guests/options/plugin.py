"""Gives options and results back, and answers with them."""

from options_sdk import Err, FailedError, Ok, Result, Some, answers, export
from options_sdk.answers import (
    ListStringError,
    Mood,
    MoodError,
    OptionStringError,
    Problem,
    ProblemError,
    RefusalBroken,
    RefusalBusy,
    RefusalError,
    RefusalLocked,
    StringError,
    Tuple2S32StringError,
    U32Error,
)


@export
class Answers(answers.Answers):
    """Options, results and errors, nested."""

    def echo_option(self, it: int | None) -> int | None:
        return it

    def echo_option_string(self, it: str | None) -> str | None:
        return it

    def echo_option_option(self, it: Some[int | None] | None) -> Some[int | None] | None:
        return it

    def echo_deep_option(
        self,
        it: Some[Some[str | None] | None] | None,
    ) -> Some[Some[str | None] | None] | None:
        return it

    def echo_option_result(self, it: Result[int, str] | None) -> Result[int, str] | None:
        return it

    def echo_option_list(self, it: list[int | None] | None) -> list[int | None] | None:
        return it

    def echo_nested_result(
        self,
        it: list[Result[int | None, str | None]],
    ) -> list[Result[int | None, str | None]]:
        return it

    def echo_result_result(
        self,
        it: tuple[Result[Result[int, str], answers.Refusal]],
    ) -> tuple[Result[Result[int, str], answers.Refusal]]:
        return it

    def echo_empty_result(self, it: tuple[Result[None, None]]) -> tuple[Result[None, None]]:
        return it

    def with_text(self, error: str) -> int:
        if error:
            raise StringError(error)
        return 0

    def with_nothing(self, it: int) -> None:
        if it < 0:
            raise FailedError

    def with_nothing_good(self, it: int) -> None:
        if it < 0:
            raise StringError(f"{it} is below 0")

    def with_nothing_bad(self, it: int) -> int:
        if it < 0:
            raise FailedError
        return it

    def with_record(self, code: int) -> str:
        if code == 0:
            return "fine"
        raise ProblemError(Problem(code, f"code {code}"))

    def with_variant(self, text: str) -> str:
        match text:
            case "":
                raise RefusalError(RefusalBusy())
            case "key":
                raise RefusalError(RefusalLocked(text))
            case "broken":
                raise RefusalError(RefusalBroken(Problem(500, text)))
        return text

    def with_enum(self, mood: Mood) -> int:
        if mood is Mood.UPSET:
            raise MoodError(mood)
        return 1

    def with_number(self, it: int) -> str:
        if it:
            raise U32Error(it)
        return "zero"

    def with_list(self, it: list[str]) -> int:
        if it:
            raise ListStringError(it)
        return 0

    def with_option(self, it: str | None) -> int | None:
        if it is None:
            return None
        if it == "":
            return 0
        raise OptionStringError(None if it == "none" else it)

    def with_tuple(self, it: int) -> tuple[int, str]:
        if it < 1:
            raise Tuple2S32StringError((it, "less than one"))
        return it, "one or more"

    def with_result(self, it: int) -> Result[int, str]:
        if it < 0:
            raise StringError(f"{it} is below 0")
        return Ok(it) if it else Err("zero")

    def first(self, left: str | None, right: str | None) -> str | None:
        return right if left is None else left
