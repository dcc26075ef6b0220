import assert from "node:assert/strict";
import { test } from "node:test";

import { checked, complete, gather } from "../plugin.js";
import { outside } from "../outside.js";

test("everything that is missing is named at once", () => {
  const wanted = { run: undefined, control: ["decide", "Bucket"] };
  assert.throws(() => checked({ control: { decide() {} } }, wanted), /does not have run\(\), control\.Bucket$/);
  const whole = { run() {}, control: { decide() {}, Bucket: class {} } };
  assert.equal(checked(whole, wanted), whole);
  complete(whole);
  assert.throws(() => complete({}), /export default plugin/);
});

test("an interface can have the name of a function", () => {
  const both = gather(() => 1, { name: () => 2 });
  assert.equal(both(), 1);
  assert.equal(both.name(), 2);
});

test("outside of a host, what it offers says so", () => {
  const log = outside("example:setpoint/log@0.1.0");
  assert.throws(() => log.write("x"), /write of example:setpoint\/log@0\.1\.0 is there only inside a host/);
});
