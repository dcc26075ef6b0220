// Reads and writes what flows.
import { plugin, ResultError } from "streams-sdk";
import { read, write } from "streams-sdk/files";

/** How much is written at once. */
const PIECE = 1 << 16;

/** Numbers that are their place, modulo 251, wherever it begins. */
const ROUNDS = Uint8Array.from({ length: PIECE + 251 }, (_, at) => at % 251);

function* counted(count) {
  for (let at = 0; at < count; at += PIECE) {
    const start = at % 251;
    yield ROUNDS.subarray(start, start + Math.min(PIECE, count - at));
  }
}

function* zeroes(count) {
  for (let at = 0; at < count; at += PIECE) {
    yield new Uint8Array(Math.min(PIECE, count - at));
  }
}

async function* capitals(bytes) {
  for await (const piece of bytes) {
    yield piece.map((it) => (it >= 0x61 && it <= 0x7a ? it - 0x20 : it));
  }
}

/** Gives the lines of a text. */
async function* lines(bytes) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of bytes) {
    const found = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = found.pop();
    yield* found;
  }
}

export default plugin({
  flows: {
    async sum(bytes) {
      let sum = 0;
      for await (const piece of bytes) {
        for (const byte of piece) sum += byte;
      }
      return BigInt(sum);
    },

    async count(bytes) {
      return counted(Number(bytes));
    },

    async shout(bytes) {
      return capitals(bytes);
    },

    async take(bytes, most) {
      const taken = new Uint8Array(most);
      let length = 0;
      while (length < most) {
        const piece = await bytes.read(most - length);
        if (piece.length === 0) break;
        taken.set(piece, length);
        length += piece.length;
      }
      return taken.subarray(0, length);
    },

    async ignore() {
      return true;
    },

    async flood() {
      return zeroes(Infinity);
    },

    async fail(after) {
      function* failing() {
        yield* zeroes(after);
        throw new Error("it was to fail");
      }
      return failing();
    },

    async words(text) {
      return text.split(/\s+/);
    },

    async longest(words) {
      let longest;
      for await (const word of words) {
        if (longest === undefined || word.length > longest.length) longest = word;
      }
      return longest;
    },

    async double(number) {
      return 2 * (await number.read());
    },

    async parse(text) {
      let tell;
      const outcome = new Promise((resolve) => {
        tell = resolve;
      });
      async function* numbers() {
        let count = 0;
        for await (const line of lines(text)) {
          if (!/^\d+$/.test(line)) {
            tell({ tag: "err", val: line });
            return;
          }
          yield Number(line);
          count += 1;
        }
        tell({ tag: "ok", val: count });
      }
      return [numbers(), outcome];
    },

    async copy(source, target) {
      const written = await write(target, capitals(read(source))).read();
      if (written.tag === "err") throw new ResultError(written.val);
      return written.val;
    },
  },
});
