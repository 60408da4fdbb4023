// Test runners: installed into .runners/ when they are first needed, as other Nodes are into .node/. Together they are
// 317 packages, which nobody needs who does not run these two rows.
import { spawnSync } from "node:child_process";
import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../package-root.js";
import type { Condition, Ground, Works } from "./condition.js";

const folder = join(packageRoot, ".runners");
const modules = join(folder, "node_modules");
const [jest, vitest] = [join(modules, "jest/bin/jest.js"), join(modules, "vitest/vitest.mjs")];
const [serve, index] = [require.resolve("./serve.js"), require.resolve("../../../src/index.js")].map((path) =>
  JSON.stringify(path),
);

/** Whether they are there, or could be installed. */
const areThere = (): boolean => {
  if (existsSync(jest) && existsSync(vitest)) return true;
  const quietly = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"];
  return spawnSync("npm", ["install", "--prefix", folder, ...quietly, "jest@30", "vitest@4"]).status === 0;
};

const inJest = (ground: Ground): readonly string[] => {
  writeFileSync(
    join(ground.folder, "server.test.js"),
    `const { serve } = require(${serve});
     jest.resetModules();
     const { start } = require(${index});
     test("two registries of modules, one server", async () => { start(); await serve(); }, 60_000);`,
  );
  const config = JSON.stringify({ rootDir: ground.folder, testEnvironment: "node", transform: {}, cache: false });
  return [process.execPath, jest, "--runInBand", `--config=${config}`];
};

const inVitest = (ground: Ground): readonly string[] => {
  symlinkSync(modules, join(ground.folder, "node_modules"));
  writeFileSync(
    join(ground.folder, "server.test.mjs"),
    `import { createRequire } from "node:module";
     import { test } from "vitest";
     const { serve } = createRequire(import.meta.url)(${serve});
     test("a server", () => serve(), 60_000);`,
  );
  return [process.execPath, vitest, "run", `--root=${ground.folder}`, "--pool=forks"];
};

const whole: Works = { finding: "while blocked", stack: true };
/** What they print themselves. */
const others = /^/;

export const runners: readonly Condition[] = [
  {
    name: "in jest",
    how: "a test, whose registry of modules is reset: two agents, one observer",
    isPossible: areThere,
    command: inJest,
    others,
    works: whole,
  },
  {
    name: "in vitest",
    how: "a test, `--pool=forks`",
    isPossible: areThere,
    command: inVitest,
    others,
    works: { ...whole, code: 0 },
  },
];
