import assert from "node:assert/strict";
import { test } from "node:test";

import { frames } from "../bug.js";

const stack = "    at decide (/bundle.js:3:9)\n    at <anonymous> (/bundle.js:2:1)\n    at call (/bundle.js:1:1)\n    at native\n";

test("frames are told by the files of the author", () => {
  const table = { files: ["lib/deep.ts", "plugin.ts"], lines: ",0:12,1:40" };
  assert.equal(frames(stack, table), "\n    at decide (plugin.ts:40)\n    at lib/deep.ts:12");
});

test("without a table they stay as they are", () => {
  assert.equal(frames(stack).split("\n").length, 4);
});
