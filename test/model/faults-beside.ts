// Faults that show beside a full accept queue: ghosts, resets, shed connections, the SYN queue.
import type { AcceptScenario } from "../../src/model/index.js";
import { type Fault, faulty, steady } from "./faults.js";

/** Handshakes that overlap: half of them find the places gone that were free when they began. */
const crossing: Partial<AcceptScenario> = {
  rtt: 0.02,
  arrivals: [
    { at: 3.1, count: 3 },
    { at: 3.4, count: 5 },
  ],
};

export const faultsBeside: readonly Fault[] = [
  {
    title: "overlapping handshakes meet a blocked loop with SYN cookies",
    scenario: faulty(16, 0.5, { stalls: [{ at: 3, duration: 2 }] }, { rtt: 0.02, arrivals: [{ at: 3.1, count: 60 }] }),
    expected: { symptom: "ghost-connections", cause: "event-loop-blocked" },
  },
  {
    title: "tcp_abort_on_overflow resets queued clients while JavaScript computes",
    scenario: faulty(4, 1, { stalls: [{ at: 3, duration: 2 }] }, { ...crossing, sysctl: { tcp_abort_on_overflow: 1 } }),
    expected: { symptom: "connections-reset", cause: "event-loop-blocked" },
  },
  {
    title: "the listener is closed while connections wait",
    scenario: faulty(64, 20, { stalls: [{ at: 3, duration: 2 }] }, { listener: { backlog: 64, closeAt: 4.5 } }),
    expected: { symptom: "connections-reset", cause: "listener-closed" },
  },
  {
    title: "the descriptors run out",
    scenario: faulty(64, 20, { holdTime: 30, fds: { open: 20, limit: 100 } }),
    expected: { symptom: "connections-shed", cause: "fd-exhausted" },
  },
  {
    title: "more clients stay than server.maxConnections",
    scenario: faulty(64, 20, { holdTime: 30, maxConnections: 50 }),
    expected: { symptom: "connections-shed", cause: "max-connections" },
  },
  {
    title: "a cluster's two workers need 50 ms for each of 60 connections a second",
    scenario: faulty(511, 60, { handsOut: { workers: 2, serviceTime: 0.05 } }),
    expected: { symptom: "accept-wait", cause: "cluster-queue" },
  },
  {
    title: "2,000 forged SYNs a second",
    scenario: faulty(64, 10, {}, { arrivals: [...steady(10), { from: 3, until: 6, rate: 2000, spoofed: true }] }),
    expected: { symptom: "syn-queue-overflow", cause: "syn-flood" },
  },
  {
    title: "30 SYNs a second that nobody completes",
    scenario: faulty(64, 5, {}, { arrivals: [...steady(5), { from: 1, until: 10, rate: 30, spoofed: true }] }),
    expected: { symptom: "syn-queue-overflow", cause: "handshakes-incomplete" },
  },
  {
    title: "400 handshakes a second over 100 ms into a queue of 16",
    scenario: faulty(16, 10, {}, { rtt: 0.1, arrivals: [{ from: 2, until: 5, rate: 400 }] }),
    expected: { symptom: "syn-queue-overflow", cause: "backlog-too-small" },
  },
];
