// What a timeline is told: the server and host for all of it, and how a stretch of time goes.
import type { CounterName, ListenerReading, Snapshot, StallCapture, Sysctls } from "../../src/snapshot/snapshot.js";

export interface Setting {
  readonly limit?: number;
  readonly listenBacklog?: number | undefined;
  readonly source?: Snapshot["source"];
  readonly transport?: "tcp" | "unix";
  readonly sysctl?: Sysctls | undefined;
  /** A busy machine: looks come irregularly and every thread waits for a CPU now and then. Seeded. */
  readonly noise?: { readonly seed: number; readonly runqueue: number; readonly jitter: number };
  /** Refused clients try again as Linux does; else each arrival tries once. */
  readonly retrying?: boolean;
  /** First value of the listener's drop counter. */
  readonly drops?: number;
  /** Readings that this host does not give. */
  readonly without?: readonly (
    | "loops"
    | "idle"
    | "iterations"
    | "task"
    | "wchan"
    | "counters"
    | "waiting"
    | "quota"
    | "sysctl"
  )[];
  readonly listener?: Partial<ListenerReading>;
  readonly fds?: { open: number; limit: number };
}

export interface Phase {
  /** Time between two looks. */
  readonly every?: number;
  /** Connections that arrive at once when the phase begins, and per second. */
  readonly burst?: number;
  readonly arrivals?: number;
  /** Accepts per second; all that wait when left out. */
  readonly accepts?: number;
  /** Part of the time that the loop sleeps in epoll_wait; iterations per second. */
  readonly idle?: number;
  readonly turns?: number;
  /** Parts of the time: on a CPU, ready but waiting, throttled; stolen from one CPU. */
  readonly cpu?: number;
  readonly runqueue?: number;
  readonly throttled?: number;
  readonly steal?: number;
  readonly state?: string;
  readonly wchan?: string;
  readonly frozen?: boolean;
  /** The observer came this much too late to the first look of the phase. */
  readonly late?: number;
  /** Drops beyond those of the full queue, once. */
  readonly drops?: number;
  /** Peers among those waiting that have closed. */
  readonly gone?: number;
  /** Counters moved once, beside those of the overflow. */
  readonly counters?: Partial<Record<CounterName, number>>;
  readonly stall?: Partial<StallCapture>;
  readonly listener?: Partial<ListenerReading>;
  readonly fds?: { open: number; limit: number };
}

/** An idle server that is well: what a phase leaves out. */
export const healthy = { every: 100, idle: 0.98, turns: 20, cpu: 0.02, state: "S", wchan: "ep_poll" };
/** What a loop looks like while JavaScript runs on and on. */
export const blocked: Phase = { every: 20, accepts: 0, idle: 0, turns: 0, cpu: 1, state: "R", wchan: "0" };
/** A loop that turns without a pause. */
export const busy: Phase = { every: 20, idle: 0, turns: 50, cpu: 1, state: "R", wchan: "0" };
