/**
 * Everything that the generated modules of an SDK are made with.
 */
export * from "./async.js";
export * from "./error.js";
export * from "./functions.js";
export * from "./plugin.js";
export * from "./resources.js";
export * from "./types.js";
