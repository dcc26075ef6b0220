// Gives records and tuples back, and makes new ones of their parts.
import { plugin } from "records-sdk";

const same = (it) => it;

export default plugin({
  people: {
    echoPerson: same,
    echoPadded: same,
    echoSingle: same,
    echoPair: same,
    echoTuple: same,
    echoSingleTuple: same,
    introduce(given, family, age) {
      const [initial = "?"] = given;
      return { name: { given, family }, age, isMember: false, homes: [], initial };
    },
    moved: (person, home) => ({ ...person, age: person.age + 1, homes: [...person.homes, home] }),
    swapped: ([text, single]) => [single, text],
  },
});
