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

test("what the host lends is given back at the end of the call", async () => {
  const disposed = [];
  const raw = (name) => ({ size: () => name.length, [Symbol.dispose]: () => disposed.push(name) });
  const type = $.hostResource("note");
  const Note = $.hostClass(type, {}, "Note", { methods: { size: $.func([], $.u32) } });
  const kept = [];
  const answer = (work) => $.answers("work", $.func([$.list(type.borrow)], $.u32), ([notes]) => work(notes));
  const sum = answer((notes) => {
    assert.deepEqual(disposed, []);
    kept.push(...notes);
    return notes.reduce((sum, it) => sum + it.size(), 0);
  });
  assert.equal(sum([raw("a"), raw("bc")]), 3);
  assert.deepEqual(disposed.splice(0), ["a", "bc"]);
  assert(kept[0] instanceof Note);
  assert.throws(() => kept[0].size(), /a note that was not given away or disposed/);
  const give = answer(([note]) => {
    assert.throws(() => type.own.lower(note), /a note that was not only lent/);
    return note.size();
  });
  assert.equal(give([raw("d")]), 1);
  const early = answer(([note]) => {
    note[Symbol.dispose]();
    return disposed.length;
  });
  assert.equal(early([raw("e")]), 2);
  assert.throws(() => answer(() => null)([raw("f")]));
  assert.deepEqual(disposed.splice(0), ["d", "e", "f"]);
  const later = $.answers("later", $.asyncFunc([type.borrow], $.u32), async ([note]) => {
    await undefined;
    return note.size();
  });
  assert.deepEqual(await Promise.all([later(raw("gh")), later(raw("i"))]), [2, 1]);
  assert.deepEqual(disposed.sort(), ["gh", "i"]);
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
  const [small, large] = [new Handle(1), new Handle(2)].map(({ tag, val }) => {
    assert.equal(tag, "ok");
    return val;
  });
  small.put(7);
  assert.equal(type.borrow.lift(small).litres, 7);
  const largest = Handle.largest([small, large]);
  assert.equal(type.own.lift(largest).size, 2);
  assert.deepEqual({ ...new Handle(0) }, { tag: "err", val: "too small" });
  assert.throws(() => type.own.lower(5), /expected a bucket/);
});
