// One round of faults, as a timetable: who is told what when, and what the agent has to say of it.
import type { Cause, Symptom } from "../../../src/explain/finding.js";
import { ports } from "./ports.js";

export interface Step {
  /** Milliseconds after the round began. */
  readonly at: number;
  readonly who: "server" | "clients";
  readonly order: { readonly kind: string; readonly ms?: number; readonly count?: number };
}

export interface Due {
  readonly symptom: Symptom;
  readonly cause: Cause;
  readonly port: number;
}

export const steps: readonly Step[] = [
  { at: 0, who: "clients", order: { kind: "leak", count: 8 } },
  { at: 500, who: "server", order: { kind: "stop-reading" } },
  { at: 600, who: "clients", order: { kind: "upload" } },
  { at: 4500, who: "server", order: { kind: "read-again" } },
  { at: 4600, who: "clients", order: { kind: "download", count: 4000 } },
  { at: 10_000, who: "server", order: { kind: "block", ms: 1500 } },
  { at: 10_100, who: "clients", order: { kind: "burst", count: 30 } },
  { at: 10_200, who: "clients", order: { kind: "flood", count: 600 } },
  { at: 15_000, who: "server", order: { kind: "close-leaked" } },
];

/** By then all that was found has ended: the quiet time after dropped SYNs' last repeats is the longest. */
export const roundMs = 26_000;

export const dues: readonly Due[] = [
  { symptom: "connections-leaking", cause: "close-wait", port: ports.leaky },
  { symptom: "read-stalled", cause: "application-not-reading", port: ports.bulk },
  { symptom: "write-stalled", cause: "peer-not-reading", port: ports.bulk },
  { symptom: "accept-queue-overflow", cause: "event-loop-blocked", port: ports.tight },
  { symptom: "datagrams-dropped", cause: "event-loop-blocked", port: ports.datagrams },
];
