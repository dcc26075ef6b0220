"""A plugin is connected with a runtime: here with one that notes what it is asked."""

import abc
import dataclasses
import enum
import io
import random
import sys
import tempfile
import textwrap
import unittest
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from plugwright_sdk import _component, _runtime, _start

IMPORTS = '''
class Counter:
    def __init__(self, start: int) -> None:
        tmp = componentize_py_runtime.call_import(3, [start])
    @classmethod
    def merged(cls, left: Self) -> Self:
        result = componentize_py_runtime.call_import(5, [left])
        return result

async def late() -> int:
    """
    def fake():
    """
    result = componentize_py_runtime.call_import(6, [])
    return result
'''

ROOT = """
def read() -> int:
    result = componentize_py_runtime.call_import(0, [])
    return result
"""

PLUGIN = """
from test_component import Asking, Keeping, Refused, house

import plugwright_sdk._runtime as sdk


@sdk.export
class Plugin(Asking):
    def ask(self, n: int) -> int:
        if n == 0:
            raise Refused("zero")
        if n == 1:
            return {}["one"]
        return n + house.temperature("hall")

    def twice(self, n: int) -> int:
        try:
            return self.ask(n) * 2
        except Refused:
            return -1


@sdk.export
class Kept(Keeping):
    def __init__(self, n: int) -> None:
        if n == 0:
            raise Refused("none")
        self.n = n

    @classmethod
    def largest(cls, of):
        return max(of, key=lambda it: it.n)
"""

house = ModuleType("house")


class Refused(_runtime.ResultError[str]):
    """An error that the world knows."""


class Asking(abc.ABC):
    """An interface."""

    _plugwright_export = True

    @abc.abstractmethod
    def ask(self, n: int) -> int: ...

    @abc.abstractmethod
    def twice(self, n: int) -> int: ...


class Keeping(abc.ABC):
    """A resource."""

    _plugwright_export = True


class Raised(Exception):
    """What the runtime takes for the error of a result."""

    def __init__(self, value: object) -> None:
        super().__init__(value)
        self.value = value


WORLD = _component.World(
    types={"wit_world.imports.house": {"Kept": Keeping}, "wit_world.exports.plugwright_kept": {}},
    imports=[
        # The generated text has number 0, and forgets what 1, 2 and 4 are.
        _component.Imported("", house, {"_host__read": "read", "_host__user": "Session.user", "_host__end": "Session.end"}),
        _component.Imported(
            "imports.house",
            house,
            {"_host__new": "Counter.__init__", "_host__add": "Counter.add", "_host__merged": "Counter.merged", "_host__late": "late"},
        ),
    ],
    exports=[
        _component.Exported(
            "plugwright_kept",
            "PlugwrightKept",
            Asking,
            [_component.Function("ask", error=Refused), _component.Function("twice")],
            [
                _component.Resource(
                    "Kept",
                    Keeping,
                    [
                        _component.Function("__init__", error=Refused),
                        _component.Function("largest", error=Refused, is_static=True, returns=True),
                    ],
                )
            ],
        )
    ],
)


def as_runtime(function: Callable[..., Any], *args: Any) -> Any:
    """Call as the runtime does: without a frame of Python below."""
    outcome: list[Any] = []

    class Frameless:
        f_back = None

    with mock.patch.object(_component.sys, "_getframe", lambda *_: Frameless):
        outcome.append(function(*args))
    return outcome[0]


class Access(enum.Flag):
    """What a file may be used for."""

    READ = 1
    WRITE = 2


class Connect(unittest.TestCase):
    """What the runtime finds is what the plugin exports."""

    def setUp(self) -> None:
        sys.modules["test_component"] = sys.modules[__name__]
        _runtime.exported.clear()
        self.modules = mock.patch.dict(sys.modules)
        self.modules.start()
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        generated = root / "wit_world" / "imports"
        generated.mkdir(parents=True)
        (generated / "house.py").write_text(IMPORTS, encoding="utf-8")
        (generated.parent / "__init__.py").write_text(ROOT, encoding="utf-8")
        (root / "the_plugin.py").write_text(PLUGIN, encoding="utf-8")
        self.path = mock.patch.object(sys, "path", [str(root), *sys.path])
        self.path.start()
        runtime = ModuleType("componentize_py_runtime")
        self.calls: list[tuple[int, list[Any]]] = []
        vars(runtime)["call_import"] = lambda number, args: self.calls.append((number, args))
        sys.modules["componentize_py_runtime"] = runtime
        vars(house)["temperature"] = lambda room: 20
        for target, name in ((_start, "prepare"), (_start, "freeze")):
            patch = mock.patch.object(target, name)
            patch.start()
            self.addCleanup(patch.stop)
        patch = mock.patch.object(_runtime, "Err", Raised)
        patch.start()
        self.addCleanup(patch.stop)

    def tearDown(self) -> None:
        self.path.stop()
        self.modules.stop()
        self.folder.cleanup()

    def test_functions_of_the_host_get_their_numbers(self) -> None:
        _component.connect("the_plugin", WORLD)
        for name in ("read", "user", "end", "new", "add", "merged", "late"):
            vars(house)[f"_host__{name}"]([name])
        self.assertEqual([number for number, _ in self.calls], [0, 1, 2, 3, 4, 5, 6])
        self.assertEqual(self.calls[6], (6, ["late"]))

    def test_the_runtime_finds_classes_and_answers(self) -> None:
        app: dict[str, Any] = _component.connect("the_plugin", WORLD)
        plugin = app["PlugwrightKept"]()
        self.assertEqual(plugin.ask(2), 22)
        self.assertIs(sys.modules["wit_world.imports.house"].Kept, Keeping)
        kept = sys.modules["plugwright_kept"].Kept
        one, two = kept(1), kept(2)
        self.assertIs(kept.largest([one, two]), two)

    def test_only_the_errors_of_the_world_are_results(self) -> None:
        app: dict[str, Any] = _component.connect("the_plugin", WORLD)
        plugin = app["PlugwrightKept"]()
        with self.assertRaises(Raised) as raised:
            as_runtime(plugin.ask, 0)
        self.assertEqual(raised.exception.value, "zero")
        with self.assertRaises(KeyError):
            as_runtime(plugin.ask, 1)
        with self.assertRaises(Raised):
            as_runtime(sys.modules["plugwright_kept"].Kept, 0)

    def test_a_plugin_that_calls_itself_sees_its_own_errors(self) -> None:
        app: dict[str, Any] = _component.connect("the_plugin", WORLD)
        self.assertEqual(app["PlugwrightKept"]().twice(0), -1)

    def test_a_result_of_two_names_is_a_value(self) -> None:
        _component.connect("the_plugin", WORLD)
        kept = sys.modules["plugwright_kept"].Kept
        one = kept(1)
        result = as_runtime(kept.largest, [one])
        self.assertEqual(result, _runtime.Ok(one))

    def test_bits_without_a_name_are_left_out(self) -> None:
        world = dataclasses.replace(WORLD, types={**WORLD.types, "wit_world.imports.files": {"Access": Access}})
        _component.connect("the_plugin", world)
        self.assertEqual(Access(255), Access.READ | Access.WRITE)
        self.assertEqual(Access(4), Access(0))

    def test_what_is_not_exported_is_named(self) -> None:
        Path(self.folder.name, "the_plugin.py").write_text("", encoding="utf-8")
        with self.assertRaisesRegex(_component.BuildError, "`test_component.Asking`, `test_component.Keeping`"):
            _component.connect("the_plugin", WORLD)


class Numbers(unittest.TestCase):
    """Numbers are read from the text of the runtime's generator."""

    def test_the_first_number_of_each_function_counts(self) -> None:
        numbers = _component.read_numbers(IMPORTS)
        self.assertEqual(numbers["Counter.__init__"], 3)
        self.assertEqual(numbers["Counter.merged"], 5)

    def test_ends_of_streams_have_numbers(self) -> None:
        text = """
            def byte_stream() -> tuple[ByteStreamWriter, ByteStreamReader]:
                pair = componentize_py_runtime.stream_new(10)
                return (ByteStreamWriter(10, pair >> 32), ByteStreamReader(10, pair))

            class WitWorld(Protocol):
                def _async_start_run(self, borrows: int) -> int:
                    return componentize_py_async_support.first_poll(4, borrows, self.run())
        """
        numbers = _component.read_numbers(textwrap.dedent(text))
        self.assertEqual(numbers, {"byte_stream": 10, "WitWorld._async_start_run": 4})


class Start(unittest.TestCase):
    """Nothing is drawn before it is asked for."""

    def test_random_is_seeded_when_it_is_first_used(self) -> None:
        kept = dict(vars(random))
        seeds: list[tuple[Any, ...]] = []
        try:
            with mock.patch.object(random, "seed", random.seed):
                _start.prepare()
                _start._real["seed"] = lambda *args: seeds.append(args)
                _start._unseeded["random"] = True
                shuffled = random.shuffle
                self.assertEqual(seeds, [])
                shuffled([1, 2, 3])
                random.random()
                self.assertEqual(seeds, [()])
                _start._unseeded["random"] = True
                random.seed(5)
                first = random.random()
                random.seed(5)
                self.assertEqual((random.random(), seeds), (first, [()]))
        finally:
            vars(random).update(kept)
            sys.excepthook = sys.__excepthook__

    def test_exceptions_are_told_with_the_plugins_own_frames(self) -> None:
        function = _component.Function("run", error=Refused)

        def run() -> None:
            raise KeyError("one")

        run.__code__ = run.__code__.replace(co_filename="/1/plugin.py")
        try:
            _component.raising(function, run)()
        except KeyError as raised:
            error = raised
        with mock.patch.object(sys, "stderr", io.StringIO()) as told:
            _start.tell(KeyError, error, error.__traceback__)
        self.assertIn('File "plugin.py", line ', told.getvalue())
        self.assertIn("KeyError: 'one'", told.getvalue())
        self.assertNotIn(", in call", told.getvalue())

    def test_exceptions_after_a_wait_end_the_plugin(self) -> None:
        def fail(event: int) -> int:
            return {1: 2}[event]

        call = _start.telling(fail)
        self.assertEqual(call(1), 2)
        with mock.patch.object(sys, "stderr", io.StringIO()) as told, mock.patch.object(_start.os, "abort") as abort:
            self.assertRaises(KeyError, call, 3)
        self.assertIn("KeyError: 3", told.getvalue())
        abort.assert_called_once_with()

    def test_a_module_that_was_not_loaded_is_named(self) -> None:
        with self.assertRaisesRegex(ModuleNotFoundError, "`colorsys` was not loaded when the plugin was built"):
            _start._Sealed().find_spec("colorsys", None)

    def test_an_encoding_that_was_not_loaded_is_named(self) -> None:
        with self.assertRaisesRegex(LookupError, "`import encodings.cp500` at the top of a module"):
            _start._Sealed().find_spec("encodings.cp500", None)
        with self.assertRaises(ModuleNotFoundError):
            _start._Sealed().find_spec("encodings.nonsense", None)

    def test_sources_that_are_gone_are_not_opened(self) -> None:
        with mock.patch.object(io, "open", io.open), mock.patch.object(sys, "path", ["/0"]):
            _start.seal_sources()
            self.assertEqual(sys.path, [])
            runtime: Any = io
            with self.assertRaises(FileNotFoundError):
                runtime.open(__file__, "rb")
            with tempfile.NamedTemporaryFile("w") as file, runtime.open(file.name, "rb") as other:
                self.assertEqual(other.read(), b"")


class Owned(unittest.TestCase):
    """Resources of the plugin are held by the component."""

    def test_no_handle_is_remembered(self) -> None:
        class Kept:
            pass

        _start.own(Kept)
        kept = Kept()
        name = "__componentize_py_handle"
        setattr(kept, name, 1)
        self.assertFalse(hasattr(kept, name))
        delattr(kept, name)
        self.assertTrue(kept)
        self.assertIsNone(_start._finalizer(kept, print, 1, 2).detach())

    def test_handles_of_the_host_are_dropped_with_their_objects(self) -> None:
        dropped: list[int] = []
        keeping = Keeping()
        finalizer = _start._finalizer(keeping, dropped.append, 7)
        self.assertTrue(finalizer.alive)
        del keeping
        self.assertEqual(dropped, [7])

    def test_an_object_that_is_given_up_is_not_asked_what_it_is(self) -> None:
        class Shelf:
            def __len__(self) -> int:
                return 0

        class Broken:
            def __bool__(self) -> bool:
                raise KeyError("what it is")

        for cls in (Shelf, Broken):
            _start.own(cls)
            self.assertTrue(as_runtime(bool, cls()))
        self.assertFalse(Shelf())
        with self.assertRaises(KeyError):
            bool(Broken())


if __name__ == "__main__":
    unittest.main()
