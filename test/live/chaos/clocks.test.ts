// Clocks that jump: the wall clock of one process, by a preloaded library; the monotonic ones, by a time namespace
// (time_namespaces(7)). The machine's own clock is left alone.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Finding } from "../../../src/explain/finding.js";
import { register } from "../../lab/root.js";
import { packageRoot } from "../../package-root.js";
import { runCommand, withProgram } from "../run-node.js";
import { asRoot } from "../needs.js";
import { index } from "./chaos-app.js";

/** By how many seconds the wall clock is ahead while the loop stands, and from then on. */
type Jumps = readonly [during: number, after: number];

/** Eight clients, three more than the queue holds, come into a second in which the loop stands; `jump` moves the wall clock. Prints the findings. */
const program = (jump: string, [during, after]: Jumps): string => `
const net = require("node:net");
const { start } = require(${index});
const agent = start();
const findings = [];
const jump = ${jump};
agent.on("finding", (finding) => {
  if (finding.symptom !== "accept-queue-overflow") return;
  findings.push(finding);
  if (finding.state === "resolved") { console.log(JSON.stringify({ findings, now: Date.now() })); process.exit(4); }
});
const server = net.createServer((socket) => socket.on("error", () => {}).end()).listen({ port: 0, host: "127.0.0.1", backlog: 4 });
const begin = setInterval(() => {
  if (!agent.snapshot()) return;
  clearInterval(begin);
  for (let n = 0; n < 8; n += 1) net.connect(server.address().port, "127.0.0.1").on("error", () => {}).resume();
  setImmediate(() => {
    jump(${during});
    const end = performance.now() + 1200;
    while (performance.now() < end);
    jump(${after});
  });
}, 20);
`;

interface Moved {
  /** Put before the command. */
  readonly before?: readonly string[];
  readonly jump?: string;
  readonly jumps?: Jumps;
  readonly env?: Readonly<Record<string, string>>;
}

const isTold = async (
  t: ExecutionContext,
  { before = [], jump = "() => {}", jumps = [0, 0], env }: Moved,
): Promise<void> => {
  await withProgram("app.cjs", program(jump, jumps), async (file) => {
    const ran = await runCommand([...before, process.execPath, "-r", register, file], { ...env, SOCKSCOPE_LOG: "off" });
    t.is(ran.code, 4, ran.stderr);
    const { findings }: { readonly findings: readonly Finding[] } = JSON.parse(ran.stdout);
    t.log(
      findings.map(({ state, symptom, cause, firstSeen, lastSeen }) => ({
        state,
        symptom,
        cause,
        firstSeen,
        lastSeen,
      })),
    );
    t.is(new Set(findings.map(({ id }) => id)).size, 1);
    t.is(findings.at(-1)?.state, "resolved");
    for (const { firstSeen, lastSeen } of findings) t.true(lastSeen >= firstSeen);
  });
};

/** The wall clock of a process, which it moves itself through a file that the preloaded library reads. */
const movable = (t: ExecutionContext): Moved => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-clock-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [library, moved] = [join(folder, "clock.so"), join(folder, "moved")];
  const source = join(packageRoot, "test/live/chaos/clock.cc");
  t.is(spawnSync("g++", ["-shared", "-fPIC", "-O1", "-o", library, source]).status, 0);
  writeFileSync(moved, Buffer.alloc(8));
  const jump = `(seconds) => { const bytes = Buffer.alloc(8); bytes.writeBigInt64LE(BigInt(seconds)); const fd = require("node:fs").openSync(${JSON.stringify(moved)}, "r+"); require("node:fs").writeSync(fd, bytes); require("node:fs").closeSync(fd); }`;
  return { jump, env: { LD_PRELOAD: library, MOVED_BY: moved } };
};

test("a wall clock that jumps an hour ahead and two back in the middle of a fault changes nothing in what is found", (t) =>
  isTold(t, { ...movable(t), jumps: [3600, -3600] }));

// clock_gettime(2): CLOCK_MONOTONIC does not count the time that the system is suspended, CLOCK_REALTIME does. Since
// no thread of a process runs meanwhile either, a wall clock that has leapt ahead is all that it sees of a suspend.
test("a machine that was suspended for an hour in the middle of a fault changes nothing in what is found", (t) =>
  isTold(t, { ...movable(t), jumps: [3600, 3600] }));

asRoot("in a time namespace whose monotonic clock is a hundred days ahead all is as ever (needs root)", (t) =>
  isTold(t, { before: ["unshare", "--time", "--monotonic", "8640000", "--boottime", "8640000", "--"] }),
);
