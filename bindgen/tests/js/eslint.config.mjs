// The recommended rules, as they are, of the eslint that `PLUGWRIGHT_ESLINT` names.
import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(`${process.env.PLUGWRIGHT_ESLINT}/`);
const globals = { TextDecoder: "readonly", TextEncoder: "readonly", console: "readonly" };

export default [
  require("@eslint/js").configs.recommended,
  ...require("typescript-eslint").configs.recommended,
  { languageOptions: { globals } },
];
