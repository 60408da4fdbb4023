// Builds what is stale: the addon (node-gyp), dist/ (tsc), its pages (esbuild) and, with --tests, build-test/.
// `npm ci` runs it through `prepare`; `demo` and `test` run it again and find nothing to do.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeDir } from "./node-dir.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const force = process.argv.includes("--force");

const files = (path) => {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [full];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
};
const newest = (paths) => Math.max(0, ...paths.flatMap(files).map((file) => statSync(file).mtimeMs));
const isStale = (output, sources) =>
  force || !existsSync(join(root, output)) || statSync(join(root, output)).mtimeMs < newest(sources);

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
  run("node-gyp/bin/node-gyp.js", ...args, ...(dir ? [`--nodedir=${dir}`] : []), "--loglevel=error");
};

const tsc = (project, output) => {
  rmSync(join(root, output), { recursive: true, force: true });
  run("typescript/bin/tsc", "-p", project);
};

const addonSources = ["addon", "binding.gyp"];
if (process.platform === "linux" && isStale("build/Release/sockscope.node", addonSources)) gyp("rebuild");
if (isStale("dist/index.js", ["src", "tsconfig.json"])) tsc("tsconfig.json", "dist");
if (isStale("dist/web/page.html", ["src/web", "src/explain", "src/export", "scripts/page.mjs"])) {
  const { writePages } = await import("./page.mjs");
  await writePages();
}
if (process.argv.includes("--tests") && isStale("build-test/src/index.js", ["src", "test", "tsconfig.json"]))
  tsc("test/tsconfig.json", "build-test");
