/**
 * Streams and futures, which only plugins for worlds with async functions meet.
 */
import { bug } from "./bug.js";
import { Mismatch } from "./error.js";

/** The type of a stream; `name` is what the runtime calls it. */
export function stream(item) {
  return {
    lift: (given) => (item?.array === Uint8Array ? given : new Lifted(given, item)),
    lower: (values) => {
      if (values instanceof Lifted) return values.given;
      const iterator = values?.[Symbol.asyncIterator] ?? values?.[Symbol.iterator];
      if (typeof values === "string" || iterator === undefined) {
        throw new Mismatch("an iterable or an async iterable", values);
      }
      // What the runtime made, it takes back as it is.
      if (typeof values.cancelRead === "function") return values;
      return each(values, item?.array === Uint8Array || item === undefined ? (it) => it : (it) => item.lower(it));
    },
  };
}

/** A stream whose items are lifted as they come. */
class Lifted {
  constructor(given, item) {
    this.given = given;
    this.item = item;
  }

  async read(count) {
    const values = await this.given.read(count);
    return Array.from(values, (it) => this.item?.lift(it));
  }

  async next() {
    const { done, value } = await this.given.next();
    return { done, value: done ? undefined : this.item?.lift(value) };
  }

  async return() {
    await this.given.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  [Symbol.dispose]() {
    this.given[Symbol.dispose]?.();
  }
}

async function* each(values, convert) {
  try {
    for await (const value of values) yield convert(value);
  } catch (error) {
    await end(error);
  }
}

/** Ends the plugin where nobody waits for an answer: the runtime would say no more than that a stream has ended. */
function end(error) {
  const told = bug(error);
  globalThis.queueMicrotask(() => {
    throw told;
  });
  return new Promise(() => {});
}

/** The type of a future; `name` is what the runtime calls it. */
export function future(value, name) {
  return {
    lift: (given) => ({
      read: async () => value?.lift(await given.read()),
      [Symbol.dispose]: () => given[Symbol.dispose]?.(),
    }),
    // A promise is not handed over itself, because whoever answers with one would wait for it.
    lower: (given) => {
      const lowered = Promise.resolve(given)
        .then((it) => value?.lower(it))
        .catch(end);
      const { Future } = globalThis.wit;
      return Future.from(lowered, Future.types[name]).readable;
    },
  };
}
