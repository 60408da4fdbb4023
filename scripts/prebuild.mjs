// Builds the addon that ships in the tarball: prebuilds/linux-ARCH/sockscope.node, one file for glibc and musl
// (see addon/cxxrt.cc), and checks what it needs at run time. `npm pack` calls it for x64.
// Prints to stderr: `npm pack --json` owns stdout.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import prebuildify from "prebuildify";
import { nodeDir } from "./node-dir.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const [arch = "x64"] = process.argv.slice(2);
const cross = { arm64: "aarch64-linux-gnu-" };

/** Official Node 20 to 26 need GLIBC_2.28 themselves; the addon may not need more. */
const glibcCeiling = [2, 28];

if (process.platform !== "linux") {
  console.error(`sockscope prebuild: the addon is for linux; this is ${process.platform}`);
  process.exit(0);
}

const prefix = arch === process.arch ? "" : cross[arch];
if (prefix === undefined) {
  console.error(`sockscope prebuild: arch ${arch}; accepted: ${[process.arch, ...Object.keys(cross)].join(", ")}`);
  process.exit(2);
}
if (prefix) Object.assign(process.env, { CC: `${prefix}gcc`, CXX: `${prefix}g++` });
const headers = nodeDir();
if (headers) process.env.npm_config_nodedir = headers;

const target = join(root, `prebuilds/linux-${arch}`);
const native = join(root, "build/Release/sockscope.node");
rmSync(target, { recursive: true, force: true });
// A foreign build left in build/Release would be preferred by the loader.
rmSync(join(root, "build"), { recursive: true, force: true });
await promisify(prebuildify)({
  cwd: root,
  napi: true,
  strip: true,
  stripBin: `${prefix}strip`,
  arch,
  targets: [process.versions.node],
  nodeGyp: join(root, "node_modules/.bin/node-gyp"),
  quiet: true,
});

const built = join(target, "sockscope.node");
if (!existsSync(built)) throw new Error(`sockscope prebuild: ${built} was not built`);
const symbols = execFileSync(`${prefix}objdump`, ["-p", "-T", built], { encoding: "utf8" });
const needed = [...symbols.matchAll(/NEEDED\s+(\S+)/g)].map((match) => match[1]);
const tooNew = [...symbols.matchAll(/GLIBC_(\d+)\.(\d+)/g)].filter(
  ([, major, minor]) =>
    Number(major) > glibcCeiling[0] || (Number(major) === glibcCeiling[0] && Number(minor) > glibcCeiling[1]),
);
if (needed.join() !== "libc.so.6" || tooNew.length > 0) {
  throw new Error(
    `sockscope prebuild: needs ${needed.join(", ")} ${tooNew.map((match) => match[0]).join(", ")}; allowed: libc.so.6, GLIBC <= 2.28`,
  );
}
if (arch === process.arch) {
  mkdirSync(dirname(native), { recursive: true });
  if (!existsSync(native)) copyFileSync(built, native);
} else rmSync(join(root, "build"), { recursive: true, force: true });
console.error(`prebuilds/linux-${arch}/sockscope.node: needs ${needed.join(", ")} only`);
