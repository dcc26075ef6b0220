// Gives options and results back, and answers with them.
import { ResultError, plugin } from "options-sdk";

const same = (it) => it;

/** Answers with a value, or with an error. */
function answer(isGood, good, bad) {
  if (isGood) return good;
  throw new ResultError(bad);
}

export default plugin({
  answers: {
    echoOption: same,
    echoOptionString: same,
    echoOptionOption: same,
    echoDeepOption: same,
    echoOptionResult: same,
    echoOptionList: same,
    echoNestedResult: same,
    echoResultResult: same,
    echoEmptyResult: same,
    withText: (error) => answer(error === "", 0, error),
    withNothing: (it) => answer(it >= 0),
    withNothingGood: (it) => answer(it >= 0, undefined, `${it} is below 0`),
    withNothingBad: (it) => answer(it >= 0, it),
    withRecord: (code) => answer(code === 0, "fine", { code, text: `code ${code}` }),
    withVariant(text) {
      if (text === "") throw new ResultError({ tag: "busy" });
      if (text === "key") throw new ResultError({ tag: "locked", val: text });
      return answer(text !== "broken", text, { tag: "broken", val: { code: 500, text } });
    },
    withEnum: (mood) => answer(mood === "calm", 1, mood),
    withNumber: (it) => answer(it === 0, "zero", it),
    withList: (it) => answer(it.length === 0, 0, it),
    withOption(it) {
      if (it === undefined || it === "") return it === "" ? 0 : undefined;
      throw new ResultError(it === "none" ? undefined : it);
    },
    withTuple: (it) => answer(it >= 1, [it, "one or more"], [it, "less than one"]),
    withResult(it) {
      if (it < 0) throw new ResultError(`${it} is below 0`);
      return it === 0 ? { tag: "err", val: "zero" } : { tag: "ok", val: it };
    },
    first: (left, right) => left ?? right,
  },
});
