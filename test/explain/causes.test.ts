// The truth table: what the loop, the thread, the cgroup and the limit showed while a queue of 16 overflowed (or, for
// the rows without drops, while people waited), and the cause that follows.
import test from "ava";
import { blocked, busy, type Phase, type Setting } from "./phases.js";
import { explained, timeline } from "./timeline.js";
import { rounds } from "../rounds.js";

const phases: Readonly<Record<string, Phase>> = {
  // A loop that is idle before and after meets more at once than fit.
  burst: { every: 100, burst: 60 },
  "burst, fast looks": { every: 20, burst: 60 },
  "long rush": { ...busy, every: 20, burst: 60, turns: 400, accepts: 400, arrivals: 20 },
  block: { ...blocked, arrivals: 40 },
  "short block": { ...blocked, arrivals: 400 },
  "asleep in futex": { ...blocked, cpu: 0, state: "S", wchan: "futex_wait_queue", arrivals: 40 },
  saturated: { ...busy, turns: 20, accepts: 20, arrivals: 60 },
  "not accepting": { every: 20, accepts: 0, idle: 0.9, turns: 50, arrivals: 40 },
  "asleep in epoll": { every: 20, accepts: 0, idle: 1, turns: 0, arrivals: 40 },
  throttled: { ...blocked, cpu: 0.2, runqueue: 0.8, throttled: 0.8, arrivals: 40 },
  starved: { ...blocked, cpu: 0.3, runqueue: 0.7, arrivals: 40 },
  "starved, not yet counted": { ...blocked, cpu: 0, arrivals: 40 },
  stolen: { ...blocked, cpu: 0.3, steal: 0.7, arrivals: 40 },
  stopped: { ...blocked, cpu: 0, state: "T", arrivals: 40 },
  traced: { ...blocked, cpu: 0, state: "t", arrivals: 40 },
  frozen: { ...blocked, cpu: 0, state: "D", wchan: "do_freezer_trap", frozen: true, arrivals: 40 },
  gap: { every: 100, late: 2000, idle: 1, turns: 1, cpu: 0, arrivals: 40, accepts: 0 },
};

const settings: Readonly<Record<string, Setting>> = {
  "": {},
  "asked 128": { listenBacklog: 128, sysctl: { somaxconn: 16, tcp_syn_linear_timeouts: 4 } },
  "asked 16": { listenBacklog: 16 },
  "limit is somaxconn": { sysctl: { somaxconn: 16, tcp_syn_linear_timeouts: 4 } },
  outside: { source: "outside" },
  "outside, no wchan": { source: "outside", without: ["wchan"] },
  "outside, no loop": { source: "outside", without: ["loops"] },
};

const table = `
  what happened            | ms   | setting            | cause
  burst                    | 100  |                    | backlog-too-small
  burst                    | 100  | asked 16           | backlog-too-small
  burst                    | 100  | asked 128          | backlog-clamped
  burst                    | 100  | limit is somaxconn | backlog-clamped
  burst, fast looks        | 20   |                    | backlog-too-small
  long rush                | 300  |                    | backlog-too-small
  block                    | 3000 |                    | event-loop-blocked
  block                    | 3000 | asked 128          | event-loop-blocked
  short block              | 150  |                    | event-loop-blocked
  asleep in futex          | 3000 |                    | event-loop-blocked
  saturated                | 4000 |                    | event-loop-saturated
  saturated                | 4000 | limit is somaxconn | event-loop-saturated
  not accepting            | 3000 |                    | not-accepting
  asleep in epoll          | 3000 |                    | not-accepting
  throttled                | 3000 |                    | cpu-throttled
  starved                  | 3000 |                    | cpu-starved
  starved, not yet counted | 3000 |                    | cpu-starved
  stolen                   | 3000 |                    | cpu-starved
  stopped                  | 3000 |                    | process-stopped
  traced                   | 3000 |                    | process-stopped
  frozen                   | 3000 |                    | process-stopped
  gap                      | 2000 |                    | process-stopped
  burst                    | 100  | outside            | backlog-too-small
  block                    | 3000 | outside            | event-loop-blocked
  asleep in futex          | 3000 | outside            | event-loop-blocked
  asleep in futex          | 3000 | outside, no wchan  | unknown
  saturated                | 4000 | outside            | event-loop-saturated
  asleep in epoll          | 3000 | outside            | not-accepting
  throttled                | 3000 | outside            | cpu-throttled
  starved                  | 3000 | outside            | cpu-starved
  stopped                  | 3000 | outside            | process-stopped
  block                    | 3000 | outside, no loop   | unknown
  burst                    | 100  | outside, no loop   | unknown
`;

const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));

const rows = rowsOf(table).slice(1);

for (const [what = "", ms = "", setting = "", cause = ""] of rows)
  test.serial(`${what} for ${ms} ms${setting ? `, ${setting}` : ""} is ${cause}`, (t) => {
    const { snapshots } = timeline(settings[setting]).play(2000).play(Number(ms), phases[what]).play(15_000);
    const findings = explained(snapshots);
    const last = findings.at(-1);
    t.deepEqual(
      { symptom: last?.symptom, cause: last?.cause, state: last?.state },
      { symptom: "accept-queue-overflow", cause, state: "resolved" },
      JSON.stringify(findings, undefined, 1),
    );
    t.is(new Set(findings.map(({ id }) => id)).size, 1);
    // While it lasted nothing else was claimed, unless `unknown`.
    t.deepEqual(
      [...new Set(findings.map((finding) => finding.cause))].filter((one) => one !== cause && one !== "unknown"),
      [],
    );
    t.true(findings.every(({ ruledOut }) => ruledOut.every((out) => out.cause !== cause)));
  });

// The same on a busy machine: looks come irregularly, and the thread waits for a CPU up to two fifths of its time.
for (const [what = "", ms = "", setting = "", cause = ""] of rows)
  test.serial(`on a busy machine, ${what} for ${ms} ms${setting ? `, ${setting}` : ""} is ${cause}`, (t) => {
    const wrong: string[] = [];
    for (let seed = 1; seed <= rounds(25); seed += 1) {
      const noise = { seed: seed * 7919, runqueue: 0.4, jitter: 0.6 };
      const { snapshots } = timeline({ ...settings[setting], noise })
        .play(2000)
        .play(Number(ms), phases[what])
        .play(15_000);
      const causes = new Set(explained(snapshots).map((finding) => finding.cause));
      causes.delete("unknown");
      if ([...causes].join() !== (cause === "unknown" ? "" : cause)) wrong.push(`seed ${seed}: ${[...causes].join()}`);
    }
    t.deepEqual(wrong, []);
  });

// With room for everybody nothing is dropped, but people wait: the same causes, except those of the limit.
const waits = `
  block                    | 3000 |                   | event-loop-blocked
  asleep in futex          | 3000 |                   | event-loop-blocked
  saturated                | 4000 |                   | event-loop-saturated
  not accepting            | 3000 |                   | not-accepting
  asleep in epoll          | 3000 |                   | not-accepting
  throttled                | 3000 |                   | cpu-throttled
  starved                  | 3000 |                   | cpu-starved
  stolen                   | 3000 |                   | cpu-starved
  stopped                  | 3000 |                   | process-stopped
  frozen                   | 3000 |                   | process-stopped
  gap                      | 2000 |                   | process-stopped
  block                    | 3000 | outside           | event-loop-blocked
  saturated                | 4000 | outside           | event-loop-saturated
  stopped                  | 3000 | outside           | process-stopped
  block                    | 3000 | outside, no loop  | unknown
`;

for (const [what = "", ms = "", setting = "", cause = ""] of rowsOf(waits))
  test.serial(
    `${what} for ${ms} ms with room for all${setting ? `, ${setting}` : ""} is accept-wait by ${cause}`,
    (t) => {
      const line = timeline({ ...settings[setting], limit: 511 })
        .play(2000)
        .play(Number(ms), phases[what])
        .play(15_000);
      const findings = explained(line.snapshots);
      t.deepEqual(
        [...new Set(findings.map((finding) => `${finding.symptom} ${finding.cause}`))].filter(
          (one) => !one.endsWith("unknown"),
        ),
        cause === "unknown" ? [] : [`accept-wait ${cause}`],
      );
      t.is(findings.at(-1)?.state, "resolved");
    },
  );
