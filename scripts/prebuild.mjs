// Builds the addons that ship in the tarball: prebuilds/linux-ARCH/sockscope.node, one file each for glibc and musl
// (see addon/cxxrt.cc), and checks what they need at run time. `npm pack` calls it for both; those that are newer than
// their sources stay, unless --force. `node scripts/prebuild.mjs x64` builds one.
// Prints to stderr: `npm pack --json` owns stdout.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import prebuildify from "prebuildify";
import { nodeDir } from "./node-dir.mjs";
import { isStale, root } from "./stale.mjs";

/** Debian's compilers for what this machine is not: how their commands begin, and the package. */
const cross = {
  x64: { prefix: "x86_64-linux-gnu-", debian: "g++-x86-64-linux-gnu" },
  arm64: { prefix: "aarch64-linux-gnu-", debian: "g++-aarch64-linux-gnu" },
};
const prefixOf = (arch) => (arch === process.arch ? "" : cross[arch].prefix);

/** Official Node 20 to 26 need GLIBC_2.28 themselves; the addon may not need more. */
const glibcCeiling = [2, 28];
const sources = ["addon", "binding.gyp", "scripts/prebuild.mjs", "node_modules/node-addon-api/package.json"];

const refuse = (reason) => {
  console.error(`sockscope prebuild: ${reason}`);
  process.exit(1);
};

const checkCompiler = (arch) => {
  const compiler = `${prefixOf(arch)}g++`;
  if (spawnSync(compiler, ["--version"]).error === undefined) return;
  const debian = arch === process.arch ? "g++" : cross[arch].debian;
  refuse(
    `the tarball carries the addon for ${Object.keys(cross).join(" and ")}, and ${compiler} is not installed (Debian: apt-get install ${debian})`,
  );
};

/** A copy of what is compiled: whatever runs from this folder meanwhile keeps its build/. */
const stage = () => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-prebuild-"));
  for (const name of ["addon", "binding.gyp", "package.json"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
};

const check = (prefix, file) => {
  const symbols = execFileSync(`${prefix}objdump`, ["-p", "-T", file], { encoding: "utf8" });
  const needed = [...symbols.matchAll(/NEEDED\s+(\S+)/g)].map((match) => match[1]);
  const tooNew = [...symbols.matchAll(/GLIBC_(\d+)\.(\d+)/g)].filter(
    ([, major, minor]) =>
      Number(major) > glibcCeiling[0] || (Number(major) === glibcCeiling[0] && Number(minor) > glibcCeiling[1]),
  );
  if (needed.join() !== "libc.so.6" || tooNew.length > 0) {
    const found = [...needed, ...tooNew.map((match) => match[0])].join(", ");
    refuse(`needs ${found}; allowed: libc.so.6, GLIBC <= ${glibcCeiling.join(".")}`);
  }
};

const build = async (arch) => {
  const prefix = prefixOf(arch);
  const folder = stage();
  try {
    Object.assign(process.env, { CC: `${prefix}gcc`, CXX: `${prefix}g++`, JOBS: "max" });
    await promisify(prebuildify)({
      cwd: folder,
      napi: true,
      strip: true,
      stripBin: `${prefix}strip`,
      arch,
      targets: [process.versions.node],
      nodeGyp: join(root, "node_modules/.bin/node-gyp"),
      quiet: true,
    });
    const built = join(folder, `prebuilds/linux-${arch}/sockscope.node`);
    if (!existsSync(built)) refuse(`${built} was not built`);
    check(prefix, built);
    const output = join(root, `prebuilds/linux-${arch}`);
    mkdirSync(output, { recursive: true });
    // Two steps: the temporary folder may be on another file system, and a reader never sees half a file.
    cpSync(built, join(output, "sockscope.node.new"));
    chmodSync(join(output, "sockscope.node.new"), 0o644);
    renameSync(join(output, "sockscope.node.new"), join(output, "sockscope.node"));
    console.error(`prebuilds/linux-${arch}/sockscope.node: built, needs libc.so.6 only`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const force = process.argv.includes("--force");
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const archs = asked.length > 0 ? asked : Object.keys(cross);
const unknown = archs.find((arch) => !Object.hasOwn(cross, arch));
if (unknown !== undefined) refuse(`arch ${unknown}; accepted: ${Object.keys(cross).join(", ")}`);
if (process.platform !== "linux") refuse(`the addon is for linux and is built there; this is ${process.platform}`);
const headers = nodeDir();
if (headers) process.env.npm_config_nodedir = headers;

const stale = archs.filter((arch) => force || isStale(`prebuilds/linux-${arch}/sockscope.node`, sources));
stale.forEach(checkCompiler);
for (const arch of stale) await build(arch);
