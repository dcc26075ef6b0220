// Gives lists back, makes them, and sums them up.
import { plugin } from "lists-sdk";

const same = (it) => it;
const counted = (length, make) => Array.from({ length }, (_, at) => make(at));
const summed = (them, value) => them.reduce((sum, it) => sum + value(it), 0);

/** How many bytes a text has in UTF-8. */
function size(text) {
  let size = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0);
    size += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return size;
}

export default plugin({
  echoes: {
    echoBool: same,
    echoU8: same,
    echoS8: same,
    echoU16: same,
    echoS16: same,
    echoU32: same,
    echoS32: same,
    echoU64: same,
    echoS64: same,
    echoF32: same,
    echoF64: same,
    echoChar: same,
    echoString: same,
    echoList: same,
    echoDeep: same,
    echoRecord: same,
    echoTuple: same,
    echoVariant: same,
    echoEnum: same,
    echoFlags: same,
    echoOption: same,
    echoResult: same,
  },
  lengths: {
    countU32: (length) => counted(length, same),
    countU8: (length) => Uint8Array.from({ length }, (_, at) => at & 0xff),
    countString: (length) => counted(length, String),
    countPoint: (length) => counted(length, (x) => ({ x, y: -x })),
    sumU8: (it) => BigInt(summed(it, same)),
    sumU32: (it) => BigInt(summed(it, same)),
    sumF64: (it) => summed(it, same),
    sumString: (it) => BigInt(summed(it, size)),
    sumPoint: (it) => BigInt(summed(it, ({ x, y }) => x + y)),
  },
});
