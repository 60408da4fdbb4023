// Storms in one process: ten thousand listeners, five thousand connections a second, more ends at once than netlink has
// room for. The agent says nothing of itself, keeps its descriptors, and finds the next fault as ever.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import test from "ava";
import type { Finding } from "../../../src/explain/finding.js";
import type { Defer } from "../../lab/command.js";
import { launch, type Message, type Program } from "../../lab/child.js";
import { eventually } from "../../lab/eventually.js";
import { createLog, type Log } from "../../lab/log.js";
import { createNamespace, type Namespace } from "../../lab/netns.js";
import { prepareLoad } from "../../lab/site.js";
import { packageRoot } from "../../package-root.js";
import { asRoot } from "../needs.js";

const file = require.resolve("./storms.child.js");

interface App {
  readonly ns: Namespace;
  readonly log: Log;
  readonly program: Program;
}

const undo: (() => void | Promise<void>)[] = [];
const defer: Defer = (each) => void undo.push(each);
let running: App | undefined;
test.after.always(async () => {
  for (const each of undo.toReversed()) await each();
});

const app = async (): Promise<App> => {
  if (running) return running;
  const ns = createNamespace(defer);
  const log = createLog(defer);
  const program = launch(defer, ns, { argv: [process.execPath, file], env: { SOCKSCOPE_LOG: log.path } });
  await program.hear("ready");
  running = { ns, log, program };
  return running;
};

const storm = async ({ program }: App, kind: string, count = 0): Promise<Message> => {
  const from = program.said.length;
  program.tell({ kind, count });
  return program.hear(`${kind}:done`, 60_000, from);
};

/** As the agent sees the process when it has caught up. */
const calm = (of: App): Promise<Message> =>
  eventually(
    "two listeners, shown by a later look",
    async () => {
      const seen = await storm(of, "nothing");
      return seen.listeners === 2 && Number(seen.time) > Date.now() - 2000 && seen;
    },
    20_000,
  );

asRoot("ten thousand listeners that come and go leave no descriptor and no word (needs root)", async (t) => {
  t.timeout(120_000);
  const of = await app();
  const before = await calm(of);
  const { tookMs } = await storm(of, "listeners", 10_000);
  const after = await calm(of);
  t.log({ tookMs, before: before.rssBytes, after: after.rssBytes });
  t.deepEqual([after.fds, after.statuses], [before.fds, []]);
});

/** Opens and closes so many, one after the other, at so many a second at most. How many a second it were. */
const churn = async ({ ns }: App, count: number, perSecond: number): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-churn-"));
  defer(() => rmSync(folder, { recursive: true }));
  const binary = join(folder, "churn");
  execFileSync("cc", ["-O1", "-o", binary, join(packageRoot, "bench/raw/churn.c")]);
  const [enter, ...args] = [...ns.enter, binary, "3000"];
  const child = spawn(enter, args, { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  const began = performance.now();
  // What could not be made in time is not made up for: the queue would overflow.
  for (let made = 0, last = began; made < count; ) {
    await delay(2);
    const now = performance.now();
    const more = Math.min(count - made, Math.round(((now - last) * perSecond) / 1000), 512);
    last = now;
    child.stdin.write(`${more}\n`);
    await answers.next();
    made += more;
  }
  const tookMs = performance.now() - began;
  child.stdin.end();
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`a connection was refused: ${code}`);
  return Math.round((1000 * count) / tookMs);
};

const churned = Number(process.env.CHURN_CONNECTIONS ?? 15_000);

asRoot("connections by the thousand a second disturb neither dumps nor the application (needs root)", async (t) => {
  t.timeout(120_000 + churned);
  const of = await app();
  const before = await calm(of);
  await storm(of, "hold", 100);
  const perSecond = await churn(of, churned, 5000);
  const { accepted, read, rows, ...figures } = (await storm(of, "release", churned)).result as Record<string, unknown>;
  const after = await calm(of);
  t.log({ perSecond, ...figures });
  t.deepEqual({ accepted, read, rows }, { accepted: churned, read: 100, rows: ["100 rows of 100"] });
  t.like(figures, { repeated: 0, partial: 0 });
  t.true(Number(figures.samples) > 0);
  // While so many come and go nobody listens to their ends: one descriptor less.
  t.true(Number(after.fds) <= Number(before.fds) + 1, `${String(after.fds)} descriptors, ${String(before.fds)} before`);
  t.deepEqual(after.statuses, []);
});

asRoot("ends that find no room at the netlink socket (ENOBUFS) are counted as lost (needs root)", async (t) => {
  t.timeout(120_000);
  const of = await app();
  const { result } = await storm(of, "closes", 400);
  const { closed, told, lost } = result as { readonly closed: number; readonly told: number; readonly lost: number };
  t.log(result);
  t.is(closed, 400);
  t.true(lost > 0);
  t.is(told + lost, closed);
  t.deepEqual((await calm(of)).statuses, []);
});

asRoot("after all that the next fault is found as ever (needs root)", async (t) => {
  const of = await app();
  const load = await prepareLoad(defer, of.ns, { port: 3001, pattern: "burst", count: 30 });
  const blocked = storm(of, "block", 1500);
  await load.go();
  await blocked;
  // On a busy machine the cause may be another.
  const isFault = ({ symptom, subject }: Finding): boolean =>
    symptom === "accept-queue-overflow" && subject.port === 3001;
  t.truthy(await eventually("the finding", () => of.log.findings().find(({ finding }) => isFault(finding))));
});
