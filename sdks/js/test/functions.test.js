import assert from "node:assert/strict";
import { test } from "node:test";

import * as $ from "../runtime.js";

/** What is thrown. */
function thrown(work) {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}

test("an import gives back what the host answers, and throws its error", () => {
  const host = {
    half: (n) => {
      if (n % 2 === 0) return n / 2;
      throw Object.assign(new Error("odd"), { payload: { tag: "odd", val: "7" } });
    },
  };
  const odd = $.variant({ odd: $.string });
  const half = $.imported(host, "half", $.func([$.u32], $.outcome($.u32, odd)));
  assert.equal(half(8), 4);
  const error = thrown(() => half(7));
  assert(error instanceof $.ResultError);
  assert.deepEqual(error.payload, { tag: "odd", val: "7" });
});

test("a wrong argument is named before the host is called", () => {
  const write = $.imported({}, "write", $.func([$.oneOf("info"), $.string]));
  assert.equal(thrown(() => write("info", 1)).message, "argument 2 of write: expected a string, not 1");
});

test("a ResultError is the answer, lowered", () => {
  const its = {
    take: () => {
      throw new $.ResultError(7n);
    },
  };
  const take = $.answer(its, "take", $.func([], $.outcome(undefined, $.u64)));
  assert.deepEqual(thrown(take), { payload: "0000000000000007" });
});

test("anything else is a bug, whose message the runtime cannot take for an answer", () => {
  const bugs = [new TypeError("no"), "no", Object.assign(new Error("no"), { payload: "no" })];
  for (const bug of bugs) {
    const its = {
      fail: () => {
        throw bug;
      },
    };
    const error = thrown($.answer(its, "fail", $.func([], $.outcome($.u8, $.string))));
    assert.equal(typeof error.message, "object");
    assert.match(String(error.message), /no/);
    assert(!Object.hasOwn(error, "payload"));
  }
});

test("a ResultError where there is no error to answer with is a bug", () => {
  const its = {
    fail: () => {
      throw new $.ResultError("gone");
    },
  };
  const error = thrown($.answer(its, "fail", $.func([], $.u8)));
  assert.match(String(error.message), /no error to answer with: gone/);
});

test("an answer of the wrong type is a bug that is told", () => {
  const error = thrown($.answer({ now: () => "noon" }, "now", $.func([], $.f64)));
  assert.match(String(error.message), /the answer of now: expected a number, not "noon"/);
});

test("async functions do the same later", async () => {
  const host = { get: async () => null };
  const get = $.imported(host, "get", $.asyncFunc([], $.option($.u8)));
  assert.equal(await get(), undefined);
  const its = {
    get: async () => {
      throw new $.ResultError("gone");
    },
  };
  const answered = $.answer(its, "get", $.asyncFunc([], $.outcome(undefined, $.string)));
  await assert.rejects(answered, { payload: "gone" });
});
