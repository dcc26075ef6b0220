// Gives flags back, and works with them as with sets.
import { plugin } from "flags-sdk";

const same = (it) => it;

const EIGHT = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "bankHoliday"];
const numbered = (count) => Array.from({ length: count }, (_, at) => `f${at}`);

const inverted = (names, it) => Object.fromEntries(names.map((name) => [name, !it[name]]));
const set = (it) => Object.keys(it).filter((name) => it[name]);

export default plugin({
  switches: {
    echoOne: same,
    echoEight: same,
    echoNine: same,
    echoSeventeen: same,
    echoThirtyTwo: same,
    invertedEight: (it) => inverted(EIGHT, it),
    invertedNine: (it) => inverted(numbered(9), it),
    isWeekend: ({ saturday, sunday }) => saturday || sunday,
    eachThirtyTwo: () => numbered(32).map((name) => ({ [name]: true })),
    unionThirtyTwo: (left, right) => Object.fromEntries([...set(left), ...set(right)].map((name) => [name, true])),
    countThirtyTwo: (it) => set(it).length,
  },
});
