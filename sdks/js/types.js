/**
 * How values of WIT types look in JavaScript, and how they look to the runtime that follows the canonical ABI.
 *
 * A type lifts what the runtime hands over, and lowers what it wants to be handed, and checks it.
 */
import { Mismatch } from "./error.js";

const same = (value) => value;

const type = (lower, lift = same) => ({ lift, lower });

/** Does one step of a larger value, and says in an error which it was. */
function inside(step, work, value) {
  try {
    return work(value);
  } catch (error) {
    throw error instanceof Mismatch ? error.inside(step) : error;
  }
}

function integer(name, least, most, array) {
  const lower = (value) => {
    if (Number.isInteger(value) && value >= least && value <= most) {
      // The runtime takes 32 bits, and would cut off a larger `u32`.
      return value | 0;
    }
    throw new Mismatch(`${name} from ${least} to ${most}`, value);
  };
  return { lift: same, lower, array };
}

function long(least, most, array, normal) {
  const element = (value) => {
    const whole = Number.isSafeInteger(value) ? BigInt(value) : value;
    if (typeof whole === "bigint" && whole >= least && whole <= most) return whole;
    throw new Mismatch(`a bigint from ${least} to ${most}`, value);
  };
  // The runtime would make a number of it, which is exact to 53 bits only, so all 64 go as text.
  const lower = (value) => BigInt.asUintN(64, element(value)).toString(16).padStart(16, "0");
  const lift = (value) => normal(typeof value === "string" ? BigInt(`0x${value}`) : BigInt(value));
  return { lift, lower, element, array };
}

function real(array) {
  const lower = (value) => {
    if (typeof value === "number") return value;
    throw new Mismatch("a number", value);
  };
  return { lift: same, lower, array };
}

export const u8 = integer("an integer", 0, 0xff, Uint8Array);
export const u16 = integer("an integer", 0, 0xffff, Uint16Array);
// The runtime hands over 32 bits with a sign.
export const u32 = { ...integer("an integer", 0, 0xffffffff, Uint32Array), lift: (value) => value >>> 0 };
export const s8 = integer("an integer", -0x80, 0x7f, Int8Array);
export const s16 = integer("an integer", -0x8000, 0x7fff, Int16Array);
export const s32 = integer("an integer", -0x80000000, 0x7fffffff, Int32Array);
export const u64 = long(0n, 2n ** 64n - 1n, BigUint64Array, (value) => BigInt.asUintN(64, value));
export const s64 = long(-(2n ** 63n), 2n ** 63n - 1n, BigInt64Array, (value) => BigInt.asIntN(64, value));
export const f32 = real(Float32Array);
export const f64 = real(Float64Array);

export const bool = type((value) => {
  if (typeof value === "boolean") return value;
  throw new Mismatch("a boolean", value);
});

export const string = type((value) => {
  // Halves of a character become U+FFFD, as they do wherever JavaScript writes UTF-8.
  if (typeof value === "string") return value.toWellFormed?.() ?? value;
  throw new Mismatch("a string", value);
});

export const char = type((value) => {
  if (typeof value === "string" && value.length > 0 && value.length <= 2) {
    const point = value.codePointAt(0);
    const is = String.fromCodePoint(point) === value && (point < 0xd800 || point > 0xdfff);
    if (is) return value;
  }
  throw new Mismatch("a string of one character", value);
});

/** A list; of bytes a typed array, of anything else an array. */
export function list(item) {
  const { array, element = item.lower } = item;
  const bytes = array === Uint8Array || array === Int8Array;
  const lift = item.lift === same || bytes ? same : (values) => values.map(item.lift);
  const lower = (values) => {
    if (array !== undefined && values instanceof array) return values;
    if (!Array.isArray(values) && !ArrayBuffer.isView(values)) {
      throw new Mismatch(array === Uint8Array ? "a Uint8Array" : "an array", values);
    }
    const lowered = new Array(values.length);
    for (let at = 0; at < values.length; at += 1) {
      try {
        lowered[at] = element(values[at]);
      } catch (error) {
        throw error instanceof Mismatch ? error.inside(`[${at}]`) : error;
      }
    }
    // The runtime copies a typed array as a whole.
    return array === undefined ? lowered : array.from(lowered);
  };
  return { lift, lower };
}

/** A map, whose keys are strings or numbers. */
export function map(key, value) {
  const convert = (entries, one, other) => new Map([...entries].map(([k, v]) => [one(k), other(v)]));
  return {
    lift: (entries) => convert(entries, key.lift, value.lift),
    lower: (entries) => {
      if (entries instanceof Map) return convert(entries, key.lower, value.lower);
      throw new Mismatch("a Map", entries);
    },
  };
}

export function option(some) {
  return {
    lift: (value) => (value === null || value === undefined ? undefined : some.lift(value)),
    lower: (value) => (value === null || value === undefined ? undefined : some.lower(value)),
  };
}

/** An option of an option, which has to say which of the two is missing. */
export function nestedOption(some) {
  return {
    lift: ({ tag, val }) => (tag === "some" ? { tag, val: some.lift(val) } : { tag }),
    lower: (value) => {
      if (value?.tag === "none") return { tag: "none" };
      if (value?.tag === "some") return { tag: "some", val: inside(".val", some.lower, value.val) };
      throw new Mismatch('{ tag: "some", val } or { tag: "none" }', value);
    },
  };
}

export function tuple(...types) {
  return {
    lift: (values) => types.map((it, at) => it.lift(values[at])),
    lower: (values) => {
      if (!Array.isArray(values) || values.length !== types.length) {
        throw new Mismatch(`an array of ${types.length}`, values);
      }
      return types.map((it, at) => inside(`[${at}]`, it.lower, values[at]));
    },
  };
}

export function record(fields) {
  const entries = Object.entries(fields);
  const convert = (value, how) => {
    const made = {};
    for (const [name, it] of entries) made[name] = how(name, it, value[name]);
    return made;
  };
  const lift = (value) => convert(value, (_name, it, field) => it.lift(field));
  const plain = entries.every(([, it]) => it.lift === same);
  return {
    lift: plain ? same : lift,
    lower: (value) => {
      if (typeof value !== "object" || value === null) {
        throw new Mismatch(`an object with ${entries.map(([name]) => name).join(", ")}`, value);
      }
      return convert(value, (name, it, field) => inside(`.${name}`, it.lower, field));
    },
  };
}

/** A variant; the cases by their tags, `undefined` for one without a value. */
export function variant(cases) {
  const types = new Map(Object.entries(cases));
  const plain = [...types.values()].every((it) => it === undefined || it.lift === same);
  const lift = ({ tag, val }) => {
    const it = types.get(tag);
    return it === undefined ? { tag } : { tag, val: it.lift(val) };
  };
  return {
    lift: plain ? same : lift,
    lower: (value) => {
      const tag = value?.tag;
      if (!types.has(tag)) throw new Mismatch(`an object with a tag of ${quoted(types.keys())}`, value);
      const it = types.get(tag);
      return it === undefined ? { tag } : { tag, val: inside(`.val of ${tag}`, it.lower, value.val) };
    },
  };
}

/** A `result` that is not the answer of a function, and so is not thrown. */
export function result(ok, err) {
  return variant({ ok, err });
}

export function oneOf(...names) {
  const known = new Set(names);
  return type((value) => {
    if (known.has(value)) return value;
    throw new Mismatch(`one of ${quoted(names)}`, value);
  });
}

export function flags(...names) {
  const known = new Set(names);
  return type((value) => {
    if (typeof value !== "object" || value === null) {
      throw new Mismatch(`an object of booleans with ${names.join(", ")}`, value);
    }
    for (const name of Object.keys(value)) {
      if (!known.has(name)) throw new Mismatch(`no flag but ${names.join(", ")}`, name);
    }
    return value;
  });
}

function quoted(names) {
  return [...names].map((it) => JSON.stringify(it)).join(", ");
}
