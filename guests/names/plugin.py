"""Implements what has the names of others."""

from names_sdk import errors, export, json, plugin, std, types


@export
class Item(types.Item):
    """Something with a point."""

    def __init__(self, name: str) -> None:
        self._name = name

    def name(self) -> str:
        return self._name


@export
class Types(types.Types):
    """An interface with the name of a module."""

    def describe(self, name: str) -> str:
        return f"{name} is of `types`"


@export
class Json(json.Json):
    """Another one."""

    def dump(self, it: json.Object) -> str:
        return " ".join(it.keys)


@export
class Std(std.Std):
    """One with a type of the same name."""

    def dump(self, it: std.Object) -> int:
        return it.keys


@export
class Plugin(plugin.Plugin):
    """One with the name of this file."""

    def plugin(self, guest: plugin.Names) -> plugin.Names:
        return [*guest, "guest"]

    def sdk(self) -> str:
        return "sdk"


@export
class Errors(errors.Errors):
    """One with errors of such names."""

    def check(self, code: int) -> int:
        if code:
            raise errors.ErrorException(errors.Error(code))
        return 0

    def fail(self, code: int) -> int:
        if code == 0:
            return 0
        if code == 1:
            raise errors.ExceptionError_(errors.ExceptionException())
        raise errors.ExceptionError_(errors.ExceptionError(errors.Error(code)))
