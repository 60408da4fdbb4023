// Publishes the package, or says what is in the way. `npm run release -- --dry-run` asks everything and publishes nothing.
// The tarball is packed here and held, byte for byte, against a build in a clean clone of the commit: addons too.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./stale.mjs";
import { verifyTarball } from "./tarball.mjs";

const dryRun = process.argv.includes("--dry-run");
const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "sockscope-release-"));
const clone = join(folder, "clone");
const tarball = join(folder, `${name}-${version}.tgz`);
const publish = ["publish", "--provenance", "--access", "public", tarball];

const run = (cwd, command, ...args) => {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? (stderr || stdout).trim()}`);
  return stdout.trim();
};

const head = run(root, "git", "rev-parse", "HEAD");
const lines = (said) => said.split("\n").filter((line) => line !== "");

/** Each answers with what is wrong, a line each. */
const steps = {
  "the tree is clean": () => lines(run(root, "git", "status", "--porcelain")),
  [`CHANGELOG.md begins with ${version} and a date`]: () => {
    const [, heading = "no section"] = /^## (.*)$/m.exec(readFileSync(join(root, "CHANGELOG.md"), "utf8")) ?? [];
    return new RegExp(`^\\[?${version.replaceAll(".", "\\.")}\\]? - \\d{4}-\\d\\d-\\d\\d$`).test(heading)
      ? []
      : [`it begins with "${heading}"`];
  },
  [`v${version} is not tagged yet`]: () => lines(run(root, "git", "tag", "--list", `v${version}`)),
  ".ci/run passed on this commit": () => {
    const stamp = join(root, ".ci/passed");
    const passed = existsSync(stamp) ? readFileSync(stamp, "utf8").trim() : "none";
    return passed === head ? [] : [`it passed on ${passed}, this is ${head}`];
  },
  "npm audit finds nothing in what users install": () => {
    run(root, "npm", "audit", "--omit=dev", "--loglevel=error");
    return [];
  },
  "the tarball holds what a clean clone builds": () => {
    // Anew: another Node's headers may have been used last.
    run(root, process.execPath, "scripts/prebuild.mjs", "--force");
    run(root, "npm", "pack", "--pack-destination", folder);
    run(root, "git", "clone", "--quiet", root, clone);
    run(clone, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline");
    run(clone, process.execPath, "scripts/prebuild.mjs", "--force");
    return verifyTarball(tarball, clone);
  },
};

let wrong = 0;
try {
  for (const [step, ask] of Object.entries(steps)) {
    let found;
    try {
      found = ask();
    } catch (error) {
      found = [error.message];
    }
    if (found.length > 0) wrong += 1;
    console.log(`${found.length > 0 ? "NO" : "ok"}  ${step}`);
    for (const line of found) console.log(`      ${line}`);
  }
  if (dryRun) console.log(`would run: npm ${publish.join(" ")}`);
  else if (wrong > 0) console.log("not published");
  else wrong = spawnSync("npm", publish, { cwd: root, stdio: "inherit" }).status;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = wrong > 0 ? 1 : 0;
