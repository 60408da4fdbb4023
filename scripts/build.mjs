// Builds what is stale: the addon (node-gyp), dist/ (tsc), its bundles and its pages (esbuild) and, with --tests,
// build-test/.
// `npm ci` runs it through `postprepare` (of a `prepare` npm warns whoever installs the tarball); `demo` and `test` run
// it again and find nothing to do.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { nodeDir } from "./node-dir.mjs";
import { areTestsStale, isStale as isOlder, root } from "./stale.mjs";

const force = process.argv.includes("--force");

const isStale = (...asked) => force || isOlder(...asked);

const run = (file, ...args) => {
  const { status, error } = spawnSync(process.execPath, [join(root, "node_modules", file), ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) {
    console.error(`sockscope build: ${file} ${args.join(" ")} failed${error ? `: ${error.message}` : ""}`);
    process.exit(status ?? 1);
  }
};

const gyp = (...args) => {
  const dir = nodeDir();
  run("node-gyp/bin/node-gyp.js", ...args, ...(dir ? [`--nodedir=${dir}`] : []), "--loglevel=error", "--jobs=max");
};

const tsc = (project, output) => {
  rmSync(join(root, output), { recursive: true, force: true });
  run("typescript/bin/tsc", "-p", project);
};

const addonSources = ["addon", "binding.gyp"];
if (process.platform === "linux" && isStale("build/Release/sockscope.node", addonSources)) gyp("rebuild");
if (isStale("dist/index.js", ["src", "tsconfig.json", "scripts/bundles.mjs"])) {
  tsc("tsconfig.json", "dist");
  const { writeBundles } = await import("./bundles.mjs");
  await writeBundles();
}
if (isStale("dist/web/page.html", ["src/web", "src/explain", "src/export", "scripts/page.mjs"])) {
  const { writePages } = await import("./page.mjs");
  await writePages();
}
if (process.argv.includes("--tests") && (force || areTestsStale())) tsc("test/tsconfig.json", "build-test");
