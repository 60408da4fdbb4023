// A clone builds with nothing but a toolchain: empty HOME, no way out, headers of the running Node.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import test from "ava";
import { packageRoot } from "../package-root.js";

const bringsHeaders = existsSync(join(resolve(process.execPath, "../.."), "include/node/node_api.h"));

const whereHeadersAre = bringsHeaders || process.env.SOCKSCOPE_REQUIRE_ALL === "1" ? test : test.skip;

whereHeadersAre("a clone builds with an empty HOME and no network (needs a Node that brings its headers)", (t) => {
  t.timeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), "sockscope-clone-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const clone = join(folder, "clone");
  const home = join(folder, "home");
  mkdirSync(home);
  for (const name of ["addon", "src", "scripts", "binding.gyp", "package.json", "tsconfig.json"])
    cpSync(join(packageRoot, name), join(clone, name), { recursive: true });
  symlinkSync(join(packageRoot, "node_modules"), join(clone, "node_modules"));
  const dead = "http://127.0.0.1:9";
  const { status, stderr } = spawnSync(process.execPath, ["scripts/build.mjs"], {
    cwd: clone,
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      HOME: home,
      npm_config_proxy: dead,
      npm_config_https_proxy: dead,
      HTTPS_PROXY: dead,
    },
  });
  t.is(status, 0, stderr);
  t.true(existsSync(join(clone, "build/Release/sockscope.node")));
  t.true(existsSync(join(clone, "dist/index.js")));
  t.true(existsSync(join(clone, "dist/web/page.html")));
  t.deepEqual(readdirSync(home), []);
});
