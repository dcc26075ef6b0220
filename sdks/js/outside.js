/**
 * In place of the host outside of one, such as in the tests of a plugin.
 */

/** Functions that say that they are there only inside a host, or what a test puts in their place. */
export function outside(id) {
  const stubs = {};
  return new Proxy(stubs, {
    get: (_target, name) => {
      if (Object.hasOwn(stubs, name)) return stubs[name];
      return function () {
        throw new Error(`${String(name)} of ${id} is there only inside a host`);
      };
    },
  });
}
