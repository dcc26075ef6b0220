// Reads what its host lends it.
import { ResultError, plugin } from "lent-sdk";
import * as store from "lent-sdk/store";

const EVERYTHING = 2n ** 64n - 1n;

let held;

/** Does something with a resource of its own, and drops it. */
function using(resource, work) {
  try {
    return work(resource);
  } finally {
    resource[Symbol.dispose]();
  }
}

const sum = (numbers) => numbers.reduce((total, it) => total + it, 0);

/** Turns what a table complains about into a text. */
function telling(work) {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ResultError)) throw error;
    const { tag, val } = error.payload;
    const texts = {
      "no-column": `no column ${val}`,
      "other-kind": val === "texts" ? "these are texts" : "these are no numbers",
      twice: `twice ${val}`,
    };
    throw new ResultError(texts[tag] ?? tag);
  }
}

function shown({ tag, val }) {
  if (tag === "missing") return "-";
  return tag === "blob" ? `${val.length} bytes` : String(val);
}

export default plugin({
  length: (of) => of.length(),
  reports: {
    head: (of, most) => of.read(0n, most),
    total: (of, first, most) => sum(Array.from(of.readF64(first, most))),
    numbers: (of) => [
      of.readU32(0n, 1n)[0],
      of.readU64(0n, 1n)[0],
      of.readS32(0n, 1n)[0],
      of.readS64(0n, 1n)[0],
      of.readF32(0n, 1n)[0],
      of.readF64(0n, 1n)[0],
    ],
    lengths(of) {
      return of.reduce((total, it) => total + using(it, () => it.length()), 0n);
    },
    part: (of, first, most) =>
      using(of, () => using(of.slice(first, EVERYTHING), (rest) => rest.slice(0n, most))),
    hold(it) {
      held = it;
    },
    release() {
      const it = held;
      held = undefined;
      return it;
    },
    restock(name) {
      const found = store.find(name);
      if (found === undefined) return undefined;
      return [store.measure(found), store.put(found)];
    },
    mean(of, column) {
      const place = of.columns().findIndex((it) => it.name === column);
      if (place < 0) throw new ResultError(`no column ${column}`);
      return telling(() => {
        const values = Array.from(of.numbers(place, 0n, EVERYTHING));
        const missing = of.missing(place, 0n, EVERYTHING).length;
        const there = values.filter((it) => !Number.isNaN(it));
        return [sum(there) / there.length, BigInt(missing)];
      });
    },
    describe: (of, row) => of.row(row)?.map(shown).join(", "),
    choose: (of, columns, first, most) =>
      using(of, () =>
        telling(() => using(of.select(columns), (some) => some.slice(first, most))),
      ),
  },
});
