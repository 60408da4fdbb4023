// Inputs that once reached new code or broke a promise: test/fuzz/corpus/TARGET.hex, one a line.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.js";

const folder = join(packageRoot, "test/fuzz/corpus");
const fileOf = (name: string): string => join(folder, `${name}.hex`);

export const hexOf = (input: Uint8Array): string => Buffer.from(input).toString("hex");

export const readCorpus = (name: string): readonly Uint8Array[] =>
  existsSync(fileOf(name))
    ? readFileSync(fileOf(name), "latin1")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => new Uint8Array(Buffer.from(line, "hex")))
    : [];

/** Adds those that are not there yet and are short. */
export const keepInputs = (name: string, inputs: readonly Uint8Array[]): void => {
  const lines = new Set([...readCorpus(name), ...inputs.filter(({ length }) => length <= 1024)].map(hexOf));
  if (lines.size === 0) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(name), `${[...lines].join("\n")}\n`);
};
