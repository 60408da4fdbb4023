// A soak: a server with the agent in a network namespace of its own, a steady mixture of clients, rounds of faults.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "../../../src/explain/finding.js";
import { launch, type Message, type Program } from "../child.js";
import type { Defer } from "../command.js";
import { nstat } from "../counters.js";
import { eventually } from "../eventually.js";
import { createLog } from "../log.js";
import { createNamespace } from "../netns.js";
import { compiled, register } from "../root.js";
import { roundMs, steps } from "./cycle.js";
import { fdsOf, rssOf, type Sample, trendOf } from "./memory-trend.js";
import { ports } from "./ports.js";
import { judge, type Verdict } from "./verdict.js";

/** The longest quiet time of all findings (thresholds.ts: ghostQuietMs), and some. */
const ghostsAreQuietMs = 150_000;

const until = (at: number): Promise<unknown> => eventually("its time", () => performance.now() >= at, 3_600_000);

const answerOf = async (program: Program, kind: string, answer = kind): Promise<Message> => {
  const from = program.said.length;
  program.tell({ kind });
  return program.hear(answer, 10_000, from);
};

/** Rounds until `forMs` have passed, one at least. `say` hears of each. */
export const soak = async (defer: Defer, forMs: number, say: (line: string) => void): Promise<Verdict> => {
  const ns = createNamespace(defer);
  const log = createLog(defer);
  const records = mkdtempSync(join(tmpdir(), "sockscope-soak-"));
  defer(() => rmSync(records, { recursive: true, force: true }));
  const env = {
    SOCKSCOPE_LOG: log.path,
    SOCKSCOPE_LOG_LEVEL: "sample",
    SOCKSCOPE_HTTP: String(ports.endpoint),
    SOCKSCOPE_RECORD: records,
  };
  const server = launch(defer, ns, { argv: [process.execPath, "--import", register, compiled("soak/server.js")], env });
  const clients = launch(defer, ns, { argv: [process.execPath, compiled("soak/clients.js")] });
  await Promise.all([server.hear("ready"), clients.hear("ready")]);
  await eventually("the observer's first interval", () => log.lines().some(({ event }) => event === "sample"));
  await eventually("the endpoint", async () => (await answerOf(clients, "scrape")).metrics !== "");
  const fdsBefore = await settledFds(server.pid);
  clients.tell({ kind: "go" });

  const samples: Sample[] = [];
  const sampling = setInterval(() => samples.push({ at: performance.now(), rssBytes: rssOf(server.pid) }), 1000);
  defer(() => clearInterval(sampling));
  const rounds: number[] = [];
  const endAt = performance.now() + forMs;
  do {
    const began = performance.now();
    rounds.push(Date.now());
    for (const { at, who, order } of steps) {
      await until(began + at);
      (who === "server" ? server : clients).tell(order);
    }
    await until(began + roundMs);
    say(
      `round ${rounds.length}: ${(rssOf(server.pid) / 1_048_576).toFixed(1)} MB, ${fdsOf(server.pid).length} descriptors`,
    );
  } while (performance.now() + roundMs < endAt);

  clearInterval(sampling);
  clients.tell({ kind: "over" });
  await eventually("the end of every connection", async () => (await answerOf(clients, "tally")).held === "", 30_000);
  let active = await activeNow(clients);
  const isCalm = async (): Promise<boolean> => {
    active = await activeNow(clients);
    return active === 0;
  };
  await eventually("the end of every finding", isCalm, ghostsAreQuietMs).catch(() => undefined);
  const fdsAfter = await settledFds(server.pid);
  const counters = nstat(ns);
  const { metrics } = await answerOf(clients, "scrape");
  const readings = await answerOf(server, "readings", "readings:done");
  const { kind: _, held: __, ...tally } = await answerOf(clients, "tally");
  return judge({
    lines: log.lines(),
    rounds,
    kernel: {
      listenerDrops: Number(readings.drops),
      listenOverflows: counters.ListenOverflows ?? Number.NaN,
      datagramDrops: Number(readings.datagramDrops),
    },
    metrics: String(metrics),
    activeAtEnd: active,
    // Heaps warm up.
    memory: trendOf(samples.slice(samples.length / 5)),
    fds: { before: fdsBefore, after: fdsAfter },
    tally,
  });
};

/** As the endpoint shows them. */
const activeNow = async (clients: Program): Promise<number> => {
  const { findings } = await answerOf(clients, "scrape");
  const shown: { readonly findings: readonly Finding[] } = JSON.parse(String(findings));
  return shown.findings.filter(({ state }) => state === "active").length;
};

/** The agent opens what it reads now and then; so many looks in a row must count the same. */
const settledFds = async (pid: number): Promise<readonly string[]> => {
  let last: readonly string[] = [];
  let same = 0;
  await eventually(
    "settled descriptors",
    () => {
      const now = fdsOf(pid);
      same = now.join() === last.join() ? same + 1 : 0;
      last = now;
      return same >= 150;
    },
    20_000,
  );
  return last;
};
