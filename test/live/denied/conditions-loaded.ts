// How the package is loaded: from a bundle, twice, by a process manager.
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { register } from "../../lab/root.js";
import { packageRoot } from "../../package-root.js";
import type { Condition, Ground, Works } from "./condition.js";
import { addonReadings } from "../../kernel/addon-readings.js";

const whole: Works = { finding: "while blocked", stack: true };
const [serve, server] = ["serve", "server.child"].map((name) => require.resolve(`./${name}.js`));
const modules = join(packageRoot, "node_modules");

const bundled = ({ folder }: Ground): readonly string[] => {
  const outfile = join(folder, "app.js");
  const stdin = { contents: `require(${JSON.stringify(serve)}).serve()`, resolveDir: folder };
  buildSync({ stdin, bundle: true, platform: "node", outfile, logLevel: "silent" });
  return [process.execPath, outfile];
};

/** The whole package once more, as `change` makes it, loaded after this one. */
const withCopy =
  (change: (text: string) => string) =>
  ({ folder }: Ground): readonly string[] => {
    const copy = join(folder, "node_modules/sockscope");
    mkdirSync(copy, { recursive: true });
    for (const name of ["dist", "build", "binding.gyp", "package.json"])
      cpSync(join(packageRoot, name), join(copy, name), { recursive: true });
    symlinkSync(modules, join(copy, "node_modules"));
    const start = join(copy, "dist/agent/agent.js");
    writeFileSync(start, change(readFileSync(start, "utf8")));
    return [process.execPath, "-r", register, "-r", join(copy, "dist/register.js"), server!];
  };

export const loaded: readonly Condition[] = [
  {
    name: "in a bundle",
    how: "esbuild, the package not external",
    command: bundled,
    works: {
      finding: "no",
      stack: false,
      missing: addonReadings,
      told: /sockscope cannot be bundled, mark it as external/,
    },
  },
  { name: "two copies of one version", how: "both preloaded", command: withCopy((text) => text), works: whole },
  {
    name: "two versions at once",
    how: "both preloaded",
    command: withCopy((text) => text.replace("shape = 1;", "shape = 2;")),
    works: { ...whole, told: /another version observes this process/ },
  },
  {
    name: "a process manager",
    how: "forked with IPC by a wrapper that loads the program, as PM2 does: `require.main` is the wrapper",
    way: "managed",
    works: whole,
  },
];
