// Two versions of one interface, side by side.
import { ResultError, plugin } from "versions-sdk";

export default plugin({
  exampleUnitsTemperature010: {
    toFahrenheit: ({ degrees }) => Math.trunc((degrees * 9) / 5) + 32,
    describe: ({ degrees }) => `${degrees} °C`,
  },
  exampleUnitsTemperature020: {
    toFahrenheit({ degrees, scale }) {
      if (scale === "fahrenheit") throw new ResultError("it is in fahrenheit");
      return { degrees: (degrees * 9) / 5 + 32, scale: "fahrenheit" };
    },
    describe: ({ degrees, scale }) => `${degrees} °${scale === "celsius" ? "C" : "F"}`,
  },
});
