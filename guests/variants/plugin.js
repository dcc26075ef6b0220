// Gives variants and enums back, and tells their cases apart.
import { plugin } from "variants-sdk";

const same = (it) => it;
const COLOURS = ["red", "green", "dark-blue"];

export default plugin({
  shapes: {
    echoShape: same,
    echoColour: same,
    echoOnly: same,
    echoPainted: same,
    describe({ tag, val }) {
      if (tag === "nothing" || tag === "segment") return tag;
      return tag === "polygon" ? `polygon of ${val.length}` : `${tag} ${val}`;
    },
    next: (it) => COLOURS[(COLOURS.indexOf(it) + 1) % COLOURS.length],
    paint(shapes, colour) {
      if (shapes.length === 1) return { tag: "filled", val: [shapes[0], colour] };
      return { tag: "many", val: shapes.map((shape) => ({ shape, colour })) };
    },
  },
});
