// The lock file names the binaries of every platform: without them npm ci refuses a clone.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { packageRoot } from "../package-root.js";

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

test("the lock file holds every optional dependency of the packages it holds", (t) => {
  const lock = JSON.parse(readFileSync(join(packageRoot, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const wanted = Object.values(lock.packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  t.deepEqual(
    wanted.filter((name) => !Object.keys(lock.packages).some((path) => path.endsWith(`node_modules/${name}`))),
    [],
  );
});
