/**
 * Standard output and standard error of a plugin, which its host may capture.
 */
import stderr from "wasi:cli/stderr@0.2.12";
import stdout from "wasi:cli/stdout@0.2.12";
import { encode } from "./globals.js";

/** As much as one write takes. */
const MOST = 4096;

const open = { stderr: () => stderr.getStderr(), stdout: () => stdout.getStdout() };

/** Writes text, and says whether it could. */
export function write(name, text) {
  const bytes = encode(text);
  try {
    const stream = open[name]();
    for (let at = 0; at < bytes.length; at += MOST) {
      stream.blockingWriteAndFlush(bytes.slice(at, at + MOST));
    }
    stream[Symbol.dispose]?.();
    return true;
  } catch {
    // A host that takes nothing is no reason to fail.
    return false;
  }
}
