// A UDP socket as a source of snapshots: what an observer in the process that reads it would have seen.
import type { ConnectionReading } from "../../snapshot/connection.js";
import type { LoopReading, Snapshot } from "../../snapshot/snapshot.js";
import { schedule } from "../arrivals.js";
import { createEngine, nanosPerMs, priority } from "../engine.js";
import { createDatagramReader, type DatagramReader } from "./reader.js";
import { createDatagramQueue, type DatagramQueue } from "./receive-queue.js";
import type { DatagramScenario } from "./scenario.js";
import { pid, startOf2026 } from "../observed.js";

export interface DatagramSourceOptions {
  /** Between two looks, ms. */
  readonly sampleMs?: number | undefined;
  /** Wall clock at the start of the run, epoch ms. */
  readonly startTime?: number | undefined;
}

const rowOf = (queue: DatagramQueue): ConnectionReading => ({
  cookie: 1000n,
  transport: "udp",
  family: "ipv4",
  fd: 30,
  pid,
  localAddress: "0.0.0.0",
  localPort: 5000,
  loop: 1,
  mem: { rmemAlloc: queue.rmem(), rcvbuf: queue.rcvbuf, drops: queue.drops() },
});

const loopOf = (reader: DatagramReader, nowMs: number): LoopReading => {
  const idleMs = reader.idleMs();
  const isBusy = reader.isBusy();
  const task = { state: isBusy ? "R" : "S", cpuMs: nowMs - idleMs, runqueueMs: 0, wchan: isBusy ? "0" : "ep_poll" };
  return { id: 1, tid: pid, main: true, idleMs, iterations: reader.turns(), task };
};

/** Runs a scenario and yields what was to be seen, until its end. */
export function* observeDatagrams(
  scenario: DatagramScenario,
  options: DatagramSourceOptions = {},
): Generator<Snapshot> {
  const { sampleMs = 200, startTime = startOf2026 } = options;
  const engine = createEngine(1);
  const queue = createDatagramQueue(scenario.rcvbuf);
  const reader = createDatagramReader(engine, queue, scenario.reader);
  for (const pattern of scenario.arrivals)
    schedule(engine, pattern, priority.segment, () => {
      queue.push(scenario.bytes);
      engine.at(engine.now(), priority.server, reader.wake);
    });
  for (let at = 0; at <= scenario.until * 1000; at += sampleMs) {
    engine.runUntil(at * nanosPerMs);
    const row = rowOf(queue);
    yield {
      time: startTime + at,
      at,
      source: "model",
      process: { pid },
      loops: [loopOf(reader, at)],
      listeners: [],
      connections: { rows: [row], counts: { udp: 1 }, read: 1, total: 1 },
    };
  }
}
