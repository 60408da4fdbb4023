// Healthy servers are left alone: nothing at warning or above, here nothing at all.
import test from "ava";
import { blocked } from "./phases.js";
import { explained, outline, type Timeline, timeline } from "./timeline.js";

const repeat = (times: number, line: Timeline, part: (line: Timeline) => Timeline): Timeline => {
  for (let i = 0; i < times; i += 1) part(line);
  return line;
};

const healthy: Readonly<Record<string, () => Timeline>> = {
  "an idle server": () => timeline().play(30_000),
  "steady load": () =>
    timeline({ limit: 511 }).play(20_000, { arrivals: 400, accepts: 400, idle: 0.3, turns: 600, cpu: 0.7 }),
  "steady load that leaves one or two waiting": () =>
    timeline({ limit: 511 }).play(200, { burst: 2, arrivals: 300, accepts: 300 }).play(20_000, {
      arrivals: 300,
      accepts: 300,
      idle: 0.05,
      turns: 350,
      cpu: 0.9,
    }),
  "bursts within the limit": () =>
    repeat(20, timeline({ limit: 128 }), (line) =>
      line.play(100, { burst: 129, accepts: 1000, idle: 0.1, turns: 1000 }).play(900),
    ),
  "a burst that fits exactly": () =>
    timeline({ limit: 4 }).play(1000).play(20, { every: 20, burst: 5, accepts: 0 }).play(2000),
  "pauses of 300 ms with clients waiting": () =>
    repeat(10, timeline({ limit: 511 }), (line) => line.play(300, { ...blocked, burst: 30 }).play(700)),
  "a full queue for 300 ms, nothing dropped": () =>
    repeat(5, timeline({ limit: 16 }), (line) => line.play(300, { ...blocked, burst: 17 }).play(3000)),
  "a blocked loop and nobody waiting": () => repeat(3, timeline(), (line) => line.play(3000, blocked).play(2000)),
  "three clients that wait a second": () =>
    timeline({ limit: 511 })
      .play(1000, { ...blocked, burst: 3 })
      .play(3000),
  "health checks that connect and close, also into short pauses": () =>
    repeat(10, timeline({ limit: 511 }), (line) =>
      line
        .play(200, { ...blocked, burst: 4 })
        .play(100, { ...blocked, gone: 4 })
        .play(700),
    ),
  "long polling: many connections, few accepts, a loop asleep": () =>
    timeline({
      listener: { owned: { count: 5000, accepted: 5000, untouchedMs: Array<number>(5000).fill(30_000) } },
    }).play(20_000),
  "big downloads: a loop that works and turns": () =>
    timeline({ limit: 511 }).play(20_000, { arrivals: 2, accepts: 2, idle: 0.2, turns: 3000, cpu: 0.8, state: "R" }),
  "keep-alive: requests without connections": () =>
    timeline().play(20_000, { idle: 0.5, turns: 2000, cpu: 0.5, state: "R" }),
  "a neighbour in the network namespace that overflows": () =>
    repeat(10, timeline(), (line) =>
      line.play(1000, { counters: { ListenOverflows: 50, ListenDrops: 50, OutRsts: 10 } }),
    ),
  "deferred ACKs: drops that are no overflow": () =>
    repeat(10, timeline(), (line) => line.play(1000, { drops: 3, counters: { TCPDeferAcceptDrop: 3 } })),
  "a throttled cgroup that hurts nobody": () =>
    timeline().play(10_000, { cpu: 0.2, runqueue: 0.5, throttled: 0.5, idle: 0.3 }),
  "a stop with an empty queue": () => timeline().play(3000, { late: 3000, idle: 1, turns: 0 }).play(3000),
  "a unix listener with bursts within the limit": () =>
    repeat(10, timeline({ transport: "unix", limit: 511 }), (line) =>
      line.play(100, { burst: 200, accepts: 5000, turns: 5000, idle: 0.2 }).play(900),
    ),
};

for (const [name, line] of Object.entries(healthy))
  test(`${name}: nothing is reported`, (t) => {
    t.deepEqual(outline(explained(line().snapshots)), []);
  });
