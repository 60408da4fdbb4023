// Storms in one process: ten thousand listeners, connections by the thousand a second, more ends at once than netlink has
// room for. The agent says nothing of itself, keeps its descriptors, and finds the next fault as ever.
import test from "ava";
import type { Finding } from "../../../src/explain/finding.js";
import type { Defer } from "../../lab/command.js";
import { launch, type Message, type Program } from "../../lab/child.js";
import { eventually } from "../../lab/eventually.js";
import { createLog, type Log } from "../../lab/log.js";
import { createNamespace, type Namespace } from "../../lab/netns.js";
import { prepareLoad } from "../../lab/site.js";
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

asRoot("connections by the thousand a second interrupt dumps, and nothing else (needs root)", async (t) => {
  t.timeout(120_000);
  const of = await app();
  const before = await calm(of);
  const { result, tookMs } = await storm(of, "churn", 3000);
  const after = await calm(of);
  t.log({ perSecond: (1000 * Number(result)) / Number(tookMs) });
  // While so many come and go nobody listens to their ends: one descriptor less.
  t.true(Number(after.fds) <= Number(before.fds), `${String(after.fds)} descriptors, ${String(before.fds)} before`);
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
