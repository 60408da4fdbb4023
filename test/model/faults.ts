// Faults injected into the model, each with what has to be said of it, and healthy servers of which nothing may be.
import type { Cause, Symptom } from "../../src/explain/finding.js";
import type { AcceptScenario, EventLoopSpec } from "../../src/model/index.js";

export interface Fault {
  readonly title: string;
  readonly scenario: AcceptScenario;
  readonly expected: { readonly symptom: Symptom; readonly cause: Cause };
}

type Loop = Partial<EventLoopSpec>;

/** A healthy Node server: one accept per iteration, half a millisecond a request, a timer that turns the loop. */
const server = (loop: Loop): EventLoopSpec => ({ acceptsPerIteration: 1, serviceTime: 0.0005, tick: 0.1, ...loop });

export const steady = (rate: number): AcceptScenario["arrivals"] => [{ from: 0, until: 12, rate }];

export const faulty = (
  backlog: number,
  rate: number,
  loop: Loop,
  more: Partial<AcceptScenario> = {},
): AcceptScenario => ({
  kind: "accept",
  listener: { backlog },
  arrivals: steady(rate),
  accepts: server(loop),
  clients: { speakFirst: true },
  until: 20,
  ...more,
});

const overflow = (cause: Cause): Fault["expected"] => ({ symptom: "accept-queue-overflow", cause });

export const faults: readonly Fault[] = [
  {
    title: "JavaScript computes for 1.5 s",
    scenario: faulty(16, 60, { stalls: [{ at: 3, duration: 1.5 }] }),
    expected: overflow("event-loop-blocked"),
  },
  {
    title: "JavaScript waits in a system call for 1.5 s",
    scenario: faulty(16, 60, { stalls: [{ at: 3, duration: 1.5, onCpu: false }] }),
    expected: overflow("event-loop-blocked"),
  },
  {
    title: "the process is stopped for 1.5 s",
    scenario: faulty(16, 60, { pauses: [{ kind: "stopped", from: 3, until: 4.5 }] }),
    expected: overflow("process-stopped"),
  },
  {
    title: "the process may use a tenth of a CPU",
    scenario: faulty(32, 100, {
      serviceTime: 0.003,
      pauses: [{ kind: "throttled", from: 3, until: 7, quota: 0.01 }],
    }),
    expected: overflow("cpu-throttled"),
  },
  {
    title: "other threads take the CPU",
    scenario: faulty(32, 100, { serviceTime: 0.003, pauses: [{ kind: "starved", from: 3, until: 7, quota: 0.01 }] }),
    expected: overflow("cpu-starved"),
  },
  {
    title: "the host takes the CPU",
    scenario: faulty(32, 100, { serviceTime: 0.003, pauses: [{ kind: "stolen", from: 3, until: 7, quota: 0.01 }] }),
    expected: overflow("cpu-starved"),
  },
  {
    title: "the loop turns and does not accept",
    scenario: faulty(16, 60, { tick: 0.01, notAccepting: [{ from: 3, until: 6 }] }),
    expected: overflow("not-accepting"),
  },
  {
    title: "requests cost 20 ms and come 80 a second",
    scenario: faulty(32, 80, { serviceTime: 0.02 }),
    expected: overflow("event-loop-saturated"),
  },
  {
    title: "60 clients come at once to a queue of 16",
    scenario: faulty(16, 0.5, {}, { arrivals: [{ at: 3, count: 60 }] }),
    expected: overflow("backlog-too-small"),
  },
  {
    title: "60 clients come at once to a queue that somaxconn cut to 16",
    scenario: faulty(511, 0.5, {}, { sysctl: { somaxconn: 16 }, arrivals: [{ at: 3, count: 60 }] }),
    expected: overflow("backlog-clamped"),
  },
  {
    title: "a queue that holds them fills while JavaScript computes",
    scenario: faulty(100, 5, { stalls: [{ at: 3, duration: 1.6 }] }, { arrivals: [{ at: 3.1, count: 80 }] }),
    expected: { symptom: "accept-wait", cause: "event-loop-blocked" },
  },
  {
    title: "clients lose patience while JavaScript computes",
    scenario: faulty(128, 20, { stalls: [{ at: 3, duration: 2 }] }, { clients: { speakFirst: true, patience: 0.8 } }),
    expected: { symptom: "abandoned-in-queue", cause: "event-loop-blocked" },
  },
];

export interface Healthy {
  readonly title: string;
  readonly scenario: AcceptScenario;
}

export const healthy: readonly Healthy[] = [
  { title: "an idle server", scenario: faulty(511, 1, {}, { arrivals: [] }) },
  { title: "steady load at half the capacity", scenario: faulty(511, 250, { serviceTime: 0.002 }) },
  { title: "steady load close to the capacity", scenario: faulty(511, 180, { serviceTime: 0.005 }) },
  { title: "a burst that the backlog holds", scenario: faulty(128, 1, {}, { arrivals: [{ at: 3, count: 100 }] }) },
  {
    title: "pauses of 100 ms",
    scenario: faulty(128, 50, { stalls: [3, 4, 5, 6, 7, 8].map((at) => ({ at, duration: 0.1 })) }),
  },
  {
    title: "a pause of 180 ms in which a few wait",
    scenario: faulty(128, 20, { stalls: [{ at: 3, duration: 0.18 }] }),
  },
  { title: "a stall of 2 s while nobody comes", scenario: faulty(128, 1, { stalls: [{ at: 13, duration: 2 }] }) },
  {
    title: "a cluster whose workers keep up",
    scenario: faulty(511, 50, { handsOut: { workers: 4, serviceTime: 0.02 } }),
  },
  { title: "many connections that stay", scenario: faulty(511, 50, { holdTime: 60 }) },
  {
    title: "health checks that connect and close",
    scenario: faulty(128, 10, { stalls: [{ at: 3, duration: 0.1 }] }, { clients: { patience: 0.0001 } }),
  },
  {
    title: "SYN cookies for everyone (tcp_syncookies 2)",
    scenario: faulty(128, 50, {}, { sysctl: { tcp_syncookies: 2 } }),
  },
];
