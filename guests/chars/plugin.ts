// Gives characters back, counts with them, and makes texts of them.
import { plugin } from "chars-sdk";

const isCharacter = (code: number): boolean => code < 0xd800 || (code > 0xdfff && code < 0x110000);

export default plugin({
  letters: {
    echo: (letter) => letter,
    code: (letter) => letter.codePointAt(0) ?? 0,
    ofCode: (code) => (isCharacter(code) ? String.fromCodePoint(code) : undefined),
    next(letter) {
      let code = (letter.codePointAt(0) ?? 0) + 1;
      if (code === 0xd800) code = 0xe000;
      return isCharacter(code) ? String.fromCodePoint(code) : undefined;
    },
    spell: (text) => [...text],
    write: (letters) => letters.join(""),
  },
});
