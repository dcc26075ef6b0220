"""Two versions of one interface, side by side."""

from versions_sdk import example_units_temperature_0_1_0 as old
from versions_sdk import example_units_temperature_0_2_0 as new
from versions_sdk import export
from versions_sdk.example_units_temperature_0_2_0 import Scale


@export
class Old(old.Temperature):
    """Degrees Celsius."""

    def to_fahrenheit(self, it: old.Reading) -> int:
        return it.degrees * 9 // 5 + 32

    def describe(self, it: old.Reading) -> str:
        return f"{it.degrees} °C"


@export
class New(new.Temperature):
    """Both scales."""

    def to_fahrenheit(self, it: new.Reading) -> new.Reading:
        if it.scale is Scale.FAHRENHEIT:
            raise new.StringError("it is in fahrenheit")
        return new.Reading(it.degrees * 9 / 5 + 32, Scale.FAHRENHEIT)

    def describe(self, it: new.Reading) -> str:
        unit = "C" if it.scale is Scale.CELSIUS else "F"
        return f"{it.degrees} °{unit}"
