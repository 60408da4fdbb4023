// One row in a process and a network namespace of its own: nothing that it opens, compiles or leaves behind meets another.
// Run as a program it is that process: `row-process.mjs FILE OPTIONS`, the result goes to descriptor 3 as JSON.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { inNamespace } from "./namespace.mjs";

const self = fileURLToPath(import.meta.url);
const rows = resolve(self, "../../rows");

/** Runs the row in bench/rows/FILE. Rejects where it fails. `options`: what its `run` gets. */
export async function runRow(file, options) {
  const command = [process.execPath, "--expose-gc", self, file, JSON.stringify(options)];
  const inside = inNamespace(command);
  if (!inside) console.error(`${file}: no network namespace can be made here: sockets of others are in the figures`);
  const [program, ...args] = inside ?? command;
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "pipe"] });
  const parts = [];
  child.stdio[3].on("data", (part) => parts.push(part));
  const [status, signal] = await once(child, "close");
  if (status !== 0) throw new Error(`ended with ${signal ?? `status ${status}`}`);
  return JSON.parse(Buffer.concat(parts).toString());
}

if (process.argv[1] === self) {
  const [, , file, options] = process.argv;
  const { run } = await import(join(rows, file));
  const context = JSON.parse(options);
  const result = await run({ ...context, has: (name) => !context.absent.includes(name) });
  for (const { what, value } of [...result.figures, ...(result.peers ?? [])])
    if (!Number.isFinite(value)) throw new Error(`${what}: ${value}`);
  writeSync(3, JSON.stringify(result));
  // What a row still holds (children, servers) ends with it.
  process.exit(0);
}
