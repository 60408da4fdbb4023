// Which outputs are older than what they are made of; paths are below the package's folder.
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const files = (path) => {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [full];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
};

const newest = (paths) => Math.max(0, ...paths.flatMap(files).map((file) => statSync(file).mtimeMs));

export const isStale = (output, sources) =>
  !existsSync(join(root, output)) || statSync(join(root, output)).mtimeMs < newest(sources);

/** What the tests run is older than what it is made of. */
export const areTestsStale = () => isStale("build-test/src/index.js", ["src", "test", "tsconfig.json"]);
