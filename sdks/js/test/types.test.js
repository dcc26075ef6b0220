import assert from "node:assert/strict";
import { test } from "node:test";

import * as $ from "../runtime.js";

/** What comes back when the runtime gives what it was given. */
const there = (type, value) => type.lift(type.lower(value));

/** The message of a value that is refused. */
function refused(type, value) {
  try {
    type.lower(value);
  } catch (error) {
    assert(error instanceof TypeError);
    return error.message;
  }
  return assert.fail("it was taken");
}

test("integers keep their bits and their limits", () => {
  // The runtime takes 32 bits with a sign.
  assert.equal($.u32.lower(4294967295), -1);
  assert.equal(there($.u32, 4294967295), 4294967295);
  assert.equal($.s8.lower(-128), -128);
  for (const [type, wrong] of [[$.u8, 256], [$.u16, -1], [$.s32, 2147483648], [$.u32, 1.5], [$.u8, "1"]]) {
    assert.match(refused(type, wrong), /^expected an integer from /);
  }
});

test("all 64 bits come through", () => {
  for (const value of [0n, 1n, 9007199254740993n, 18446744073709551615n]) {
    assert.equal(there($.u64, value), value);
  }
  for (const value of [-(2n ** 63n), -1n, 2n ** 63n - 1n]) assert.equal(there($.s64, value), value);
  assert.equal(there($.u64, 7), 7n);
  assert.equal($.u64.lift(7), 7n);
  assert.match(refused($.u64, -1n), /^expected a bigint from 0 to 18446744073709551615, not -1n$/);
  assert.match(refused($.s64, 0.5), /not 0.5$/);
});

test("a character is one", () => {
  assert.equal(there($.char, "🦊"), "🦊");
  for (const wrong of ["", "ab", "\ud800", 7]) refused($.char, wrong);
});

test("half a character in a string is replaced", () => {
  assert.equal($.string.lower("a\ud800b"), "a\ufffdb");
  assert.match(refused($.string, null), /not null$/);
});

test("numbers go as typed arrays, anything else as arrays", () => {
  assert.deepEqual($.list($.u8).lower([1, 2]), Uint8Array.of(1, 2));
  assert.deepEqual($.list($.u64).lower([1n, 2]), BigUint64Array.of(1n, 2n));
  assert.deepEqual($.list($.f64).lower(Float32Array.of(0.5)), Float64Array.of(0.5));
  assert.deepEqual($.list($.string).lower(["a"]), ["a"]);
  const bytes = Uint8Array.of(1);
  assert.equal($.list($.u8).lower(bytes), bytes);
  assert.deepEqual($.list($.s64).lift(["ffffffffffffffff"]), [-1n]);
});

test("what is missing is undefined, one level at a time", () => {
  const nested = $.nestedOption($.option($.u8));
  assert.equal($.option($.u8).lift(null), undefined);
  assert.deepEqual(there(nested, { tag: "none" }), { tag: "none" });
  assert.deepEqual(there(nested, { tag: "some", val: undefined }), { tag: "some", val: undefined });
  refused(nested, undefined);
});

test("an error says where the wrong value stands", () => {
  const type = $.record({ rows: $.list($.tuple($.u8, $.variant({ "no-data": $.string, off: undefined }))) });
  const row = (value) => ({ rows: [[1, { tag: "off" }], [2, value]] });
  assert.equal(
    refused(type, row({ tag: "no-data", val: 5 })),
    ".rows[1][1].val of no-data: expected a string, not 5",
  );
  assert.match(refused(type, row("off")), /^\.rows\[1\]\[1\]: expected an object with a tag of "no-data", "off"/);
  assert.match(refused(type, {}), /^\.rows: expected an array, not undefined$/);
});

test("flags and enums know their names", () => {
  const rights = $.flags("read", "executeAll");
  assert.deepEqual(there(rights, { read: true }), { read: true });
  assert.match(refused(rights, { write: true }), /no flag but read, executeAll/);
  assert.match(refused($.oneOf("red", "deep-blue"), "blue"), /^expected one of "red", "deep-blue", not "blue"$/);
});

test("maps and results convert what is in them", () => {
  assert.deepEqual(there($.map($.string, $.u64), new Map([["a", 1n]])), new Map([["a", 1n]]));
  const result = $.result($.u64, undefined);
  assert.deepEqual(there(result, { tag: "ok", val: 1n }), { tag: "ok", val: 1n });
  assert.deepEqual(there(result, { tag: "err" }), { tag: "err" });
});
