"""Functions of two worlds."""

import renames_sdk as sdk
from renames_sdk import export, state


@export
class Renames(sdk.Renames):
    """Two worlds in one, whose functions have the same names."""

    def begin(self, speed: int) -> str:
        return f"at speed {speed}"

    def finish(self) -> str:
        return "stopped"

    def start_lap(self, lap: str) -> int:
        return len(lap.encode())

    def reset(self) -> None:
        pass


@export
class State(state.State):
    """The interface that both worlds have."""

    def steps(self) -> int:
        return 0
