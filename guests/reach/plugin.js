// Reaches for everything that the runtime offers: a console, and clocks.
import { plugin } from "reach-sdk";

/** Says why there is nothing to answer with. */
function missing(what) {
  throw new Error(`the runtime has no ${what}`);
}

export default plugin({
  countWords: (text) => new Set(text.split(/\s+/).filter((it) => it !== "")).size,
  print(line) {
    console.log(line);
    console.error(`${line}!`);
  },
  elapsed() {
    const start = performance.now();
    return BigInt(Math.round((performance.now() - start) * 1e6));
  },
  now: () => BigInt(Math.floor(Date.now() / 1000)),
  variable: () => missing("environment variables"),
  read: () => missing("files"),
  write: () => missing("files"),
  connect: () => missing("network"),
  sleep(milliseconds) {
    // There are no timers, either.
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  },
  panic(message) {
    throw new Error(message);
  },
  exit: () => missing("way to exit"),
});
