// What a run holds is bounded by what is going on, not by what has been.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import test from "ava";
import { createAcceptWorld } from "../../src/model/accept/accept-world.js";
import { toNanos } from "../../src/model/engine.js";
import type { AcceptScenario } from "../../src/model/index.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const heapBytes = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

const scenario: AcceptScenario = {
  kind: "accept",
  listener: { backlog: 511 },
  rtt: 0.02,
  arrivals: [{ from: 0, until: 40, rate: 5000 }],
  accepts: { acceptsPerIteration: 1, serviceTime: 0.00004 },
  clients: { speakFirst: true },
};

test("200,000 clients leave nothing behind: a round trip's worth of events waits, and memory stays where it was", (t) => {
  const ignore = (): void => {};
  const world = createAcceptWorld(scenario, {
    onStart: ignore,
    onRetry: ignore,
    onConnected: ignore,
    onEnd: ignore,
  });
  const { engine, group } = world;
  let mostPending = 0;
  const watch = (): void => {
    mostPending = Math.max(mostPending, engine.pending());
  };
  engine.runUntil(toNanos(10), watch);
  const early = heapBytes();
  engine.runUntil(toNanos(40), watch);
  const late = heapBytes();
  t.is(group.accepted() > 199_000, true);
  // 5000 a second, two round trips each until the request is acknowledged, and some events for each.
  t.true(mostPending < 1000, `${mostPending} events`);
  t.true(late - early < 2e6, `${late - early} bytes more`);
});
