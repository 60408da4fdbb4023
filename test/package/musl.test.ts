// One .node for glibc and musl: a host that is linked against musl, and offers what Node would, loads the addon.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { packageRoot } from "../package-root.js";

const addon = join(packageRoot, "build/Release/sockscope.node");
const hasMusl = spawnSync("musl-gcc", ["--version"]).error === undefined;
const where = hasMusl || process.env.SOCKSCOPE_REQUIRE_ALL === "1" ? test : test.skip;

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

where("the addon loads on musl (Debian package musl-tools)", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-musl-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const undefinedSymbols = execFileSync("nm", ["-D", "--undefined-only", addon], { encoding: "utf8" });
  const fromNode = [...undefinedSymbols.matchAll(/ U ((?:napi|node_api|uv)_\w+)/g)].map(([, name]) => name!);
  t.true(fromNode.includes("napi_create_function") || fromNode.length > 10, fromNode.join(" "));
  writeFileSync(join(folder, "host.c"), host(fromNode));
  execFileSync("musl-gcc", ["-rdynamic", "-o", join(folder, "host"), join(folder, "host.c")]);
  const { stdout, stderr } = spawnSync(join(folder, "host"), [addon], { encoding: "utf8" });
  t.is(stdout.trim(), "loaded", stderr);
});
