/**
 * What makes a plugin a plugin.
 */

const plugins = new WeakSet();

/** Gives back what it is given, when all is in it that the world asks for: names, each with what has to be in it. */
export function checked(it, wanted) {
  const missing = [];
  for (const [name, members] of Object.entries(wanted)) {
    const value = it?.[name];
    if (members === undefined && typeof value !== "function") missing.push(`${name}()`);
    for (const member of members ?? []) {
      if (typeof value?.[member] !== "function") missing.push(`${name}.${member}`);
    }
  }
  if (missing.length > 0) throw new TypeError(`the plugin does not have ${missing.join(", ")}`);
  plugins.add(it);
  return it;
}

/** Refuses what did not come from `plugin()`. */
export function complete(it) {
  if (!plugins.has(it)) throw new TypeError("the plugin's module has to end in `export default plugin({ .. })`");
}

/** Puts what an interface answers under the name for which the runtime looks, which may be that of a function, too. */
export function gather(target, members) {
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(target, name, { value, configurable: true, enumerable: true });
  }
  return target;
}
