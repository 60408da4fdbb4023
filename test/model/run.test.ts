import test from "ava";
import { type AcceptResult, ScenarioError, simulate } from "../../src/model/index.js";

const scenario = (seed: number) => ({
  kind: "accept",
  listener: { backlog: 8 },
  rtt: 0.01,
  arrivals: [{ from: 0, until: 3, rate: 150 }],
  accepts: { acceptsPerIteration: 1, serviceTime: 0.01, stalls: [{ at: 1, duration: 0.7 }] },
  clients: { speakFirst: true, patience: 2 },
  seed,
  until: 8,
});

test("the same scenario gives the same result byte for byte, another seed another tick", (t) => {
  const text = (seed: number) => JSON.stringify(simulate(scenario(seed)));
  t.is(text(7), text(7));
  t.not(text(7), text(8));
});

test("a million arrivals go through and leave nothing behind: lists are cut, figures are not", (t) => {
  const arrivals = [{ from: 0, until: 100, rate: 10_000 }];
  const accepts = { acceptsPerIteration: 1, serviceTime: 0.00002 };
  const result = simulate({ kind: "accept", listener: { backlog: 511 }, arrivals, accepts, until: 101 });
  t.like(result, { arrivals: 1_000_000, admitted: 1_000_000, accepted: 1_000_000, overflows: 0 });
  t.deepEqual([result.connects.length, result.connectsOmitted], [10_000, 990_000]);
  t.true(result.timeline.length <= 2000);
});

const good = { kind: "accept", listener: { backlog: 4 }, arrivals: [{ at: 0, count: 10 }], until: 1 };
for (const [title, broken, message] of [
  ["no object", [], "$: [] is not accepted here, an object with kind is"],
  [
    "too many arrivals in all",
    { ...good, arrivals: [{ from: 0, until: 1, rate: 1e9 }] },
    '$.arrivals[0]: {"from":0,"until":1,"rate":1000000000} is not accepted here, what makes at most 10000000 arrivals in all is',
  ],
  [
    "another kind",
    { ...good, kind: "disk" },
    '$.kind: "disk" is not accepted here, "accept" or "nic" or "transfer" is',
  ],
  [
    "no listener",
    { kind: "accept", arrivals: [] },
    "$.listener: nothing stands here, an object with backlog, closeAt, deferAccept, reuseport, hashed is accepted",
  ],
  [
    "a backlog that is text",
    { ...good, listener: { backlog: "four" } },
    '$.listener.backlog: "four" is not accepted here, an integer from -2147483648 to 2147483647 is',
  ],
  [
    "an arrival of neither shape",
    { ...good, arrivals: [{ at: 0, count: 1 }, { when: 3 }] },
    '$.arrivals[1]: {"when":3} is not accepted here, { at, count } or { from, until, rate } is',
  ],
  [
    "a setting that is not modelled",
    { ...good, sysctl: { tcp_rmem: 1 } },
    "$.sysctl.tcp_rmem: 1 is not accepted here, base, somaxconn, tcp_max_syn_backlog, tcp_syncookies, tcp_abort_on_overflow, tcp_syn_linear_timeouts, tcp_synack_retries, tcp_syn_retries is",
  ],
  [
    "accepts that are neither list nor server",
    { ...good, accepts: "all" },
    '$.accepts: "all" is not accepted here, an array of accepts, a blocking server or an event loop is',
  ],
  [
    "the host's settings where none were handed over",
    { ...good, sysctl: { base: "host" } },
    `$.sysctl.base: "host" is not accepted here, "linux" (this machine's settings were not handed over) is`,
  ],
] as const)
  test(`a scenario with ${title} is refused with its place and what is accepted`, (t) => {
    const error = t.throws(() => simulate(broken), { instanceOf: ScenarioError });
    t.is(error?.message, message);
  });

test("the host's settings are the base and the given ones win", (t) => {
  const sysctl = { base: "host", tcp_syncookies: 0 };
  const clamped = { ...good, listener: { backlog: 50 }, sysctl };
  const result = simulate(clamped, { host: { somaxconn: 7 } }) as AcceptResult;
  t.deepEqual([result.limit, result.admitted], [7, 8]);
});
