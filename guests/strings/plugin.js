// Gives texts back, and measures them.
import { plugin } from "strings-sdk";

const length = (text) => new TextEncoder().encode(text).length;

export default plugin({
  texts: {
    echo: (text) => text,
    length,
    characters: (text) => [...text].length,
    repeat: (text, times) => text.repeat(times),
    join: (texts, between) => texts.join(between),
    measure: (text, times) => length(text.repeat(times)),
  },
});
