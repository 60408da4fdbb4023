// Runs tests on other Nodes: `node scripts/test-nodes.mjs 22 24 26 [--all] [-- PATTERN…]`. The addon is the one built for
// this Node (Node-API: one file for all of them). Without patterns: the pure tests, those of the installed package and
// the live ones that every Node must pass, with fewer throws of the dice; `--all`: the whole suite as on this Node.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { nodeBinary } from "./node-binary.mjs";
import { root } from "./stale.mjs";

const split = process.argv.indexOf("--");
const given = process.argv.slice(2, split < 0 ? undefined : split);
const whole = given.includes("--all");
const versions = given.filter((argument) => !argument.startsWith("-"));
const usual = [
  "/agent/",
  "/explain/",
  "/kernel/",
  "/model/",
  "/export/",
  "/package/installed",
  "/live/agent-channels",
  "/live/agent-connections",
  "/live/agent-exit",
  "/live/agent-node-side",
  "/live/agent-stop",
  "/live/demo",
  "/live/endpoint.",
  "/live/fault-event-loop-blocked",
  "/live/listener-readings",
  "/live/loops",
];
const patterns = split < 0 ? (whole ? [] : usual) : process.argv.slice(split + 1);

const run = (command, args, env = process.env) =>
  spawnSync(command, args, { cwd: root, stdio: "inherit", env }).status ?? 1;

let failed = run(process.execPath, [join(root, "scripts/build.mjs"), "--tests"]) !== 0;
for (const version of versions) {
  const node = nodeBinary(version);
  if (node === undefined) {
    console.error(`test-nodes: Node ${version} cannot be had from the registry`);
    process.exit(1);
  }
  console.log(`Node ${spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim()}`);
  const env = {
    ...process.env,
    PATH: `${dirname(node)}:${process.env.PATH}`,
    ...(whole ? {} : { TEST_FEW_ROUNDS: "1" }),
  };
  if (run(node, [join(root, "scripts/test.mjs"), ...patterns], env) !== 0) failed = true;
}
process.exitCode = failed ? 1 : 0;
