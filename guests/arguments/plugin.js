// Takes many arguments.
import { plugin } from "arguments-sdk";

export default plugin({
  many: {
    nothing() {},
    sixteen: (...all) => all,
    seventeen: (...all) => all,
    mixed(a, b, c, d, e, f, g, h, i, j, k, l) {
      const [number, text] = k;
      return `${a} ${b} ${c} ${d} ${e} ${f} ${g} ${h.length} ${i ?? "-"} ${j.val} ${number}${text} ${l}`;
    },
    twoRecords: (left, right) => [left, right],
    recordsAndMore(first, times, second) {
      const repeat = ({ label }) => new Array(times).fill(label);
      return [...repeat(first), ...repeat(second)];
    },
    optional: (...all) => all.filter((it) => it !== undefined).length,
    texts: (...all) => all.join("|"),
  },
});
