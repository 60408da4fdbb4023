// The package's version, from the package.json nearest above this file (dist/cli or build-test/src/cli).
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const version = (): string => {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
  }
  return "unknown";
};
