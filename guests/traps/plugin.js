// Fails in many ways.
import { plugin } from "traps-sdk";

function plunge(depth, message) {
  if (depth === 0) throw new Error(message);
  return plunge(depth - 1, message) + 1;
}

function recurse(depth) {
  return depth === 0n ? 0n : recurse(depth - 1n) + 1n;
}

export default plugin({
  failing: {
    panic(message) {
      throw new Error(message);
    },
    fall: plunge,
    talk(lines, message) {
      for (let line = 0; line < lines; line += 1) console.error(`line ${line}`);
      throw new Error(message);
    },
    element: (of, at) => of[at],
    recurse,
    exhaust() {
      const taken = [];
      for (;;) taken.push(new Uint8Array(1 << 20).fill(taken.length));
    },
    spin() {
      for (;;);
    },
    work: () => 7,
  },
});
