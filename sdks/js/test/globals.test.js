import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, encode } from "../globals.js";

const texts = ["", "plain", "é€", "🦊 and \u0000", "\uffff\u{10ffff}", "a".repeat(5000)];

test("text is written as every other runtime writes it", () => {
  for (const text of [...texts, "half \ud800 a character"]) {
    assert.deepEqual(encode(text), new TextEncoder().encode(text));
  }
});

test("text is read as every other runtime reads it", () => {
  for (const text of texts) assert.equal(decode(new TextEncoder().encode(text)), text);
  assert.equal(decode(Uint8Array.of(0x61, 0xff, 0x62)), "a\ufffdb");
  assert.equal(decode(Uint8Array.of(0xe2, 0x82)), "\ufffd");
});
