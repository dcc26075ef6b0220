// Functions of the world itself.
import { ResultError, plugin } from "root-sdk";

export default plugin({
  echo: (it) => it,
  apply([first]) {
    if (first === undefined) throw new ResultError("unknown");
    if (first.value === undefined) throw new ResultError("locked");
    return first.value;
  },
  add: (left, right) => (left + right) >>> 0,
  timer: {
    end: ({ start, length }) => start + length,
  },
});
