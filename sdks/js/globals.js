/**
 * What every JavaScript runtime has, and this one does not: a console, and text as UTF-8.
 */
import { write } from "#stdio";

function shown(value) {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== "object" || value === null) return String(value);
  const plain = (_key, it) => (typeof it === "bigint" ? `${it}n` : it);
  return JSON.stringify(value, plain) ?? String(value);
}

const printer =
  (stream) =>
  (...values) => {
    write(stream, `${values.map(shown).join(" ")}\n`);
  };

globalThis.console ??= {
  debug: printer("stdout"),
  error: printer("stderr"),
  info: printer("stdout"),
  log: printer("stdout"),
  warn: printer("stderr"),
};

/** What a first byte begins with, by how many bytes follow. */
const LEADS = [0, 0xc0, 0xe0, 0xf0];

/** Writes text as UTF-8. */
export function encode(text) {
  // Each unit of the text becomes at most three bytes.
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (const character of text) {
    let point = character.codePointAt(0);
    if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    if (point < 0x80) {
      bytes[length++] = point;
      continue;
    }
    const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    bytes[length++] = LEADS[more] | (point >> (6 * more));
    for (let at = more - 1; at >= 0; at -= 1) bytes[length++] = 0x80 | ((point >> (6 * at)) & 0x3f);
  }
  return bytes.slice(0, length);
}

/** Reads text from UTF-8; what is none becomes U+FFFD. */
export function decode(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++];
    if (first < 0x80) {
      text += String.fromCharCode(first);
      continue;
    }
    const more = first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
    const least = [0x110000, 0x80, 0x800, 0x10000][first < 0xf5 ? more : 0];
    let point = first & (0x3f >> more);
    let seen = 0;
    while (seen < more && (bytes[at] & 0xc0) === 0x80) {
      point = (point << 6) | (bytes[at++] & 0x3f);
      seen += 1;
    }
    const isWhole = seen === more && point >= least && point < 0x110000 && (point < 0xd800 || point > 0xdfff);
    text += isWhole ? String.fromCodePoint(point) : "\ufffd";
  }
  return text;
}

function viewed(input) {
  if (input === undefined) return new Uint8Array();
  return ArrayBuffer.isView(input)
    ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
    : new Uint8Array(input);
}

globalThis.TextEncoder ??= class TextEncoder {
  encoding = "utf-8";

  encode(text = "") {
    return encode(String(text));
  }
};

globalThis.TextDecoder ??= class TextDecoder {
  encoding = "utf-8";

  constructor(label = "utf-8") {
    if (!["utf-8", "utf8"].includes(String(label).toLowerCase())) {
      throw new RangeError(`the encoding ${label} is not there, only utf-8`);
    }
  }

  decode(input) {
    return decode(viewed(input));
  }
};
