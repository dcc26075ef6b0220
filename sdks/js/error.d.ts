/**
 * The error side of a WIT `result`.
 *
 * A plugin throws it to answer with an error, and catches it where the host answered with one.
 * Anything else that a plugin throws is a bug: it ends the plugin, and the host is told the message and the stack.
 */
export declare class ResultError<E = unknown> extends Error {
  /** What the WIT says the error is. */
  readonly payload: E;

  constructor(...payload: undefined extends E ? [payload?: E] : [payload: E]);
}
