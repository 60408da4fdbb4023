// The limits in C: bench/raw/*.c, compiled with the machine's own compiler when they are needed.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeDir } from "../../scripts/node-dir.mjs";

const folder = resolve(dirname(fileURLToPath(import.meta.url)), "../raw");
const out = resolve(folder, "../../build/bench");
const compiler = process.env.CC ?? "cc";

const writtenAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function compile(target, sources, flags) {
  const headers = readdirSync(folder).filter((name) => name.endsWith(".h"));
  const newest = Math.max(...[...sources, ...headers].map((name) => writtenAt(join(folder, name))));
  if (writtenAt(target) >= newest) return target;
  mkdirSync(out, { recursive: true });
  const paths = sources.map((name) => join(folder, name));
  execFileSync(compiler, ["-O2", "-Wall", "-Wextra", "-D_GNU_SOURCE", ...flags, "-o", target, ...paths], {
    stdio: "inherit",
  });
  return target;
}

/** Path of the program that `bench/raw/NAME.c` becomes. */
export const program = (name) => compile(join(out, name), [`${name}.c`], []);

/**
 * What the files in bench/raw/in-process/ export: they run inside this process, on its own descriptors, and time
 * themselves.
 */
export function inProcess() {
  loaded ??= loadInProcess();
  return loaded;
}

let loaded;
function loadInProcess() {
  const sources = readdirSync(join(folder, "in-process")).filter((name) => name.endsWith(".c"));
  const headers = join(nodeDir() ?? "/usr", "include/node");
  const target = compile(
    join(out, "raw.node"),
    sources.map((name) => join("in-process", name)),
    ["-shared", "-fPIC", `-I${headers}`, `-I${folder}`],
  );
  return createRequire(import.meta.url)(target);
}
