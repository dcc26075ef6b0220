"""Results, errors and the decorator, as a plugin's unit tests see them."""

import abc
import unittest

from plugwright_sdk import _runtime


class Base(abc.ABC):
    """What an SDK would have for an interface."""

    _plugwright_export = True

    @abc.abstractmethod
    def run(self) -> int:
        """Give a number."""


class Export(unittest.TestCase):
    """The decorator tells at once what is wrong."""

    def setUp(self) -> None:
        _runtime.exported.clear()

    def test_a_class_is_kept_as_it_is(self) -> None:
        class Plugin(Base):
            def run(self) -> int:
                return 1

        self.assertIs(_runtime.export(Plugin), Plugin)
        self.assertEqual(_runtime.exported, {Base: Plugin})
        self.assertEqual(Plugin().run(), 1)

    def test_a_method_that_is_lacking_is_named(self) -> None:
        class Plugin(Base):
            pass

        with self.assertRaisesRegex(TypeError, "`Plugin` lacks `run`"):
            _runtime.export(Plugin)

    def test_a_class_of_its_own_is_refused(self) -> None:
        class Plugin:
            pass

        with self.assertRaisesRegex(TypeError, "does not derive"):
            _runtime.export(Plugin)

    def test_two_classes_for_one_export_are_refused(self) -> None:
        class One(Base):
            def run(self) -> int:
                return 1

        class Two(One):
            pass

        _runtime.export(One)
        with self.assertRaisesRegex(TypeError, "`One` exports `Base` already"):
            _runtime.export(Two)

    def test_the_base_is_named_with_its_module(self) -> None:
        self.assertEqual(_runtime.describe(Base), "test_runtime.Base")


class Errors(unittest.TestCase):
    """Errors carry what they say."""

    def test_a_result_error_has_its_value(self) -> None:
        class Refusal(_runtime.ResultError[int]):
            pass

        with self.assertRaises(_runtime.ResultError) as raised:
            raise Refusal(7)
        self.assertEqual(raised.exception.value, 7)
        self.assertIsNone(_runtime.FailedError().value)

    def test_the_host_is_missed_by_name(self) -> None:
        with self.assertRaisesRegex(_runtime.OutsideHostError, "`house.temperature`"):
            _runtime.outside("house.temperature")(["hall"])

    def test_results_match(self) -> None:
        match _runtime.Err("no"):
            case _runtime.Ok(value):
                self.fail(value)
            case _runtime.Err(value):
                self.assertEqual(value, "no")


class Resources(unittest.TestCase):
    """Handles of the host are given back once."""

    def test_a_with_block_gives_the_handle_back(self) -> None:
        dropped: list[tuple[int, int]] = []

        class Made:
            handle = 5

        import weakref

        made = Made()
        vars(made)["finalizer"] = weakref.finalize(made, lambda ty, handle: dropped.append((ty, handle)), 1, 5)
        counter = _runtime.Resource()
        _runtime.adopt(counter, made)
        del made
        self.assertEqual(dropped, [])
        with counter as same:
            self.assertIs(same, counter)
            self.assertEqual(vars(counter)["handle"], 5)
        self.assertEqual(dropped, [(1, 5)])
        del counter, same
        self.assertEqual(dropped, [(1, 5)])


if __name__ == "__main__":
    unittest.main()
