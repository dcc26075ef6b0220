import assert from "node:assert/strict";
import { test } from "node:test";

import * as $ from "../runtime.js";

test("a resource of the host is a class of the plugin", () => {
  const disposed = [];
  class Raw {
    constructor(start) {
      this.count = start;
    }
    add(n) {
      this.count += n;
    }
    total() {
      return this.count;
    }
    static merged(left, right) {
      return new Raw(left.count + right.count);
    }
    [Symbol.dispose]() {
      disposed.push(this.count);
    }
  }
  const type = $.hostResource("counter");
  const Counter = $.hostClass(type, { Counter: Raw }, "Counter", {
    create: $.func([$.u32], type.own),
    methods: { add: $.func([$.u32]), total: $.func([], $.u32) },
    statics: { merged: $.func([type.own, type.borrow], type.own) },
  });
  const left = new Counter(3);
  assert(left instanceof Counter);
  left.add(4);
  const right = new Counter(1);
  const merged = Counter.merged(left, right);
  assert.equal(merged.total(), 8);
  // The left one was given away, the right one only lent.
  assert.throws(() => left.total(), /a counter that was not given away or disposed/);
  assert.equal(right.total(), 1);
  right[Symbol.dispose]();
  assert.deepEqual(disposed, [1]);
  assert.throws(() => right.total(), TypeError);
  assert.throws(() => Counter.merged({}, merged), /expected a counter/);
});

test("a resource that the host makes itself cannot be made", () => {
  const type = $.hostResource("session");
  const Session = $.hostClass(type, {}, "Session", {});
  assert.throws(() => new Session(), /made by the host only/);
  assert(type.own.lift({}) instanceof Session);
});

test("a resource of the plugin is behind a handle", () => {
  class Bucket {
    constructor(size) {
      if (size === 0) throw new $.ResultError("too small");
      this.size = size;
    }
    put(litres) {
      this.litres = litres;
    }
    static largest(of) {
      return of.sort((a, b) => b.size - a.size)[0];
    }
  }
  const type = $.pluginResource("bucket");
  const Handle = $.pluginClass(type, Bucket, "Bucket", {
    create: $.func([$.u32], $.outcome(type.own, $.string)),
    methods: { put: $.func([$.u32]) },
    statics: { largest: $.func([$.list(type.own)], $.option(type.own)) },
  });
  const [small, large] = [new Handle(1), new Handle(2)];
  small.put(7);
  assert.equal(type.borrow.lift(small).litres, 7);
  const largest = Handle.largest([small, large]);
  assert.equal(type.own.lift(largest).size, 2);
  assert.deepEqual(
    assert.throws(() => new Handle(0), (error) => error.payload === "too small"),
    undefined,
  );
  assert.throws(() => type.own.lower(5), /expected a bucket/);
});
