// Functions of two worlds.
import { plugin } from "renames-sdk";

export default plugin({
  begin: (speed) => `at speed ${speed}`,
  finish: () => "stopped",
  startLap: (lap) => new TextEncoder().encode(lap).length,
  reset() {},
  state: {
    steps: () => 0,
  },
});
