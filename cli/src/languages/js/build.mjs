// Bundles a plugin with its SDK and makes a component of it.
//
// It is given the name of a file that says what to do, as `languages/js.rs` writes it.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve, sep } from "node:path";
import process from "node:process";

const todo = JSON.parse(readFileSync(process.argv[2], "utf8"));
const require = createRequire(join(todo.tools, "/"));
const esbuild = require("esbuild");
const { componentize } = require("componentize-qjs");

/** Finds the plugin, its SDK, and what only the runtime has. */
const places = {
  name: "plugwright",
  setup(build) {
    const external = new Set(todo.external);
    const stdio = join(todo.sdk.dir, "internal", "stdio.js");
    build.onResolve({ filter: /^[^.]/ }, ({ importer, kind, path }) => {
      if (kind === "entry-point") return undefined;
      if (external.has(path)) {
        // The console is that of the runtime, whatever the plugin imports.
        return { path: importer === stdio ? path : (todo.told[path] ?? path), external: true };
      }
      if (path === "plugwright-plugin") return { path: todo.plugin };
      const { name, dir } = todo.sdk;
      // Whatever the plugin and its tests import by this name has to be one and the same.
      if (path === name) return { path: join(dir, "index.js") };
      if (path.startsWith(`${name}/`)) return { path: join(dir, `${path.slice(name.length + 1)}.js`) };
      return undefined;
    });
  },
};

async function bundle() {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: todo.project,
    bundle: true,
    charset: "utf8",
    conditions: todo.conditions,
    entryPoints: [todo.entry],
    format: "esm",
    legalComments: "none",
    logLevel: "warning",
    outfile: join(todo.project, "plugin.bundle.js"),
    plugins: [places],
    sourcemap: "external",
    sourcesContent: false,
    target: "es2023",
    write: false,
  });
  const [map] = outputFiles.filter((it) => it.path.endsWith(".map"));
  const [code] = outputFiles.filter((it) => it.path.endsWith(".js"));
  return { code: code.text, table: lines(JSON.parse(map.text)) };
}

/** Finds which line of which of the author's files stands at each line of the bundle. */
function lines({ mappings, sources }) {
  const files = [];
  const own = sources.map((it) => {
    const path = resolve(todo.project, it);
    if (path.startsWith(todo.sdk.dir + sep)) return undefined;
    return files.push(relative(todo.project, path).split(sep).join("/")) - 1;
  });
  let [source, line] = [0, 0];
  const table = mappings.split(";").map((segments) => {
    let found = "";
    for (const segment of segments.split(",")) {
      const [, ofSource, ofLine] = numbers(segment);
      if (ofSource === undefined) continue;
      source += ofSource;
      line += ofLine;
      if (found === "" && own[source] !== undefined) found = `${own[source]}:${line + 1}`;
    }
    return found;
  });
  return { files, lines: table };
}

/** Tells what the plugin threw when the runtime loaded it, by the author's own files. */
function told(error, { files, lines }) {
  const text = String(error.message).trim().replace(/^.*module evaluation: /s, "");
  const mapped = text.split("\n").flatMap((line) => {
    const [, before, at] = /^( +at .*?\(?)componentize-qjs:user\.js:(\d+):\d+\)?$/.exec(line) ?? [];
    if (at === undefined) return line.includes("componentize-qjs:shim") ? [] : [line];
    const [file, original] = lines[Number(at) - 1]?.split(":") ?? [];
    if (original === undefined) return [];
    return [`${before}${files[file]}:${original}${before.endsWith("(") ? ")" : ""}`];
  });
  return mapped.join("\n");
}

/** Reads numbers as source maps have them. */
function numbers(segment) {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const found = [];
  let [value, shift] = [0, 0];
  for (const character of segment) {
    const digit = digits.indexOf(character);
    value |= (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    found.push((value & 1) === 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return found;
}

let made;
try {
  made = await bundle();
} catch (error) {
  // It has printed what is wrong, unless it is not about the plugin at all.
  if (!Array.isArray(error.errors)) throw error;
  process.exit(1);
}
try {
  const { code, table } = made;
  const text = JSON.stringify({ files: table.files, lines: table.lines.join(",") });
  const { component } = await componentize({
    jsSource: `${code}\nglobalThis[Symbol.for("plugwright.lines")] = ${text};\n`,
    optSize: todo.release,
    stubWasi: todo.pure,
    sync: todo.sync,
    witPath: todo.wit,
    world: todo.world,
  });
  writeFileSync(todo.component, component);
} catch (error) {
  console.error(told(error, made.table));
  process.exit(1);
}
