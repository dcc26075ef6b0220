// Implements what has the names of others.
import { ResultError, plugin } from "names-sdk";

class Item {
  #name;

  constructor(name) {
    this.#name = name;
  }

  name() {
    return this.#name;
  }
}

export default plugin({
  types: {
    Item,
    describe: (name) => `${name} is of \`types\``,
  },
  json: {
    dump: ({ keys }) => keys.join(" "),
  },
  std: {
    dump: ({ keys }) => keys,
  },
  plugin: {
    plugin: (guest) => [...guest, "guest"],
    sdk: () => "sdk",
  },
  errors: {
    check(code) {
      if (code === 0) return 0;
      throw new ResultError({ code });
    },
    fail(code) {
      if (code === 0) return 0;
      throw new ResultError(code === 1 ? { tag: "exception" } : { tag: "error", val: { code } });
    },
  },
});
