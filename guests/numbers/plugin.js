// Gives numbers back, and works with them.
import { plugin } from "numbers-sdk";

const same = (it) => it;

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
  },
  arithmetic: {
    addU8: (left, right) => (left + right) & 0xff,
    addS16: (left, right) => ((left + right) << 16) >> 16,
    addU32: (left, right) => (left + right) >>> 0,
    addU64: (left, right) => BigInt.asUintN(64, left + right),
    addS64: (left, right) => BigInt.asIntN(64, left + right),
    divideF32: (left, right) => Math.fround(left / right),
    divideF64: (left, right) => left / right,
    isNan: (it) => Number.isNaN(it),
    bounds8: () => [-(2 ** 7), 2 ** 7 - 1, 2 ** 8 - 1],
    bounds16: () => [-(2 ** 15), 2 ** 15 - 1, 2 ** 16 - 1],
    bounds32: () => [-(2 ** 31), 2 ** 31 - 1, 2 ** 32 - 1],
    bounds64: () => [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n],
  },
});
