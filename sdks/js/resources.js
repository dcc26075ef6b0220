/**
 * Resources: those that the host keeps, and those that the plugin keeps for the host.
 */
import { Mismatch } from "./error.js";
import { answers, beforeAnswers, calls, lend } from "./functions.js";

/** What the runtime has for a resource of the host. */
const RAW = Symbol("plugwright.raw");

/** Says that a resource of the host is the plugin's for one call only. */
const LENT = Symbol("plugwright.lent");

/** The type of a resource that the host keeps; its class comes later. */
export function hostResource(name) {
  const resource = { name, Class: undefined };
  const raw = (value) => {
    if (resource.Class === undefined || !(value instanceof resource.Class)) throw new Mismatch(`a ${name}`, value);
    if (value[RAW] === undefined) throw new Mismatch(`a ${name} that was not given away or disposed`, value);
    return value[RAW];
  };
  const lift = (given) => {
    const made = Object.create(resource.Class.prototype);
    made[RAW] = given;
    return made;
  };
  const give = (value) => {
    const given = raw(value);
    if (value[LENT]) throw new Mismatch(`a ${name} that was not only lent`, value);
    value[RAW] = undefined;
    return given;
  };
  // The runtime would drop it after the call, and the host wants it back in the call.
  const borrow = (given) => {
    const made = lift(given);
    made[LENT] = true;
    lend(made);
    return made;
  };
  return Object.assign(resource, { own: { lift, lower: give }, borrow: { lift: borrow, lower: raw } });
}

/**
 * The class of a resource that the host keeps.
 *
 * Methods stand under the names that the runtime has for them; `name` in a signature is another one for the plugin.
 */
export function hostClass(resource, host, name, { create, methods = {}, statics = {} }) {
  const construct = create && calls(name, create, (args) => new host[name](...args));
  const Class = {
    [name]: class {
      constructor(...args) {
        if (construct === undefined) throw new TypeError(`a ${name} is made by the host only`);
        return construct(...args);
      }

      [Symbol.dispose]() {
        const raw = this[RAW];
        this[RAW] = undefined;
        raw?.[Symbol.dispose]?.();
      }
    },
  }[name];
  define(Class.prototype, methods, (key, its, signature) =>
    calls(`${name}.${its}`, signature, (args, self) => resource.borrow.lower(self)[key](...args)),
  );
  define(Class, statics, (key, its, signature) =>
    calls(`${name}.${its}`, signature, (args) => host[name][key](...args)),
  );
  resource.Class = Class;
  return Class;
}

function define(target, methods, make, isNamedForRuntime = false) {
  for (const [key, signature] of Object.entries(methods)) {
    const its = signature.name ?? key;
    const value = make(key, its, signature);
    const property = isNamedForRuntime ? key : its;
    Object.defineProperty(target, property, { value, configurable: true, writable: true });
  }
}

/** What the plugin has behind a handle of the host. */
const BEHIND = Symbol("plugwright.behind");

/** By what a handle is watched. */
const WATCH = Symbol("plugwright.watch");

/** The type of a resource that the plugin keeps for the host. */
export function pluginResource(name) {
  const resource = { name, handle: undefined };
  const behind = (handle) => handle[BEHIND];
  const take = (handle) => {
    const it = handle[BEHIND];
    handle[BEHIND] = undefined;
    // What the host gives back is the plugin's again, and stays.
    if (handle[WATCH] !== undefined) forget(handle[WATCH]);
    return it;
  };
  const give = (it) => {
    if (typeof it !== "object" || it === null) throw new Mismatch(`a ${name}`, it);
    return resource.handle(it);
  };
  return Object.assign(resource, { own: { lift: take, lower: give }, borrow: { lift: behind, lower: give } });
}

/** The class of handles to a resource that the plugin keeps; `Its` is the plugin's own class, if one is needed. */
export function pluginClass(resource, Its, name, { create, methods = {}, statics = {} }) {
  const construct = create && answers(name, create, (args) => new Its(...args));
  class Handle {
    constructor(...args) {
      return create.result.isOutcome ? tagged(construct, args) : construct(...args);
    }
  }
  resource.handle = (it) => {
    const handle = Object.create(Handle.prototype);
    handle[BEHIND] = it;
    watch(handle, it);
    return handle;
  };
  const onHandle = (key, its, signature) =>
    answers(`${name}.${its}`, signature, (args, self) => self[BEHIND][its](...args));
  define(Handle.prototype, methods, onHandle, true);
  const onClass = (key, its, signature) => answers(`${name}.${its}`, signature, (args) => Its[its](...args));
  define(Handle, statics, onClass, true);
  return Handle;
}

/** Answers as a function that does not throw: the runtime does not catch what a constructor throws. */
function tagged(construct, args) {
  try {
    return { tag: "ok", val: construct(...args) };
  } catch (thrown) {
    if (!Object.hasOwn(thrown, "payload")) throw thrown;
    return { tag: "err", val: thrown.payload };
  }
}

/** Handles whose objects want to know when the host has dropped the last one, each with its object. */
const watched = new Map();

/** How many handles there are to an object. */
const handles = new WeakMap();

function watch(handle, it) {
  if (typeof it[Symbol.dispose] !== "function") return;
  const ref = new WeakRef(handle);
  handle[WATCH] = ref;
  watched.set(ref, it);
  handles.set(it, (handles.get(it) ?? 0) + 1);
}

function forget(ref) {
  const it = watched.get(ref);
  watched.delete(ref);
  handles.set(it, handles.get(it) - 1);
  return it;
}

// The runtime does not say when the host drops a resource, but lets go of its handle, so it is looked for.
beforeAnswers(() => {
  for (const ref of watched.keys()) {
    if (ref.deref() !== undefined) continue;
    const it = forget(ref);
    if (handles.get(it) === 0) it[Symbol.dispose]();
  }
});
