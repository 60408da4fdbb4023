// The addons of the tarball: what they need of a machine, by readelf and objdump, and that both run.
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { packageRoot } from "../package-root.js";

const tools = ["readelf", "objdump", "aarch64-linux-gnu-objdump", "aarch64-linux-gnu-g++", "musl-gcc"];
const missing = tools.filter((tool) => spawnSync(tool, ["--version"]).error !== undefined);
const able = missing.length === 0 || process.env.SOCKSCOPE_REQUIRE_ALL === "1";
const where = able ? test : test.skip;
const needs = "(Debian packages binutils, g++-aarch64-linux-gnu, musl-tools)";

const addonOf = (arch: string): string => join(packageRoot, `prebuilds/linux-${arch}/sockscope.node`);
const ask = (tool: string, ...args: string[]): string => execFileSync(tool, args, { encoding: "utf8" });
const all = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, word]) => word!)),
];

test.before(async (t) => {
  if (!able) return;
  t.timeout(240_000);
  await promisify(execFile)(process.execPath, [join(packageRoot, "scripts/prebuild.mjs")]);
});

const expected = {
  x64: { machine: "Advanced Micro Devices X86-64", objdump: "objdump", floor: "2.17" },
  arm64: { machine: "AArch64", objdump: "aarch64-linux-gnu-objdump", floor: "2.17" },
};

/** Symbols that the addon takes from elsewhere: Node's, and libc's. */
const undefinedIn = (arch: string): string[] =>
  all(ask("readelf", "--dyn-syms", "-W", addonOf(arch)), /\bGLOBAL\s+DEFAULT\s+UND\s+(\w+)/g);
const ofNode = (name: string): boolean => /^(napi|node_api|uv)_/.test(name);

for (const [arch, { machine, objdump, floor }] of Object.entries(expected)) {
  where(`the addon for ${arch} needs libc alone, of a version every supported distribution has ${needs}`, (t) => {
    const header = ask("readelf", "-h", addonOf(arch));
    const dynamic = ask("readelf", "-d", addonOf(arch));
    const versions = all(ask(objdump, "-T", addonOf(arch)), /GLIBC_([\d.]+)/g);
    t.deepEqual(
      {
        machine: /Machine:\s+(.*)/.exec(header)?.[1],
        needed: all(dynamic, /NEEDED\).*\[(.*)\]/g),
        searched: all(dynamic, /\((RPATH|RUNPATH)\)/g),
        bound: all(dynamic, /\b(BIND_NOW)\b/g),
        floor: versions.sort((one, other) => one.localeCompare(other, "en", { numeric: true })).at(-1),
        otherVersions: all(ask(objdump, "-T", addonOf(arch)), /\b((?:GLIBCXX|CXXABI|GCC)_[\d.]+)/g),
      },
      { machine, needed: ["libc.so.6"], searched: [], bound: ["BIND_NOW"], floor, otherVersions: [] },
    );
  });

  where(`musl has every libc symbol that the addon for ${arch} asks for ${needs}`, (t) => {
    const musl = new Set(
      all(ask("nm", "-D", "--defined-only", "/usr/lib/x86_64-linux-musl/libc.so"), / [TWDBVi] (\w+)/g),
    );
    const asked = undefinedIn(arch).filter((name) => !ofNode(name));
    t.true(asked.includes("getsockopt"), asked.join(" "));
    t.deepEqual(
      asked.filter((name) => !musl.has(name)),
      [],
    );
  });
}

// What Node would offer, linked against musl.
const host = (symbols: readonly string[]): string => `
#include <dlfcn.h>
#include <stdio.h>
${symbols.map((name) => `int ${name}(void) { return 1; }`).join("\n")}
int main(int argc, char** argv) {
  void* addon = dlopen(argv[1], RTLD_NOW);
  if (!addon) return puts(dlerror()), 1;
  puts(dlsym(addon, "napi_register_module_v1") ? "loaded" : "no napi_register_module_v1");
  return 0;
}
`;

where(`the addon loads on musl ${needs}`, (t) => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-musl-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "host.c"), host(undefinedIn("x64").filter(ofNode)));
  execFileSync("musl-gcc", ["-rdynamic", "-o", join(folder, "host"), join(folder, "host.c")]);
  const { stdout, stderr } = spawnSync(join(folder, "host"), [addonOf("x64")], { encoding: "utf8" });
  t.is(stdout.trim(), "loaded", stderr);
});
