// What a user installs: the packed tarball in an empty folder, no install script, no compiler in reach.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { packageRoot } from "../package-root.js";

const folder = mkdtempSync(join(tmpdir(), "sockscope-package-"));
const npm = (cwd: string, ...args: string[]): string =>
  execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 240_000 });
/** Runs the installed package with nothing but Node in reach. */
const node = (...args: string[]): string =>
  execFileSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: "/nonexistent" },
    timeout: 30_000,
  });

test.before((t) => {
  t.timeout(300_000);
  const packed = JSON.parse(npm(packageRoot, "pack", "--json", "--pack-destination", folder)) as unknown;
  const [tarball] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as { filename: string }[];
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "host", private: true }));
  npm(folder, "install", "--ignore-scripts", "--prefer-offline", "--no-audit", join(folder, tarball!.filename));
});
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

test("the tarball carries the x64 addon and the built sources, and no tests", (t) => {
  const files = readdirSync(join(folder, "node_modules/sockscope"), { recursive: true, encoding: "utf8" });
  for (const file of [
    "prebuilds/linux-x64/sockscope.node",
    "dist/index.js",
    "dist/index.d.ts",
    "dist/web/page.html",
    "dist/web/page.csp",
    "LICENSE",
    "README.md",
  ])
    t.true(files.includes(file), file);
  t.deepEqual(
    files.filter((file) => /^(test|build|build-test|scripts|node_modules)(\/|$)/.test(file)),
    [],
  );
});

test("the installed package loads its addon by require and by import, as one instance", (t) => {
  const script = `
    const required = require("sockscope");
    import("sockscope").then((imported) => {
      const { addon } = required.support();
      console.log(JSON.stringify({ same: imported.start === required.start, addon }));
    });`;
  t.deepEqual(JSON.parse(node("-e", script)), { same: true, addon: true });
});

test("every entry point of the package can be required", (t) => {
  const entries = [
    "sockscope",
    "sockscope/kernel",
    "sockscope/model",
    "sockscope/prometheus",
    "sockscope/opentelemetry",
    "sockscope/register",
    "sockscope/package.json",
  ];
  const script = `for (const entry of ${JSON.stringify(entries)}) require(entry); console.log("all"); process.exit(0)`;
  t.is(node("-e", script).trim(), "all");
});

test("a program that preloads the installed package runs and exits with its own code", (t) => {
  const script = 'console.log("application"); process.exitCode = 0';
  t.is(node("--import", "sockscope/register", "-e", script).trim(), "application");
});

test("the command line of the installed package answers --help", (t) => {
  t.regex(node("node_modules/sockscope/dist/cli/main.js", "--help"), /diagnose/);
});
