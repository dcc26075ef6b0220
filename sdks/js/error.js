/**
 * The error side of a WIT `result`.
 *
 * A plugin throws it to answer with an error, and catches it where the host answered with one.
 * Anything else that a plugin throws is a bug: it ends the plugin, and the host is told the message and the stack.
 */
export class ResultError extends Error {
  /** @param {unknown} [payload] what the WIT says the error is */
  constructor(payload) {
    super(describe(payload));
    this.name = "ResultError";
    this.payload = payload;
  }
}

/** Says a payload in a line. */
function describe(payload) {
  if (payload === undefined) return "failed";
  if (typeof payload === "string") return payload;
  const plain = (_key, value) => (typeof value === "bigint" ? String(value) : value);
  return JSON.stringify(payload, plain) ?? String(payload);
}

/** A value that is not what the WIT says, and where it stands. */
export class Mismatch extends TypeError {
  /**
   * @param {string} wanted
   * @param {unknown} value
   */
  constructor(wanted, value) {
    super();
    this.name = "TypeError";
    this.wanted = wanted;
    this.value = shown(value);
    /** @type {string[]} */
    this.path = [];
    this.tell();
  }

  /** Says one more step of the way to it, from the inside out. */
  inside(step) {
    this.path.unshift(step);
    this.tell();
    return this;
  }

  tell() {
    const place = this.path.length > 0 ? `${this.path.join("")}: ` : "";
    this.message = `${place}expected ${this.wanted}, not ${this.value}`;
  }
}

function shown(value) {
  if (value === null || value === undefined || typeof value === "number") return String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === "object" ? `an object with ${Object.keys(value).join(", ") || "nothing"}` : `a ${typeof value}`;
}
