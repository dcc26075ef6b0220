/**
 * What happens to an exception that is no answer: it is told in full, and ends the plugin.
 */
import { ResultError } from "./error.js";
import { write } from "#stdio";

/**
 * The author's files, and for each line of the bundle which line of which file it comes from, such as `0:12`, or
 * nothing for those of the SDK; the build puts it there.
 */
const LINES = Symbol.for("plugwright.lines");

/** Tells an exception, and makes of it what the runtime cannot take for an answer. */
export function bug(thrown) {
  const text = `${headline(thrown)}${frames(thrown?.stack ?? new Error().stack)}`;
  const isTold = write("stderr", `${text}\n`);
  const error = new Error();
  // With a message of text, the runtime would answer with it where the error of a function is a string.
  const message = { toString: () => (isTold ? "the exception above" : text) };
  Object.defineProperty(error, "message", { value: message });
  Object.defineProperty(error, "stack", { value: "" });
  return error;
}

function headline(thrown) {
  if (thrown instanceof ResultError) {
    return `a ResultError was thrown by a function that has no error to answer with: ${thrown.message}`;
  }
  if (thrown instanceof Error) return `${thrown.name}: ${thrown.message}`;
  return `thrown: ${typeof thrown === "string" ? JSON.stringify(thrown) : String(thrown)}`;
}

/** The stack as lines of the files that the plugin was written in. */
export function frames(stack, table = globalThis[LINES]) {
  const lines = table?.lines.split(",");
  let text = "";
  for (const line of String(stack).split("\n")) {
    const [, name, at] = /^\s*at (?:(.*) \()?[^()]*?:(\d+):\d+\)?$/.exec(line) ?? [];
    if (at === undefined) continue;
    if (lines === undefined) {
      text += `\n${line}`;
      continue;
    }
    const [file, original] = lines[Number(at) - 1]?.split(":") ?? [];
    if (original === undefined) continue;
    const place = `${table.files[file]}:${original}`;
    text += `\n    at ${name === undefined || name === "<anonymous>" ? place : `${name} (${place})`}`;
  }
  return text;
}
