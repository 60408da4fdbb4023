// What is reported equals, to the segment, what ss(8) and nstat(8) show and what the test itself has opened.
import type { ExecutionContext } from "ava";
import type { Finding } from "../../src/explain/finding.js";
import { nstat, ssListener } from "../lab/counters.js";
import { labTest } from "../lab/experiment.js";
import { latest } from "../lab/judge.js";
import { longWire } from "../lab/loads.js";
import { carryOut, type Outcome } from "../lab/plan.js";

const symptom = "accept-queue-overflow";
const expected = { symptom, cause: "not-accepting", at: 3000 } as const;

const named = ["listener drops", "ListenOverflows", "ListenDrops", "segments refused"];
const figures = ({ evidence }: Finding): Record<string, unknown> =>
  Object.fromEntries(evidence.filter(({ name }) => named.includes(name)).map(({ name, value }) => [name, value]));

const check = (t: ExecutionContext, { site, grounds }: Outcome, drops: number, overflows: number): void => {
  const [finding] = latest(site.log);
  t.like(ssListener(grounds.servers, 3000), { drops });
  t.like(nstat(grounds.servers), { ListenOverflows: overflows, ListenDrops: overflows });
  t.deepEqual(finding && figures(finding), {
    "listener drops": drops,
    "segments refused": overflows,
    ListenOverflows: overflows,
    ListenDrops: overflows,
  });
};

for (const { limit, count } of [
  { limit: 16, count: 50 },
  { limit: 0, count: 7 },
])
  labTest(
    `${count} connections to a limit of ${limit}: ${count - limit - 1} SYNs refused, by every reading`,
    async (t, defer) => {
      const outcome = await carryOut(t, defer, {
        expected,
        listeners: [],
        site: { inherited: { host: "127.0.0.1", backlog: limit } },
        clients: [{ pattern: "burst", count, patienceMs: 800 }],
        evidentMs: 500,
      });
      check(t, outcome, count - limit - 1, count - limit - 1);
    },
  );

labTest("a refused handshake counts twice at the listener and once in the evidence", async (t, defer) => {
  const outcome = await carryOut(t, defer, {
    expected,
    listeners: [],
    site: { inherited: { host: "10.99.0.2", backlog: 8 } },
    wire: longWire,
    settings: { "net.ipv4.tcp_synack_retries": 0 },
    clients: [
      { pattern: "burst", count: 5 },
      { pattern: "burst", count: 8, afterMs: 200 },
    ],
    evidentMs: 500,
  });
  check(t, outcome, 8, 4);
});
